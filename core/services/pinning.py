"""Pinning: what retention leaves as it is."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from core.domain.access import Action, Principal, SystemPrincipal
from core.domain.session import Session
from core.errors import DetailsGone, NotAllowed, NotFound
from core.services.auditing import note
from core.services.permission import demand_session
from core.services.transaction import transact
from core.store import heads, retention, sessions


def pin_session(principal: Principal, session_id: UUID) -> Session:
    """Keep a session's events, snapshots and artifacts for good; twice is as once.

    Raises `DetailsGone` when they were taken already, `NotFound`, `NotAllowed`.
    """
    if isinstance(principal, SystemPrincipal):
        raise NotAllowed("Sage Mode itself pins nothing.", hint="Pin it as a person.")
    return _set_pin(principal, session_id, principal.user_id)


def unpin_session(principal: Principal, session_id: UUID) -> Session:
    """Leave a session to retention again; raises as `pin_session` does."""
    return _set_pin(principal, session_id, None)


def _set_pin(principal: Principal, session_id: UUID, user_id: UUID | None) -> Session:
    def work(db: Connection) -> Session:
        session = demand_session(db, principal, session_id, Action.CONTROL)
        head = heads.lock_head(db, session_id)
        if head is None:
            raise NotFound
        if user_id is not None and head.events_gone_to_seq:
            raise DetailsGone
        if retention.set_pin(db, session_id, user_id):
            note(
                db,
                principal,
                "session.pinned" if user_id else "session.unpinned",
                team_id=session.team_id,
                subject=session.feature_name,
                details={"session_id": str(session_id)},
            )
        changed = sessions.get_session(db, principal, session_id)
        if changed is None:
            raise NotFound
        return changed

    return transact(work)
