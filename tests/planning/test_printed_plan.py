"""The plan as one document: complete for a newcomer and for whoever builds it."""

from __future__ import annotations

import re

import pytest

from core.planning import FeatureModel, work
from tests.planning.plans import PLANNED, artifact, brief, order, plan, run

ALWAYS = ("In short", "Decisions", "Data", "Interface", "Pages", "Security", "Operation")


def sections(body: str) -> dict[str, str]:
    """Return the text of each numbered section by its title."""
    parts = re.split(r"^## \d+\. (.+)$", body, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("name", PLANNED)
def test_the_plan_holds_all_that_the_roles_found(name: str) -> None:
    results = plan(name)
    body = artifact(results, "plan").body
    model = FeatureModel.from_json(results["architect"].output["feature_model"])
    found = sections(body)
    assert set(found) >= set(ALWAYS if model.actions else ("In short", "Decisions"))
    assert "What a person corrected" not in found
    contents = re.findall(r"^\d+\. (.+)$", body.partition("## 1.")[0], re.MULTILINE)
    assert contents == list(found)
    for result in results.values():
        for decision in result.decisions:
            assert decision.text in found["Decisions"]
            assert not decision.revisit_trigger or decision.revisit_trigger in found["Decisions"]
    for rule in model.rules:
        assert rule.text in found["In short"]
    for question in model.questions:
        assert question.text.replace("<", "&lt;") in found["Open questions"]
    for action in model.actions:
        assert f"| {action.name} |" in found["Interface"]
        assert action.name in found["Pages"]
    for step in results["it_admin"].output["deployment_steps"]:
        assert step in found["Operation"]
    for hole in results["security"].output["consistency"]["holes"]:
        assert hole["text"] in found["Security"]


def test_the_plan_tells_what_was_not_understood_and_what_was_corrected() -> None:
    text = brief("expense-approval") + "\n\nThe moon is made of cheese.\n"
    found = sections(artifact(run(text, {"title": "Travel"}), "plan").body)
    assert "“The moon is made of cheese”" in found["Not understood"]
    assert "- The feature is called “Travel”." in found["What a person corrected"]


def test_the_plan_tells_what_others_handed_on_and_not_what_it_would_have_written() -> None:
    upstream = {role: dict(result.output) for role, result in plan("expense-approval").items()}
    del upstream["it_admin"]
    upstream["backend_dev"] = {
        "endpoints": [{"operation": "fly", "call": "POST /moon", "permission": "astronauts"}],
        "decisions": [{"text": "Fly to the moon.", "rationale": "It is there."}],
    }
    result = work(order("it_admin", brief("expense-approval"), upstream))
    found = sections(next(one.body for one in result.artifacts if one.slug == "plan"))
    assert "| fly | POST /moon | astronauts |" in found["Interface"]
    assert "submitExpense" not in found["Interface"]
    assert "**Fly to the moon.**" in found["Decisions"]
    assert "Idempotency-Key and repeats" not in found["Decisions"]


def test_the_plan_does_not_wait_for_the_role_that_works_at_the_same_time() -> None:
    upstream = {role: result.output for role, result in plan("shift-swap").items()}
    without = {r: output for r, output in upstream.items() if r not in ("security", "it_admin")}
    both = [
        work(order("it_admin", brief("shift-swap"), given)).artifacts[-1].body
        for given in (without, upstream)
    ]
    assert both[0] == both[1]
    assert "answered as not there" in both[0]
