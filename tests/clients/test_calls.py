"""Calls as they are answered: steering, teams, signing in, and refusals."""

from __future__ import annotations

from typing import Any

import pytest

from sage_mode_client import (
    BadRequest,
    Conflict,
    Invalid,
    NewGate,
    NewStep,
    NewTerms,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Work,
)
from tests.clients.faces import client_of
from tests.factories import Someone, make_someone
from tests.web.browser import PASSWORD

BRIEF = "Employees submit expenses. Their manager approves or rejects them."


def test_a_session_is_steered_and_decided_on(client: Any, someone: Someone) -> None:
    session = client.launch(someone.team_id, "Expenses", BRIEF, executor="external")
    assert client.pause(session.id).status == "paused"
    assert client.resume(session.id).status == "active"
    first = client.record_decision(session.id, "One table", "Decided once", "data")
    second = client.record_decision(
        session.id, "Two tables", "It grew", "data", confidence="high", supersedes_id=first.id
    )
    assert second.supersedes_id == first.id
    with pytest.raises(TimeoutError):
        client.wait(session.id, timeout_seconds=0, poll_seconds=0.01)
    assert client.pin(session.id).pinned_at is not None
    assert client.get_retention(someone.team_id).count_pinned == 1
    assert client.unpin(session.id).pinned_at is None
    assert client.cancel(session.id, reason="launched twice").is_over
    with pytest.raises(Invalid) as refused:
        client.pause(session.id)
    assert refused.value.code == "illegal_transition"
    assert list(client.walk_sessions(status=["active"], text="expenses")) == []


def test_refusals_say_what_was_wrong_and_what_to_do(client: Any, someone: Someone) -> None:
    with pytest.raises(NotFound) as refused:
        client.launch(make_someone().team_id, "Expenses", BRIEF)
    error = refused.value
    assert (error.status, error.code) == (404, "not_found")
    assert error.detail
    assert error.hint
    assert len(error.trace_id) == 32
    assert error.trace_id in str(error)
    with pytest.raises(Invalid) as refused:
        client.launch(someone.team_id, "Expenses", "")
    assert refused.value.code == "invalid_input"
    with pytest.raises(BadRequest) as malformed:
        client.list_sessions(limit=1000)
    assert [one.pointer for one in malformed.value.errors] == ["query/limit"]
    with pytest.raises(NotAllowed):
        client.create_team("Another")


def test_a_person_signs_in_and_keeps_a_team(system: None, host: str, kind: str) -> None:
    name = f"mara-{kind}"
    with client_of(kind, f"http://{host}", None) as client:
        with pytest.raises(NotSignedIn):
            client.me()
        client.sign_up(name, f"{name}@example.org", PASSWORD)
        assert client.sign_in(name, PASSWORD).token is None
        team = client.create_team("Finance", is_shared=True)
        assert team.id in {one.id for one in client.list_teams().items}
        invitation = client.invite(team.id, "new@example.org", role="viewer")
        assert invitation.link
        assert [one.id for one in client.list_invitations(team.id).items] == [invitation.id]
        assert client.get_team(team.id).may_manage
        assert client.get_profile("dba", team_id=team.id).role == "dba"
        assert client.list_pipelines().items
        client.sign_out()
        with pytest.raises(NotSignedIn):
            client.me()


def test_a_task_is_routed_to_a_role_and_its_session_is_changed(
    client: Any, someone: Someone
) -> None:
    session = client.open_session(
        team_id=someone.team_id, task="Threats", metadata={"ticket": "EXP-7", "draft": True}
    )
    assert (session.status, session.pipeline, session.task) == ("pending", None, "Threats")
    work = Work("threat_review", "Who could approve their own expense?", {"api": "POST /expenses"})
    routed = client.route_task("security", work, session_id=session.id)
    assert routed.session_id == session.id
    task = client.get_task(routed.task_id)
    assert (task.role, task.task_type) == ("security", "threat_review")
    assert client.change_session(session.id, status="paused").status == "paused"
    changed = client.change_session(session.id, task="All threats", metadata={"draft": None})
    assert (changed.task, changed.metadata) == ("All threats", {"ticket": "EXP-7"})


def test_a_team_and_its_people_change(system: None, host: str, kind: str) -> None:
    name, other = f"olga-{kind}", f"paul-{kind}"
    with client_of(kind, f"http://{host}", None) as client:
        client.sign_up(other, f"{other}@example.org", PASSWORD)
        client.sign_up(name, f"{name}@example.org", PASSWORD)
        client.sign_in(name, PASSWORD)
        team = client.create_team("Finance", is_shared=True)
        assert client.change_team(team.id, name="Money").name == "Money"
        first, second = (client.invite(team.id, one) for one in (other, "new@example.org"))
        client.withdraw_invitation(team.id, second.id)
        assert list(client.walk_journal(team.id, kind="strategic", confidence=["high"])) == []
        client.sign_out()
        client.sign_in(other, PASSWORD)
        assert [one.team_name for one in client.list_own_invitations().items] == ["Money"]
        assert client.accept_invitation(first.id).team_id == team.id
        assert client.leave_team(team.id).team_id == team.id
        with pytest.raises(Conflict):
            client.decline_invitation(first.id)
        client.sign_out()
        client.sign_in(name, PASSWORD)
        member_id = client.list_members(team.id).items[0].user_id
        assert client.set_approver_roles(team.id, member_id, ["finance"]).roles == ("finance",)
        with pytest.raises(Conflict):
            client.hand_over(team.id, member_id)
        assert client.archive_team(team.id).archived_at
        assert client.restore_team(team.id).archived_at is None


def test_a_team_defines_roles_and_pipelines_and_launches_them(
    client: Any, someone: Someone
) -> None:
    team_id, instructions = someone.team_id, "Say what it costs."
    made = client.define_role(
        "finance", team_id, "Finance", instructions, ["review"], executor="external"
    )
    assert client.get_profile("finance", team_id=team_id) == made
    gate = NewGate("finance", "May it cost that?", on_expiry="escalate")
    steps = [NewStep("architect"), NewStep("finance", ["architect"], gate)]
    made = client.define_pipeline("dear", team_id, steps, approvals=NewTerms(3600.0))
    assert client.get_pipeline("dear", team_id=team_id) == made
    asked = made.steps[1].approval
    assert (asked.expires_after_seconds, asked.on_expiry) == (3600.0, "escalate")
    session = client.launch(team_id, "Expenses", BRIEF, pipeline="dear")
    assert [one.role for one in client.get_session(session.id).tasks] == ["architect", "finance"]
    with pytest.raises(Conflict):
        client.delete_role("finance", team_id)
    client.delete_pipeline("dear", team_id)
    client.delete_role("finance", team_id)
    with pytest.raises(NotFound):
        client.get_profile("finance", team_id=team_id)


def test_people_are_told_and_other_systems_too(client: Any, someone: Someone) -> None:
    sent = client.notify("team", "The plan is ready.", priority="high", team_id=someone.team_id)
    assert sent.recipients == (someone.user.user_name,)
    (told,) = client.walk_notifications(unread=True)
    assert (told.message, told.priority, told.read_at) == ("The plan is ready.", "high", None)
    assert client.mark_read(told.id).read_at is not None
    assert client.mark_all_read().marked == 0
    assert client.list_notifications(unread=True).items == ()

    made = client.add_webhook(someone.team_id, "https://example.org/news", ["session.failed"])
    assert made.secret
    found = client.change_webhook(someone.team_id, made.id, kinds=["session.finished"])
    assert found.kinds == ("session.finished",)
    ping = client.ping_webhook(someone.team_id, made.id)
    assert [one.id for one in client.walk_deliveries(someone.team_id, made.id)] == [ping.id]
    client.delete_webhook(someone.team_id, made.id)
    assert client.list_webhooks(someone.team_id).items == ()
