"""MCP over standard input and output: `./sage mcp` becomes this program.

It asks the database itself, as whoever `SAGE_TOKEN` stands for; the token is looked at again for
each message, so that one that is revoked opens nothing any more.
"""

from __future__ import annotations

import sys
from uuid import uuid4

import anyio
from mcp.server.stdio import stdio_server
from starlette.requests import Request

from api.calls import in_threads
from api.tools.server import make_server
from core import telemetry
from core.domain.access import Principal
from core.domain.origin import Origin, set_origin
from core.errors import AppError, DatabaseUnavailable, RedisUnavailable, TokenRefused
from core.logs import set_up_logging
from core.services.tokens import find_token_principal
from core.settings import get_settings

_BAD_INPUT, _NOT_REACHABLE = 2, 3


async def _identify(request: Request | None) -> Principal:
    """Return whose token it is, for one message of its own trace id."""
    set_origin(Origin("terminal", uuid4().hex))
    return await in_threads(find_token_principal)(_token())


def _token() -> str:
    token = get_settings().token.get_secret_value()
    if not token:
        raise TokenRefused(
            "SAGE_TOKEN is not set.", hint="Make a token with `./sage token make`, and set it."
        )
    return token


async def serve() -> None:
    """Answer until whoever started us closes our input; raises when the token is good for nothing.

    What is written to standard output besides goes to standard error, by the SDK.
    """
    await _identify(None)
    server = make_server(_identify)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


def main() -> int:
    """Serve, and return an exit code of `./sage`."""
    settings = get_settings()
    set_up_logging("mcp", level=settings.log_level, style=settings.log_format)
    telemetry.set_up("mcp")
    try:
        anyio.run(serve)
    except AppError as error:
        print(f"{error.message}\n{error.hint_text}", file=sys.stderr)
        is_away = isinstance(error, DatabaseUnavailable | RedisUnavailable)
        return _NOT_REACHABLE if is_away else _BAD_INPUT
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
