"""Launching a session: the session, its head, its tasks and first events, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from core.domain import events as ev
from core.domain.access import Action, Principal, UserPrincipal
from core.domain.attempt import content_hash, is_large
from core.domain.events import EventBody
from core.domain.lifecycle import SessionStatus, TaskStatus
from core.domain.pipeline import SEVEN_ROLES, Pipeline, pipeline_from_json
from core.domain.role import BUILT_IN_PROFILES, EXECUTORS, RoleProfile
from core.domain.session import LaunchRequest, Session
from core.domain.text import check_brief, check_name, clean_json, clean_line
from core.errors import InvalidInput, NotAllowed, NotFound
from core.ids import new_id
from core.services.permission import demand
from core.services.transaction import transact
from core.settings import get_settings
from core.signals.wakeups import announce
from core.store import configuration, heads, operations, sessions, snapshots, tasks
from core.store.heads import Head

MAX_KEY_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Launched:
    """A launched session; `is_new` is False when its key had launched it before."""

    session: Session
    is_new: bool


def launch_session(principal: Principal, request: LaunchRequest) -> Launched:
    """Launch a session on a brief; with a `launch_key` that was used, return that session.

    Raises `InvalidInput` for a brief, name, pipeline or executor that cannot be used, `NotFound`
    for a foreign team, `NotAllowed` for a viewer, `DatabaseUnavailable` when nothing was stored.
    """
    if not isinstance(principal, UserPrincipal):
        raise NotAllowed("Only a person or an agent launches a session.")
    order = _check(request)
    session_id = new_id()

    def work(db: Connection) -> tuple[Launched, bool]:
        demand(db, principal, request.team_id, Action.LAUNCH)
        profiles = BUILT_IN_PROFILES | configuration.team_profiles(db, principal, order.team_id)
        pipeline = _find_pipeline(db, principal, order, profiles)
        now = operations.clock(db)
        large = content_hash(order.brief) if is_large(order.brief) else None
        is_new = sessions.insert_session(
            db,
            {
                "id": session_id,
                "team_id": order.team_id,
                "user_id": principal.user_id,
                "feature_name": order.feature_name,
                "brief": order.brief,
                "brief_sha256": large,
                "pipeline": pipeline.to_json(),
                "input": dict(order.input),
                "launch_key": order.launch_key or str(session_id),
                "created_at": now,
                "started_at": now,
            },
        )
        if is_new:
            if large is not None:
                snapshots.store_content(
                    db,
                    session_id=session_id,
                    team_id=order.team_id,
                    sha256=large,
                    body=order.brief,
                )
            rows = _task_rows(session_id, principal, order, pipeline, profiles, now)
            _start(db, session_id, order, pipeline, rows, now)
        session = sessions.find_by_launch_key(
            db, principal, order.team_id, order.launch_key or str(session_id)
        )
        if session is None:
            raise NotFound
        # A repeated try of this very call finds the session that its first try stored.
        return Launched(session, session.id == session_id), is_new

    launched, has_work = transact(work)
    session = launched.session
    announce(get_settings().redis_url, sessions=[(session.id, session.last_seq)], work=has_work)
    return launched


def _check(request: LaunchRequest) -> LaunchRequest:
    key = request.launch_key
    if key is not None:
        key = clean_line(key)
        if not key or len(key) > MAX_KEY_CHARACTERS:
            raise InvalidInput(f"The launch key must have 1 to {MAX_KEY_CHARACTERS} characters.")
    known = {*EXECUTORS, *get_settings().extra_executors}
    if request.executor is not None and request.executor not in known:
        raise InvalidInput(
            f"There is no executor '{clean_line(request.executor)[:50]}'.",
            hint="Use one of: " + ", ".join(sorted(known)) + ".",
        )
    return LaunchRequest(
        team_id=request.team_id,
        feature_name=check_name(request.feature_name),
        brief=check_brief(request.brief),
        pipeline=request.pipeline,
        executor=request.executor,
        launch_key=key,
        input=clean_json(request.input),
    )


def _find_pipeline(
    db: Connection, principal: Principal, order: LaunchRequest, profiles: dict[str, RoleProfile]
) -> Pipeline:
    definition = configuration.team_pipeline(db, principal, order.team_id, order.pipeline)
    if definition is not None:
        return pipeline_from_json(definition, known_roles=profiles)
    if order.pipeline == SEVEN_ROLES.name:
        return SEVEN_ROLES
    raise InvalidInput(
        f"There is no pipeline '{clean_line(order.pipeline)[:50]}' in this team.",
        hint=f"Define it first, or use '{SEVEN_ROLES.name}'.",
    )


def _task_rows(
    session_id: UUID,
    principal: UserPrincipal,
    order: LaunchRequest,
    pipeline: Pipeline,
    profiles: dict[str, RoleProfile],
    now: datetime,
) -> list[dict[str, Any]]:
    timeout_seconds = get_settings().task_timeout_seconds
    rows: list[dict[str, Any]] = []
    for position, step in enumerate(pipeline.steps):
        profile = profiles[step.role]
        rows.append(
            {
                "id": new_id(),
                "session_id": session_id,
                "team_id": order.team_id,
                "position": position,
                "role": step.role,
                "after_roles": list(step.after),
                "upstream_roles": list(pipeline.upstream(step.role)),
                "description": f"{profile.title}: {order.feature_name}",
                "instructions": profile.instructions,
                "capabilities": list(profile.capabilities),
                "executor": order.executor or profile.executor,
                "timeout_seconds": profile.timeout_seconds or timeout_seconds,
                "requested_by": principal.user_id,
                "status": TaskStatus.BLOCKED if step.after else TaskStatus.READY,
                "input": dict(order.input),
                "created_at": now,
                "due_at": None if step.after else now,
            }
        )
    return rows


def _start(
    db: Connection,
    session_id: UUID,
    order: LaunchRequest,
    pipeline: Pipeline,
    rows: list[dict[str, Any]],
    now: datetime,
) -> None:
    head = Head(session_id, order.team_id, SessionStatus.ACTIVE, 0)
    heads.insert_head(db, head, now)
    tasks.insert_tasks(db, rows)
    orders = tuple(
        ev.TaskOrder(str(row["id"]), row["role"], tuple(row["after_roles"]), row["executor"])
        for row in rows
    )
    bodies: list[EventBody] = [ev.SessionLaunched(order.feature_name, pipeline.name, orders)]
    bodies.extend(ev.TaskReady(str(row["id"])) for row in rows if not row["after_roles"])
    heads.append_events(db, head, bodies, now)
