"""Looking into one task and its attempts: what an agent knew, decided and made.

Large values stand in place of their hashes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from core.domain.access import Principal
from core.domain.session import Decision, Snapshot, StoredArtifact, Task, TaskDetail
from core.errors import NotFound
from core.services.transaction import ask, ask_at_one_moment
from core.store import journal, snapshots, tasks

_NO_TASK = "There is no such task in your teams."


@dataclass(frozen=True, slots=True)
class Inspection:
    """An attempt's snapshot with its whole context, and what it made."""

    snapshot: Snapshot
    artifacts: tuple[StoredArtifact, ...]  # with bodies; only a completed attempt has any


def get_task(principal: Principal, task_id: UUID) -> TaskDetail:
    """Return one task with its input and output; raises `NotFound`."""

    def work(db: Connection) -> TaskDetail:
        found = tasks.get_detail(db, principal, task_id)
        if found is None:
            raise NotFound(_NO_TASK)
        return found

    return ask(work)


def list_task_decisions(principal: Principal, task_id: UUID) -> list[Decision]:
    """Return the tactical decisions of one task, in order; raises `NotFound`."""

    def work(db: Connection) -> list[Decision]:
        task = _demand_task(db, principal, task_id)
        found = journal.list_decisions(db, principal, task.session_id)
        return [one for one in found if one.task_id == task_id]

    return ask_at_one_moment(work)


def list_task_artifacts(principal: Principal, task_id: UUID) -> list[StoredArtifact]:
    """Return what one task made, without bodies; raises `NotFound`."""

    def work(db: Connection) -> list[StoredArtifact]:
        task = _demand_task(db, principal, task_id)
        found = journal.list_artifacts(db, principal, task.session_id)
        return [one for one in found if one.task_id == task_id]

    return ask_at_one_moment(work)


def inspect_task(principal: Principal, task_id: UUID, attempt: int | None = None) -> Inspection:
    """Return what an agent knew and made in an attempt of a task, the latest one by default.

    Raises `NotFound`, also for a task that no attempt was made of.
    """

    def find(db: Connection) -> UUID:
        _demand_task(db, principal, task_id)
        snapshot_id = snapshots.find_snapshot_id(db, principal, task_id, attempt)
        if snapshot_id is None:
            raise NotFound("There is no such attempt of this task.", hint="Look at its number.")
        return snapshot_id

    return inspect_attempt(principal, ask(find))


def inspect_attempt(principal: Principal, snapshot_id: UUID) -> Inspection:
    """Return what an agent knew and made in one attempt; raises `NotFound`."""

    def work(db: Connection) -> Inspection:
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

    return ask_at_one_moment(work)


def _demand_task(db: Connection, principal: Principal, task_id: UUID) -> Task:
    task = tasks.get_task(db, principal, task_id)
    if task is None:
        raise NotFound(_NO_TASK)
    return task


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
