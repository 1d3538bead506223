"""Sessions without a pipeline: made to take tasks, which are routed to roles one by one.

A session that was made by `open_session` stays open when its tasks are done, or one has failed,
until somebody ends it or retention does. One that a routed task made ends with it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from core import telemetry
from core.domain import events as ev
from core.domain.access import (
    Action,
    Principal,
    TokenPrincipal,
    UserPrincipal,
)
from core.domain.events import EventBody
from core.domain.lifecycle import SessionStatus, TaskStatus, next_session_status
from core.domain.origin import current_origin
from core.domain.role import BUILT_IN_PROFILES, RoleProfile, canonical_role, check_role_name
from core.domain.routing import (
    MOST_ROUTED,
    OpenRequest,
    Routed,
    RouteRequest,
    check_route,
    merge_metadata,
    name_of_task,
)
from core.domain.session import Session, Task
from core.domain.text import check_brief, check_name, clean_line
from core.errors import (
    IllegalTransition,
    InvalidInput,
    NotFound,
    SessionHasPipeline,
)
from core.ids import new_id
from core.services.auditing import describe, note
from core.services.launching import (
    Launched,
    check_key,
    check_launcher,
    demand_ground,
    store_session,
    usual_timeout,
)
from core.services.permission import demand_session, may
from core.services.transaction import ask, transact
from core.settings import get_settings
from core.signals.wakeups import announce
from core.store import configuration, heads, people, sessions, tasks

_TAKES_TASKS = (SessionStatus.ACTIVE, SessionStatus.PAUSED)


def open_session(principal: Principal, request: OpenRequest) -> Launched:
    """Make a pending session that tasks can be routed to; with a used key, return that session.

    Raises as a launch does, `InvalidInput` also for metadata or a role that cannot be one, and for
    a team that is not said.
    """
    principal = check_launcher(principal)
    name = check_name(request.feature_name)
    brief = check_brief(request.brief) if request.brief else name
    role = None if request.role is None else check_role_name(canonical_role(request.role))
    key = check_key(request.launch_key)
    metadata = merge_metadata({}, request.metadata)
    team_id = request.team_id or _only_team(principal)
    ground = demand_ground(principal, team_id)
    fresh = Session(
        id=new_id(),
        team_id=team_id,
        user_id=principal.user_id,
        feature_name=name,
        status=SessionStatus.PENDING,
        outcome=None,
        pipeline=None,
        questions=(),
        created_at=ground.now,
        started_at=None,
        ended_at=None,
        last_seq=0,
        role=role,
        metadata=metadata,
        stays_open=True,
    )
    return store_session(
        principal,
        fresh,
        brief=brief,
        pipeline=None,
        launch_key=key,
        tasks=(),
        bodies=[ev.SessionLaunched(name, "", (), SessionStatus.PENDING.value)],
        noted=describe(
            principal, "session.opened", subject=name, details={"session_id": str(fresh.id)}
        ),
    )


def route_task(principal: Principal, request: RouteRequest) -> Routed:
    """Route a task to a role: of an open session, or of a new one that ends with it.

    It is ready at once, and done by the role's executor when its session is not paused. Raises
    `InvalidInput` for a role that the team does not know or a team that is not said,
    `SessionHasPipeline`, `IllegalTransition` for a session that has ended, and as a launch does.
    """
    principal = check_launcher(principal)
    order = check_route(request)
    key = check_key(order.route_key)
    task_id = new_id()
    if order.session_id is not None:
        return _route_into(principal, order, order.session_id, task_id, key or str(task_id))
    return _route_alone(principal, order, task_id, key or str(task_id))


def _route_alone(
    principal: UserPrincipal | TokenPrincipal, order: RouteRequest, task_id: UUID, key: str
) -> Routed:
    """Route a task into a session of its own."""
    team_id = order.team_id or _only_team(principal)
    ground = demand_ground(principal, team_id)
    profile = _find_profile(order.target, dict(ground.profiles))
    name = name_of_task(order.description)
    fresh = Session(
        id=new_id(),
        team_id=team_id,
        user_id=principal.user_id,
        feature_name=name,
        status=SessionStatus.ACTIVE,
        outcome=None,
        pipeline=None,
        questions=(),
        created_at=ground.now,
        started_at=ground.now,
        ended_at=None,
        last_seq=0,
        role=profile.role,
    )
    values = _task_values(order, profile, task_id, key)
    row = values | {"id": str(task_id), "after_roles": [], "status": TaskStatus.READY}
    launched = store_session(
        principal,
        fresh,
        brief=order.description,
        pipeline=None,
        launch_key=key,
        tasks=[row | {"position": 0, "upstream_roles": []}],
        bodies=[
            ev.SessionLaunched(name, "", ()),
            ev.TaskRouted(str(task_id), profile.role, profile.executor, order.task_type),
            ev.TaskReady(str(task_id)),
        ],
        noted=describe(
            principal, "task.routed", subject=name, details=_details(fresh.id, task_id, profile)
        ),
    )
    session = launched.session
    task = ask(lambda db: _find_task(db, principal, session, key))
    return Routed(task, session, launched.is_new)


def _route_into(
    principal: UserPrincipal | TokenPrincipal,
    order: RouteRequest,
    session_id: UUID,
    task_id: UUID,
    key: str,
) -> Routed:
    """Route a task into a session that is there; a pending one begins with it."""

    def work(db: Connection) -> Routed:
        session = demand_session(db, principal, session_id, Action.LAUNCH)
        if order.team_id not in (None, session.team_id):
            raise NotFound("There is no such session in this team.")
        head = heads.lock_head(db, session_id)
        if head is None:
            raise NotFound
        found = tasks.find_routed(db, principal, session.team_id, key)
        if found is not None:  # by an earlier request, or by a try whose answer was lost
            return Routed(found, _demand(db, principal, found.session_id), found.id == task_id)
        if session.pipeline is not None:
            raise SessionHasPipeline
        profile = _find_profile(
            order.target, configuration.team_profiles(db, principal, session.team_id)
        )
        now, views = tasks.locked_tasks(db, session_id)
        if len(views) >= MOST_ROUTED:
            raise InvalidInput(
                f"{MOST_ROUTED} tasks are the most of one session.",
                hint="End it, and open another one.",
            )
        bodies: list[EventBody] = []
        status = head.status
        if status == SessionStatus.PENDING:
            status = next_session_status(status, "activate")
            sessions.start_session(db, session_id, at=now)
            bodies.append(ev.SessionActivated())
        elif status not in _TAKES_TASKS:
            raise IllegalTransition(f"A session that is {status} takes no task.")
        values = _task_values(order, profile, task_id, key)
        tasks.insert_routed(
            db,
            values
            | {
                "id": task_id,
                "session_id": session_id,
                "team_id": session.team_id,
                "requested_by": principal.user_id,
                "trace_id": clean_line(current_origin().trace_id),
                "parent_span_id": telemetry.current_span_id(),
                "position": len(views),
                # What the session's roles have made by then is handed on.
                "upstream_roles": list(dict.fromkeys(view.role for view in views)),
            },
            at=now,
        )
        routed = ev.TaskRouted(str(task_id), profile.role, profile.executor, order.task_type)
        bodies += [routed, ev.TaskReady(str(task_id))]
        heads.append_events(db, head, bodies, now, status=status)
        details = _details(session_id, task_id, profile)
        note(
            db,
            principal,
            "task.routed",
            team_id=session.team_id,
            subject=session.feature_name,
            details=details,
        )
        session = _demand(db, principal, session_id)
        return Routed(_find_task(db, principal, session, key), session, True)

    routed = transact(work)
    if routed.is_new:
        session = routed.session
        redis_url = get_settings().redis_url
        announce(redis_url, sessions=[(session.id, session.last_seq)], work=True)
    return routed


def _task_values(
    order: RouteRequest, profile: RoleProfile, task_id: UUID, key: str
) -> dict[str, Any]:
    return {
        "role": profile.role,
        "description": order.description,
        "task_type": order.task_type,
        "route_key": key,
        "instructions": profile.instructions,
        "capabilities": list(profile.capabilities),
        "executor": profile.executor,
        "timeout_seconds": profile.timeout_seconds or usual_timeout(profile.executor),
        "input": {"data": dict(order.data), "context": dict(order.context)},
    }


def _details(session_id: UUID, task_id: UUID, profile: RoleProfile) -> dict[str, str]:
    return {"session_id": str(session_id), "task_id": str(task_id), "role": profile.role}


def _find_profile(target: str, of_team: dict[str, RoleProfile]) -> RoleProfile:
    known = BUILT_IN_PROFILES | of_team
    if target not in known:
        raise InvalidInput(
            f"The role '{target[:50]}' is not known in this team.",
            hint="Define it first, or use one of: " + ", ".join(sorted(known)) + ".",
        )
    return known[target]


def _find_task(db: Connection, principal: Principal, session: Session, key: str) -> Task:
    task = tasks.find_routed(db, principal, session.team_id, key)
    if task is None:
        raise NotFound
    return task


def _demand(db: Connection, principal: Principal, session_id: UUID) -> Session:
    session = sessions.get_session(db, principal, session_id)
    if session is None:
        raise NotFound
    return session


def _only_team(principal: UserPrincipal | TokenPrincipal) -> UUID:
    """Return the team in which somebody routes who names none; raises where there are several."""
    if isinstance(principal, TokenPrincipal) and principal.team_id is not None:
        return principal.team_id

    def work(db: Connection) -> list[UUID]:
        mine = people.list_teams(db, principal)
        return [one.id for one in mine if may(db, principal, one.id, Action.LAUNCH)]

    found = ask(work)
    if len(found) != 1:
        raise InvalidInput(
            "It is not said in which team.", hint="Send `team_id`, or the id of a session."
        )
    return found[0]
