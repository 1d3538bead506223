"""What an agent is told when something is refused: what happened, what to do, and a code."""

from __future__ import annotations

from typing import Any

import mcp_types as types
from pydantic import ValidationError

from api.problems import status_of
from core.domain.origin import current_origin
from core.domain.text import clean_line
from core.errors import AppError, InvalidInput, LeaseLost, StillRunning, TooManyTries

PROBLEM = "sage/problem"  # where a program finds in `_meta` what the text says
_MOST_FIELDS = 20
_LONGEST_POINTER = 200


class Unforeseen(AppError):
    """Something went wrong here."""

    code = "unforeseen"
    hint = "Try again later; whoever runs Sage Mode finds the reason in the log by the trace id."


class NoSuchTool(InvalidInput):
    """There is no such tool."""

    hint = "`tools/list` names those there are."


def words_of(error: AppError) -> str:
    """Return what an agent reads."""
    lines = [error.message, f"What to do: {error.hint_text}", f"Code: {error.code}"]
    if isinstance(error, LeaseLost):
        lines.append(f"Reason: {error.reason}")
    if isinstance(error, Unforeseen):
        lines.append(f"Trace id: {current_origin().trace_id}")
    return "\n".join(lines)


def data_of(error: AppError) -> dict[str, Any]:
    """Return what a program goes by; the names are those of the problem details over HTTP."""
    found: dict[str, Any] = {
        "status": status_of(error),
        "code": error.code,
        "detail": error.message,
        "hint": error.hint_text,
        "trace_id": current_origin().trace_id,
    }
    if isinstance(error, LeaseLost):
        found["reason"] = error.reason
    if isinstance(error, TooManyTries | StillRunning):
        found["retry_after"] = error.seconds
    return found


def refusal_of(error: AppError) -> types.CallToolResult:
    """Return an error as a tool's result, for the agent to read and mend."""
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=words_of(error))],
        is_error=True,
        _meta={PROBLEM: data_of(error)},
    )


def invalid_arguments(name: str, error: ValidationError) -> InvalidInput:
    """Return what is wrong with a call; what was sent is not repeated."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    named = [f"{_pointer(one['loc'])}: {one['msg']}" for one in found[:_MOST_FIELDS]]
    return InvalidInput(
        f"These are not the arguments that {name} takes. " + "; ".join(named) + ".",
        hint="Correct what is named, as the tool's input schema says, and call it again.",
    )


def _pointer(loc: tuple[int | str, ...]) -> str:
    """Return where something is; a name of a field may be anything that was sent."""
    return clean_line("/".join(map(str, loc)))[:_LONGEST_POINTER] or "arguments"
