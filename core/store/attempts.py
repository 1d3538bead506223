"""The engine's statements on attempts: claim, heartbeat, record, end.

All of them compare before they set. Whoever changes a task holds its session's head, except for
the heartbeat, which touches only the lease, and for the dispatcher's stamp. Claiming and recording
are functions in the database (`migrations/functions/`): one round trip each, because a round trip
costs more than the writing, and everybody else in the session waits while the head is held.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, update

from core.domain.attempt import NOT_QUEUED, Attempt, Claim, Recorded, WorkerIdentity
from core.domain.events import EventBody, encode_body
from core.domain.lifecycle import TaskStatus
from core.domain.work import RoleWork
from core.store.database import Driver
from core.store.tables import agent_tasks
from core.store.values import bind, returning

_t = agent_tasks.c

# With the trace that the task belongs to, which is no matter of the functions'.
_CLAIM = """
    SELECT claim_task_v2(%(task_id)s, %(snapshot_id)s, %(worker)s, %(queue_id)s, %(lease_seconds)s),
        (SELECT ARRAY[trace_id, parent_span_id] FROM agent_tasks WHERE id = %(task_id)s)
"""
_RECORD = """
    SELECT told, (SELECT ARRAY[trace_id, parent_span_id] FROM agent_tasks
                  WHERE id = (told -> 'next' ->> 'task_id')::uuid)
    FROM record_result_v3(%s) AS told
"""
_TRACE = "SELECT ARRAY[trace_id, parent_span_id] FROM agent_tasks WHERE id = %s"


def claim_task(
    db: Driver,
    task_id: UUID,
    *,
    snapshot_id: UUID,
    worker: WorkerIdentity,
    queue_id: str | None,
    lease_seconds: float,
) -> Claim | None:
    """Move a due task from ready to running under a new attempt; None when it cannot be had.

    Asked again with the same `snapshot_id`, it returns the same claim.
    """
    values = {
        "task_id": task_id,
        "snapshot_id": snapshot_id,
        "worker": worker.name,
        "queue_id": queue_id,
        "lease_seconds": lease_seconds,
    }
    found, trace = _call(db, _CLAIM, values)
    return None if found is None else _to_claim(found, worker, trace)


# A lease never outlives its deadline, so that the reaper needs one clock only.
_HEARTBEAT = returning(
    bind(
        """
        UPDATE agent_tasks
        SET lease_until = least(
            clock_timestamp() + make_interval(secs => :lease_seconds), deadline_at)
        WHERE id = :task_id AND attempt = :attempt AND status = 'running'
          AND lease_until > clock_timestamp()
        RETURNING lease_until
        """,
        task_id=UUID,
        attempt=int,
        lease_seconds=float,
    ),
    "lease_until",
)


def extend_lease(
    db: Connection, task_id: UUID, attempt: int, lease_seconds: float
) -> datetime | None:
    """Extend the lease of a running attempt, and return its end; None when it has passed."""
    values = {"task_id": task_id, "attempt": attempt, "lease_seconds": lease_seconds}
    until: datetime | None = db.execute(_HEARTBEAT, values).scalar_one_or_none()
    return until


@dataclass(frozen=True, slots=True)
class Completion:
    """What recording a result writes.

    `artifacts` and `decisions` are rows; a decision's `event` is its place among the `events`,
    from 1. `output_sha256` stands only with a large output.
    """

    output: Mapping[str, Any]
    output_sha256: str | None
    execution: Mapping[str, Any]
    artifacts: Sequence[Mapping[str, Any]]
    decisions: Sequence[Mapping[str, Any]]
    events: Sequence[EventBody]


@dataclass(frozen=True, slots=True)
class Completed:
    """A result that was recorded, now or (`is_repeat`) by an earlier try of the same call."""

    recorded: Recorded
    is_repeat: bool


def record_result(
    db: Driver,
    claim: Attempt,
    completion: Completion,
    *,
    goes_on: bool,
    are_sent: bool,
    take_along: Collection[str],
    next_snapshot_id: UUID,
    lease_seconds: float,
) -> Completed | None:
    """Complete an attempt, and do what follows; None when it no longer owns its task.

    When the session `goes_on`, tasks that waited for this one become ready, one of them or of
    those that were ready is taken along, and the last one completes the session. `are_sent`
    stamps freed tasks as dispatched, for a caller that puts them into the queue itself. Only whose
    attempt came as a `Claim` takes one along.
    """
    call = {
        "session_id": claim.session_id,
        "task_id": claim.task_id,
        "attempt": claim.attempt,
        "snapshot_id": claim.snapshot_id,
        "output": dict(completion.output),
        "output_sha256": completion.output_sha256,
        "execution": dict(completion.execution),
        "artifacts": list(completion.artifacts),
        "decisions": list(completion.decisions),
        "events": [_to_row(body) for body in completion.events],
        "goes_on": goes_on,
        "are_sent": are_sent,
        "not_queued": NOT_QUEUED,
        "take_along": sorted(take_along) if isinstance(claim, Claim) else [],
        "next_snapshot_id": next_snapshot_id,
        "worker": claim.worker.name,
        "lease_seconds": lease_seconds,
    }
    found, trace = _call(db, _RECORD, [Jsonb(call)])
    if found is None:
        return None
    next_claim = None
    if (following := found["next"]) is not None and isinstance(claim, Claim):
        # What this worker knows already was not sent again.
        upstream = following["upstream"] | {claim.work.role: completion.output}
        known = {
            "feature_name": claim.work.feature_name,
            "brief": claim.work.brief,
            "upstream": upstream,
            "seq": found["seq"],
        }
        if trace is None:
            # Routed while this waited for the head: the function saw it, the statement around it
            # reads as of its own beginning.
            row = db.execute(_TRACE, [following["task_id"]]).fetchone()
            trace = row[0] if row else None
        next_claim = _to_claim(following | known, claim.worker, trace)
    return Completed(
        Recorded(claim.session_id, found["seq"], tuple(map(UUID, found["queued"])), next_claim),
        found["is_repeat"],
    )


def _call(db: Driver, statement: LiteralString, values: Any) -> tuple[Any, Any]:
    row = db.execute(statement, values).fetchone()
    return (None, None) if row is None else (row[0], row[1])


def _to_row(body: EventBody) -> dict[str, Any]:
    return {"type": body.type, "version": body.version, "payload": encode_body(body)}


def _to_claim(
    found: Mapping[str, Any], worker: WorkerIdentity, trace: Sequence[str] | None
) -> Claim:
    """Return what `begin_attempt_v2` tells as a claim."""
    outputs = found["upstream"]
    trace_id, parent_span_id = trace or ("", "")
    return Claim(
        work=RoleWork(
            session_id=UUID(found["session_id"]),
            task_id=UUID(found["task_id"]),
            attempt=found["attempt"],
            role=found["role"],
            feature_name=found["feature_name"],
            brief=found["brief"],
            description=found["description"],
            instructions=found["instructions"],
            capabilities=tuple(found["capabilities"]),
            # in the order of the pipeline, which JSON does not keep
            upstream={role: outputs[role] for role in found["upstream_roles"] if role in outputs},
            input=found["input"],
            timeout_seconds=float(found["timeout_seconds"]),
            task_type=found["task_type"],
        ),
        team_id=UUID(found["team_id"]),
        executor=found["executor"],
        snapshot_id=UUID(found["snapshot_id"]),
        worker=worker,
        guiding=tuple(found["guiding"]),
        started_at=datetime.fromisoformat(found["started_at"]),
        deadline_at=datetime.fromisoformat(found["deadline_at"]),
        seq=found["seq"],
        routed_number=found["routed_number"],
        trace_id=trace_id,
        parent_span_id=parent_span_id,
    )


def end_attempt(
    db: Connection,
    task_id: UUID,
    attempt: int,
    *,
    status: TaskStatus,
    lease_before: datetime | None = None,
    **values: Any,
) -> bool:
    """End a running attempt without result; False when it no longer owns the task.

    With `lease_before`, only an attempt whose lease ran out before that moment: a heartbeat may
    have come in since the reaper looked.
    """
    statement = update(agent_tasks).where(
        _t.id == task_id, _t.attempt == attempt, _t.status == TaskStatus.RUNNING.value
    )
    if lease_before is not None:
        statement = statement.where(_t.lease_until < lease_before)
    statement = statement.values(
        lease_owner=None,
        lease_until=None,
        deadline_at=None,
        dispatched_at=None,
        dispatches=0,
        status=status.value,
        **values,
    )
    return db.execute(statement).rowcount == 1
