"""Replaying: a session's log as a timeline, with the texts of what it names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from core.domain.access import Action, Principal
from core.domain.events import Event
from core.domain.replay import Timeline, make_timeline
from core.domain.session import Decision, Session, StoredArtifact
from core.errors import DetailsGone
from core.services.permission import demand_session
from core.services.transaction import ask_at_one_moment
from core.store import heads, journal, operations


@dataclass(frozen=True, slots=True)
class Replay:
    """A session as it can be played, and what its decisions and artifacts are called."""

    session: Session
    timeline: Timeline
    decisions: tuple[Decision, ...]
    artifacts: tuple[StoredArtifact, ...]  # without bodies

    @property
    def runs(self) -> bool:
        """Whether more events will come by themselves; then the timeline ends now."""
        return self.session.ended_at is None


@dataclass(frozen=True, slots=True)
class _Record:
    """What one transaction reads."""

    session: Session
    now: datetime | None  # the database's time, while the session runs
    events: list[Event]
    decisions: tuple[Decision, ...]
    artifacts: tuple[StoredArtifact, ...]


def get_replay(principal: Principal, session_id: UUID) -> Replay:
    """Return a session's replay as of this moment; raises `NotFound` and `DetailsGone`."""

    def read(db: Connection) -> _Record:
        session = demand_session(db, principal, session_id, Action.READ)
        if session.events_gone_to_seq:
            raise DetailsGone
        now = None if session.ended_at else operations.clock(db)
        return _Record(
            session,
            now,
            heads.list_events(db, principal, session_id),
            tuple(journal.list_decisions(db, principal, session_id)),
            tuple(journal.list_artifacts(db, principal, session_id)),
        )

    # A long log takes a moment to fold, so that is done when the connection is free again.
    record = ask_at_one_moment(read)
    authors = {str(one.id): one.author_role for one in record.decisions if one.author_role}
    timeline = make_timeline(record.events, authors=authors, until=record.now)
    return Replay(record.session, timeline, record.decisions, record.artifacts)
