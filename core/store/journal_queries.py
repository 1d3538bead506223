"""The decision journal of a team: search, filters, and what became of a decision."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    Text,
    bindparam,
    cast,
    func,
    null,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import UUID as PgUUID

from core.domain.access import Principal
from core.domain.session import Decision
from core.store.journal import to_decision
from core.store.scope import READERS, visible
from core.store.tables import (
    agent_snapshots,
    agent_tasks,
    execution_sessions,
    session_decisions,
    task_decisions,
    users,
)

Kind = Literal["all", "strategic", "tactical"]
Standing = Literal["all", "in_force", "superseded"]
Place = tuple[datetime, int, UUID]  # of a decision: when, its event's number, its id
PERSON = "person"  # among roles: decisions that people recorded

_COLUMNS = (
    *("id", "session_id", "author_role", "text", "rationale", "category", "confidence"),
    *("alternatives", "evidence", "revisit_trigger", "seq", "created_at"),
)
_s, _t = session_decisions.c, task_decisions.c
_NO_ID = cast(null(), PgUUID(as_uuid=True))
_later = session_decisions.alias("later")
_SUPERSEDED_BY = (
    select(_later.c.id).where(_later.c.supersedes_id == _s.id).correlate(session_decisions)
)


@dataclass(frozen=True, slots=True)
class JournalQuery:
    """Which of a team's decisions somebody looks for."""

    team_id: UUID
    text: str = ""
    kind: Kind = "all"
    standing: Standing = "all"
    roles: frozenset[str] = frozenset()  # none: all
    confidences: frozenset[str] = field(default=frozenset())
    session_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A decision with where it stands: its session, its author, and what took its place."""

    decision: Decision
    session_name: str
    author_name: str | None  # of a person
    superseded_by: UUID | None

    @property
    def is_strategic(self) -> bool:
        """Whether it stands on the session rather than on one task."""
        return self.decision.task_id is None


def list_entries(
    db: Connection, principal: Principal, query: JournalQuery, limit: int
) -> list[JournalEntry]:
    """Return a team's decisions, newest first."""
    return [_to_entry(row) for row in db.execute(_list_entries(principal, query, limit))]


@lru_cache(READERS)
def _list_entries(principal: Principal, query: JournalQuery, limit: int) -> Select[Any]:
    found = _with_names(
        visible(_strategic(query), principal).limit(limit),
        visible(_tactical(query), principal).limit(limit),
    )
    return found.limit(limit)


def walk_entries(
    db: Connection, principal: Principal, query: JournalQuery, after: Place | None, limit: int
) -> list[JournalEntry]:
    """Return a team's decisions from a place on, newest first, each of which has its own place."""
    found = _with_names(
        visible(_beyond(_strategic(query), session_decisions, after), principal).limit(limit),
        visible(_beyond(_tactical(query), task_decisions, after), principal).limit(limit),
    )
    return [_to_entry(row) for row in db.execute(found.limit(limit))]


def _beyond(select_: Select[Any], table: FromClause, after: Place | None) -> Select[Any]:
    c = table.c
    if after is not None:
        select_ = select_.where(tuple_(c.created_at, c.seq, c.id) < tuple_(*after))
    return select_.order_by(c.id.desc())


def find_entry(db: Connection, principal: Principal, decision_id: UUID) -> JournalEntry | None:
    """Return one decision of either kind, or None."""
    row = db.execute(_find_entry(principal), {"decision_id": decision_id}).one_or_none()
    return None if row is None else _to_entry(row)


@lru_cache(READERS)
def _find_entry(principal: Principal) -> Select[Any]:
    return _with_names(
        visible(_STRATEGIC.where(_s.id == bindparam("decision_id")), principal),
        visible(_TACTICAL.where(_t.id == bindparam("decision_id")), principal),
    )


def count_by_standing(
    db: Connection, principal: Principal, query: JournalQuery, most: int
) -> tuple[int, int]:
    """Return how many decisions match that stand, and that are superseded.

    Whichever of both the query asks for, both are counted; of each kind no further than `most`.
    """
    strategic, tactical, replaced = db.execute(_count_by_standing(principal, query, most)).one()
    return strategic + tactical, replaced


@lru_cache(READERS)
def _count_by_standing(principal: Principal, query: JournalQuery, most: int) -> Select[Any]:
    in_force = replace(query, standing="in_force")
    superseded = replace(query, standing="superseded")
    numbers = (
        select(func.count())
        .select_from(visible(found, principal).limit(most).subquery())
        .scalar_subquery()
        for found in (_strategic(in_force), _tactical(in_force), _strategic(superseded))
    )
    return select(*numbers)


def guided_roles(
    db: Connection, principal: Principal, session_id: UUID, decision_id: UUID
) -> list[str]:
    """Return the roles whose attempts a decision guided, in order of the pipeline."""
    asked = {"session_id": session_id, "decision_ids": [str(decision_id)]}
    return list(db.execute(_guided_roles(principal), asked).scalars())


@lru_cache(READERS)
def _guided_roles(principal: Principal) -> Select[Any]:
    n = agent_snapshots.c
    query = (
        select(agent_tasks.c.role)
        .join(agent_snapshots, n.task_id == agent_tasks.c.id)
        .where(
            n.session_id == bindparam("session_id"),
            n.decisions.contains(bindparam("decision_ids")),
        )
        .group_by(agent_tasks.c.role, agent_tasks.c.position)
        .order_by(agent_tasks.c.position)
    )
    return visible(query, principal)


_STRATEGIC: Select[Any] = select(
    *(_s[name] for name in _COLUMNS),
    _s.supersedes_id,
    _NO_ID.label("task_id"),
    _s.author_id,
    _SUPERSEDED_BY.scalar_subquery().label("superseded_by"),
)
_TACTICAL: Select[Any] = select(
    *(_t[name] for name in _COLUMNS),
    _NO_ID.label("supersedes_id"),
    _t.task_id,
    _NO_ID.label("author_id"),
    _NO_ID.label("superseded_by"),
)


def _strategic(query: JournalQuery) -> Select[Any]:
    found = _narrowed(_STRATEGIC, session_decisions, query)
    if query.kind == "tactical":
        found = found.where(_s.id.is_(None))
    if query.standing == "in_force":
        found = found.where(~_SUPERSEDED_BY.exists())
    if query.standing == "superseded":
        found = found.where(_SUPERSEDED_BY.exists())
    return found


def _tactical(query: JournalQuery) -> Select[Any]:
    found = _narrowed(_TACTICAL, task_decisions, query)
    if query.kind == "strategic" or query.standing == "superseded":
        found = found.where(_t.id.is_(None))
    return found


def _narrowed(select_: Select[Any], table: FromClause, query: JournalQuery) -> Select[Any]:
    c = table.c
    conditions: list[ColumnElement[bool]] = [c.team_id == query.team_id]
    if query.session_id is not None:
        conditions.append(c.session_id == query.session_id)
    if query.roles:
        of_people = c.author_role.is_(None) if PERSON in query.roles else None
        of_roles = c.author_role.in_(sorted(query.roles - {PERSON}))
        conditions.append(of_roles if of_people is None else or_(of_roles, of_people))
    if query.confidences:
        conditions.append(c.confidence.in_(sorted(query.confidences)))
    for word in query.text.split()[:8]:
        conditions.append(
            or_(
                *(
                    column.icontains(word, autoescape=True)
                    for column in (c.text, c.rationale, cast(c.alternatives, Text))
                )
            )
        )
    return select_.where(*conditions).order_by(c.created_at.desc(), c.seq.desc())


def _with_names(strategic: Select[Any], tactical: Select[Any]) -> Select[Any]:
    both = union_all(strategic, tactical).subquery()
    found: Select[Any] = (
        select(both, execution_sessions.c.feature_name, users.c.user_name)
        .join(execution_sessions, execution_sessions.c.id == both.c.session_id)
        .outerjoin(users, users.c.id == both.c.author_id)
        .order_by(both.c.created_at.desc(), both.c.seq.desc(), both.c.id.desc())
    )
    return found


def _to_entry(row: Row[Any]) -> JournalEntry:
    return JournalEntry(to_decision(row), row.feature_name, row.user_name, row.superseded_by)
