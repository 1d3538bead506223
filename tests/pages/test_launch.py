"""New session: what was understood, edits, answers, one launch."""

from __future__ import annotations

import time

import pytest
from streamlit.util import calc_hash

from core.domain.access import TeamRole
from core.services import reading
from pages.parts.launch import FORM, WAY_BACK_SECONDS
from tests.factories import Someone, add_member, claim, complete, launch, make_someone
from tests.pages.test_switching import open_main
from tests.pages.visiting import Visitor, database_away, run, texts, visitor

BRIEF = "Employees submit expenses. Their manager approves or rejects. Nobody approves their own."


def sessions(visits: Visitor) -> list[reading.Session]:
    someone = visits.someone
    return reading.list_sessions(someone.principal, team_id=someone.team_id)


def press(page, label: str):
    next(one for one in page.button if one.label == label).click()
    return run(page)


def switch(page, words: str):
    return next(one for one in page.toggle if words in one.label.replace("\\", ""))


def edits_of(visits: Visitor) -> dict[str, object]:
    (session,) = sessions(visits)
    return dict(claim(visits.someone, session, "architect").work.edits)


def test_it_says_what_to_do_before_there_is_a_brief(visits: Visitor) -> None:
    page = visits.open("launch")
    assert "Write the brief" in texts(page)
    assert page.text_area(key="launch_brief").value == ""


def test_an_example_in_the_address_is_ready_to_launch(visits: Visitor) -> None:
    page = visits.open("launch", example="expense-approval")
    assert page.text_input(key="launch_name").value == "Expense approval"
    assert "Ready to plan" in texts(page)
    rule = switch(page, "Nobody approves their own expense")
    assert rule.value


def test_a_click_launches_and_leads_to_the_live_view(visits: Visitor) -> None:
    page = visits.open("launch", example="expense-approval")
    press(page, "Launch session")
    (session,) = sessions(visits)
    ((where, address),) = visits.went
    assert (where, address["session"]) == ("live", str(session.id))


def test_a_double_click_launches_one_session(visits: Visitor) -> None:
    page = visits.open("launch", example="expense-approval")
    press(page, "Launch session")
    press(page, "Launch session")
    assert len(sessions(visits)) == 1
    assert len({address["session"] for _, address in visits.went}) == 1


def test_what_was_changed_after_a_launch_is_another_launch(visits: Visitor) -> None:
    page = visits.open("launch", example="expense-approval")
    press(page, "Launch session")
    brief = page.text_area(key="launch_brief").value
    page.text_input(key="launch_name").set_value("Fourth")
    press(page, "Launch session")
    page.text_input(key="launch_add_things").set_value("Cost centre")
    run(page)
    press(page, "Launch session")
    assert [one.feature_name for one in sessions(visits)] == [
        "Fourth",
        "Fourth",
        "Expense approval",
    ]
    assert len({address["session"] for _, address in visits.went}) == 3
    assert page.text_area(key="launch_brief").value == brief


def test_what_is_switched_off_and_added_becomes_edits(visits: Visitor) -> None:
    page = visits.open("launch", example="expense-approval")
    people = page.button_group(key="launch_people")
    people.set_value(["employee", "line_manager"])
    run(page)
    page.text_input(key="launch_add_things").set_value("Cost centre")
    run(page)
    press(page, "Launch session")
    (session,) = sessions(visits)
    claimed = claim(visits.someone, session, "architect")
    assert claimed.work.edits["actors"] == {"drop": ["finance"]}
    assert claimed.work.edits["entities"] == {"add": ["Cost centre"]}


def test_a_rule_that_is_switched_off_reaches_the_launch(visits: Visitor) -> None:
    page = visits.open("launch", example="expense-approval")
    switch(page, "Nobody approves their own expense").set_value(False)
    run(page)
    assert not switch(run(page), "Nobody approves their own expense").value
    assert "Ready to plan" in texts(page)
    press(page, "Launch session")
    assert edits_of(visits) == {"rules": {"drop": ["approval.own"]}}


def test_a_rule_that_is_switched_on_again_is_planned(visits: Visitor) -> None:
    page = visits.open("launch", example="expense-approval")
    for value in (False, True):
        switch(page, "Nobody approves their own expense").set_value(value)
        run(page)
    press(page, "Launch session")
    assert edits_of(visits) == {}


def test_wishes_are_switched_off_and_added(visits: Visitor) -> None:
    page = visits.open("launch", example="dark-mode")
    page.text_input(key="launch_add_qualities").set_value("Readable in the sun")
    run(page)
    page.text_input(key="launch_add_qualities").set_value("Never flickers")
    run(page)
    switch(page, "Contrast of 4.5 to 1").set_value(False)
    switch(page, "Never flickers").set_value(False)
    run(page)
    press(page, "Launch session")
    assert edits_of(visits) == {"qualities": {"drop": ["contrast"], "add": ["Readable in the sun"]}}


def test_a_wish_and_its_rule_are_switched_together(visits: Visitor) -> None:
    page = visits.open("launch", example="shift-swap")
    wish, rule = "Works on a phone with bad reception", "It works with bad reception"
    switch(page, wish).set_value(False)
    assert not switch(run(page), rule).value
    switch(page, rule).set_value(True)
    assert switch(run(page), wish).value
    switch(page, rule).set_value(False)
    run(page)
    press(page, "Launch session")
    assert edits_of(visits) == {
        "rules": {"drop": ["offline.works"]},
        "qualities": {"drop": ["offline"]},
    }


def test_switches_come_back_as_they_were_after_a_run_without_them(visits: Visitor) -> None:
    page = visits.open("launch", example="expense-approval")
    switch(page, "Nobody approves their own expense").set_value(False)
    page.button_group(key="launch_people").set_value(["employee", "line_manager"])
    run(page)
    brief = page.text_area(key="launch_brief").value
    page.text_area(key="launch_brief").set_value("")
    assert not run(page).toggle
    page.text_area(key="launch_brief").set_value(brief)
    run(page)
    press(page, "Launch session")
    assert edits_of(visits) == {
        "actors": {"drop": ["finance"]},
        "rules": {"drop": ["approval.own"]},
    }


def test_an_answer_to_an_open_question_goes_into_the_brief(visits: Visitor) -> None:
    page = visits.open("launch", example="expense-approval")
    field = next(one for one in page.text_input if str(one.key).startswith("launch_answer_"))
    field.set_value("Yes, as often as needed")
    run(page)
    press(page, "Launch session")
    (session,) = sessions(visits)
    brief = reading.get_brief(visits.someone.principal, session.id)
    assert brief.endswith("## Answers\n\n- Yes, as often as needed.")


def test_the_same_question_twice_is_asked_once(visits: Visitor) -> None:
    asking = launch(visits.someone, brief="make the dashboard better")
    complete(
        claim(visits.someone, asking, "architect"),
        outcome="needs_input",
        questions=("Who uses it?", "Who uses it?"),
    )
    page = visits.open("launch", answer=str(asking.id))
    asked = [one for one in page.text_input if str(one.key).startswith("launch_answer_")]
    assert [one.label for one in asked] == ["Who uses it?"]


def test_a_session_that_asks_is_answered_by_another(visits: Visitor) -> None:
    asking = launch(visits.someone, brief="make the dashboard better")
    complete(
        claim(visits.someone, asking, "architect"),
        outcome="needs_input",
        questions=("Who uses it?", "What for?"),
    )
    page = visits.open("launch", answer=str(asking.id))
    assert page.text_area(key="launch_brief").value == "make the dashboard better"
    page.text_input(key="launch_answer_Who uses it?").set_value("Nurses")
    run(page)
    press(page, "Launch session")
    newest = sessions(visits)[0]
    assert newest.id != asking.id
    claimed = claim(visits.someone, newest, "architect")
    assert claimed.work.input == {
        "answer_to": str(asking.id),
        "answers": {"Who uses it?": "Nurses"},
    }
    assert "Nurses." in claimed.work.brief


@pytest.mark.parametrize(("name", "brief"), [("", BRIEF), ("Name", ""), ("Name", "\x01" * 50)])
def test_bad_input_is_a_sentence_and_stays_in_its_field(
    visits: Visitor, name: str, brief: str
) -> None:
    page = visits.open("launch")
    page.text_input(key="launch_name").set_value(name)
    page.text_area(key="launch_brief").set_value(brief)
    run(page)
    press(page, "Launch session")
    assert "Not launched; what you typed is kept here" in texts(page)
    assert page.text_input(key="launch_name").value == name
    assert sessions(visits) == []


def test_nothing_typed_is_lost_while_the_database_is_away(visits: Visitor) -> None:
    page = visits.open("launch")
    page.text_input(key="launch_name").set_value("Kept")
    page.text_area(key="launch_brief").set_value(BRIEF)
    run(page)
    with database_away():
        run(page)
        assert "The database does not answer" in texts(page)
    run(page)
    assert page.text_input(key="launch_name").value == "Kept"
    assert page.text_area(key="launch_brief").value == BRIEF


def test_a_viewer_is_told_that_they_may_not_launch(
    visits: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_someone()
    add_member(visits.someone.team_id, other.user, TeamRole.VIEWER)
    viewer = visitor(Someone(other.user, visits.someone.team_id), monkeypatch)
    page = viewer.open("launch")
    assert "As viewer of this team you may not launch here" in texts(page)
    assert not [one for one in page.button if one.label == "Launch session"]


def test_what_people_write_is_shown_letter_by_letter(visits: Visitor) -> None:
    page = visits.open("launch")
    page.text_input(key="launch_name").set_value("<script>alert(1)</script>")
    page.text_area(key="launch_brief").set_value(
        "Employees submit <b>expenses</b> [x](javascript:1). Their manager approves them. "
        "Somebody ![i](http://evil) wibbles the $\\frac{1}{2}$ :red[zork]."
    )
    run(page)
    shown = "\n".join(one.value for one in page.markdown)
    assert "![i]" not in shown
    assert "<b>expenses" not in shown


def test_a_launched_form_stays_as_it_is_for_who_does_not_leave_the_page(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_main(someone, monkeypatch, someone)
    page._page_hash = calc_hash("launch")
    run(page)
    form = page.session_state[FORM]
    form.launched_at = time.monotonic() - WAY_BACK_SECONDS - 1
    run(page)
    assert page.session_state[FORM] is form
    page._page_hash = calc_hash("sessions")
    run(page)
    page._page_hash = calc_hash("launch")
    run(page)
    assert page.session_state[FORM] is not form
