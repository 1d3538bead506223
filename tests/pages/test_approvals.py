"""The inbox: what waits stands there the oldest first, and is answered by who may."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.domain.access import TeamRole
from core.domain.approval import Gate, OnExpiry, Terms
from core.domain.pipeline import Step
from core.domain.session import Session
from core.errors import InvalidInput
from core.services import answering
from pages.parts.approvals.answer import changes
from tests.factories import Someone, add_member, launch_pipeline, make_someone, statuses
from tests.pages.visiting import Visitor, database_away, run, texts, visitor
from tests.services.approvals import answer_no, asked_of, let_expire, pending_of


def gated(someone: Someone, question: str = "May the schema change?", **changes_: str) -> Session:
    terms = Terms(3600.0, OnExpiry.GO_ON)
    gate = Gate(changes_.pop("approver_role", "designer"), question, terms)
    return launch_pipeline(someone, Step("architect", (), gate), **changes_)


def button(page: AppTest, key: str) -> AppTest:
    """Press a button by the beginning of its key."""
    next(one for one in page.button if (one.key or "").startswith(key)).click()
    return run(page)


def named(page: AppTest, label: str) -> AppTest:
    next(one for one in page.button if one.label == label).click()
    return run(page)


# A dialog is a fragment, and AppTest runs whole scripts: the forms are tested by themselves.
FORM = """
from uuid import UUID
import streamlit as st
from core.services import approving
from pages.parts.approvals.answer import DIALOGS
from pages.parts.visit import open_visit

visit = open_visit()
ids = st.query_params.get_all("id")
found = [approving.get_approval(visit.principal, UUID(one)) for one in ids]
DIALOGS[st.query_params["kind"]][2](visit, found)
"""


def open_form(kind: str, *sessions: Session) -> AppTest:
    page = AppTest.from_string(FORM, default_timeout=30)
    page.query_params["kind"] = kind
    page.query_params["id"] = [str(pending_of(one)[0].id) for one in sessions]
    return run(page)


def test_an_empty_inbox_says_what_would_stand_there(visits: Visitor) -> None:
    assert "Nothing waits for an answer" in texts(visits.open("approvals"))
    assert "Nothing was answered yet" in texts(visits.open("approvals", show="answered"))


def test_a_card_says_who_is_asked_what_and_what_happens_without_an_answer(visits: Visitor) -> None:
    gated(visits.someone)
    shown = texts(visits.open("approvals"))
    assert "May the schema change?" in shown
    assert "Waits for a designer" in shown
    assert "Architect in **Expense approval**: the pipeline asks before it begins" in shown
    assert "it expires and the role goes on without it" in shown


def test_a_yes_lets_the_role_go_on(visits: Visitor) -> None:
    session = gated(visits.someone)
    page = button(visits.open("approvals"), "yes_")
    assert statuses(visits.someone, session) == {"architect": "ready"}
    assert "1 question approved." in [one.value for one in page.toast]
    assert "Nothing waits for an answer" in texts(page)


def test_a_no_needs_its_reason(visits: Visitor) -> None:
    session = gated(visits.someone)
    (approval,) = pending_of(session)
    assert "Whoever retries it" in texts(button(visits.open("approvals"), "no_"))
    page = named(open_form("reject", session), "Reject")
    assert asked_of(approval).is_pending
    assert "A no needs its reason." in [one.value for one in page.error]
    page.text_area(key="approvals_reason").set_value("Not this year.")
    named(page, "Reject")
    assert (asked_of(approval).status, asked_of(approval).reason) == ("rejected", "Not this year.")
    shown = texts(visits.open("approvals", show="answered"))
    assert "Not this year" in shown
    assert "Rejected" in shown


def test_several_are_chosen_and_approved_after_a_question(visits: Visitor) -> None:
    sessions = [gated(visits.someone, f"Question {number}?") for number in range(3)]
    page = visits.open("approvals")
    for box in page.checkbox[:2]:
        box.check()
    page = run(page)
    assert "2 questions chosen" in texts(page)
    assert "Each of these tasks goes on at once." in texts(named(page, "Approve chosen …"))
    assert [len(pending_of(one)) for one in sessions] == [1, 1, 1]
    named(open_form("approve", *sessions[:2]), "Approve all")
    assert [len(pending_of(one)) for one in sessions] == [0, 0, 1]


def test_the_keys_go_from_one_to_the_next(visits: Visitor) -> None:
    sessions = [gated(visits.someone, f"Question {number}?") for number in range(3)]
    page = visits.open("approvals")
    assert "1 of 3" in texts(page)
    page = named(named(named(page, "Next"), "Next"), "Next")
    assert "3 of 3" in texts(page)
    page = named(page, "Previous")
    assert "2 of 3" in texts(page)
    keys = [one.key for one in page.button if one.key and one.key.startswith("yes_")]
    assert keys[1] == f"yes_{pending_of(sessions[1])[0].id}"
    page = visits.open("approvals", session=str(sessions[2].id))
    assert "3 of 3" in texts(page)


def test_what_changes_the_input_is_what_was_typed_anew(visits: Visitor) -> None:
    session = gated(visits.someone, input={"limit": 100, "currency": "EUR"})  # type: ignore[arg-type]
    (approval,) = pending_of(session)
    assert "The task's input" in button(visits.open("approvals"), "change_").text_area[0].label
    page = open_form("change", session)
    page.text_area[0].set_value("{")
    page = named(page, "Approve with changes")
    assert asked_of(approval).is_pending
    page.text_area[0].set_value('{"limit": 500, "currency": "EUR"}')
    named(page, "Approve with changes")
    assert dict(asked_of(approval).changed_input or {}) == {"limit": 500}


def test_what_was_left_out_of_the_input_becomes_null() -> None:
    assert changes({"a": 1, "b": 2}, '{"a": 1}') == {"b": None}
    assert changes({"a": 1}, '{"a": 1}') is None
    with pytest.raises(InvalidInput):
        changes({}, "[]")


def test_who_lacks_the_role_reads_and_does_not_answer(
    visits: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = visits.someone
    gated(owner, approver_role="finance")
    for role in (TeamRole.MEMBER, TeamRole.VIEWER):
        other = visitor_of(owner, role, monkeypatch)
        page = other.open("approvals")
        assert "Answered by a finance" in texts(page)
        assert not [one for one in page.button if (one.key or "").startswith(("yes_", "no_"))]


def test_twenty_older_questions_of_others_hide_nothing_of_mine(
    visits: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = visits.someone
    for number in range(20):
        gated(owner, f"Question {number}?", approver_role="finance")
    late = gated(owner, "The last one?", approver_role="finance")
    gated(owner, "May I?", approver_role="member")
    page = visitor_of(owner, TeamRole.MEMBER, monkeypatch).open("approvals")
    assert "May I?" in texts(page)
    assert [one for one in page.button if (one.key or "").startswith("yes_")]
    assert "The last one?" not in texts(page)
    assert "More wait" in texts(page)
    page = visitor_of(owner, TeamRole.VIEWER, monkeypatch).open("approvals", session=str(late.id))
    assert "The last one?" in texts(page)
    page = visitor_of(owner, TeamRole.VIEWER, monkeypatch).open("approvals", session="none")
    assert "The last one?" not in texts(page)


def visitor_of(owner: Someone, role: TeamRole, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    other = make_someone()
    add_member(owner.team_id, other.user, role)
    return visitor(Someone(other.user, owner.team_id), monkeypatch)


def test_somebody_who_was_faster_is_told_of(visits: Visitor) -> None:
    session = gated(visits.someone)
    page = visits.open("approvals")
    answer_no(visits.someone, pending_of(session)[0], "No.")
    page = button(page, "yes_")
    assert "rejected already" in page.toast[0].value


def test_expiry_stands_among_the_answered_says_what_followed_and_is_no_refusal(
    visits: Visitor,
) -> None:
    let_expire(pending_of(gated(visits.someone))[0])
    answering.expire_approvals()
    shown = texts(visits.open("approvals", show="answered"))
    assert "Expired" in shown
    assert "Nobody answered in time: the task goes on without an answer." in shown
    assert "Rejected" not in shown


def test_the_board_says_who_is_waited_for(visits: Visitor) -> None:
    gated(visits.someone)
    page = visits.open("board")
    assert "One session asks you" in texts(page)
    given = "\n".join(str(one.proto) for one in page.get("bidi_component"))
    assert "Architect: May the schema change?" in given


def test_a_database_that_is_away_is_a_sentence(visits: Visitor) -> None:
    gated(visits.someone)
    page = visits.open("approvals")
    with database_away():
        assert "The database does not answer." in texts(run(page))
