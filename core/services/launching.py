"""Launching a session: the session, its head, its tasks and first events, in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from core import telemetry
from core.domain import events as ev
from core.domain.access import (
    Action,
    Principal,
    SystemPrincipal,
    TokenPrincipal,
    UserPrincipal,
    reaches,
    require,
    require_scope,
)
from core.domain.approval import Gate, check_input
from core.domain.attempt import BY_AGENTS, content_hash, is_large
from core.domain.events import EventBody
from core.domain.lifecycle import SessionStatus, TaskStatus
from core.domain.pipeline import SEVEN_ROLES, Pipeline, Step, pipeline_from_json
from core.domain.role import BUILT_IN_PROFILES, RoleProfile
from core.domain.routing import merge_metadata
from core.domain.session import LaunchRequest, Session
from core.domain.text import check_brief, check_name, clean_json, clean_line
from core.errors import InvalidInput, NotAllowed, NotFound, TeamArchived
from core.ids import new_id
from core.services.auditing import describe
from core.services.configuring import list_executors
from core.services.permission import demand
from core.services.transaction import ask, transact_alone
from core.settings import get_settings
from core.signals.wakeups import announce
from core.store import launches, sessions
from core.store.heads import Head
from core.store.launches import LaunchGround

log = logging.getLogger(__name__)

MAX_KEY_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Launched:
    """A launched session; `is_new` is False when its key had launched it before."""

    session: Session
    is_new: bool


def launch_session(principal: Principal, request: LaunchRequest) -> Launched:
    """Launch a session on a brief; with a `launch_key` that was used, return that session.

    Raises `InvalidInput` for a brief, name, pipeline or executor that cannot be used, `NotFound`
    for a foreign team, `NotAllowed` for a viewer, `TeamArchived` for what is only kept,
    `DatabaseUnavailable` when nothing was stored.
    """
    principal = check_launcher(principal)
    attributes = {"gen_ai.operation.name": "invoke_workflow", "gen_ai.provider.name": "sage_mode"}
    with telemetry.span("launch_session", attributes=attributes) as span:
        launched = _launch(principal, request)
        session = launched.session
        span.rename(f"invoke_workflow {session.pipeline}")
        span.set(
            gen_ai__workflow__name=session.pipeline,
            gen_ai__conversation__id=str(session.id),
            sage__session__is_new=launched.is_new,
        )
    return launched


def _launch(principal: UserPrincipal | TokenPrincipal, request: LaunchRequest) -> Launched:
    order = _check(request)
    ground = demand_ground(principal, order.team_id, order.pipeline)
    profiles = BUILT_IN_PROFILES | dict(ground.profiles)
    pipeline = _find_pipeline(order.pipeline, ground.pipeline, profiles)
    session_id = new_id()
    fresh = Session(
        id=session_id,
        team_id=order.team_id,
        user_id=principal.user_id,
        feature_name=order.feature_name,
        status=SessionStatus.ACTIVE,
        outcome=None,
        pipeline=pipeline.name,
        questions=(),
        created_at=ground.now,
        started_at=ground.now,
        ended_at=None,
        last_seq=0,
        metadata=order.metadata,
    )
    tasks = _task_rows(order, pipeline, profiles)
    return store_session(
        principal,
        fresh,
        brief=order.brief,
        pipeline=pipeline.to_json(),
        input_=order.input,
        launch_key=order.launch_key,
        tasks=tasks,
        bodies=_first_events(order, pipeline, tasks),
        noted=describe(
            principal,
            "session.launched",
            subject=order.feature_name,
            details={"session_id": str(session_id), "pipeline": pipeline.name},
        ),
    )


def check_launcher(principal: Principal) -> UserPrincipal | TokenPrincipal:
    """Return a principal that may be asked about in a team; raises `NotAllowed` for ourselves."""
    if isinstance(principal, SystemPrincipal):
        raise NotAllowed(
            "Sage Mode itself launches no session.", hint="Launch it as a person, or with a token."
        )
    return principal


def demand_ground(
    principal: UserPrincipal | TokenPrincipal, team_id: UUID, pipeline: str = ""
) -> LaunchGround:
    """Return what a launch in a team stands on; raises unless the principal may launch there."""
    ground = ask(lambda db: launches.read_ground(db, principal.user_id, team_id, pipeline))
    if ground is None or not reaches(principal, team_id):
        raise NotFound
    require(ground.role, Action.LAUNCH)
    require_scope(principal, Action.LAUNCH)
    if ground.is_archived:
        raise TeamArchived
    return ground


def store_session(
    principal: UserPrincipal | TokenPrincipal,
    fresh: Session,
    *,
    brief: str,
    pipeline: Mapping[str, Any] | None,
    launch_key: str | None,
    tasks: Sequence[Mapping[str, Any]],
    bodies: Sequence[EventBody],
    noted: Mapping[str, Any],
    input_: Mapping[str, Any] | None = None,
) -> Launched:
    """Store a new session with its tasks and first events, and tell of it.

    Returns the session that its team has under the key, where there is one.
    """
    fresh = replace(fresh, last_seq=len(bodies))
    key = launch_key or str(fresh.id)
    head = Head(fresh.id, fresh.team_id, fresh.status, 0, fresh.stays_open)
    values = {
        "user_id": fresh.user_id,
        "feature_name": fresh.feature_name,
        "brief": brief,
        "brief_sha256": content_hash(brief) if is_large(brief) else None,
        "pipeline": pipeline,
        "role": fresh.role,
        "input": dict(input_ or {}),
        "metadata": dict(fresh.metadata),
        "launch_key": key,
        "parent_span_id": telemetry.current_span_id(),
    }

    def work(db: Connection) -> Launched:
        if launches.insert_launch(db, head, values, tasks, bodies, fresh.created_at, noted):
            return Launched(fresh, True)
        found = sessions.find_by_launch_key(db, principal, fresh.team_id, key)
        if found is None:  # the team or the user's place in it changed since we looked
            demand(db, principal, fresh.team_id, Action.LAUNCH)
            raise NotFound
        # A repeated try of this very call finds the session that its first try stored.
        return Launched(found, found.id == fresh.id)

    launched = transact_alone(work)
    session = launched.session
    if launched.is_new:
        log.info("session %s launched", session.id)
        redis_url = get_settings().redis_url
        announce(redis_url, sessions=[(session.id, session.last_seq)], work=bool(tasks))
    return launched


def check_key(key: str | None) -> str | None:
    """Return the key of a launch as it is stored; raises `InvalidInput`."""
    if key is None:
        return None
    key = clean_line(key)
    if not key or len(key) > MAX_KEY_CHARACTERS:
        raise InvalidInput(f"The launch key must have 1 to {MAX_KEY_CHARACTERS} characters.")
    return key


def _check(request: LaunchRequest) -> LaunchRequest:
    check_input(request.input)
    known = list_executors()
    if request.executor is not None and request.executor not in known:
        raise InvalidInput(
            f"There is no executor '{clean_line(request.executor)[:50]}'.",
            hint="Use one of: " + ", ".join(known) + ".",
        )
    return LaunchRequest(
        team_id=request.team_id,
        feature_name=check_name(request.feature_name),
        brief=check_brief(request.brief),
        pipeline=clean_line(request.pipeline),
        executor=request.executor,
        launch_key=check_key(request.launch_key),
        input=clean_json(request.input),
        metadata=merge_metadata({}, request.metadata),
    )


def _find_pipeline(
    name: str, definition: Mapping[str, Any] | None, profiles: Mapping[str, RoleProfile]
) -> Pipeline:
    if definition is not None:
        return pipeline_from_json(definition, known_roles=profiles.keys())
    if name == SEVEN_ROLES.name:
        return SEVEN_ROLES
    raise InvalidInput(
        f"There is no pipeline '{name[:50]}' in this team.",
        hint=f"Define it first, or use '{SEVEN_ROLES.name}'.",
    )


def _task_rows(
    order: LaunchRequest, pipeline: Pipeline, profiles: Mapping[str, RoleProfile]
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for position, step in enumerate(pipeline.steps):
        profile = profiles[step.role]
        executor = order.executor or profile.executor
        rows.append(
            {
                "id": str(new_id()),
                "position": position,
                "role": step.role,
                "after_roles": list(step.after),
                "upstream_roles": list(pipeline.upstream(step.role)),
                "description": f"{profile.title}: {order.feature_name}",
                "instructions": profile.instructions,
                "capabilities": list(profile.capabilities),
                "executor": executor,
                "timeout_seconds": profile.timeout_seconds or usual_timeout(executor),
                "gate": _gate(step.gate, profile),
                "status": _first_status(step),
            }
        )
    return rows


def _first_status(step: Step) -> TaskStatus:
    if step.after:
        return TaskStatus.BLOCKED
    return TaskStatus.READY if step.gate is None else TaskStatus.WAITING


def _gate(gate: Gate | None, profile: RoleProfile) -> dict[str, Any] | None:
    """Return a gate as a task keeps it until it is passed; its approval is named from the start."""
    if gate is None:
        return None
    question = gate.question or f"May {profile.title} begin?"
    return {"approval_id": str(new_id()), **gate.to_json(), "question": question}


def usual_timeout(executor: str) -> float:
    """Return the deadline of an executor's attempts, where their role says none."""
    settings = get_settings()
    by_agents = executor == BY_AGENTS
    return settings.agent_timeout_seconds if by_agents else settings.task_timeout_seconds


def _first_events(
    order: LaunchRequest, pipeline: Pipeline, rows: Sequence[Mapping[str, Any]]
) -> list[EventBody]:
    orders = tuple(
        ev.TaskOrder(row["id"], row["role"], tuple(row["after_roles"]), row["executor"])
        for row in rows
    )
    bodies: list[EventBody] = [ev.SessionLaunched(order.feature_name, pipeline.name, orders)]
    for row in rows:
        if row["status"] == TaskStatus.READY:
            bodies.append(ev.TaskReady(row["id"]))
        elif row["status"] == TaskStatus.WAITING:
            gate, task_id = row["gate"], row["id"]
            approval_id, asked = gate["approval_id"], (gate["approver_role"], gate["question"])
            bodies.append(ev.ApprovalRequested(approval_id, task_id, *asked))
            bodies.append(ev.TaskWaiting(task_id, 0, approval_id))
    return bodies
