"""How many sockets strangers may open: each is a Streamlit session, and costs memory."""

from __future__ import annotations

from contextlib import suppress

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from core.errors import RedisUnavailable
from core.settings import get_settings
from core.signals.limits import Budget, LocalBudget, of_address
from core.signals.login_watch import LoginWatch

_MINUTE = 60.0
_REFUSED = 4429


class AnonymousSockets:
    """The budget of each address: in this process always, and across all while Redis is there.

    So a Redis that is away opens nothing wider; and the sign-in page can still say that it is.
    """

    def __init__(self) -> None:
        self._here: LocalBudget | None = None

    async def take(self, scope: Scope, watch: LoginWatch | None) -> float:
        """Count a socket; returns 0 when it may be opened, else the seconds to wait."""
        budget = Budget(get_settings().anonymous_sockets_per_minute_address, _MINUTE)
        if self._here is None:
            self._here = LocalBudget(budget)
        client = scope.get("client")
        subject = f"anonymous sockets {of_address(client[0] if client else 'nowhere')}"
        wait = self._here.take(subject)
        if not wait and watch is not None:
            with suppress(RedisUnavailable):
                wait = await watch.take(subject, budget)
        return wait


async def refuse_with(scope: Scope, receive: Receive, send: Send, answer: Response) -> None:
    """Answer a request for a socket as if it were for a page, where the server can do that."""
    await receive()
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": _REFUSED})
        return
    headers = answer.raw_headers
    start = {"type": "websocket.http.response.start", "status": answer.status_code}
    await send({**start, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": answer.body})
