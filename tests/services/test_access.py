"""Everybody in a team's sight, against every use case that asks who they are."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

import core.services
from core.domain.access import (
    SYSTEM,
    Action,
    Principal,
    Scope,
    TeamRole,
    TokenPrincipal,
    UserPrincipal,
    effective_role,
    is_allowed,
)
from core.domain.agent import WorkQuery
from core.domain.approval import Answer, ApprovalStatus, Question
from core.domain.routing import OpenRequest, RouteRequest, SessionChange
from core.domain.session import LaunchRequest, Session
from core.domain.work import RoleResult
from core.errors import Conflict, NotAllowed, NotFound
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
    add_member,
    claim,
    complete,
    fail_for_good,
    launch,
    make_artifact,
    make_decision,
    make_someone,
    make_team_of,
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


def _decide(principal: Principal, ids: Ids) -> Any:
    return journaling.record_decision(principal, ids.session, make_decision(strategic=True))


def _invite(principal: Principal, ids: Ids) -> Any:
    return inviting.invite_person(principal, ids.team, "new@example.org")


def _approve(principal: Principal, ids: Ids) -> Any:
    return members.set_approver_roles(principal, ids.team, ids.member, ["designer"])


MANAGE = Action.MANAGE
READ, CONTROL, LAUNCH = Action.READ, Action.CONTROL, Action.LAUNCH
EXECUTE = Action.EXECUTE


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


def _let_it_ask(someone: Someone, session: Session) -> None:
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
        EXECUTE,
        _wait_for_agents,
        for_system=False,
    ),
    "approving.get_approval": UseCase(
        lambda p, i: approving.get_approval(p, _asked(i)), READ, _let_it_ask
    ),
    "approving.list_approvals": UseCase(
        lambda p, i: approving.list_approvals(p, approving.ApprovalFilter(i.team)), READ
    ),
    "approving.read_inbox": UseCase(lambda p, i: approving.read_inbox(p, i.team), READ),
    "answering.decide_approval": UseCase(
        lambda p, i: answering.decide_approval(p, _asked(i), Answer(ApprovalStatus.APPROVED)),
        Action.APPROVE,
        _let_it_ask,
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
        EXECUTE,
        _wait_for_agents,
        for_system=False,
    ),
    "reporting.report_progress": UseCase(
        lambda p, i: reporting.report_progress(p, *_take(p, i), 0.5, "Reading"),
        EXECUTE,
        _wait_for_agents,
        for_system=False,
    ),
    "reporting.complete_task": UseCase(
        lambda p, i: reporting.complete_task(p, *_take(p, i), RoleResult({})),
        EXECUTE,
        _wait_for_agents,
        for_system=False,
    ),
    "reporting.fail_task": UseCase(
        lambda p, i: reporting.fail_task(p, *_take(p, i), "broken", "It broke."),
        EXECUTE,
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
    "journaling.get_entry": UseCase(lambda p, i: journaling.get_entry(p, i.decision), READ),
    "journaling.decision_tree": UseCase(lambda p, i: journaling.decision_tree(p, i.session), READ),
    "journaling.record_decision": UseCase(_decide, Action.DECIDE, for_system=False),
    "previewing.prepare_launch": UseCase(lambda p, i: previewing.prepare_launch(p, i.team), LAUNCH),
    "configuring.list_roles": UseCase(lambda p, i: configuring.list_roles(p, i.team), READ),
    "configuring.list_pipelines": UseCase(lambda p, i: configuring.list_pipelines(p, i.team), READ),
    "configuring.define_role": UseCase(_define_role, Action.CONFIGURE),
    "configuring.define_pipeline": UseCase(_define_pipeline, Action.CONFIGURE),
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
    "reading.get_outline": UseCase(lambda p, i: reading.get_outline(p, i.session), READ),
    "reading.get_brief": UseCase(lambda p, i: reading.get_brief(p, i.session), READ),
    "exporting.export_session": UseCase(lambda p, i: exporting.export_session(p, i.session), READ),
    "exporting.export_content": UseCase(
        lambda p, i: exporting.export_content(p, i.session, "0" * 64) is None, READ
    ),
    "replaying.get_replay": UseCase(lambda p, i: replaying.get_replay(p, i.session), READ),
    "reading.list_tasks": UseCase(lambda p, i: reading.list_tasks(p, i.session), READ),
    "reading.list_events": UseCase(lambda p, i: reading.list_events(p, i.session), READ),
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
    "inviting.list_invitations": UseCase(lambda p, i: inviting.list_invitations(p, i.team), MANAGE),
    "inviting.withdraw_invitation": UseCase(
        lambda p, i: inviting.withdraw_invitation(p, i.invitation) is None, MANAGE
    ),
    "notifying.notify": UseCase(
        lambda p, i: notifying.notify(p, "role:owner", "Look.", team_id=i.team), Action.NOTIFY
    ),
    "webhooks.list_webhooks": UseCase(lambda p, i: webhooks.list_webhooks(p, i.team), MANAGE),
    "webhooks.add_webhook": UseCase(
        lambda p, i: webhooks.add_webhook(p, i.team, "https://example.org/", ["session.failed"]),
        MANAGE,
    ),
    "webhooks.get_webhook": UseCase(
        lambda p, i: webhooks.get_webhook(p, i.team, i.webhook), MANAGE
    ),
    "webhooks.change_kinds": UseCase(
        lambda p, i: webhooks.change_kinds(p, i.team, i.webhook, ["session.finished"]), MANAGE
    ),
    "webhooks.disable_webhook": UseCase(
        lambda p, i: webhooks.disable_webhook(p, i.team, i.webhook), MANAGE
    ),
    "webhooks.enable_webhook": UseCase(
        lambda p, i: webhooks.enable_webhook(p, i.team, i.webhook), MANAGE
    ),
    "webhooks.delete_webhook": UseCase(
        lambda p, i: webhooks.delete_webhook(p, i.team, i.webhook) is None, MANAGE
    ),
    "webhooks.send_test": UseCase(lambda p, i: webhooks.send_test(p, i.team, i.webhook), MANAGE),
    "webhooks.send_again": UseCase(
        lambda p, i: webhooks.send_again(p, i.team, i.webhook, i.delivery), MANAGE
    ),
    "webhooks.list_deliveries": UseCase(
        lambda p, i: webhooks.list_deliveries(p, i.team, i.webhook), MANAGE
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
    *("notifying.list_notices", "notifying.read_notice", "notifying.read_all_notices"),
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
    "permission.demand_approver",
    "permission.demand_kept",
    "teams.hold_team",
    "permission.demand",
    "permission.demand_held",
    "permission.demand_session",
}


@dataclass(frozen=True)
class World:
    """A team with something of everything in it."""

    owner: Someone
    session: Session
    ids: Ids


@pytest.fixture
def world(someone: Someone) -> World:
    """A shared team with a session that has an artifact, decisions and snapshots."""
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    complete(
        claimed,
        artifacts=(make_artifact(),),
        decisions=(make_decision(strategic=True), make_decision()),
    )
    (artifact,) = reading.list_artifacts(someone.principal, session.id)
    decision = reading.get_report(someone.principal, session.id).decisions[0]
    member, invited = make_someone(), make_someone().user.user_name
    add_member(someone.team_id, member.user)
    invitation = inviting.invite_person(someone.principal, someone.team_id, invited).invitation
    hook = webhooks.add_webhook(
        someone.principal, someone.team_id, "https://example.org/", ["session.failed"]
    ).webhook
    return World(
        someone,
        session,
        Ids(
            someone.team_id,
            session.id,
            artifact.id,
            claimed.snapshot_id,
            decision.id,
            member.user.id,
            invitation.id,
            claimed.task_id,
            hook.id,
            webhooks.send_test(someone.principal, someone.team_id, hook.id).id,
        ),
    )


def unshare(team_id: UUID) -> None:
    query = text("UPDATE teams SET is_shared = false WHERE id = :id")
    transact(lambda db: db.execute(query, {"id": team_id}))


def remove(team_id: UUID, user_id: UUID) -> None:
    query = text("DELETE FROM team_memberships WHERE team_id = :team AND user_id = :user")
    transact(lambda db: db.execute(query, {"team": team_id, "user": user_id}))


def owner(world: World) -> tuple[Principal, TeamRole | None]:
    return world.owner.principal, TeamRole.OWNER


def joined(role: TeamRole) -> Callable[[World], tuple[Principal, TeamRole | None]]:
    def join(world: World) -> tuple[Principal, TeamRole | None]:
        other = make_someone()
        add_member(world.ids.team, other.user, role)
        return other.principal, role

    return join


def stranger(world: World) -> tuple[Principal, TeamRole | None]:
    return make_someone().principal, None


def former_member(world: World) -> tuple[Principal, TeamRole | None]:
    principal, _ = joined(TeamRole.OWNER)(world)
    remove(world.ids.team, principal.user_id)
    return principal, None


def member_of_an_unshared_team(world: World) -> tuple[Principal, TeamRole | None]:
    principal, _ = joined(TeamRole.OWNER)(world)
    unshare(world.ids.team)
    return principal, None


def owner_of_an_unshared_team(world: World) -> tuple[Principal, TeamRole | None]:
    unshare(world.ids.team)
    return owner(world)


def nobody(world: World) -> tuple[Principal, TeamRole | None]:
    return UserPrincipal(new_id()), None


def token(
    world: World, scopes: frozenset[Scope], *, is_bound_elsewhere: bool = False
) -> TokenPrincipal:
    elsewhere = make_team_of(world.owner.user).team_id if is_bound_elsewhere else world.ids.team
    return TokenPrincipal(world.owner.user.id, new_id(), scopes, elsewhere)


def token_of_every_scope(world: World) -> tuple[Principal, TeamRole | None]:
    return token(world, frozenset(Scope)), TeamRole.OWNER


def token_that_reads(world: World) -> tuple[Principal, TeamRole | None]:
    return token(world, frozenset({Scope.READ})), TeamRole.VIEWER


def token_of_another_team(world: World) -> tuple[Principal, TeamRole | None]:
    return token(world, frozenset(Scope), is_bound_elsewhere=True), None


PEOPLE = {
    "owner": owner,
    "owner of an unshared team": owner_of_an_unshared_team,
    "second owner": joined(TeamRole.OWNER),
    "member": joined(TeamRole.MEMBER),
    "viewer": joined(TeamRole.VIEWER),
    "stranger": stranger,
    "former member": former_member,
    "member of an unshared team": member_of_an_unshared_team,
    "nobody": nobody,
    "owner's token of every scope": token_of_every_scope,
    "owner's token that reads": token_that_reads,
    "owner's token of another team": token_of_another_team,
}


def test_every_use_case_with_a_principal_stands_in_the_matrix() -> None:
    found = set()
    for module in pkgutil.iter_modules(core.services.__path__):
        loaded = importlib.import_module(f"core.services.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            if function.__module__ != loaded.__name__ or name.startswith("_"):
                continue
            if "principal" in inspect.signature(function).parameters:
                found.add(f"{module.name}.{name}")
    assert found == set(USE_CASES) | NARROWING | OWN | INSIDE_USE_CASES


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", USE_CASES)
def test_a_use_case_is_open_to_whom_the_table_allows(world: World, who: str, name: str) -> None:
    case = USE_CASES[name]
    case.needs(world.owner, world.session)
    principal, role = PEOPLE[who](world)
    if is_allowed(role, case.action):
        if case.is_about_others and who == "owner of an unshared team":
            with pytest.raises((Conflict, NotFound)):
                case.act(principal, world.ids)
        elif case.is_the_owners and who == "second owner":
            with pytest.raises(NotAllowed):
                case.act(principal, world.ids)
        else:
            assert case.act(principal, world.ids)
    elif role is not None:
        with pytest.raises(NotAllowed):
            case.act(principal, world.ids)
    else:
        unknown = Ids(new_id(), new_id(), new_id(), new_id(), new_id())
        with pytest.raises(NotFound) as foreign:
            case.act(principal, world.ids)
        with pytest.raises(NotFound) as never_was:
            case.act(principal, unknown)
        texts = [
            (type(caught.value), caught.value.message, caught.value.hint_text)
            for caught in (foreign, never_was)
        ]
        if name == "accounts.find_team":  # its message repeats the name that was asked for
            assert texts[0][1].replace(str(world.ids.team), "") == (
                texts[1][1].replace(str(unknown.team), "")
            )
        else:
            assert texts[0] == texts[1]


@pytest.mark.parametrize("name", USE_CASES)
def test_the_system_is_bound_to_no_team(world: World, name: str) -> None:
    case = USE_CASES[name]
    case.needs(world.owner, world.session)
    if case.for_system:
        assert case.act(SYSTEM, world.ids)
    else:
        with pytest.raises(NotAllowed):
            case.act(SYSTEM, world.ids)


@pytest.mark.parametrize("who", PEOPLE)
def test_lists_hold_what_a_person_may_see(world: World, who: str) -> None:
    principal, role = PEOPLE[who](world)
    sessions = [session.id for session in reading.list_sessions(principal)]
    of_team = [one.id for one in reading.list_sessions(principal, team_id=world.ids.team)]
    teams = [team.id for team in accounts.list_teams(principal)]
    assert sessions == of_team == ([world.session.id] if role else [])
    assert (world.ids.team in teams) == (role is not None)


def test_a_refused_act_changes_nothing(world: World) -> None:
    viewer, _ = joined(TeamRole.VIEWER)(world)
    _let_it_ask(world.owner, world.session)
    before = reading.list_events(SYSTEM, world.session.id)
    for name, case in USE_CASES.items():
        if case.action != READ and name != "launching.launch_session":
            with pytest.raises(NotAllowed):
                case.act(viewer, world.ids)
    assert reading.list_events(SYSTEM, world.session.id) == before


def test_an_owners_membership_row_does_not_lower_their_role(world: World) -> None:
    add_member(world.ids.team, world.owner.user, TeamRole.VIEWER)
    assert control.pause_session(world.owner.principal, world.session.id)


@pytest.mark.parametrize("is_owner", [True, False])
@pytest.mark.parametrize("is_shared", [True, False])
@pytest.mark.parametrize("membership", [None, *TeamRole])
def test_what_a_person_sees_and_what_they_may_do_come_from_one_rule(
    system: None, is_owner: bool, is_shared: bool, membership: TeamRole | None
) -> None:
    team = make_someone(is_shared=is_shared)
    session = launch(team)
    person = team if is_owner else make_someone()
    if membership is not None:
        add_member(team.team_id, person.user, membership)
    role = effective_role(is_owner=is_owner, is_shared=is_shared, membership=membership)
    seen = [one.id for one in reading.list_sessions(person.principal)]
    assert seen == ([session.id] if is_allowed(role, READ) else [])


def test_a_short_id_means_the_session_that_a_person_may_see(world: World) -> None:
    prefix = str(world.session.id)[:8]
    other = make_someone()
    theirs = launch(other)
    assert reading.find_session_id(other.principal, str(theirs.id)[:-4]) == theirs.id
    assert reading.find_session_id(world.owner.principal, prefix.upper()) == world.session.id


@pytest.mark.parametrize("asked", ["", "abc", "12345", "zzzzzzzz", "%%%%%%%%", "______", "'; --"])
def test_what_is_no_id_is_said_to_be_none(world: World, asked: str) -> None:
    with pytest.raises(reading.InvalidInput, match="no session id"):
        reading.find_session_id(world.owner.principal, asked)


def test_a_short_id_that_means_two_sessions_is_refused(world: World) -> None:
    launch(world.owner)  # UUIDv7: both begin with the same time
    with pytest.raises(reading.InvalidInput, match="Several sessions"):
        reading.find_session_id(world.owner.principal, str(world.session.id)[:6])
