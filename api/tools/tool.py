"""A tool: a function of a caller and what they want, with the shapes of both directions."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_type_hints
from uuid import UUID

import mcp_types as types
from pydantic import Field

from api.payloads.payload import Answer, Request
from core.domain.access import Principal
from core.errors import AppError


@dataclass(frozen=True)
class Call:
    """Who calls a tool.

    `again` finds out anew who it is, after a wait; `act_key` is what the act is known by in every
    run of it, for what creates something.
    """

    principal: Principal
    again: Callable[[], Awaitable[Principal]]
    is_gone: Callable[[], Awaitable[bool]]
    act_key: str | None = None


class Repeatable(Request):
    """What is done once, however often it is sent with the same key."""

    idempotency_key: UUID | None = Field(
        None,
        description="a new UUID for each act, and the same one when you call again because the "
        "answer was lost: it is then done once, and answered alike",
    )


Act = Callable[[Call, Any], Any]


@dataclass(frozen=True)
class Tool:
    """A tool as the table of tools has it; `act` blocks, unless it is a coroutine function."""

    name: str
    does: str
    takes: type[Request]
    gives: type[Answer]
    act: Act
    is_write: bool
    finds_its_own: bool  # run again with the same key, it makes nothing twice
    refused: Callable[[AppError], Answer] | None = None  # for a tool that answers refusals, too

    @cached_property
    def described(self) -> types.Tool:
        """The tool as it is listed for agents."""
        return types.Tool(
            name=self.name,
            description=self.does,
            input_schema=self.takes.model_json_schema(),
            output_schema=self.gives.model_json_schema(mode="serialization"),
            annotations=types.ToolAnnotations(
                read_only_hint=not self.is_write,
                destructive_hint=False,
                idempotent_hint=not self.is_write or self.finds_its_own,
                open_world_hint=False,
            ),
        )


def reads(act: Act) -> Tool:
    """Make a tool that changes nothing; its docstring is what agents are told of it."""
    return _tool(act, is_write=False)


def writes(act: Act) -> Tool:
    """Make a tool that changes something."""
    return _tool(act, is_write=True)


def writes_once(act: Act) -> Tool:
    """Make a tool that finds what a run with the same key has made, so that it may be repeated."""
    return _tool(act, is_write=True, finds_its_own=True)


def _tool(act: Act, *, is_write: bool, finds_its_own: bool = False) -> Tool:
    hints = get_type_hints(act)
    return Tool(
        act.__name__,
        inspect.cleandoc(act.__doc__ or ""),
        hints["wanted"],
        hints["return"],
        act,
        is_write,
        finds_its_own,
    )
