"""The decision journal: what was decided in a team or a session, and what people add to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from core.domain import events as ev
from core.domain.access import Action, Principal, SystemPrincipal
from core.domain.decision import DecisionDraft, check_draft
from core.domain.events import EventBody
from core.domain.session import Decision
from core.domain.text import clean_line
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.ids import new_id
from core.services.auditing import note
from core.services.permission import acts_allowed, demand, demand_session
from core.services.transaction import ask, ask_at_one_moment, transact
from core.settings import get_settings
from core.signals.wakeups import announce
from core.store import heads, journal, journal_queries, operations, tasks
from core.store.journal_queries import PERSON, JournalEntry, JournalQuery, Kind, Place, Standing

__all__ = [
    "PERSON",
    "EntryDetail",
    "JournalEntry",
    "JournalPage",
    "JournalQuery",
    "JournalStretch",
    "Kind",
    "Place",
    "Standing",
    "decision_tree",
    "get_entry",
    "list_journal",
    "record_decision",
    "walk_journal",
]

PAGE_ENTRIES = 50
MOST_ENTRIES = 1000


@dataclass(frozen=True, slots=True)
class JournalPage:
    """Decisions, newest first; what stands is counted to MOST_ENTRIES of each kind."""

    entries: tuple[JournalEntry, ...]
    is_more: bool
    in_force: int
    superseded: int
    may_decide: bool


@dataclass(frozen=True, slots=True)
class JournalStretch:
    """Some decisions in a row, newest first."""

    entries: tuple[JournalEntry, ...]
    is_more: bool


@dataclass(frozen=True, slots=True)
class EntryDetail:
    """A decision with the roles that it guided, and its neighbours in time."""

    entry: JournalEntry
    guided: tuple[str, ...]
    superseded_by: JournalEntry | None
    supersedes: JournalEntry | None


def list_journal(
    principal: Principal, query: JournalQuery, *, most: int = PAGE_ENTRIES
) -> JournalPage:
    """Return a team's decisions that match, at most 1,000; raises `NotFound`."""
    most = max(1, min(most, MOST_ENTRIES))
    query = replace(query, text=clean_line(query.text))

    def work(db: Connection) -> JournalPage:
        allowed = acts_allowed(db, principal, query.team_id, (Action.DECIDE,))
        found = journal_queries.list_entries(db, principal, query, most + 1)
        in_force, superseded = journal_queries.count_by_standing(db, principal, query, MOST_ENTRIES)
        return JournalPage(
            entries=tuple(found[:most]),
            is_more=len(found) > most,
            in_force=in_force,
            superseded=superseded,
            may_decide=Action.DECIDE in allowed and not isinstance(principal, SystemPrincipal),
        )

    return ask(work)


def walk_journal(
    principal: Principal, query: JournalQuery, after: Place | None = None, rows: int = 20
) -> JournalStretch:
    """Return a team's decisions that match, from a place in the journal on; raises `NotFound`."""
    query = replace(query, text=clean_line(query.text))

    def work(db: Connection) -> JournalStretch:
        demand(db, principal, query.team_id, Action.READ)
        found = journal_queries.walk_entries(db, principal, query, after, rows + 1)
        return JournalStretch(tuple(found[:rows]), len(found) > rows)

    return ask(work)


def get_entry(principal: Principal, decision_id: UUID) -> EntryDetail:
    """Return one decision with what it led to; raises `NotFound`."""

    def work(db: Connection) -> EntryDetail:
        entry = journal_queries.find_entry(db, principal, decision_id)
        if entry is None:
            raise NotFound("There is no such decision in your teams.")

        def other(one: UUID | None) -> JournalEntry | None:
            return None if one is None else journal_queries.find_entry(db, principal, one)

        session_id = entry.decision.session_id
        guided = journal_queries.guided_roles(db, principal, session_id, decision_id)
        return EntryDetail(
            entry=entry,
            guided=tuple(guided),
            superseded_by=other(entry.superseded_by),
            supersedes=other(entry.decision.supersedes_id),
        )

    return ask(work)  # no decision is ever edited: it need not be of one moment


def decision_tree(principal: Principal, session_id: UUID) -> dict[str, Any]:
    """Return a session's decisions as a tree: its strategic ones, then those of each task.

    The shape is `{"session_decisions": […], "agent_tasks": [{"agent", "status", "decisions"}]}`.
    Raises `NotFound`.
    """

    def work(db: Connection) -> dict[str, Any]:
        demand_session(db, principal, session_id, Action.READ)
        decisions = journal.list_decisions(db, principal, session_id)
        return {
            "session_decisions": [_leaf(one) for one in decisions if one.task_id is None],
            "agent_tasks": [
                {
                    "agent": task.role,
                    "status": task.status.value,
                    "decisions": [_leaf(one) for one in decisions if one.task_id == task.id],
                }
                for task in tasks.list_tasks(db, principal, session_id)
            ],
        }

    return ask_at_one_moment(work)


def record_decision(
    principal: Principal,
    session_id: UUID,
    draft: DecisionDraft,
    *,
    supersedes_id: UUID | None = None,
    act_key: str | None = None,
) -> UUID:
    """Record a person's strategic decision on a session; it may supersede one of the session's.

    Returns its id. Tasks that start later are guided by it. With an `act_key` that was used, it is
    the one that was recorded with it. Raises `InvalidInput`, `NotFound`,
    `NotAllowed`, and `Conflict` when the other one is superseded already.
    """
    if isinstance(principal, SystemPrincipal):
        raise NotAllowed(
            "Sage Mode itself records no decision here.",
            hint="Record it as a person, or with a token that has the scope decide.",
        )
    draft = check_draft(draft)
    decision_id = new_id()
    earlier: list[tuple[int, datetime]] = []

    def work(db: Connection) -> tuple[UUID, int]:
        demand_session(db, principal, session_id, Action.DECIDE)
        head = heads.lock_head(db, session_id)
        if head is None:
            raise NotFound
        for seq, at in earlier[-1:]:  # of a try whose answer was lost
            if heads.has_event(db, session_id, seq, at):
                return decision_id, seq
        made = journal.find_recorded(db, principal, session_id, act_key) if act_key else None
        if made is not None:  # by a run that died before it was answered
            return made
        if supersedes_id is not None:
            _demand_in_force(db, principal, session_id, supersedes_id)
        now = operations.clock(db)
        journal.insert_session_decision(
            db,
            journal.decision_values(draft, decision_id),
            session_id=session_id,
            team_id=head.team_id,
            author_id=principal.user_id,
            supersedes_id=supersedes_id,
            seq=head.last_seq + 1,
            at=now,
            act_key=act_key,
        )
        bodies: list[EventBody] = [ev.DecisionRecorded(str(decision_id), None, draft.category)]
        if supersedes_id is not None:
            bodies.append(ev.DecisionSuperseded(str(supersedes_id), str(decision_id)))
        after = heads.append_events(db, head, bodies, now)
        details = {"decision_id": str(decision_id), "session_id": str(session_id)}
        if supersedes_id is not None:
            details["supersedes_id"] = str(supersedes_id)
        note(
            db,
            principal,
            "decision.recorded",
            team_id=head.team_id,
            subject=draft.text,
            details=details,
        )
        earlier.append((after.last_seq, now))
        return decision_id, after.last_seq

    recorded_id, seq = transact(work)
    announce(get_settings().redis_url, sessions=[(session_id, seq)])
    return recorded_id


def _demand_in_force(
    db: Connection, principal: Principal, session_id: UUID, decision_id: UUID
) -> None:
    entry = journal_queries.find_entry(db, principal, decision_id)
    if entry is None or entry.decision.session_id != session_id:
        raise NotFound("There is no such decision in this session.")
    if not entry.is_strategic:
        raise InvalidInput(
            "A tactical decision belongs to its task and is not superseded.",
            hint="Add a strategic decision that says what holds instead.",
        )
    if entry.superseded_by is not None:
        raise Conflict(
            "That decision was superseded in the meantime.", hint="Look at the newer one first."
        )


def _leaf(decision: Decision) -> dict[str, Any]:
    return {
        "id": str(decision.id),
        "text": decision.text,
        "rationale": decision.rationale,
        "category": decision.category,
        "confidence": decision.confidence,
        "author": decision.author_role,
        "supersedes": str(decision.supersedes_id) if decision.supersedes_id else None,
        "seq": decision.seq,
    }
