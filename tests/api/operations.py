"""Every operation of the API: how it is called, what answers, and who may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.domain.access import Action
from core.services import control
from tests.api.world import Ids, World
from tests.factories import fail_for_good
from tests.services.working import launch_external

READ, LAUNCH, CONTROL = Action.READ, Action.LAUNCH, Action.CONTROL
MANAGE, DECIDE, AUDIT = Action.MANAGE, Action.DECIDE, Action.AUDIT
EXECUTE = Action.EXECUTE
BRIEF = "Employees submit expenses. Their manager approves or rejects."


@dataclass(frozen=True)
class Operation:
    """A call, made of the ids that it names; `action` is None for what everybody has their own."""

    path: Callable[[Ids], str]
    action: Action | None
    status: int = 200
    body: Callable[[Ids], dict[str, Any]] | None = None
    needs: Callable[[World], object] = lambda world: None
    is_of_an_agent: bool = False  # about a task that the caller has claimed


def at(path: str) -> Callable[[Ids], str]:
    return lambda ids: path.format(
        team=ids.team,
        session=ids.session,
        task=ids.task,
        artifact=ids.artifact,
        member=ids.member,
    )


def launch_body(ids: Ids) -> dict[str, Any]:
    named = {"team_id": str(ids.team), "feature_name": "Expense approval", "brief": BRIEF}
    return named | {"pipeline": "seven_roles"}


def route_body(ids: Ids) -> dict[str, Any]:
    task = {"task_type": "review", "description": "Look at it.", "data": {"pull_request": 7}}
    return {"target": "security", "task": task, "context": {}, "team_id": str(ids.team)}


def decision_body(ids: Ids) -> dict[str, Any]:
    return {"text": "One table", "rationale": "Decided once", "category": "data"}


def paused(world: World) -> None:
    control.pause_session(world.owner.principal, world.session.id)


def failed(world: World) -> None:
    fail_for_good(world.owner, world.session, "dba")


def waiting(world: World) -> None:
    launch_external(world.owner)


def report(what: str, **fields: Any) -> Operation:
    return Operation(
        at("/tasks/{task}/" + what),
        EXECUTE,
        body=lambda ids: {"attempt": 1} | fields,
        needs=waiting,
        is_of_an_agent=True,
    )


OPERATIONS: dict[tuple[str, str], Operation] = {
    ("GET", "/auth/me"): Operation(at("/auth/me"), None),
    ("GET", "/teams"): Operation(at("/teams"), None),
    ("GET", "/profiles"): Operation(at("/profiles?team_id={team}"), READ),
    ("GET", "/profiles/{role}"): Operation(at("/profiles/dba?team_id={team}"), READ),
    ("GET", "/pipelines"): Operation(at("/pipelines?team_id={team}"), READ),
    ("GET", "/teams/{team_id}"): Operation(at("/teams/{team}"), READ),
    ("POST", "/teams/{team_id}/share"): Operation(at("/teams/{team}/share"), MANAGE),
    ("POST", "/teams/{team_id}/unshare"): Operation(at("/teams/{team}/unshare"), MANAGE),
    ("GET", "/teams/{team_id}/invitations"): Operation(at("/teams/{team}/invitations"), MANAGE),
    ("POST", "/teams/{team_id}/invitations"): Operation(
        at("/teams/{team}/invitations"),
        MANAGE,
        201,
        lambda ids: {"name_or_email": "another@example.org", "role": "viewer"},
    ),
    ("GET", "/teams/{team_id}/members"): Operation(at("/teams/{team}/members"), READ),
    ("PATCH", "/teams/{team_id}/members/{user_id}"): Operation(
        at("/teams/{team}/members/{member}"), MANAGE, 204, lambda ids: {"role": "viewer"}
    ),
    ("DELETE", "/teams/{team_id}/members/{user_id}"): Operation(
        at("/teams/{team}/members/{member}"), MANAGE, 204
    ),
    ("POST", "/sessions"): Operation(at("/sessions"), LAUNCH, 201, launch_body),
    ("GET", "/sessions"): Operation(at("/sessions?team_id={team}"), READ),
    ("GET", "/sessions/{session_id}"): Operation(at("/sessions/{session}"), READ),
    ("PUT", "/sessions/{session_id}"): Operation(
        at("/sessions/{session}"), CONTROL, body=lambda ids: {"metadata": {"ticket": 7}}
    ),
    ("GET", "/sessions/{session_id}/decisions"): Operation(
        at("/sessions/{session}/decisions"), READ
    ),
    ("POST", "/sessions/{session_id}/decisions"): Operation(
        at("/sessions/{session}/decisions"), DECIDE, 201, decision_body
    ),
    ("GET", "/sessions/{session_id}/events"): Operation(at("/sessions/{session}/events"), READ),
    ("GET", "/sessions/{session_id}/timeline"): Operation(at("/sessions/{session}/timeline"), READ),
    ("GET", "/sessions/{session_id}/export"): Operation(at("/sessions/{session}/export"), READ),
    ("GET", "/sessions/{session_id}/replay"): Operation(at("/sessions/{session}/replay"), READ),
    ("POST", "/sessions/{session_id}/pause"): Operation(at("/sessions/{session}/pause"), CONTROL),
    ("POST", "/sessions/{session_id}/resume"): Operation(
        at("/sessions/{session}/resume"), CONTROL, needs=paused
    ),
    ("POST", "/sessions/{session_id}/cancel"): Operation(
        at("/sessions/{session}/cancel"), CONTROL, body=lambda ids: {"reason": "launched twice"}
    ),
    ("POST", "/sessions/{session_id}/end"): Operation(at("/sessions/{session}/end"), CONTROL),
    ("POST", "/sessions/{session_id}/retry"): Operation(
        at("/sessions/{session}/retry"), CONTROL, needs=failed
    ),
    ("POST", "/sessions/{session_id}/pin"): Operation(at("/sessions/{session}/pin"), CONTROL),
    ("DELETE", "/sessions/{session_id}/pin"): Operation(at("/sessions/{session}/pin"), CONTROL),
    ("POST", "/tasks/route"): Operation(at("/tasks/route"), LAUNCH, 202, route_body),
    ("POST", "/tasks/claim"): Operation(
        at("/tasks/claim"), EXECUTE, body=lambda ids: {"team_id": str(ids.team)}, needs=waiting
    ),
    ("POST", "/tasks/{task_id}/heartbeat"): report("heartbeat"),
    ("POST", "/tasks/{task_id}/progress"): report("progress", note="Reading"),
    ("POST", "/tasks/{task_id}/complete"): report("complete", output={"components": ["api"]}),
    ("POST", "/tasks/{task_id}/fail"): report("fail", error_code="away", message="No model."),
    ("GET", "/tasks/{task_id}"): Operation(at("/tasks/{task}"), READ),
    ("GET", "/tasks/{task_id}/decisions"): Operation(at("/tasks/{task}/decisions"), READ),
    ("GET", "/tasks/{task_id}/snapshot"): Operation(at("/tasks/{task}/snapshot"), READ),
    ("GET", "/tasks/{task_id}/artifacts"): Operation(at("/tasks/{task}/artifacts"), READ),
    ("GET", "/artifacts/{artifact_id}"): Operation(at("/artifacts/{artifact}"), READ),
    ("GET", "/retention"): Operation(at("/retention?team_id={team}"), READ),
    ("POST", "/ws/tickets"): Operation(
        at("/ws/tickets"), READ, 201, lambda ids: {"session_id": str(ids.session)}
    ),
    ("GET", "/audit"): Operation(at("/audit?team_id={team}"), AUDIT),
}
# Only a person makes a team; a token, whatever its scopes, does not.
FOR_PERSONS = {("POST", "/teams")}
# Administrators, and whoever sends the scraper's token.
FOR_ADMINISTRATORS = {("GET", "/metrics")}
# Anybody may ask for these.
OPEN = {
    ("POST", "/auth/signup"),
    ("POST", "/auth/login"),
    ("POST", "/auth/logout"),
    ("GET", "/health"),
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
}
WITH_BODY = {key: one for key, one in OPERATIONS.items() if one.body is not None}
NAMING = {key: one for key, one in OPERATIONS.items() if one.action is not None}
