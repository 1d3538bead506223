"""The inbox: what a person may answer stands before what others are asked."""

from __future__ import annotations

from typing import Any

import pytest

from core.domain.access import SYSTEM, TeamRole
from core.domain.approval import Approval, Gate
from core.domain.pipeline import Step
from core.services import approving, members
from tests.factories import Someone, launch_pipeline, make_team_of
from tests.services.approvals import GATE, answer_yes, pending_of
from tests.services.working import joined


def test_the_inbox_says_what_a_person_may_answer(someone: Someone) -> None:
    steps: list[Any] = [Step("architect", (), Gate("designer")), Step("dba", (), Gate("member"))]
    session = launch_pipeline(someone, *steps, Step("ui_ux", (), Gate("owner")))
    member, viewer = joined(someone, TeamRole.MEMBER), joined(someone, TeamRole.VIEWER)
    by_role = {one.approver_role: one.id for one in pending_of(session)}

    def answerable(who: Any) -> set[str]:
        found = approving.read_inbox(who, someone.team_id)
        assert len(found.approvals) == 3
        return {role for role, id_ in by_role.items() if id_ in found.answerable}

    assert answerable(someone.principal) == {"designer", "member", "owner"}
    assert answerable(member.principal) == {"member"}
    assert answerable(viewer.principal) == answerable(SYSTEM) == set()
    answer_yes(someone, asked_of_id(by_role["member"]))
    answered = approving.read_inbox(viewer.principal, someone.team_id, answered=True)
    assert [one.id for one in answered.approvals] == [by_role["member"]]


def test_what_a_person_may_answer_stands_before_the_older_questions_of_others(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(approving, "MOST_WAITING", 3)
    sessions = [
        launch_pipeline(someone, Step("architect", (), Gate(role)))
        for role in ("finance", "finance", "finance", "finance", "designer", "member")
    ]
    asked = [pending_of(session)[0].id for session in sessions]
    designer, viewer = joined(someone, TeamRole.MEMBER), joined(someone, TeamRole.VIEWER)
    members.set_approver_roles(someone.principal, someone.team_id, designer.user.id, ["designer"])

    def shown(who: Any, number: int | None = None) -> list[int]:
        session_id = None if number is None else sessions[number].id
        found = approving.read_inbox(who, someone.team_id, session_id=session_id)
        assert found.is_more
        return [asked.index(one.id) for one in found.approvals]

    assert shown(designer.principal) == [4, 5, 0]
    assert shown(viewer.principal) == shown(someone.principal) == shown(SYSTEM) == [0, 1, 2]
    # A link to a session shows what it asks, whoever answers, and however much waits.
    assert shown(designer.principal, 3) == [3, 4, 5]
    assert shown(designer.principal, 5) == [4, 5, 0]
    assert shown(viewer.principal, 5) == [5, 0, 1]
    monkeypatch.setattr(approving, "MOST_WAITING", 6)
    found = approving.read_inbox(designer.principal, someone.team_id)
    assert ([asked.index(one.id) for one in found.approvals], found.is_more) == (
        [4, 5, 0, 1, 2, 3],
        False,
    )
    assert found.answerable == {asked[4], asked[5]}


def test_what_a_session_of_another_team_asks_is_not_in_this_teams_inbox(someone: Someone) -> None:
    elsewhere = launch_pipeline(make_team_of(someone.user), Step("architect", (), GATE))
    found = approving.read_inbox(someone.principal, someone.team_id, session_id=elsewhere.id)
    assert found.approvals == ()


def asked_of_id(approval_id: Any) -> Approval:
    return approving.get_approval(SYSTEM, approval_id)
