"""One attempt of a task: what a claim hands out, and the rules of how it may end."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.domain.lifecycle import UNFINISHED_TASK, TaskStatus
from core.domain.work import RoleWork

INLINE_BYTES = 2048  # larger values stand in a snapshot by their hash

# An agent claims these tasks itself, or an import has recorded them; they never enter the queue.
BY_AGENTS = "external"
RECORDED = "recorded"
NOT_QUEUED = (BY_AGENTS, RECORDED)

DEADLINE_PASSED = "deadline_passed"
CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class WorkerIdentity:
    """Who claims. The fence is the attempt's number; of agents from outside the name counts too."""

    name: str  # host:pid, or as `core.domain.agent.agent_name` says


@dataclass(frozen=True, slots=True)
class Claim:
    """A running attempt: the order for the executor, and what recording it needs."""

    work: RoleWork
    team_id: UUID
    executor: str
    snapshot_id: UUID
    worker: WorkerIdentity
    guiding: tuple[str, ...]  # the strategic decisions in force when it began, oldest first
    started_at: datetime
    deadline_at: datetime
    seq: int  # of the session's latest event after the claim
    routed_number: int = 0  # of a routed task in its session, from 1; 0 for one of a pipeline
    trace_id: str = ""  # of whatever asked for the task
    parent_span_id: str = ""  # the span in it that the task goes on from, if there is one

    @property
    def task_id(self) -> UUID:
        """The task that is being worked on."""
        return self.work.task_id

    @property
    def session_id(self) -> UUID:
        """The session that the task belongs to."""
        return self.work.session_id

    @property
    def attempt(self) -> int:
        """The fencing token: a newer attempt has a higher one."""
        return self.work.attempt


@dataclass(frozen=True, slots=True)
class HeldAttempt:
    """A running attempt as far as recording needs it, for who was handed its order elsewhere."""

    session_id: UUID
    team_id: UUID
    task_id: UUID
    attempt: int
    executor: str
    snapshot_id: UUID
    worker: WorkerIdentity
    routed_number: int = 0


Attempt = Claim | HeldAttempt


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task as far as the pipeline's progress depends on it."""

    id: UUID
    role: str
    after: tuple[str, ...]
    executor: str
    status: TaskStatus
    attempt: int
    failures: int
    crashes: int
    lease_until: datetime | None
    deadline_at: datetime | None
    gate: Mapping[str, Any] | None = None  # what has to be approved before it starts

    @property
    def is_unfinished(self) -> bool:
        """Whether it may still run."""
        return self.status in UNFINISHED_TASK


@dataclass(frozen=True, slots=True)
class Recorded:
    """What recording an attempt led to.

    `freed` are the tasks that became ready, for the queue; `next_claim` is one of them that the
    recording worker took along at once, and is not in `freed`.
    """

    session_id: UUID
    seq: int
    freed: tuple[UUID, ...] = ()
    next_claim: Claim | None = None


def tasks_to_free(tasks: Collection[TaskView]) -> tuple[TaskView, ...]:
    """Return the blocked tasks whose every predecessor has completed."""
    completed = {task.role for task in tasks if task.status == TaskStatus.COMPLETED}
    return tuple(
        task
        for task in tasks
        if task.status == TaskStatus.BLOCKED and completed.issuperset(task.after)
    )


def owned_view(tasks: Iterable[TaskView], task_id: UUID, attempt: int) -> TaskView | None:
    """Return the task while this attempt runs it; None when the attempt lost it."""
    for task in tasks:
        if task.id == task_id and task.attempt == attempt:
            return task if task.status == TaskStatus.RUNNING else None
    return None


def retry_delay(failures: int, delays_seconds: Sequence[float]) -> float | None:
    """Return the wait before the next attempt after `failures` of them, or None for no more."""
    return delays_seconds[failures - 1] if failures <= len(delays_seconds) else None


def content_hash(value: Any) -> str:
    """Return the SHA-256 of a JSON-able value, independent of the order of keys."""
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def is_large(value: Any) -> bool:
    """Tell whether a JSON-able value is stored by hash rather than inside each snapshot."""
    if isinstance(value, str):
        return len(value.encode("utf-8", "surrogatepass")) > INLINE_BYTES
    return len(json.dumps(value, ensure_ascii=False)) > INLINE_BYTES
