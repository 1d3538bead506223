"""What an attempt is told: read by the engine when a task is claimed or taken along."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from core.domain.attempt import ExecutionContext, Order, Output
from core.store.values import bind, returning

# The strategic decisions in force, oldest first.
_GUIDING = """
    ARRAY(SELECT one.id::text FROM session_decisions AS one
          WHERE one.session_id = :session_id AND NOT EXISTS (
              SELECT FROM session_decisions AS later WHERE later.supersedes_id = one.id)
          ORDER BY one.seq) AS guiding"""

_ORDER = returning(
    bind(
        f"""
        SELECT feature_name, brief, brief_sha256, {_GUIDING},
            (SELECT jsonb_object_agg(
                role, jsonb_build_object('body', output, 'sha256', output_sha256))
             FROM agent_tasks
             WHERE session_id = :session_id AND role = ANY (:roles)
               AND output IS NOT NULL) AS upstream
        FROM execution_sessions WHERE id = :session_id
        """,
        session_id=UUID,
        roles=list[str],
    ),
    *("feature_name", "brief", "brief_sha256", "guiding", "upstream"),
)

_TASK_ORDER = returning(
    bind(
        f"""
        SELECT task.description, task.instructions, task.capabilities, task.executor,
            task.timeout_seconds, task.input, task.upstream_roles, {_GUIDING},
            (SELECT jsonb_object_agg(
                role, jsonb_build_object('body', output, 'sha256', output_sha256))
             FROM agent_tasks AS earlier
             WHERE earlier.session_id = :session_id AND earlier.role = ANY (task.upstream_roles)
               AND earlier.role <> :known_role AND earlier.output IS NOT NULL) AS upstream
        FROM agent_tasks AS task WHERE task.id = :task_id
        """,
        session_id=UUID,
        task_id=UUID,
        known_role=str,
    ),
    *("description", "instructions", "capabilities", "executor", "timeout_seconds"),
    *("input", "upstream_roles", "guiding", "upstream"),
)


def read_order(
    db: Connection, session_id: UUID, upstream_roles: Collection[str]
) -> tuple[Order, dict[str, Output]]:
    """Return what every task of a session is about, and what the named roles handed on."""
    values = {"session_id": session_id, "roles": list(upstream_roles)}
    row = db.execute(_ORDER, values).one()
    order = Order(row.feature_name, row.brief, row.brief_sha256, tuple(row.guiding))
    return order, _outputs(upstream_roles, row.upstream or {})


def read_task_order(
    db: Connection, session_id: UUID, task_id: UUID, known: Mapping[str, Output]
) -> tuple[ExecutionContext, tuple[str, ...], dict[str, Output]]:
    """Return a task's context, the decisions that guide it, and what came before it.

    `known` is the output of one role that the caller has at hand, and that may not be stored yet.
    """
    (known_role,) = known
    values = {"session_id": session_id, "task_id": task_id, "known_role": known_role}
    row = db.execute(_TASK_ORDER, values).one()
    context = ExecutionContext(
        description=row.description,
        instructions=row.instructions,
        capabilities=tuple(row.capabilities),
        executor=row.executor,
        timeout_seconds=row.timeout_seconds,
        input=row.input,
        upstream_roles=tuple(row.upstream_roles),
    )
    upstream = _outputs(context.upstream_roles, row.upstream or {}, known)
    return context, tuple(row.guiding), upstream


def _outputs(
    roles: Collection[str],
    found: Mapping[str, Mapping[str, Any]],
    known: Mapping[str, Output] | None = None,
) -> dict[str, Output]:
    """Return outputs in the order of the pipeline, which JSON does not keep."""
    outputs = {role: Output(one["body"], one["sha256"]) for role, one in found.items()}
    outputs.update(known or {})
    return {role: outputs[role] for role in roles if role in outputs}
