"""Steering a session: pause, resume, cancel, end, retry, pin."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from api.calls import Caller, Route
from api.documentation import PINS, WRITES
from api.payloads.session import Cancel, Session
from api.rendering import session_of
from core.services import control, pinning

_router = APIRouter(tags=["sessions"], route_class=Route)
routers = (_router,)


@_router.post("/sessions/{session_id}/pause", **WRITES)
def pause(caller: Caller, session_id: UUID) -> Session:
    """Claim nothing new; what runs goes on and records."""
    return session_of(control.pause_session(caller, session_id))


@_router.post("/sessions/{session_id}/resume", **WRITES)
def resume(caller: Caller, session_id: UUID) -> Session:
    """Let a paused session's tasks be claimed again."""
    return session_of(control.resume_session(caller, session_id))


@_router.post("/sessions/{session_id}/cancel", **WRITES)
def cancel(caller: Caller, session_id: UUID, wanted: Cancel | None = None) -> Session:
    """Stop a session for good; what has finished stays."""
    reason = "" if wanted is None else wanted.reason
    return session_of(control.cancel_session(caller, session_id, reason))


@_router.post("/sessions/{session_id}/end", **WRITES)
def end(caller: Caller, session_id: UUID) -> Session:
    """Complete a session early; 422 while a task runs."""
    return session_of(control.end_session(caller, session_id))


@_router.post("/sessions/{session_id}/retry", **PINS)
def retry(caller: Caller, session_id: UUID) -> Session:
    """Take a failed session up again from the failed task on."""
    return session_of(control.retry_session(caller, session_id))


@_router.post("/sessions/{session_id}/pin", **PINS)
def pin(caller: Caller, session_id: UUID) -> Session:
    """Keep a session's events, snapshots and artifacts for good; 410 when they are gone."""
    return session_of(pinning.pin_session(caller, session_id))


@_router.delete("/sessions/{session_id}/pin", **WRITES)
def unpin(caller: Caller, session_id: UUID) -> Session:
    """Leave a session to retention again."""
    return session_of(pinning.unpin_session(caller, session_id))
