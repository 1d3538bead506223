"""The two statements of a launch: what it needs to know, and everything that it writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from core.domain.access import Action, TeamRole, effective_role, is_allowed
from core.domain.events import EventBody
from core.domain.role import RoleProfile
from core.store.audit import ACTOR
from core.store.heads import Head, number_events
from core.store.places import HELD_PLACE
from core.store.values import bind

_LAUNCHING_ROLES = [role.value for role in TeamRole if is_allowed(role, Action.LAUNCH)]


@dataclass(frozen=True, slots=True)
class LaunchGround:
    """What a launch stands on: the time, the user's place in the team, what the team defines."""

    now: datetime
    role: TeamRole | None
    pipeline: Mapping[str, Any] | None
    profiles: Mapping[str, RoleProfile]
    is_archived: bool


_GROUND = bind(
    """
    SELECT clock_timestamp() AS now, team.owner_id = :user_id AS is_owner, team.is_shared,
        team.archived_at IS NOT NULL AS is_archived,
        membership.role AS membership, pipeline.definition AS pipeline,
        (SELECT jsonb_agg(jsonb_build_object(
            'role', profile.role, 'title', profile.title, 'capabilities', profile.capabilities,
            'instructions', profile.instructions, 'executor', profile.executor,
            'timeout_seconds', profile.timeout_seconds))
         FROM role_profiles AS profile WHERE profile.team_id = team.id) AS profiles
    FROM teams AS team
    LEFT JOIN team_memberships AS membership
        ON membership.team_id = team.id AND membership.user_id = :user_id
    LEFT JOIN pipelines AS pipeline
        ON pipeline.team_id = team.id AND pipeline.name = :pipeline
    WHERE team.id = :team_id
    """,
    user_id=UUID,
    team_id=UUID,
    pipeline=str,
)


def read_ground(db: Connection, user_id: UUID, team_id: UUID, pipeline: str) -> LaunchGround | None:
    """Return what a launch in a team stands on; None when there is no such team.

    `role` is None for strangers, who must be told no more than that.
    """
    values = {"user_id": user_id, "team_id": team_id, "pipeline": pipeline}
    row = db.execute(_GROUND, values).one_or_none()
    if row is None:
        return None
    role = effective_role(
        is_owner=row.is_owner,
        is_shared=row.is_shared,
        membership=None if row.membership is None else TeamRole(row.membership),
    )
    profiles = {
        one["role"]: RoleProfile(**(one | {"capabilities": tuple(one["capabilities"])}))
        for one in row.profiles or ()
    }
    return LaunchGround(row.now, role, row.pipeline, profiles, row.is_archived)


# Everything hangs on the first insert: when the team used the key before, or the user may not
# launch there any more, nothing is written. The place is held, so that of a launch and a removal,
# a lesser role or the team's archiving one comes first, and a launch that comes second sees it.
_LAUNCH = bind(
    f"""
    WITH {HELD_PLACE}, launched AS (
        INSERT INTO execution_sessions
            (id, team_id, user_id, feature_name, brief, brief_sha256, pipeline, role, input,
             metadata, launch_key, created_at, started_at)
        SELECT :session_id, :team_id, :user_id, :feature_name, :brief, :brief_sha256,
               nullif(:pipeline, 'null'), :role, :input, :metadata, :launch_key, :at,
               CASE WHEN :status = 'active' THEN :at END
        FROM held_team
        WHERE archived_at IS NULL
            AND (owner_id = :user_id
                 OR is_shared AND (SELECT role FROM held_membership) = ANY(:launching_roles))
        ON CONFLICT (team_id, launch_key) DO NOTHING
        RETURNING id
    ), head AS (
        INSERT INTO session_heads (session_id, team_id, status, last_seq, stays_open, updated_at)
        SELECT id, :team_id, :status, :last_seq, :stays_open, :at FROM launched
    ), tasks AS (
        INSERT INTO agent_tasks
            (id, session_id, team_id, position, role, after_roles, upstream_roles, description,
             task_type, route_key, instructions, capabilities, executor, timeout_seconds, gate,
             requested_by, status, input, trace_id, parent_span_id, created_at, due_at)
        SELECT task.id, launched.id, :team_id, task.position, task.role, task.after_roles,
               task.upstream_roles, task.description, task.task_type, task.route_key,
               task.instructions, task.capabilities, task.executor, task.timeout_seconds,
               task.gate, :user_id, task.status, coalesce(task.input, :input),
               :audit ->> 'trace_id', :parent_span_id, :at,
               CASE WHEN task.status = 'ready' THEN :at END
        FROM launched, jsonb_to_recordset(:tasks) AS task(
            id uuid, position int, role text, after_roles text[], upstream_roles text[],
            description text, task_type text, route_key text, instructions text,
            capabilities jsonb, executor text, timeout_seconds double precision, gate jsonb,
            status text, input jsonb)
    ), asked AS (
        INSERT INTO approvals
            (id, session_id, team_id, task_id, attempt, asked_by, approver_role, question,
             on_expiry, requested_at, expires_at)
        SELECT (gate ->> 'approval_id')::uuid, launched.id, :team_id, task.id, 0, 'gate',
               gate ->> 'approver_role', gate ->> 'question', gate ->> 'on_expiry', :at,
               :at + make_interval(secs => (gate ->> 'expires_after_seconds')::double precision)
        FROM launched, jsonb_to_recordset(:tasks) AS task(id uuid, gate jsonb, status text)
        WHERE task.status = 'waiting'
    ), logged AS (
        INSERT INTO session_events (session_id, team_id, seq, type, version, payload, at)
        SELECT launched.id, :team_id, entry.seq, entry.type, entry.version,
               entry.payload, :at
        FROM launched, jsonb_to_recordset(:events)
        AS entry(seq bigint, type text, version int, payload jsonb)
    ), content AS (
        INSERT INTO snapshot_contents (session_id, team_id, sha256, body)
        SELECT id, :team_id, :brief_sha256, to_jsonb(:brief) FROM launched
        WHERE :brief_sha256 IS NOT NULL
    ), audited AS (
        INSERT INTO audit_events
            (team_id, kind, actor, actor_id, subject, address, trace_id, details)
        SELECT :team_id, :audit ->> 'kind', {ACTOR}, :actor_id, :audit ->> 'subject',
            :audit ->> 'address', :audit ->> 'trace_id', :audit -> 'details'
        FROM launched
    )
    SELECT id FROM launched
    """,
    session_id=UUID,
    team_id=UUID,
    user_id=UUID,
    launching_roles=list[str],
    feature_name=str,
    brief=str,
    brief_sha256=str,
    pipeline=dict,
    role=str,
    input=dict,
    metadata=dict,
    launch_key=str,
    status=str,
    stays_open=bool,
    parent_span_id=str,
    at=datetime,
    last_seq=int,
    tasks=list,
    events=list,
    audit=dict,
    actor=str,
    actor_id=UUID,
    token_id=UUID,
)


def insert_launch(
    db: Connection,
    head: Head,
    session: Mapping[str, Any],
    tasks: Sequence[Mapping[str, Any]],
    bodies: Sequence[EventBody],
    at: datetime,
    audit: Mapping[str, Any],
) -> bool:
    """Insert a session with its head, tasks and first events, and the launch's audit event.

    False when its team launched one with the same key already, or the user may not launch there
    now: then nothing was written.
    """
    after, events = number_events(head, bodies)
    values = {
        **session,
        "session_id": head.session_id,
        "team_id": head.team_id,
        "launching_roles": _LAUNCHING_ROLES,
        "at": at,
        "status": head.status.value,
        "stays_open": head.stays_open,
        "last_seq": after.last_seq,
        "tasks": [dict(task) for task in tasks],
        "events": events,
        **{name: audit[name] for name in ("actor", "actor_id", "token_id")},
        "audit": {
            name: audit[name] for name in ("kind", "subject", "address", "trace_id", "details")
        },
    }
    return db.execute(_LAUNCH, values).one_or_none() is not None
