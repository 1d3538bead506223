"""Every use case that asks who somebody is: how it is called, and what one must be allowed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any
from uuid import UUID

from sqlalchemy import text

from core.domain.access import (
    SYSTEM,
    Action,
    Principal,
)
from core.domain.agent import WorkQuery
from core.domain.approval import Answer, ApprovalStatus, Question
from core.domain.pipeline import Step, make_pipeline
from core.domain.role import RoleProfile
from core.domain.routing import OpenRequest, RouteRequest, SessionChange
from core.domain.session import LaunchRequest, Session
from core.domain.work import RoleResult
from core.errors import NotAllowed, NotFound
from core.ids import new_id
from core.services import (
    accounts,
    agents,
    answering,
    approving,
    auditing,
    boarding,
    browsing,
    configuring,
    control,
    exporting,
    following,
    inspecting,
    inviting,
    journaling,
    launching,
    members,
    notifying,
    pinning,
    previewing,
    reading,
    replaying,
    reporting,
    retention,
    routing,
    teams,
    watching,
    webhooks,
)
from core.services.transaction import transact
from tests.factories import (
    Someone,
    claim,
    define_pipeline,
    define_role,
    fail_for_good,
    make_decision,
)


@dataclass(frozen=True)
class Ids:
    """What a request names: a team's things, or things that never existed."""

    team: UUID
    session: UUID
    artifact: UUID
    snapshot: UUID
    decision: UUID
    member: UUID = field(default_factory=new_id)
    invitation: UUID = field(default_factory=new_id)
    task: UUID = field(default_factory=new_id)  # of an attempt that has ended
    webhook: UUID = field(default_factory=new_id)
    delivery: UUID = field(default_factory=new_id)


@dataclass(frozen=True)
class UseCase:
    """A service function with a principal, and what of the lifecycle it needs before."""

    act: Callable[[Principal, Ids], Any]
    action: Action
    needs: Callable[[Someone, Session], object] = lambda someone, session: None
    for_system: bool = True
    is_about_others: bool = False  # there are none in a team that is not shared
    is_the_owners: bool = False  # not for who manages the team beside its owner


def _launch(principal: Principal, ids: Ids) -> Any:
    return launching.launch_session(principal, LaunchRequest(ids.team, "Name", "A brief."))


def _route(principal: Principal, ids: Ids) -> Any:
    request = RouteRequest("dba", "review", "Look at it.", team_id=ids.team)
    return routing.route_task(principal, request)


def _define_role(principal: Principal, ids: Ids) -> Any:
    definition = {"role": "scribe", "title": "Scribe", "capabilities": [], "instructions": "Write."}
    return configuring.define_role(principal, ids.team, definition)


def _define_pipeline(principal: Principal, ids: Ids) -> Any:
    definition = {"name": "mine", "steps": [{"role": "dba"}]}
    return configuring.define_pipeline(principal, ids.team, definition)


def _with_definitions(someone: Someone, session: Session) -> None:
    define_role(someone.team_id, RoleProfile("scribe", "Scribe", (), "Write."))
    define_pipeline(someone.team_id, make_pipeline("mine", [Step("dba")]))


def _decide(principal: Principal, ids: Ids) -> Any:
    return journaling.record_decision(principal, ids.session, make_decision(strategic=True))


def _invite(principal: Principal, ids: Ids) -> Any:
    return inviting.invite_person(principal, ids.team, "new@example.org")


def _approve(principal: Principal, ids: Ids) -> Any:
    return members.set_approver_roles(principal, ids.team, ids.member, ["designer"])


MANAGE, OVERSEE = Action.MANAGE, Action.OVERSEE
READ, CONTROL, LAUNCH = Action.READ, Action.CONTROL, Action.LAUNCH
EXECUTE, REPORT = Action.EXECUTE, Action.REPORT


def _take(principal: Principal, ids: Ids) -> tuple[UUID, int]:
    """Take up the session's work; who may not is refused all the same when they name a task."""
    order = None
    with suppress(NotFound, NotAllowed):
        order = agents.find_work(principal, WorkQuery(session_id=ids.session))
    return (ids.task, 1) if order is None else (order.claim.task_id, order.claim.attempt)


def _wait_for_agents(someone: Someone, session: Session) -> None:
    """Hand what is ready in a session to agents from outside, and let one of them be at work."""
    query = "UPDATE agent_tasks SET executor = 'external' WHERE session_id = :id AND status = :s"
    transact(lambda db: db.execute(text(query), {"id": session.id, "s": "ready"}))


def let_it_ask(someone: Someone, session: Session) -> None:
    """Let a task of the session wait for any member's yes."""
    asked = Question("member", "May the schema change?")
    approving.await_approval(claim(someone, session, "dba"), asked)


def _asked(ids: Ids) -> UUID:
    """Return what the session asks; an id that never was where it asks nothing."""
    query = approving.ApprovalFilter(session_id=ids.session)
    found = approving.list_approvals(SYSTEM, query).items
    return found[0].id if found else new_id()


USE_CASES: dict[str, UseCase] = {
    "approving.request_approval": UseCase(
        lambda p, i: approving.request_approval(
            p, (taken := _take(p, i))[0], Question("designer", "May it?"), attempt=taken[1]
        ),
        REPORT,
        _wait_for_agents,
        for_system=False,
    ),
    "approving.get_approval": UseCase(
        lambda p, i: approving.get_approval(p, _asked(i)), READ, let_it_ask
    ),
    "approving.list_approvals": UseCase(
        lambda p, i: approving.list_approvals(p, approving.ApprovalFilter(i.team)), READ
    ),
    "approving.read_inbox": UseCase(lambda p, i: approving.read_inbox(p, i.team), READ),
    "answering.decide_approval": UseCase(
        lambda p, i: answering.decide_approval(p, _asked(i), Answer(ApprovalStatus.APPROVED)),
        Action.APPROVE,
        let_it_ask,
        for_system=False,
    ),
    "auditing.list_audit": UseCase(
        lambda p, i: auditing.list_audit(p, auditing.AuditQuery(i.team)), Action.AUDIT
    ),
    "auditing.export_audit": UseCase(
        lambda p, i: auditing.export_audit(p, auditing.AuditQuery(i.team)), Action.AUDIT
    ),
    "auditing.verify_team_audit": UseCase(
        lambda p, i: auditing.verify_team_audit(p, i.team), Action.AUDIT
    ),
    "watching.get_head": UseCase(lambda p, i: watching.get_head(p, i.session), READ),
    "watching.check_session": UseCase(lambda p, i: watching.check_session(p, i.session), READ),
    "watching.check_team": UseCase(lambda p, i: watching.check_team(p, i.team), READ),
    "agents.find_work": UseCase(
        lambda p, i: agents.find_work(p, WorkQuery(i.team, i.session)),
        EXECUTE,
        _wait_for_agents,
        for_system=False,
    ),
    "agents.next_work_in": UseCase(
        lambda p, i: agents.next_work_in(p, WorkQuery(i.team, i.session)) is not None,
        EXECUTE,
        _wait_for_agents,
        for_system=False,
    ),
    "reporting.heartbeat_task": UseCase(
        lambda p, i: reporting.heartbeat_task(p, *_take(p, i)),
        REPORT,
        _wait_for_agents,
        for_system=False,
    ),
    "reporting.report_progress": UseCase(
        lambda p, i: reporting.report_progress(p, *_take(p, i), 0.5, "Reading"),
        REPORT,
        _wait_for_agents,
        for_system=False,
    ),
    "reporting.complete_task": UseCase(
        lambda p, i: reporting.complete_task(p, *_take(p, i), RoleResult({})),
        REPORT,
        _wait_for_agents,
        for_system=False,
    ),
    "reporting.fail_task": UseCase(
        lambda p, i: reporting.fail_task(p, *_take(p, i), "broken", "It broke."),
        REPORT,
        _wait_for_agents,
        for_system=False,
    ),
    "boarding.read_board": UseCase(lambda p, i: boarding.read_board(p, i.team, UTC), READ),
    "browsing.browse_sessions": UseCase(
        lambda p, i: browsing.browse_sessions(p, browsing.SessionQuery(i.team)), READ
    ),
    "exporting.export_artifact": UseCase(
        lambda p, i: exporting.export_artifact(p, i.artifact), READ
    ),
    "exporting.export_plan": UseCase(lambda p, i: exporting.export_plan(p, i.session), READ),
    "exporting.note_list": UseCase(
        lambda p, i: exporting.note_list(p, i.team, "sessions.exported", 1) is None, READ
    ),
    "inspecting.inspect_attempt": UseCase(
        lambda p, i: inspecting.inspect_attempt(p, i.snapshot), READ
    ),
    "browsing.walk_sessions": UseCase(
        lambda p, i: browsing.walk_sessions(p, browsing.SessionFilter(i.team)), READ
    ),
    "browsing.walk_tasks": UseCase(
        lambda p, i: browsing.walk_tasks(p, browsing.TaskFilter(i.team)), READ
    ),
    "inspecting.get_task": UseCase(lambda p, i: inspecting.get_task(p, i.task), READ),
    "inspecting.list_task_decisions": UseCase(
        lambda p, i: inspecting.list_task_decisions(p, i.task), READ
    ),
    "inspecting.list_task_artifacts": UseCase(
        lambda p, i: inspecting.list_task_artifacts(p, i.task), READ
    ),
    "inspecting.inspect_task": UseCase(lambda p, i: inspecting.inspect_task(p, i.task), READ),
    "journaling.list_journal": UseCase(
        lambda p, i: journaling.list_journal(p, journaling.JournalQuery(i.team)), READ
    ),
    "journaling.walk_journal": UseCase(
        lambda p, i: journaling.walk_journal(p, journaling.JournalQuery(i.team)), READ
    ),
    "journaling.get_entry": UseCase(lambda p, i: journaling.get_entry(p, i.decision), READ),
    "journaling.decision_tree": UseCase(lambda p, i: journaling.decision_tree(p, i.session), READ),
    "journaling.record_decision": UseCase(_decide, Action.DECIDE, for_system=False),
    "previewing.prepare_launch": UseCase(lambda p, i: previewing.prepare_launch(p, i.team), LAUNCH),
    "configuring.list_roles": UseCase(lambda p, i: configuring.list_roles(p, i.team), READ),
    "configuring.list_pipelines": UseCase(lambda p, i: configuring.list_pipelines(p, i.team), READ),
    "configuring.define_role": UseCase(_define_role, Action.CONFIGURE),
    "configuring.define_pipeline": UseCase(_define_pipeline, Action.CONFIGURE),
    "configuring.delete_role": UseCase(
        lambda p, i: configuring.delete_role(p, i.team, "scribe") is None,
        Action.CONFIGURE,
        _with_definitions,
    ),
    "configuring.delete_pipeline": UseCase(
        lambda p, i: configuring.delete_pipeline(p, i.team, "mine") is None,
        Action.CONFIGURE,
        _with_definitions,
    ),
    "control.cancel_session": UseCase(lambda p, i: control.cancel_session(p, i.session), CONTROL),
    "control.pause_session": UseCase(lambda p, i: control.pause_session(p, i.session), CONTROL),
    "control.resume_session": UseCase(
        lambda p, i: control.resume_session(p, i.session),
        CONTROL,
        lambda someone, session: control.pause_session(someone.principal, session.id),
    ),
    "control.end_session": UseCase(lambda p, i: control.end_session(p, i.session), CONTROL),
    "control.retry_session": UseCase(
        lambda p, i: control.retry_session(p, i.session),
        CONTROL,
        lambda someone, session: fail_for_good(someone, session, "dba"),
    ),
    "control.change_session": UseCase(
        lambda p, i: control.change_session(p, i.session, SessionChange(metadata={"a": 1})), CONTROL
    ),
    "pinning.pin_session": UseCase(
        lambda p, i: pinning.pin_session(p, i.session), CONTROL, for_system=False
    ),
    "pinning.unpin_session": UseCase(lambda p, i: pinning.unpin_session(p, i.session), CONTROL),
    "retention.plan_retention": UseCase(lambda p, i: retention.plan_retention(p, i.team), READ),
    "routing.open_session": UseCase(
        lambda p, i: routing.open_session(p, OpenRequest("Name", team_id=i.team)),
        LAUNCH,
        for_system=False,
    ),
    "routing.route_task": UseCase(_route, LAUNCH, for_system=False),
    "launching.launch_session": UseCase(_launch, LAUNCH, for_system=False),
    "reading.get_session": UseCase(lambda p, i: reading.get_session(p, i.session), READ),
    "reading.get_report": UseCase(lambda p, i: reading.get_report(p, i.session), READ),
    "reading.get_progress": UseCase(lambda p, i: reading.get_progress(p, i.session), READ),
    "reading.get_outline": UseCase(lambda p, i: reading.get_outline(p, i.session), READ),
    "reading.get_brief": UseCase(lambda p, i: reading.get_brief(p, i.session), READ),
    "exporting.export_session": UseCase(lambda p, i: exporting.export_session(p, i.session), READ),
    "exporting.export_content": UseCase(
        lambda p, i: exporting.export_content(p, i.session, "0" * 64) is None, READ
    ),
    "replaying.get_replay": UseCase(lambda p, i: replaying.get_replay(p, i.session), READ),
    "reading.list_tasks": UseCase(lambda p, i: reading.list_tasks(p, i.session), READ),
    "reading.list_events": UseCase(lambda p, i: reading.list_events(p, i.session), READ),
    "following.hear_progress": UseCase(lambda p, i: following.hear_progress(p, i.session), READ),
    "following.list_entries": UseCase(
        lambda p, i: following.list_entries(p, i.session, limit=9), READ
    ),
    "reading.list_artifacts": UseCase(lambda p, i: reading.list_artifacts(p, i.session), READ),
    "reading.get_artifact": UseCase(lambda p, i: reading.get_artifact(p, i.artifact), READ),
    "reading.get_snapshot": UseCase(lambda p, i: reading.get_snapshot(p, i.snapshot), READ),
    "reading.find_session_id": UseCase(
        lambda p, i: reading.find_session_id(p, str(i.session)[:-1]), READ
    ),
    "teams.rename_team": UseCase(lambda p, i: teams.rename_team(p, i.team, "New"), MANAGE),
    "teams.change_team": UseCase(lambda p, i: teams.change_team(p, i.team, name="New"), MANAGE),
    "teams.describe_team": UseCase(lambda p, i: teams.describe_team(p, i.team, "New"), MANAGE),
    "teams.share_team": UseCase(lambda p, i: teams.share_team(p, i.team), MANAGE),
    "teams.unshare_team": UseCase(lambda p, i: teams.unshare_team(p, i.team), MANAGE),
    "teams.archive_team": UseCase(lambda p, i: teams.archive_team(p, i.team), MANAGE),
    "teams.restore_team": UseCase(lambda p, i: teams.restore_team(p, i.team), MANAGE),
    "members.read_people": UseCase(lambda p, i: members.read_people(p, i.team), READ),
    "members.list_members": UseCase(lambda p, i: members.list_members(p, i.team), READ),
    "members.change_role": UseCase(
        lambda p, i: members.change_role(p, i.team, i.member, "viewer") is None,
        MANAGE,
        is_about_others=True,
    ),
    "members.set_approver_roles": UseCase(_approve, MANAGE, is_about_others=True),
    "members.remove_member": UseCase(
        lambda p, i: members.remove_member(p, i.team, i.member) is None,
        MANAGE,
        is_about_others=True,
    ),
    "members.hand_over": UseCase(
        lambda p, i: members.hand_over(p, i.team, i.member),
        MANAGE,
        is_about_others=True,
        is_the_owners=True,
    ),
    "inviting.invite_person": UseCase(_invite, MANAGE, for_system=False, is_about_others=True),
    "inviting.list_invitations": UseCase(
        lambda p, i: inviting.list_invitations(p, i.team), OVERSEE
    ),
    "inviting.withdraw_invitation": UseCase(
        lambda p, i: inviting.withdraw_invitation(p, i.invitation) is None, MANAGE
    ),
    "notifying.notify": UseCase(
        lambda p, i: notifying.notify(p, "role:owner", "Look.", team_id=i.team), Action.NOTIFY
    ),
    "webhooks.list_webhooks": UseCase(lambda p, i: webhooks.list_webhooks(p, i.team), OVERSEE),
    "webhooks.add_webhook": UseCase(
        lambda p, i: webhooks.add_webhook(p, i.team, "https://example.org/", ["session.failed"]),
        MANAGE,
    ),
    "webhooks.get_webhook": UseCase(
        lambda p, i: webhooks.get_webhook(p, i.team, i.webhook), OVERSEE
    ),
    "webhooks.change_kinds": UseCase(
        lambda p, i: webhooks.change_kinds(p, i.team, i.webhook, ["session.finished"]), MANAGE
    ),
    "webhooks.disable_webhook": UseCase(
        lambda p, i: webhooks.disable_webhook(p, i.team, i.webhook), OVERSEE
    ),
    "webhooks.enable_webhook": UseCase(
        lambda p, i: webhooks.enable_webhook(p, i.team, i.webhook), MANAGE
    ),
    "webhooks.delete_webhook": UseCase(
        lambda p, i: webhooks.delete_webhook(p, i.team, i.webhook) is None, OVERSEE
    ),
    "webhooks.send_test": UseCase(lambda p, i: webhooks.send_test(p, i.team, i.webhook), MANAGE),
    "webhooks.send_again": UseCase(
        lambda p, i: webhooks.send_again(p, i.team, i.webhook, i.delivery), MANAGE
    ),
    "webhooks.list_deliveries": UseCase(
        lambda p, i: webhooks.list_deliveries(p, i.team, i.webhook), OVERSEE
    ),
    "accounts.find_team": UseCase(lambda p, i: accounts.find_team(p, str(i.team)), READ),
}
# These narrow what they return instead of refusing; each has a test of its own below.
NARROWING = {"accounts.list_teams", "reading.list_sessions"}
# These are about the principal's own: test_teams, test_inviting, test_idempotency and
# test_notifying hold what is whose.
OWN = {
    "accounts.get_person",
    "idempotency.begin",
    *("notifying.list_notices", "notifying.mark_notification_read", "notifying.mark_all_read"),
    "measuring.demand_metrics",  # of no team: tests/api/test_metrics.py
    "teams.create_team",
    "members.leave_team",
    *(f"inviting.{act}_{what}" for act in ("accept", "decline") for what in ("invitation", "link")),
    "inviting.find_by_link",
    "inviting.list_waiting",
}
INSIDE_USE_CASES = {
    "agents.check_agent",
    "launching.check_launcher",
    "launching.demand_ground",
    "launching.store_session",
    "permission.may",
    "permission.acts_allowed",
    "permission.demand_approver",
    "permission.demand_kept",
    "teams.hold_team",
    "permission.demand",
    "permission.demand_held",
    "permission.demand_session",
}
