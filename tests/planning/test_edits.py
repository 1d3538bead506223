"""A person's corrections override the parse and stay marked as theirs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.errors import InvalidInput
from core.planning import FeatureModel, understand
from core.planning.model import PERSON
from tests.planning.plans import artifact, artifacts, brief, run

EXPENSE = brief("expense-approval")


def test_a_renamed_thing_has_its_new_name_everywhere() -> None:
    edits = {"entities": {"rename": {"expense": "travel claim"}}}
    model = understand(EXPENSE, edits)
    claim = model.entity("travel_claim")
    assert claim is not None
    assert PERSON in claim.evidence
    results = run(EXPENSE, edits)
    for one in artifacts(results):
        assert one.validation.verdict != "failed", (one.slug, one.validation)
    assert '"travel_claims"' in artifact(results, "migration-ddl").body
    assert '"expense_id"' not in artifact(results, "migration-ddl").body
    assert "/travel-claims/{travel_claim_id}" in artifact(results, "api").body
    assert "Nobody approves their own travel claim." in [rule.text for rule in model.rules]


def test_a_dropped_thing_is_gone_with_what_refers_to_it() -> None:
    edits = {"entities": {"drop": ["receipt", "export_run"]}}
    model = understand(EXPENSE, edits)
    assert {"receipt", "export_run"}.isdisjoint(entity.name for entity in model.entities)
    assert all(
        field.references not in {"receipt", "export_run"}
        for entity in model.entities
        for field in entity.fields
    )
    assert not [action for action in model.actions if "receipt" in action.path]
    for one in artifacts(run(EXPENSE, edits)):
        assert one.validation.verdict != "failed", (one.slug, one.validation)


def test_an_added_thing_gets_a_table_and_operations() -> None:
    edits = {
        "entities": {
            "add": [
                {
                    "name": "Project",
                    "fields": [
                        {"name": "code"},
                        {"name": "starts on", "type": "date", "required": False},
                        {"name": "lead", "references": "user"},
                    ],
                }
            ]
        },
        "actors": {"add": ["controller"], "drop": ["finance"]},
        "actions": {
            "add": [
                {"verb": "create", "entity": "project", "actors": ["controller"]},
                {"verb": "close", "entity": "project"},
            ],
            "drop": ["deleteExpense"],
        },
    }
    model = understand(EXPENSE, edits)
    names = {action.name for action in model.actions}
    assert {"createProject", "closeProject"} <= names
    assert "deleteExpense" not in names
    assert "controller" in {actor.name for actor in model.actors}
    assert all("finance" not in action.actors for action in model.actions)
    results = run(EXPENSE, edits)
    assert 'CREATE TABLE IF NOT EXISTS "projects"' in artifact(results, "migration-ddl").body
    for one in artifacts(results):
        assert one.validation.verdict != "failed", (one.slug, one.validation)


def test_a_persons_things_make_a_plan_of_a_vague_brief() -> None:
    edits = {
        "entities": {"add": ["widget layout"]},
        "actions": {"add": [{"verb": "list", "entity": "widget layout"}]},
    }
    results = run(brief("vague"), edits)
    assert results["architect"].outcome == "done"
    model = FeatureModel.from_json(results["architect"].output["feature_model"])
    assert model.kind == "data"
    assert [entity.name for entity in model.entities] == ["widget_layout"]


def test_edits_of_what_is_not_there_are_passed_over() -> None:
    edits: dict[str, Any] = {
        "entities": {"rename": {"unicorn": "horse"}, "drop": ["dragon"]},
        "actions": {"drop": ["flyAway"]},
    }
    assert understand(EXPENSE, edits) == understand(EXPENSE)


@pytest.mark.parametrize(
    "edits",
    [
        {"entities": []},
        {"entities": {"drop": "expense"}},
        {"entities": {"add": [{"name": "1st"}]}},
        {"entities": {"add": [{"name": "x", "fields": [{"name": "a", "type": "blob"}]}]}},
        {"entities": {"add": [{"name": "x", "fields": [{"name": "a", "references": "nix"}]}]}},
        {"entities": {"rename": {"expense": "receipt"}}},
        {"actions": {"add": [{"verb": "burn", "entity": "witch"}]}},
        {"kind": "nonsense"},
    ],
)
def test_edits_of_another_shape_are_refused(edits: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        understand(EXPENSE, edits)


def test_a_model_of_another_shape_is_refused() -> None:
    plain = json.loads(json.dumps(understand(EXPENSE).to_json()))
    for broken in (
        {**plain, "kind": "nonsense"},
        {**plain, "spirit": 1},
        {**plain, "entities": [{"summary": "no name"}]},
        {**plain, "title": 3},
    ):
        with pytest.raises(InvalidInput):
            FeatureModel.from_json(broken)
