"""The MCP server: who asks is found out for every message, and no error leaves it untranslated."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from starlette.requests import Request

from api.calls import in_threads
from api.tools import resources
from api.tools.calling import answer_refusal, call_tool
from api.tools.catalogue import TOOLS
from api.tools.refusals import NoSuchTool, Unforeseen, data_of, words_of
from api.tools.tool import Call
from core.domain.access import Principal
from core.errors import AppError, NotFound
from core.services import limiting
from core.version import VERSION

log = logging.getLogger(__name__)

NAME = "sage-mode"
INSTRUCTIONS = """Sage Mode runs a team of roles on a feature. You may work as one of them, or have
them work for you.

To do a role's task: claim_task, then heartbeat_task while you work, then complete_task or
fail_task. To have something done: send_task to one role, or launch_session with a brief for all of
them; then fetch_status. What was decided, and why, is in list_decisions; add your own with
record_decision.
What is refused says what to do and a code. `lease_lost` means: stop, the task is not yours any
more.
Where a task of yours needs a person's yes: request_approval.
"""
Identify = Callable[[Request | None], Awaitable[Principal]]
Context = ServerRequestContext[Any, Any]
R = TypeVar("R")


def make_server(identify: Identify) -> Server[Any]:
    """Return a server that asks `identify` for each message who sent it.

    It is handed the HTTP request that brought the message; None where there is none.
    """
    answers = _Answers(identify)
    return Server(
        NAME,
        version=VERSION,
        title="Sage Mode",
        instructions=INSTRUCTIONS,
        on_list_tools=answers.list_tools,
        on_call_tool=answers.call_tool,
        on_list_resources=answers.list_resources,
        on_list_resource_templates=answers.list_templates,
        on_read_resource=answers.read_resource,
        get_tool_input_schema=_input_schema,
    )


class _Answers:
    """What the server answers to each kind of message."""

    def __init__(self, identify: Identify) -> None:
        self._identify = identify

    async def list_tools(
        self, context: Context, params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        """List the tools; they are the same for all."""
        await self._read(context, _nothing)
        return types.ListToolsResult(tools=[tool.described for tool in TOOLS.values()])

    async def call_tool(
        self, context: Context, params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        """Call a tool; what it refuses is a result for the agent to read."""
        tool = TOOLS.get(params.name)
        if tool is None:
            raise _protocol_error(NoSuchTool())
        again = partial(self._identify, context.request)
        try:
            principal = await again()
        except AppError as error:
            return answer_refusal(tool, error)
        call = Call(principal, again, partial(_is_gone, context.request))
        return await call_tool(tool, call, params.arguments or {})

    async def list_resources(
        self, context: Context, params: types.PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        """List what the newest sessions have to read."""
        found = await self._read(context, resources.list_resources)
        return types.ListResourcesResult(resources=found)

    async def list_templates(
        self, context: Context, params: types.PaginatedRequestParams | None
    ) -> types.ListResourceTemplatesResult:
        """List the addresses that every session has."""
        await self._read(context, _nothing)
        return types.ListResourceTemplatesResult(resource_templates=resources.templates())

    async def read_resource(
        self, context: Context, params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        """Return what stands at an address."""
        address = str(params.uri)
        text = await self._read(
            context, lambda principal: resources.read_resource(principal, address)
        )
        content = types.TextResourceContents(
            uri=params.uri, text=text, mime_type=resources.MEDIA_TYPE
        )
        return types.ReadResourceResult(contents=[content])

    async def _read(self, context: Context, read: Callable[[Principal], R]) -> R:
        """Return what somebody reads, in a thread of ours, counted as a read."""

        def counted(principal: Principal) -> R:
            limiting.take_call(principal, is_write=False)
            return read(principal)

        try:
            return await in_threads(counted)(await self._identify(context.request))
        except AppError as error:
            raise _protocol_error(error) from None
        except Exception:
            log.exception("%s failed", context.method)
            raise _protocol_error(Unforeseen()) from None


def _nothing(principal: Principal) -> None:
    """Read nothing: what is asked for is the same for all."""


def _input_schema(name: str) -> dict[str, Any] | None:
    tool = TOOLS.get(name)
    return None if tool is None else tool.described.input_schema


async def _is_gone(request: Request | None) -> bool:
    return request is not None and await request.is_disconnected()


def _protocol_error(error: AppError) -> MCPError:
    """Return a refusal of what is no tool's call."""
    is_of_the_caller = isinstance(error, NotFound | NoSuchTool)
    code = types.INVALID_PARAMS if is_of_the_caller else types.INTERNAL_ERROR
    return MCPError(code=code, message=words_of(error), data=data_of(error))
