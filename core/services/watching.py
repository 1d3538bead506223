"""Watching sessions as they run: their folded state, what came since, and signs of life."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import Connection

from core.domain.access import SYSTEM, Action, Principal
from core.domain.attempt import BY_AGENTS
from core.domain.events import DecisionRecorded, Event
from core.domain.session import Decision, Session
from core.domain.session_state import Patch, SessionState, apply
from core.errors import DetailsGone, NotFound
from core.services.permission import demand, demand_session, may
from core.services.transaction import ask
from core.settings import get_settings
from core.store import heads, journal, operations, watching
from core.store.watching import TeamMark

READ_AT_ONCE = 1000
KEPT_STEPS = 500  # so far back a browser may come and get only what it missed
# Whoever watches would rather hear soon that the database is away.
_BUDGET_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Step:
    """An event, and the patch that it makes; with the decision that it tells of, where read."""

    event: Event
    patch: Patch
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Progressed:
    """A session's state and the steps that led there.

    `now` is the database's time where the whole log was read, None where only what came since.
    """

    state: SessionState
    steps: tuple[Step, ...]
    now: datetime | None


@dataclass(frozen=True, slots=True)
class Beat:
    """The last sign of life of a running attempt; `mark` changes with each."""

    session_id: UUID
    task_id: UUID
    attempt: int
    age_seconds: float
    mark: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """A look at everything that is watched."""

    last_seqs: dict[UUID, int]
    beats: tuple[Beat, ...]
    team_marks: dict[UUID, TeamMark]


@dataclass(frozen=True, slots=True)
class SessionHead:
    """What stands above each page of a session."""

    session: Session
    started_by: str
    executors: tuple[str, ...]
    running: int
    may_control: bool


def get_head(principal: Principal, session_id: UUID) -> SessionHead:
    """Return a session with who started it and what the principal may do; raises `NotFound`."""

    def work(db: Connection) -> SessionHead:
        found = watching.get_session_at_work(db, principal, session_id)
        if found is None:
            raise NotFound("There is no such session in your teams.")
        return SessionHead(
            session=found.session,
            started_by=found.started_by,
            executors=found.executors,
            running=found.running,
            may_control=may(db, principal, found.session.team_id, Action.CONTROL),
        )

    return ask(work)


def check_session(principal: Principal, session_id: UUID) -> UUID:
    """Return the team of a session that the principal may watch; raises `NotFound`.

    Raises `DetailsGone` when there is nothing left to fold, and nothing to come.
    """
    session = ask(
        lambda db: demand_session(db, principal, session_id, Action.READ),
        budget_seconds=_BUDGET_SECONDS,
    )
    if session.events_gone_to_seq:
        raise DetailsGone
    return session.team_id


def check_team(principal: Principal, team_id: UUID) -> UUID:
    """Return a team's id when the principal may watch it; raises `NotFound`."""
    ask(lambda db: demand(db, principal, team_id, Action.READ), budget_seconds=_BUDGET_SECONDS)
    return team_id


def read_on(session_id: UUID, state: SessionState) -> Progressed:
    """Return what came after a state; from the empty state it reads the whole log.

    For whoever has checked that it may be watched. Of more steps than `KEPT_STEPS` it returns the
    last ones. Decisions come with what is new, not with the whole log: pages read the journal.
    """
    is_resumed = state.last_seq > 0
    now = None if is_resumed else ask(operations.clock, budget_seconds=_BUDGET_SECONDS)
    steps: deque[Step] = deque(maxlen=KEPT_STEPS)
    while True:
        read = partial(_read_log, session_id, state.last_seq, with_decisions=is_resumed)
        events, decisions = ask(read, budget_seconds=_BUDGET_SECONDS)
        for event in events:
            state, patch = apply(state, event)
            steps.append(Step(event, patch, decisions.get(event.seq)))
        if len(events) < READ_AT_ONCE:
            return Progressed(state, tuple(steps), now)


def look(
    session_ids: Collection[UUID], running_ids: Collection[UUID], team_ids: Collection[UUID]
) -> Look:
    """Return how far sessions and teams are, and the signs of life in sessions where work runs."""

    def work(db: Connection) -> Look:
        leases = watching.list_leases(db, running_ids) if running_ids else ()
        return Look(
            watching.last_seqs(db, session_ids) if session_ids else {},
            tuple(_beats(leases)),
            watching.team_marks(db, team_ids) if team_ids else {},
        )

    return ask(work, budget_seconds=_BUDGET_SECONDS)


def teams_of(session_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the team of each session."""
    return ask(lambda db: watching.teams_of(db, session_ids), budget_seconds=_BUDGET_SECONDS)


def _read_log(
    session_id: UUID, after_seq: int, db: Connection, *, with_decisions: bool
) -> tuple[list[Event], dict[int, Decision]]:
    """Return a session's next events, and the decisions that they tell of by their numbers."""
    events = heads.list_events(db, SYSTEM, session_id, after_seq=after_seq, limit=READ_AT_ONCE)
    if not with_decisions or not any(isinstance(one.body, DecisionRecorded) for one in events):
        return events, {}
    found = journal.list_decisions(db, SYSTEM, session_id, after_seq=after_seq)
    return events, {decision.seq: decision for decision in found}


def _beats(leases: Iterable[watching.Lease]) -> Iterable[Beat]:
    """A lease is given for a fixed time: what is left of it tells when it was."""
    settings = get_settings()
    for one in leases:
        by_agent = one.executor == BY_AGENTS
        whole = settings.agent_lease_seconds if by_agent else settings.lease_seconds
        age = max(0.0, whole - one.seconds_left)
        yield Beat(one.session_id, one.task_id, one.attempt, age, one.until)
