"""Who changed what: noted inside the transaction of the change itself, sealed a moment later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from core.domain.access import SYSTEM, Action, Principal, SystemPrincipal, TokenPrincipal
from core.domain.approval import Approval
from core.domain.audit import (
    ACCOUNTS_CHAIN,
    AuditEvent,
    Break,
    Seal,
    find_fault,
    seal_event,
)
from core.domain.origin import MAX_CHARACTERS, current_origin
from core.domain.text import clean_json, clean_line
from core.errors import NotFound
from core.services.permission import demand
from core.services.transaction import ask, ask_at_one_moment, transact
from core.settings import get_settings
from core.store import audit, operations
from core.store.audit import AuditQuery

__all__ = [
    "AuditEvent",
    "AuditPage",
    "AuditQuery",
    "ChainState",
    "Verdict",
    "describe",
    "drop_old_audit",
    "export_audit",
    "list_audit",
    "note",
    "note_approval",
    "seal_audit",
    "verify_audit",
    "verify_team_audit",
]

PAGE_ROWS = 50
MOST_ROWS = 10_000
SEAL_BATCH = 500
VERIFY_BATCH = 1000
DROP_BATCH = 500


@dataclass(frozen=True, slots=True)
class ChainState:
    """How far a chain goes: its last seal, and how many events wait for theirs."""

    sealed: int
    sha256: str
    waiting: int


@dataclass(frozen=True, slots=True)
class AuditPage:
    """A page of events, newest first."""

    events: tuple[AuditEvent, ...]
    number: int  # of this page, from 1
    is_more: bool
    kinds: tuple[str, ...]  # of the team's latest events
    chain: ChainState


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of looking at every row of some chains."""

    last: Mapping[UUID, Seal | None]  # of each chain, the last seal that was right
    rows: int  # that are there and were looked at
    dropped: int  # by retention; their seals are right
    waiting: int  # for their seal
    broken: tuple[Break, ...]  # the first of each chain that is not right

    @property
    def is_right(self) -> bool:
        """Whether every row is as it was sealed."""
        return not self.broken


def note(
    db: Connection,
    who: Principal,
    kind: str,
    *,
    team_id: UUID | None,
    subject: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Note a change, inside the caller's transaction."""
    values = describe(who, kind, subject=subject, details=details)
    audit.insert_event(db, {**values, "team_id": team_id})


def note_approval(
    db: Connection, who: Principal, became: str, approval: Approval, **details: Any
) -> None:
    """Note what became of an approval, inside the caller's transaction.

    That a gate asks is noted by a trigger (`note_gate_v1`), as a result may lead to it.
    """
    about = {
        "approval_id": str(approval.id),
        "session_id": str(approval.session_id),
        "role": approval.role,
        "approver_role": approval.approver_role,
    }
    note(
        db,
        who,
        f"approval.{became}",
        team_id=approval.team_id,
        subject=approval.question,
        details=about | details,
    )


def describe(
    who: Principal, kind: str, *, subject: str = "", details: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the values of an event, for a statement that inserts it beside others."""
    origin = current_origin()
    user_id = None if isinstance(who, SystemPrincipal) else who.user_id
    return {
        "kind": kind,
        "actor": who.name if isinstance(who, SystemPrincipal) else f"user {user_id}",
        "actor_id": user_id,
        "token_id": who.token_id if isinstance(who, TokenPrincipal) else None,
        "subject": clean_line(subject),
        "address": clean_line(origin.address)[:MAX_CHARACTERS],
        "trace_id": clean_line(origin.trace_id)[:MAX_CHARACTERS],
        "details": clean_json(details or {}),
    }


def list_audit(
    principal: Principal, query: AuditQuery, *, page: int = 1, rows: int = PAGE_ROWS
) -> AuditPage:
    """Return a page of a team's audit; raises `NotFound`, or `NotAllowed` for who is no owner."""
    rows, number = max(1, min(rows, MOST_ROWS)), max(1, page)
    query = _clean(query)

    def work(db: Connection) -> AuditPage:
        _demand(db, principal, query.team_id)
        found = audit.list_events(db, principal, query, offset=(number - 1) * rows, limit=rows + 1)
        chain = query.team_id or ACCOUNTS_CHAIN
        last = audit.last_seals(db, [chain]).get(chain)
        return AuditPage(
            events=tuple(found[:rows]),
            number=number,
            is_more=len(found) > rows,
            kinds=tuple(audit.list_kinds(db, principal, query.team_id)),
            chain=ChainState(
                sealed=last.number if last else 0,
                sha256=last.sha256 if last else "",
                waiting=audit.count_waiting(db, principal, query.team_id),
            ),
        )

    return ask_at_one_moment(work)


def export_audit(principal: Principal, query: AuditQuery) -> list[AuditEvent]:
    """Return all events that match, at most 10,000, newest first, and note that they were taken.

    Raises as `list_audit` does.
    """
    query = _clean(query)

    def work(db: Connection) -> list[AuditEvent]:
        _demand(db, principal, query.team_id)
        found = audit.list_events(db, principal, query, offset=0, limit=MOST_ROWS)
        details = {"rows": len(found)}
        note(db, principal, "audit.exported", team_id=query.team_id, details=details)
        return found

    return transact(work)


def seal_audit() -> int:
    """Seal what was committed and is not sealed; returns how many events.

    Of several at once, one seals and the others return 0: a chain never forks. Numbers follow the
    order of sealing, so an event whose transaction took long is sealed when it can be seen.
    """
    sealed = 0
    while ask(audit.has_unsealed, budget_seconds=2):
        number = transact(_seal_some, budget_seconds=2)
        sealed += number
        if number < SEAL_BATCH:
            break
    return sealed


def _seal_some(db: Connection) -> int:
    if not audit.lock_sealing(db):
        return 0
    events = audit.list_unsealed(db, SEAL_BATCH)
    if not events:
        return 0
    last = audit.last_seals(db, list({event.chain for event in events}))
    seals: list[Seal] = []
    for event in events:
        last[event.chain] = seal_event(event, last.get(event.chain))
        seals.append(last[event.chain])
    audit.insert_seals(db, seals)
    return len(seals)


def verify_audit() -> Verdict:
    """Look at every row of every chain; the verdict names the first broken one of each."""

    def work(db: Connection) -> Verdict:
        return _verify(db, audit.list_chains(db))

    return ask_at_one_moment(work)


def verify_team_audit(principal: Principal, team_id: UUID) -> Verdict:
    """Look at every row of a team's chain; raises as `list_audit` does."""

    def work(db: Connection) -> Verdict:
        _demand(db, principal, team_id)
        return _verify(db, [team_id])

    return ask_at_one_moment(work)


def _verify(db: Connection, chains: list[UUID]) -> Verdict:
    verdict = Verdict({}, 0, 0, 0, ())
    for chain in chains:
        last, rows, dropped, fault = _walk(db, chain)
        fault = fault or audit.find_never_sealed(db, chain)
        team_id = None if chain == ACCOUNTS_CHAIN else chain
        verdict = Verdict(
            last={**verdict.last, chain: last},
            rows=verdict.rows + rows,
            dropped=verdict.dropped + dropped,
            waiting=verdict.waiting + audit.count_waiting(db, SYSTEM, team_id),
            broken=(*verdict.broken, fault) if fault else verdict.broken,
        )
    return verdict


def _walk(db: Connection, chain: UUID) -> tuple[Seal | None, int, int, Break | None]:
    through = audit.dropped_through(db, chain)
    last, rows, dropped = None, 0, 0
    while True:
        after = last.number if last else 0
        found = audit.list_sealed(db, chain, after, VERIFY_BATCH)
        for seal, event in found:
            fault = find_fault(seal, event, last, dropped_through=through)
            if fault:
                return last, rows, dropped, fault
            last = seal
            rows += event is not None
            dropped += event is None
        if len(found) < VERIFY_BATCH:
            return last, rows, dropped, None


def drop_old_audit() -> int:
    """Drop sealed events that are older than the retention's days; returns how many.

    Their seals stay, and each chain notes up to which number, so that it can still be verified.
    """
    days = get_settings().audit_retention_days

    def old(db: Connection) -> list[tuple[UUID, Any]]:
        before = operations.clock(db) - timedelta(days=days)
        return [(chain, before) for chain in audit.chains_before(db, before)]

    dropped = 0
    for chain, before in ask(old):
        while number := transact(lambda db: audit.drop_events(db, chain, before, DROP_BATCH)):  # noqa: B023
            dropped += number
    return dropped


def _demand(db: Connection, principal: Principal, team_id: UUID | None) -> None:
    if team_id is None:
        if not isinstance(principal, SystemPrincipal):
            raise NotFound
        return
    demand(db, principal, team_id, Action.AUDIT)


def _clean(query: AuditQuery) -> AuditQuery:
    return replace(
        query,
        kind=clean_line(query.kind),
        actor=clean_line(query.actor),
        text=clean_line(query.text),
    )
