"""What an ended session left: read once, as only a further event changes it.

Whoever asks has just been found to have a place in the session's team: the head is read in every
run. What is kept is kept for one principal and one event number.
"""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from core.domain.access import UserPrincipal
from core.domain.session import Session
from core.services.inspecting import Inspection, inspect_attempt
from core.services.reading import SessionProgress, SessionReport, get_progress, get_report
from pages.parts.visit import Visit

_MOST = 64


def read_report(visit: Visit, session_id: UUID) -> SessionReport:
    """Return a session's report; raises `NotFound`."""
    session = _ended(visit, session_id)
    if session is None:
        return get_report(visit.principal, session_id)
    return _report_as_of(visit.principal, session_id, _mark(session))


def read_progress(visit: Visit, session_id: UUID) -> SessionProgress:
    """Return how a session stands, without what its agents knew; raises `NotFound`."""
    if _ended(visit, session_id) is None:
        return get_progress(visit.principal, session_id)
    return read_report(visit, session_id)


def read_attempt(visit: Visit, session_id: UUID, snapshot_id: UUID) -> Inspection:
    """Return an attempt's snapshot with what it made; raises `NotFound`."""
    session = _ended(visit, session_id)
    if session is None:
        return inspect_attempt(visit.principal, snapshot_id)
    return _attempt_as_of(visit.principal, snapshot_id, _mark(session))


def _ended(visit: Visit, session_id: UUID) -> Session | None:
    """Return the session when this run has read its head and found it ended."""
    head = visit.heads.get(session_id)
    return head.session if head and head.session.ended_at else None


def _mark(session: Session) -> tuple[int, int]:
    """Return what tells that a session has changed, or that retention has taken from it."""
    return session.last_seq, session.events_gone_to_seq


@lru_cache(maxsize=_MOST)
def _report_as_of(
    principal: UserPrincipal, session_id: UUID, mark: tuple[int, int]
) -> SessionReport:
    return get_report(principal, session_id)


@lru_cache(maxsize=_MOST)
def _attempt_as_of(
    principal: UserPrincipal, snapshot_id: UUID, mark: tuple[int, int]
) -> Inspection:
    return inspect_attempt(principal, snapshot_id)
