"""Every operation of the API: how it is called, what answers, and who may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.domain.access import SYSTEM, Action
from core.domain.approval import ApprovalStatus, Gate
from core.domain.pipeline import Step
from core.services import approving, control, teams
from core.services.approving import ApprovalFilter
from tests.api.world import Ids, World
from tests.factories import fail_for_good, launch_pipeline
from tests.services.working import launch_external

READ, LAUNCH, CONTROL = Action.READ, Action.LAUNCH, Action.CONTROL
MANAGE, DECIDE, AUDIT = Action.MANAGE, Action.DECIDE, Action.AUDIT
OVERSEE = Action.OVERSEE
EXECUTE, APPROVE, CONFIGURE = Action.EXECUTE, Action.APPROVE, Action.CONFIGURE
HOOK, HOOK_AT = "/teams/{team_id}/webhooks/{webhook_id}", "/teams/{team}/webhooks/{webhook}"
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
        notification=ids.notification,
        webhook=ids.webhook,
        delivery=ids.delivery,
        invitation=ids.invitation,
    )


def launch_body(ids: Ids) -> dict[str, Any]:
    named = {"team_id": str(ids.team), "feature_name": "Expense approval", "brief": BRIEF}
    return named | {"pipeline": "seven_roles"}


def route_body(ids: Ids) -> dict[str, Any]:
    task = {"task_type": "review", "description": "Look at it.", "data": {"pull_request": 7}}
    return {"target": "security", "task": task, "context": {}, "team_id": str(ids.team)}


def decision_body(ids: Ids) -> dict[str, Any]:
    return {"text": "One table", "rationale": "Decided once", "category": "data"}


def message_body(ids: Ids) -> dict[str, Any]:
    return {"team_id": str(ids.team), "target": "team", "message": "Look at this."}


def webhook_body(ids: Ids) -> dict[str, Any]:
    return {"url": "https://example.org/hooks", "kinds": ["session.failed"]}


def role_body(ids: Ids) -> dict[str, Any]:
    return {"title": "Scribe", "capabilities": ["document"], "instructions": "Write it down."}


def pipeline_body(ids: Ids) -> dict[str, Any]:
    gate = {"approver_role": "finance", "question": "May it cost that?"}
    steps = [{"role": "architect"}, {"role": "dba", "after": ["architect"], "approval": gate}]
    return {"steps": steps, "approvals": {"expires_after_seconds": 3600, "on_expiry": "escalate"}}


def paused(world: World) -> None:
    control.pause_session(world.owner.principal, world.session.id)


def archived(world: World) -> None:
    teams.archive_team(world.owner.principal, world.ids.team)


def failed(world: World) -> None:
    fail_for_good(world.owner, world.session, "dba")


def waiting(world: World) -> None:
    launch_external(world.owner)


def asking(world: World) -> None:
    launch_pipeline(world.owner, Step("architect", (), Gate("member", "May it begin?")))


def at_approval(suffix: str = "") -> Callable[[Ids], str]:
    """Name what a team is asked; where it asks nothing, what never was."""
    query = ApprovalFilter(statuses=frozenset({ApprovalStatus.PENDING}))

    def path(ids: Ids) -> str:
        found = approving.list_approvals(SYSTEM, query).items
        one = next((one.id for one in found if one.team_id == ids.team), ids.decision)
        return f"/approvals/{one}{suffix}"

    return path


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
    ("PUT", "/profiles/{role}"): Operation(
        at("/profiles/scribe?team_id={team}"), CONFIGURE, body=role_body
    ),
    ("DELETE", "/profiles/{role}"): Operation(
        at("/profiles/reader?team_id={team}"), CONFIGURE, 204
    ),
    ("GET", "/pipelines/{name}"): Operation(at("/pipelines/short?team_id={team}"), READ),
    ("PUT", "/pipelines/{name}"): Operation(
        at("/pipelines/long?team_id={team}"), CONFIGURE, body=pipeline_body
    ),
    ("DELETE", "/pipelines/{name}"): Operation(
        at("/pipelines/short?team_id={team}"), CONFIGURE, 204
    ),
    ("GET", "/pipelines"): Operation(at("/pipelines?team_id={team}"), READ),
    ("GET", "/teams/{team_id}"): Operation(at("/teams/{team}"), READ),
    ("PATCH", "/teams/{team_id}"): Operation(
        at("/teams/{team}"), MANAGE, body=lambda ids: {"name": "Basket", "description": "New."}
    ),
    ("POST", "/teams/{team_id}/archive"): Operation(at("/teams/{team}/archive"), MANAGE),
    ("POST", "/teams/{team_id}/restore"): Operation(
        at("/teams/{team}/restore"), MANAGE, needs=archived
    ),
    ("POST", "/teams/{team_id}/hand-over"): Operation(
        at("/teams/{team}/hand-over"), MANAGE, body=lambda ids: {"user_id": str(ids.member)}
    ),
    ("PUT", "/teams/{team_id}/members/{user_id}/approver-roles"): Operation(
        at("/teams/{team}/members/{member}/approver-roles"),
        MANAGE,
        body=lambda ids: {"roles": ["designer"]},
    ),
    ("DELETE", "/teams/{team_id}/invitations/{invitation_id}"): Operation(
        at("/teams/{team}/invitations/{invitation}"), MANAGE, 204
    ),
    ("GET", "/invitations"): Operation(at("/invitations"), None),
    ("GET", "/teams/{team_id}/decisions"): Operation(at("/teams/{team}/decisions"), READ),
    ("POST", "/teams/{team_id}/share"): Operation(at("/teams/{team}/share"), MANAGE),
    ("POST", "/teams/{team_id}/unshare"): Operation(at("/teams/{team}/unshare"), MANAGE),
    ("GET", "/teams/{team_id}/invitations"): Operation(at("/teams/{team}/invitations"), OVERSEE),
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
    ("GET", "/tasks"): Operation(at("/tasks?team_id={team}"), READ),
    ("GET", "/tasks/{task_id}"): Operation(at("/tasks/{task}"), READ),
    ("GET", "/tasks/{task_id}/decisions"): Operation(at("/tasks/{task}/decisions"), READ),
    ("GET", "/tasks/{task_id}/snapshot"): Operation(at("/tasks/{task}/snapshot"), READ),
    ("GET", "/tasks/{task_id}/artifacts"): Operation(at("/tasks/{task}/artifacts"), READ),
    ("GET", "/artifacts/{artifact_id}"): Operation(at("/artifacts/{artifact}"), READ),
    ("GET", "/notifications"): Operation(at("/notifications?team_id={team}"), READ),
    ("POST", "/notifications"): Operation(at("/notifications"), Action.NOTIFY, 201, message_body),
    ("POST", "/notifications/read"): Operation(
        at("/notifications/read"), READ, body=lambda ids: {"team_id": str(ids.team)}
    ),
    ("POST", "/notifications/{notification_id}/read"): Operation(
        at("/notifications/{notification}/read"), None
    ),
    ("GET", "/teams/{team_id}/webhooks"): Operation(at("/teams/{team}/webhooks"), OVERSEE),
    ("POST", "/teams/{team_id}/webhooks"): Operation(
        at("/teams/{team}/webhooks"), MANAGE, 201, webhook_body
    ),
    ("GET", HOOK): Operation(at(HOOK_AT), OVERSEE),
    ("PATCH", HOOK): Operation(at(HOOK_AT), MANAGE, body=lambda ids: {"is_enabled": True}),
    ("DELETE", HOOK): Operation(at(HOOK_AT), OVERSEE, 204),
    ("POST", f"{HOOK}/ping"): Operation(at(f"{HOOK_AT}/ping"), MANAGE, 202),
    ("GET", f"{HOOK}/deliveries"): Operation(at(f"{HOOK_AT}/deliveries"), OVERSEE),
    ("POST", f"{HOOK}/deliveries/{{delivery_id}}/redeliver"): Operation(
        at(f"{HOOK_AT}/deliveries/{{delivery}}/redeliver"), MANAGE, 202
    ),
    ("GET", "/retention"): Operation(at("/retention?team_id={team}"), READ),
    ("POST", "/ws/tickets"): Operation(
        at("/ws/tickets"), READ, 201, lambda ids: {"session_id": str(ids.session)}
    ),
    ("POST", "/approvals"): Operation(
        at("/approvals"),
        EXECUTE,
        201,
        lambda ids: {
            "task_id": str(ids.task),
            "attempt": 1,
            "approver_role": "designer",
            "question": "May a rejection need a reason?",
        },
        needs=waiting,
        is_of_an_agent=True,
    ),
    ("GET", "/approvals"): Operation(at("/approvals?team_id={team}&status=pending"), READ),
    ("GET", "/approvals/{approval_id}"): Operation(at_approval(), READ, needs=asking),
    ("POST", "/approvals/{approval_id}/decide"): Operation(
        at_approval("/decide"),
        APPROVE,
        body=lambda ids: {"decision": "rejected", "reason": "Not this year."},
        needs=asking,
    ),
    ("GET", "/audit"): Operation(at("/audit?team_id={team}"), AUDIT),
}
# Only a person makes, joins or leaves a team; a token, whatever its scopes, does not.
FOR_PERSONS = {
    ("POST", "/teams"),
    ("POST", "/teams/{team_id}/leave"),
    ("POST", "/invitations/{invitation_id}/accept"),
    ("POST", "/invitations/{invitation_id}/decline"),
}
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
