"""A call of a tool, from its arguments to its result: counted, checked, done once."""

from __future__ import annotations

import inspect
import json
import logging
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import anyio
import mcp_types as types
from pydantic import ValidationError

from api.calls import in_threads
from api.payloads.payload import Answer
from api.problems import status_of
from api.tools.refusals import Unforeseen, invalid_arguments, refusal_of
from api.tools.tool import Call, Repeatable, Tool
from core.domain.idempotency import NOTHING_DONE
from core.errors import AppError, DatabaseUnavailable, KeyReused, RedisUnavailable, StillRunning
from core.services import idempotency, limiting
from core.services.idempotency import Begun, InFlight, Replay

log = logging.getLogger(__name__)

PATIENCE_SECONDS = (0.5, 2.0)  # before each further try while a server is away
_AWAY = (DatabaseUnavailable, RedisUnavailable)
_DONE = 200


async def call_tool(tool: Tool, call: Call, arguments: dict[str, Any]) -> types.CallToolResult:
    """Return what a tool answers, or a refusal that says what to do."""
    try:
        take = in_threads(limiting.take_call)
        await take(call.principal, is_write=tool.is_write)
        try:
            wanted = tool.takes.model_validate(arguments)
        except ValidationError as error:
            raise invalid_arguments(tool.name, error) from None
        key = wanted.idempotency_key if isinstance(wanted, Repeatable) else None
        if key is not None:
            return await _call_once(tool, call, wanted, key)
        return _result(await _answer(tool, call, wanted))
    except AppError as error:
        return answer_refusal(tool, error)
    except Exception:
        log.exception("the tool %s failed", tool.name)
        return answer_refusal(tool, Unforeseen())


def answer_refusal(tool: Tool, error: AppError) -> types.CallToolResult:
    """Return a refusal, as the result of a tool that answers those, too."""
    return refusal_of(error) if tool.refused is None else _result(tool.refused(error))


async def _call_once(tool: Tool, call: Call, wanted: Any, key: UUID) -> types.CallToolResult:
    """Return the result of the first call with a key, as over HTTP."""
    sent = wanted.model_dump(mode="json", exclude={"idempotency_key"})
    fingerprint = idempotency.fingerprint_request(json.dumps(sent, sort_keys=True).encode())
    begin = in_threads(idempotency.begin)
    found = await begin(call.principal, "POST", f"/mcp/{tool.name}", key, fingerprint)
    if isinstance(found, Replay):
        return types.CallToolResult.model_validate_json(found.answer.body)
    if isinstance(found, InFlight):
        raise StillRunning(found.retry_after)
    if not isinstance(found, Begun):
        raise KeyReused
    try:
        answer = await _answer(tool, replace(call, act_key=found.act_key), wanted)
        status, result = NOTHING_DONE if answer.is_empty else _DONE, _result(answer)
    except AppError as error:
        status, result = status_of(error), refusal_of(error)
    except BaseException:
        with anyio.CancelScope(shield=True):
            await in_threads(idempotency.forget)(found)
        raise
    body = result.model_dump_json(by_alias=True, exclude_none=True).encode()
    kept = await in_threads(idempotency.keep)(found, status, {}, body)
    return types.CallToolResult.model_validate_json(kept.body)


async def _answer(tool: Tool, call: Call, wanted: Any) -> Answer:
    """Run a tool; again, with the same key, where it finds what an earlier try has made.

    Only while a server is away: what is refused would be refused again.
    """
    if call.act_key is None:
        call = replace(call, act_key=str(uuid4()))
    for seconds in PATIENCE_SECONDS if tool.finds_its_own else ():
        try:
            return await _run(tool, call, wanted)
        except _AWAY:
            await anyio.sleep(seconds)
    return await _run(tool, call, wanted)


async def _run(tool: Tool, call: Call, wanted: Any) -> Answer:
    is_async = inspect.iscoroutinefunction(tool.act)
    act = tool.act if is_async else in_threads(tool.act)
    answer: Answer = await act(call, wanted)
    return answer


def _result(answer: Answer) -> types.CallToolResult:
    made = answer.model_dump(mode="json")
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text)], structured_content=made
    )
