"""Acceptance scenarios: complete, readable for the official parser, harmless with any words."""

from __future__ import annotations

from typing import Any

import pytest
from gherkin.parser import Parser

from core.planning import FeatureModel, understand
from core.planning.acceptance import acceptance
from core.planning.model import Action
from core.planning.operations import cases
from core.planning.validators import validate_gherkin
from tests.planning.plans import PLANNED, artifact, brief, plan
from tests.planning.test_fuzz import NASTY


def rules_in(body: str) -> dict[str, list[Any]]:
    """Return the examples of each rule of a feature file."""
    document: Any = Parser().parse(body)
    return {
        child["rule"]["name"]: [one["scenario"] for one in child["rule"]["children"]]
        for child in document["feature"]["children"]
    }


@pytest.mark.parametrize("name", PLANNED)
def test_every_operation_and_every_rule_has_examples(name: str) -> None:
    results = plan(name)
    one = artifact(results, "acceptance")
    assert one.validation.verdict == "passed"
    model = FeatureModel.from_json(results["architect"].output["feature_model"])
    found = rules_in(one.body)
    for action in model.actions:
        examples = found[f"{action.summary} ({action.name})"]
        wanted = [case for case in cases(action, model) if not case.startswith("rule ")]
        assert [example["name"] for example in examples] == wanted
    for rule in model.rules:
        assert found[f"{rule.text} ({rule.slug})"], rule
    for examples in found.values():
        for example in examples:
            keywords = [step["keywordType"] for step in example["steps"]]
            assert keywords[0] == "Context"
            assert {"Action", "Outcome"} <= set(keywords)


@pytest.mark.parametrize("words", [*NASTY, "# comment", "@tag Feature: x", '"""', "| a |\nRule: b"])
def test_nasty_words_break_no_scenario(words: str) -> None:
    model = understand(brief("expense-approval"), {"title": words})
    action = Action("closeIt", words, "expense", permission=words, path="/x")
    text = acceptance(FeatureModel("data", words, actions=(action,)), "Made by a test")
    assert validate_gherkin(text).verdict == "passed"
    assert validate_gherkin(acceptance(model, "Made by a test")).verdict == "passed"


def test_the_validator_refuses_what_is_no_feature() -> None:
    verdict = validate_gherkin("Rule: alone\n  Given nothing")
    assert verdict.verdict == "failed"
    assert verdict.messages
