"""Takes one guard out of the engine, so that a run can show that it would have noticed.

A guard compares before it sets. Instead of cutting the comparison out of a statement, a mutant
makes it true beforehand: whatever the guard looks like, it then guards nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import text

from core.domain.attempt import Claim
from core.services import claiming, dispatching, recording
from core.services.transaction import transact
from tests.chaos.witness import testify

VARIABLE = "MUTANT"

_AS_IF_OWNED = text(
    """
    WITH task AS (
        UPDATE agent_tasks SET attempt = :attempt, status = 'running'
        WHERE id = :task_id AND (attempt <> :attempt OR status <> 'running')
        RETURNING id
    )
    UPDATE agent_snapshots AS snapshot SET ended_at = NULL
    FROM task WHERE snapshot.task_id = task.id AND snapshot.attempt = :attempt
    """
)
_AS_IF_READY = text(
    """
    UPDATE agent_tasks SET status = 'ready', due_at = clock_timestamp()
    WHERE id = :task_id AND status IN ('running', 'completed')
    """
)


def take_out_guard() -> None:
    """Apply the mutant that the environment names; none without one."""
    name = os.environ.get(VARIABLE)
    if name:
        MUTANTS[name]()


def _without_fence() -> None:
    """Let every attempt record, whoever owns the task by now."""

    def unfenced(record: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(claim: Claim, *args: Any, **options: Any) -> Any:
            _pretend(_AS_IF_OWNED, claim.task_id, claim.attempt)
            return record(claim, *args, **options)

        return wrapped

    recording.record_result = unfenced(recording.record_result)
    recording.fail_attempt = unfenced(recording.fail_attempt)


def _without_compare_and_set() -> None:
    """Let every delivery claim its task, whatever has become of it."""
    claim_task = claiming.claim_task

    def wrapped(task_id: UUID, *args: Any, **options: Any) -> Claim | None:
        _pretend(_AS_IF_READY, task_id, 0)
        return claim_task(task_id, *args, **options)

    claiming.claim_task = wrapped


def _without_reaper() -> None:
    """Leave lost attempts to their fate."""
    dispatching.reap_lost_attempts = lambda: 0


def _pretend(statement: Any, task_id: UUID, attempt: int) -> None:
    values = {"task_id": task_id, "attempt": attempt}
    if transact(lambda db: db.execute(statement, values).rowcount):
        testify("mutant", task_id, attempt)


MUTANTS: dict[str, Callable[[], None]] = {
    "fence": _without_fence,
    "cas": _without_compare_and_set,
    "reap": _without_reaper,
}
