"""The audit's rows and seals: inserting, sealing, reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, Text, cast, delete, func, or_, select

from core.domain.access import Principal
from core.domain.audit import ACCOUNTS_CHAIN, DROPPED, AuditEvent, Break, Seal
from core.store.scope import visible
from core.store.tables import audit_events, audit_seals, audit_unsealed
from core.store.values import bind

SEALING_LOCK = 7_203_116  # any number of our own; only sealing takes it
KINDS_OF = 2000  # of so many events the kinds are offered
_e = audit_events.c
_s = audit_seals.c


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """What is looked for; `team_id` None: changes of accounts, which only the system reads."""

    team_id: UUID | None
    kind: str = ""
    actor: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before_id: int | None = None  # older than this event


# Who acts, by the names of this moment: "user mara", "token ci of user mara".
ACTOR = """
    coalesce(
        coalesce((SELECT 'token ' || name || ' of ' FROM api_tokens WHERE id = :token_id), '')
            || 'user ' || (SELECT user_name FROM users WHERE id = :actor_id),
        :actor)
"""
_INSERT = bind(
    f"""
    INSERT INTO audit_events
        (team_id, kind, actor, actor_id, subject, address, trace_id, details)
    VALUES (:team_id, :kind, {ACTOR}, :actor_id, :subject, :address, :trace_id, :details)
    """,
    team_id=UUID,
    kind=str,
    actor=str,
    actor_id=UUID,
    token_id=UUID,
    subject=str,
    address=str,
    trace_id=str,
    details=dict,
)


def insert_event(db: Connection, values: dict[str, Any]) -> None:
    """Insert an event; whoever acts is noted by name."""
    db.execute(_INSERT, values)


def has_unsealed(db: Connection) -> bool:
    """Tell whether an event waits for its seal."""
    return db.execute(select(audit_unsealed.c.event_id).limit(1)).one_or_none() is not None


def lock_sealing(db: Connection) -> bool:
    """Become the one who seals until the transaction ends; False when somebody else is."""
    locked: bool = db.execute(select(func.pg_try_advisory_xact_lock(SEALING_LOCK))).scalar_one()
    return locked


def list_unsealed(db: Connection, most: int) -> list[AuditEvent]:
    """Return committed events that wait for their seal; sealing must be locked."""
    waiting = audit_unsealed.c.event_id
    query = select(audit_events).join(audit_unsealed, waiting == _e.id)
    return [_to_event(row) for row in db.execute(query.order_by(waiting).limit(most))]


_TAILS = bind(
    """
    SELECT latest.* FROM unnest(:chains) AS wanted(chain)
    CROSS JOIN LATERAL (
        SELECT chain, number, event_id, row_sha256, sha256 FROM audit_seals
        WHERE audit_seals.chain = wanted.chain ORDER BY number DESC LIMIT 1
    ) AS latest
    """,
    chains=list[UUID],
)


def last_seals(db: Connection, chains: Sequence[UUID]) -> dict[UUID, Seal]:
    """Return the last seal of each chain that has one."""
    rows = db.execute(_TAILS, {"chains": list(chains)})
    return {row.chain: _to_seal(row) for row in rows}


_SEAL = bind(
    """
    INSERT INTO audit_seals (chain, number, event_id, row_sha256, sha256)
    SELECT chain, number, event_id, row_sha256, sha256 FROM jsonb_to_recordset(:seals)
        AS seal(chain uuid, number bigint, event_id bigint, row_sha256 text, sha256 text)
    """,
    seals=list,
)


def insert_seals(db: Connection, seals: Sequence[Seal]) -> None:
    """Store seals; what they seal waits no longer."""
    db.execute(_SEAL, {"seals": [{**asdict(seal), "chain": str(seal.chain)} for seal in seals]})
    sealed = [seal.event_id for seal in seals]
    db.execute(delete(audit_unsealed).where(audit_unsealed.c.event_id.in_(sealed)))


def list_events(
    db: Connection, principal: Principal, query: AuditQuery, *, offset: int, limit: int
) -> list[AuditEvent]:
    """Return events that match, newest first."""
    rows = db.execute(
        visible(_matching(select(audit_events), query), principal)
        .order_by(_e.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [_to_event(row) for row in rows]


def list_kinds(db: Connection, principal: Principal, team_id: UUID | None) -> list[str]:
    """Return the kinds of a team's latest events, in order of the alphabet."""
    query = visible(select(_e.kind).where(_of_team(team_id)), principal)
    latest = query.order_by(_e.id.desc()).limit(KINDS_OF).subquery()
    return sorted(db.execute(select(latest.c.kind).distinct()).scalars())


def count_waiting(db: Connection, principal: Principal, team_id: UUID | None) -> int:
    """Return how many of a team's events wait for their seal."""
    query = (
        select(func.count())
        .select_from(audit_unsealed)
        .join(audit_events, _e.id == audit_unsealed.c.event_id)
        .where(_of_team(team_id))
    )
    count: int = db.execute(visible(query, principal)).scalar_one()
    return count


def list_chains(db: Connection) -> list[UUID]:
    """Return every chain that has a seal or an event."""
    sealed = select(_s.chain).distinct()
    noted = select(func.coalesce(_e.team_id, ACCOUNTS_CHAIN)).distinct()
    return sorted(db.execute(sealed.union(noted)).scalars())


def list_sealed(
    db: Connection, chain: UUID, after: int, limit: int
) -> list[tuple[Seal, AuditEvent | None]]:
    """Return a chain's seals after a number, in order, each with its event while it is there."""
    seals = select(audit_seals).where(_s.chain == chain, _s.number > after)
    some = seals.order_by(_s.number).limit(limit).subquery()
    rows = db.execute(
        select(some.c.number, some.c.event_id, some.c.row_sha256, some.c.sha256, audit_events)
        .outerjoin(audit_events, _e.id == some.c.event_id)
        .order_by(some.c.number)
    )
    return [
        (
            Seal(chain, row.number, row.event_id, row.row_sha256, row.sha256),
            None if row.id is None else _to_event(row),
        )
        for row in rows
    ]


def dropped_through(db: Connection, chain: UUID) -> int:
    """Return the number up to which retention dropped a chain's events, as its notes say."""
    through = func.max(cast(_e.details["through"].astext, audit_seals.c.number.type))
    query = select(through).where(_of_team(_team_of(chain)), _e.kind == DROPPED)
    return db.execute(query).scalar_one() or 0


def find_never_sealed(db: Connection, chain: UUID) -> Break | None:
    """Return the first event of a chain that has no seal and does not wait for one, or None."""
    query = (
        select(_e.id)
        .outerjoin(audit_seals, _s.event_id == _e.id)
        .outerjoin(audit_unsealed, audit_unsealed.c.event_id == _e.id)
        .where(_of_team(_team_of(chain)), _s.number.is_(None))
        .where(audit_unsealed.c.event_id.is_(None))
    )
    event_id = db.execute(query.order_by(_e.id).limit(1)).scalar_one_or_none()
    return None if event_id is None else Break(chain, None, event_id, "the row has no seal")


def chains_before(db: Connection, before: datetime) -> list[UUID]:
    """Return the chains with events older than a moment."""
    query = select(func.coalesce(_e.team_id, ACCOUNTS_CHAIN)).where(_e.at < before)
    return sorted(db.execute(query.distinct()).scalars())


_DROP = bind(
    "SELECT drop_audit_events_v1(:chain, :before, CAST(:most AS integer))",
    chain=UUID,
    before=datetime,
    most=int,
)


def drop_events(db: Connection, chain: UUID, before: datetime, most: int) -> int:
    """Delete a chain's oldest events, sealed and older than a moment; returns how many."""
    values = {"chain": chain, "before": before, "most": most}
    dropped: int = db.execute(_DROP, values).scalar_one()
    return dropped


def _matching(found: Select[Any], query: AuditQuery) -> Select[Any]:
    found = found.where(_of_team(query.team_id))
    if query.kind:
        found = found.where(_e.kind == query.kind)
    if query.actor:
        found = found.where(_e.actor.icontains(query.actor, autoescape=True))
    if query.text:
        places = (_e.subject, _e.kind, _e.actor, _e.address, _e.trace_id, cast(_e.details, Text))
        found = found.where(or_(*(one.icontains(query.text, autoescape=True) for one in places)))
    if query.since is not None:
        found = found.where(_e.at >= query.since)
    if query.until is not None:
        found = found.where(_e.at < query.until)
    if query.before_id is not None:
        found = found.where(_e.id < query.before_id)
    return found


def _of_team(team_id: UUID | None) -> Any:
    return _e.team_id.is_(None) if team_id is None else _e.team_id == team_id


def _team_of(chain: UUID) -> UUID | None:
    return None if chain == ACCOUNTS_CHAIN else chain


def _to_event(row: Any) -> AuditEvent:
    return AuditEvent(
        id=row.id,
        team_id=row.team_id,
        kind=row.kind,
        actor=row.actor,
        actor_id=row.actor_id,
        subject=row.subject,
        at=row.at,
        address=row.address,
        trace_id=row.trace_id,
        details=row.details,
    )


def _to_seal(row: Any) -> Seal:
    return Seal(row.chain, row.number, row.event_id, row.row_sha256, row.sha256)
