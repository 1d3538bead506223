"""The audit's rows, and the chain of seals over them: what is hashed, and what breaks a chain.

Each chain has its events numbered from 1 in the order of sealing. A seal holds the hash of its
event, and the hash of the seal before it together with that. Nobody can then change, remove or
insert an event without every later seal being wrong.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

ACCOUNTS_CHAIN = UUID(int=0)  # of changes that belong to no team
DROPPED = "audit.dropped"  # what retention leaves in a chain that it has shortened


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Who changed what, when, and from where."""

    id: int
    team_id: UUID | None  # none: an account was changed
    kind: str
    actor: str
    actor_id: UUID | None
    subject: str
    at: datetime
    address: str
    trace_id: str
    details: Mapping[str, Any]

    @property
    def chain(self) -> UUID:
        """The chain that seals it."""
        return self.team_id or ACCOUNTS_CHAIN


@dataclass(frozen=True, slots=True)
class Seal:
    """One link of a chain; it stays when retention drops its event."""

    chain: UUID
    number: int
    event_id: int
    row_sha256: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Break:
    """The first row of a chain that is not as it was sealed."""

    chain: UUID
    number: int | None  # none: it has no seal
    event_id: int
    why: str


def hash_event(event: AuditEvent) -> str:
    """Return the hash of everything that an event says."""
    values = {
        "id": event.id,
        "team_id": _text(event.team_id),
        "kind": event.kind,
        "actor": event.actor,
        "actor_id": _text(event.actor_id),
        "subject": event.subject,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "address": event.address,
        "trace_id": event.trace_id,
        "details": event.details,
    }
    row = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(row.encode()).hexdigest()


def seal_event(event: AuditEvent, previous: Seal | None) -> Seal:
    """Return an event's seal, the next one after `previous`."""
    row = hash_event(event)
    number = previous.number + 1 if previous else 1
    return Seal(event.chain, number, event.id, row, _link(previous, row))


def find_fault(
    seal: Seal, event: AuditEvent | None, previous: Seal | None, *, dropped_through: int
) -> Break | None:
    """Return what is wrong with the next seal of a chain, or with its event; None when all is well.

    `event` is None when its row is not there, which is right up to the number that retention
    dropped the chain to.
    """
    number = previous.number + 1 if previous else 1
    why = None
    if seal.number != number:
        return Break(seal.chain, number, seal.event_id, f"seal {number} is missing before it")
    if event is None:
        if number > dropped_through:
            why = "the row is missing"
    elif event.chain != seal.chain or hash_event(event) != seal.row_sha256:
        why = "the row is not what was sealed"
    if why is None and seal.sha256 != _link(previous, seal.row_sha256):
        why = "its seal does not follow from the one before"
    return None if why is None else Break(seal.chain, number, seal.event_id, why)


def _link(previous: Seal | None, row_sha256: str) -> str:
    before = bytes.fromhex(previous.sha256) if previous else b""
    return sha256(before + bytes.fromhex(row_sha256)).hexdigest()


def _text(one: UUID | None) -> str | None:
    return None if one is None else str(one)
