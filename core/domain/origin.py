"""Where a change comes from: an address and a trace id, known without being handed on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

MAX_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Origin:
    """The address that somebody acts from, and what names the request or run in logs."""

    address: str = ""
    trace_id: str = ""


_NOWHERE = Origin()
_current: ContextVar[Origin] = ContextVar("origin", default=_NOWHERE)


def current_origin() -> Origin:
    """Return where this thread's or task's work comes from; empty when no face said so."""
    return _current.get()


def set_origin(origin: Origin) -> None:
    """Say where the work of this thread or task comes from, until it is said anew."""
    _current.set(origin)


@contextmanager
def coming_from(origin: Origin) -> Iterator[None]:
    """Say where the work of this block comes from."""
    token = _current.set(origin)
    try:
        yield
    finally:
        _current.reset(token)
