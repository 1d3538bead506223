"""A person's corrections stay marked as theirs through every kind of artifact."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
import yaml
from sqlalchemy import create_engine

from core.domain.work import RoleResult
from core.errors import InvalidInput
from core.planning import FeatureModel, understand, work
from core.planning.model import PERSON
from core.planning.validators import validate_openapi
from tests.planning.plans import ROLES, artifact, artifacts, brief, order, plan, run, statements

EXPENSE = brief("expense-approval")
EDITS: dict[str, dict[str, Any]] = {
    "rename": {"entities": {"rename": {"expense": "travel claim"}}},
    "drop": {"entities": {"drop": ["export run"]}},
    "add": {
        "entities": {"add": [{"name": "project", "fields": [{"name": "code"}]}]},
        "actions": {"add": [{"verb": "close", "entity": "project"}]},
    },
    "retype": {"fields": {"retype": {"expense.amount": "text"}}},
    "change": {
        "rules": {"change": {"retention.keep": "Receipts are kept for twelve years."}},
    },
    "switch-off": {"rules": {"drop": ["approval.own"]}},
    "wish": {"qualities": {"add": ["Readable with one eye"]}},
    "people": {"actors": {"add": ["controller"], "drop": ["finance"]}},
    "operation": {"actions": {"drop": ["deleteExpense"]}},
    "title": {"title": "Travel claims"},
}
SAYS = {
    "rename": "Renamed “expense” to “travel claim”",
    "drop": "Left out the export run",
    "add": "Added the operation closeProject",
    "retype": "Made expense.amount text instead of money",
    "change": "Changed a rule: “Receipts are kept for twelve years",
    "switch-off": "Switched off: “Nobody approves their own expense",
    "wish": "Wished: Readable with one eye",
    "people": "Left out the role finance",
    "operation": "Left out the operation deleteExpense",
    "title": "The feature is called “Travel claims”",
}
SLUGS = [one.slug for one in artifacts(plan("expense-approval"))]


@cache
def corrected(kind: str) -> dict[str, RoleResult]:
    return run(EXPENSE, EDITS[kind])


@pytest.mark.parametrize("kind", EDITS)
@pytest.mark.parametrize("slug", SLUGS)
def test_an_artifact_says_what_a_person_corrected(slug: str, kind: str) -> None:
    one = artifact(corrected(kind), slug)
    assert PERSON in one.evidence
    assert SAYS[kind] in one.body
    assert one.validation.verdict != "failed"
    before = artifact(plan("expense-approval"), slug)
    assert PERSON not in before.evidence
    assert "by a person" not in before.body.lower()


def test_a_role_of_the_teams_own_marks_its_review() -> None:
    upstream = {role: result.output for role, result in corrected("add").items()}
    (review,) = work(order("legal", EXPENSE, upstream)).artifacts
    assert PERSON in review.evidence
    assert SAYS["add"] in review.body


@pytest.mark.parametrize("kind", EDITS)
def test_the_corrected_tables_run_on_postgresql(kind: str, empty_database: str) -> None:
    with create_engine(empty_database, isolation_level="AUTOCOMMIT").connect() as db:
        for slug in ("baseline-ddl", "migration-ddl", "way-back-ddl"):
            for statement in statements(corrected(kind), slug):
                db.exec_driver_sql(statement)
        db.engine.dispose()


def test_what_a_person_added_is_marked_where_it_stands() -> None:
    results = corrected("add")
    interface = json.loads(artifact(results, "api").body)
    operation = interface["paths"]["/projects/{project_id}/close"]["post"]
    assert operation["x-person-edit"] is True
    assert "x-person-edit" not in interface["paths"]["/expenses"]["post"]
    assert "# Added or renamed by a person." in artifact(results, "acceptance").body
    assert "-- project: Named by a person." in artifact(results, "migration-ddl").body
    assert "| projects | new, by a person |" in artifact(results, "plan").body
    assert yaml.safe_load(artifact(results, "compose").body)["services"]


def test_a_changed_rule_reaches_the_database_and_keeps_the_persons_words() -> None:
    results = corrected("change")
    ddl = artifact(results, "migration-ddl").body
    assert "interval '12 years'" in ddl
    assert "interval '10 years'" not in ddl
    model = understand(EXPENSE, EDITS["change"])
    (rule,) = [one for one in model.rules if one.slug == "retention.keep"]
    assert PERSON in rule.evidence
    assert rule.evidence[0].rule == "person.edit"
    assert "Receipts are kept for twelve years" in rule.evidence[0].words
    assert {one.slug for one in model.rules} == {one.slug for one in understand(EXPENSE).rules}
    assert "# Changed by a person." in artifact(results, "acceptance").body


def test_a_sentence_that_is_no_rule_is_asked_about_and_neither_is_planned() -> None:
    edits = {"rules": {"change": {"approval.second-step": "Once in a blue moon."}}}
    model = understand(EXPENSE, edits)
    assert model.plannable
    assert "approval.second-step" not in {rule.slug for rule in model.rules}
    assert "Once in a blue moon" in model.not_understood
    assert any("Once in a blue moon" in question.text for question in model.questions)


def test_a_changed_rule_leaves_other_rules_of_its_sentence_alone() -> None:
    text = brief("shift-swap")
    edits = {"rules": {"change": {"exchange.expiry": "An offer expires after 48 hours."}}}
    before, after = understand(text), understand(text, edits)
    assert [rule.slug for rule in after.rules] == [rule.slug for rule in before.rules]
    (expiry,) = [rule.text for rule in after.rules if rule.slug == "exchange.expiry"]
    assert "48 hours" in expiry


def test_a_retyped_field_asks_for_the_rules_that_stood_on_it() -> None:
    model = understand(EXPENSE, EDITS["retype"])
    expense = model.entity("expense")
    assert expense is not None
    assert expense.field("amount") is not None
    assert all('"amount"' not in constraint.sql for constraint in expense.constraints)
    (question,) = [one for one in model.questions if one.slug.startswith("retyped.")]
    assert "500 EUR" in question.text
    alike = understand(EXPENSE, {"fields": {"retype": {"expense.amount": "integer"}}})
    assert any('"amount"' in one.sql for e in alike.entities for one in e.constraints)


def test_a_renamed_thing_has_the_right_article() -> None:
    texts = " ".join(q.text for q in understand(EXPENSE, EDITS["rename"]).questions)
    assert "a travel claim" in texts
    assert "an travel claim" not in texts


def test_corrections_of_what_is_not_there_leave_no_mark() -> None:
    edits = {
        "entities": {"rename": {"unicorn": "horse"}, "drop": ["dragon"]},
        "fields": {"retype": {"expense.horn": "text", "unicorn.name": "text"}},
        "rules": {"change": {"magic.rule": "Everything is allowed."}},
    }
    assert understand(EXPENSE, edits) == understand(EXPENSE)
    assert understand(EXPENSE, edits).corrections == ()


@pytest.mark.parametrize(
    "edits",
    [
        {"fields": {"retype": {"expense.amount": "blob"}}},
        {"fields": {"retype": {"expense.owner_id": "text"}}},
        {"fields": {"retype": ["expense.amount"]}},
        {"rules": {"change": {"approval.own": ""}}},
        {"rules": {"change": {"approval.own": 3}}},
        {"rules": {"change": "approval.own"}},
    ],
)
def test_corrections_of_another_shape_are_refused(edits: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        understand(EXPENSE, edits)


def test_the_model_keeps_its_corrections_in_json() -> None:
    model = understand(EXPENSE, EDITS["rename"] | EDITS["title"])
    assert FeatureModel.from_json(json.loads(json.dumps(model.to_json()))) == model
    assert len(model.corrections) == 2


def test_a_corrected_interface_is_still_valid() -> None:
    document = json.loads(artifact(corrected("add"), "api").body)
    assert validate_openapi(document).verdict == "passed"
    assert set(ROLES) == set(corrected("add"))
