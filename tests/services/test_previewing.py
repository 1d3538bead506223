"""Before a launch: what is understood, edits, choices."""

from __future__ import annotations

import pytest

from core import planning
from core.domain.access import TeamRole
from core.domain.pipeline import Step, make_pipeline
from core.domain.work import RoleWork
from core.errors import InvalidInput, NotAllowed, NotFound
from core.ids import new_id
from core.services import demo, previewing
from core.services.previewing import understand_brief, with_answers, with_rules
from tests.factories import Someone, add_member, define_pipeline, make_someone

EXPENSES = demo.EXPENSES.format(limit=500)


def test_people_things_rules_and_actions_are_found_with_their_words() -> None:
    found = understand_brief(EXPENSES)
    assert found.is_plannable
    assert [one.title for one in found.people] == ["Employee", "Line manager", "Finance"]
    assert "expense" in [one.name for one in found.things]
    own = next(one for one in found.rules if one.name == "approval.own")
    assert "own expense" in own.words
    submit = next(one for one in found.actions if one.name == "submitExpense")
    assert (submit.who, submit.thing) == (("Employee",), "Expense")
    assert all(one.assumption for one in found.questions)


def test_edits_change_what_is_understood() -> None:
    edits = {
        "actors": {"drop": ["finance"], "add": ["Auditor"]},
        "entities": {"drop": ["receipt"], "add": ["Cost centre"]},
        "actions": {"drop": ["submitExpense"], "add": [{"verb": "archive", "entity": "expense"}]},
    }
    found = understand_brief(EXPENSES, edits)
    assert [one.name for one in found.people] == ["employee", "line_manager", "auditor"]
    names = [one.name for one in found.things]
    assert "cost_centre" in names
    assert "receipt" not in names
    actions = [one.name for one in found.actions]
    assert "submitExpense" not in actions
    assert "archiveExpense" in actions


@pytest.mark.parametrize(
    "edits", [{"entities": ["expense"]}, {"rules": ["approval.own"]}, {"qualities": {"add": [""]}}]
)
def test_edits_of_another_shape_are_refused(edits: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        understand_brief(EXPENSES, edits)


def test_a_rule_that_is_switched_off_is_understood_no_more() -> None:
    found = understand_brief(EXPENSES, {"rules": {"drop": ["approval.own"]}})
    assert found.is_plannable
    names = [one.name for one in found.rules]
    assert "approval.own" not in names
    assert names == [
        one.name for one in understand_brief(EXPENSES).rules if one.name != "approval.own"
    ]


def test_each_rule_has_a_name_of_its_own() -> None:
    found = understand_brief(
        "Tenants create tickets and edit tickets. Tenants create invoices and edit invoices. "
        "Tickets are kept for two years. Invoices are kept for ten years."
    )
    names = [one.name for one in found.rules]
    assert len(set(names)) == len(names)
    assert {"retention.keep:ticket", "retention.keep:invoice"} <= set(names)


def test_quality_wishes_are_found_with_the_rule_that_keeps_them() -> None:
    brief = (
        "Nurses offer shifts for swapping. The ward lead confirms or declines. "
        "It must work with bad reception."
    )
    found = understand_brief(brief)
    (wish,) = found.qualities
    assert (wish.name, wish.title) == ("offline", "Works on a phone with bad reception")
    assert wish.same_as == ("offline.works",)
    rule = next(one for one in found.rules if one.name == "offline.works")
    assert rule.same_as == ("offline",)
    edits = {"qualities": {"drop": ["offline"], "add": ["fast at night"]}}
    assert [one.title for one in understand_brief(brief, edits).qualities] == ["Fast at night"]


def test_a_rule_that_a_person_adds_is_read_like_the_others() -> None:
    brief = with_rules(
        "Employees submit expenses. Their manager approves them.",
        ["Nobody may approve their own expense", " "],
    )
    assert brief.count("## Must always hold") == 1
    assert "approval.own" in [one.name for one in understand_brief(brief).rules]
    assert with_rules(brief, ["It is fast"]).count("## Must always hold") == 1
    assert with_rules("Brief", []) == "Brief"


def test_answers_are_sentences_and_questions_are_not() -> None:
    brief = with_answers("make the dashboard better", {"Who uses it?": "Nurses", "And?": " "})
    assert brief.endswith("## Answers\n\n- Nurses.\n")
    assert "Who uses it" not in brief


def test_what_answers_say_is_planned() -> None:
    brief = "make the dashboard better, users say it's confusing"
    assert not understand_brief(brief).is_plannable
    asked = understand_brief(brief).questions
    answers = dict(
        zip([one.text for one in asked], EXPENSES.split("\n\n")[1].split(". "), strict=False)
    )
    assert "expense" in [
        one.name for one in understand_brief(with_answers("Expense approval", answers)).things
    ]


@pytest.mark.parametrize("brief", ["", "   ", "\x00\ud800", "a" * 60_000, "# \n" * 500, "é" * 100])
def test_any_text_is_read(brief: str) -> None:
    assert isinstance(understand_brief(brief).is_plannable, bool)


def test_the_preview_is_what_the_architect_will_say() -> None:
    edits = {"actors": {"add": ["auditor"]}}
    work = RoleWork(
        session_id=new_id(),
        task_id=new_id(),
        attempt=1,
        role="architect",
        feature_name="Expenses",
        brief=EXPENSES,
        description="",
        instructions="",
        capabilities=(),
        upstream={},
        input={"edits": edits},
    )
    model = planning.work(work).output["feature_model"]
    found = understand_brief(EXPENSES, edits)
    assert [one["name"] for one in model["actors"]] == [one.name for one in found.people]
    assert [one["name"] for one in model["actions"]] == [one.name for one in found.actions]


def test_choices_are_the_teams(someone: Someone) -> None:
    define_pipeline(someone.team_id, make_pipeline("short", [Step("architect"), Step("dba")]))
    choices = previewing.prepare_launch(someone.principal, someone.team_id)
    assert [one.name for one in choices.pipelines] == ["seven_roles", "short"]
    assert choices.executors == ("planner", "external")
    assert choices.usual.seconds is None


def test_a_viewer_and_a_stranger_are_refused(someone: Someone) -> None:
    viewer = make_someone()
    add_member(someone.team_id, viewer.user, TeamRole.VIEWER)
    with pytest.raises(NotAllowed):
        previewing.prepare_launch(viewer.principal, someone.team_id)
    with pytest.raises(NotFound):
        previewing.prepare_launch(make_someone().principal, someone.team_id)
