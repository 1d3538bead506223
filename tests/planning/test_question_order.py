"""In which order questions are asked, and that nobody gets more than ten."""

from __future__ import annotations

import pytest

from core.domain.artifact import Evidence
from core.planning import understand
from core.planning.model import Question
from core.planning.question_order import ordered
from tests.planning.plans import BRIEFS


def question(slug: str) -> Question:
    return Question(slug, f"What about {slug}?", f"{slug} stays.", (Evidence(slug, "said"),))


def test_what_nothing_is_built_for_comes_first() -> None:
    asked = ordered([question("payment.taxes"), question("condition-1"), question("demand-1")])
    assert [one.slug for one in asked] == ["demand-1", "condition-1", "payment.taxes"]


def test_the_first_question_of_each_pack_comes_before_the_second_of_another() -> None:
    asked = ordered([question("a.one"), question("a.two"), question("b.one")])
    assert [one.slug for one in asked] == ["a.one", "b.one", "a.two"]


def test_what_is_too_much_becomes_one_list_with_its_words() -> None:
    many = [question(f"pack{number}.one") for number in range(14)]
    asked = ordered(many)
    assert len(asked) == 10
    assert [one.slug for one in asked[:9]] == [one.slug for one in many[:9]]
    for one in many[9:]:
        assert one.text in asked[-1].text
        assert one.assumption.rstrip(".") in asked[-1].text
        assert one.evidence[0] in asked[-1].evidence


def test_ten_are_not_too_many() -> None:
    many = [question(f"pack{number}.one") for number in range(10)]
    assert ordered(many) == tuple(many)


@pytest.mark.parametrize("name", ["theatre-box-office", "lab-instruments", "bank-four-eyes"])
def test_a_long_brief_gets_ten_questions_at_most(name: str) -> None:
    model = understand((BRIEFS / f"{name}.md").read_text(encoding="utf-8"))
    assert model.plannable
    assert len(model.questions) <= 10


def test_a_condition_inside_a_question_is_not_asked_again() -> None:
    model = understand(
        "Members can create notes and edit notes. A note must not be printed before the board "
        "meets, and the chair has to be present."
    )
    told = [one for one in model.questions if "before the board meets" in one.text]
    assert len(told) == 1
