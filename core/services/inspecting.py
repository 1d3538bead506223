"""Looking into one attempt: what the agent knew, with large values in place of their hashes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from core.domain.access import Principal
from core.domain.session import Snapshot, StoredArtifact
from core.errors import NotFound
from core.services.transaction import transact
from core.store import journal, operations, snapshots


@dataclass(frozen=True, slots=True)
class Inspection:
    """An attempt's snapshot with its whole context, and what it made."""

    snapshot: Snapshot
    artifacts: tuple[StoredArtifact, ...]  # with bodies; only a completed attempt has any


def inspect_attempt(principal: Principal, snapshot_id: UUID) -> Inspection:
    """Return what an agent knew and made in one attempt; raises `NotFound`."""

    def work(db: Connection) -> Inspection:
        operations.hold_moment(db)
        snapshot = snapshots.get_snapshot(db, principal, snapshot_id)
        if snapshot is None:
            raise NotFound("There is no such snapshot in your teams.")
        found: tuple[StoredArtifact, ...] = ()
        if snapshot.ended_as == "completed":
            found = tuple(
                one
                for one in journal.list_artifacts(
                    db, principal, snapshot.session_id, with_bodies=True
                )
                if one.task_id == snapshot.task_id
            )
        context = _resolved(db, principal, snapshot.session_id, snapshot.context)
        return Inspection(replace(snapshot, context=context), found)

    return transact(work)


def _resolved(
    db: Connection, principal: Principal, session_id: UUID, context: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a context with each `{"sha256": …}` replaced by the value that it stands for."""

    def value_of(value: Any) -> Any:
        if not isinstance(value, Mapping) or set(value) != {"sha256"}:
            return value
        return snapshots.get_content(db, principal, session_id, value["sha256"])

    upstream = context.get("upstream")
    return {
        **context,
        "brief": value_of(context.get("brief")),
        "upstream": {role: value_of(output) for role, output in (upstream or {}).items()},
    }
