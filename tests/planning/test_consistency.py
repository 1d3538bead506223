"""What the roles hand on, laid over each other: holes are found, and only where there are some."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from core.planning import FeatureModel, understand, work
from core.planning.consistency import DEMANDS, Matrix, choices_left, consistency
from core.planning.roles.security import findings, threat_row
from tests.planning.plans import PLANNED, ROLES, artifact, brief, order, plan, run
from tests.planning.test_packs import SMALL_BRIEFS

EXPENSE = brief("expense-approval")


def handed_on(text: str) -> tuple[FeatureModel, dict[str, Any]]:
    """Return a brief's model and what each role hands on, with the threats of the security role."""
    results = run(text)
    model = FeatureModel.from_json(results["architect"].output["feature_model"])
    plain = {role: copy.deepcopy(dict(result.output)) for role, result in results.items()}
    plain["security"]["threats"] = [threat_row(one) for one in findings(model)]
    return model, plain


def holes(matrix: Matrix) -> set[tuple[str, str]]:
    return {(hole.subject, hole.demand) for hole in matrix.holes}


@pytest.mark.parametrize("name", [*PLANNED, *SMALL_BRIEFS])
def test_every_write_has_what_it_must_have(name: str) -> None:
    results = run(SMALL_BRIEFS[name]) if name in SMALL_BRIEFS else plan(name)
    matrix = json.loads(artifact(results, "consistency-matrix").body)
    model = FeatureModel.from_json(results["architect"].output["feature_model"])
    assert {row["operation"] for row in matrix["operations"]} == {
        action.name for action in model.actions if action.writes
    }
    for row in matrix["operations"]:
        assert all(row[demand] for demand in DEMANDS), row
    assert all(page["reaches"] for page in matrix["pages"])
    assert {hole["missing"] for hole in matrix["holes"]} <= {"retention", "use"}
    assert matrix["unchecked"] == []


@pytest.mark.parametrize("name", PLANNED)
def test_each_table_page_and_personal_field_is_in_the_matrix(name: str) -> None:
    model, results = handed_on(brief(name))
    matrix = consistency(model, results)
    assert len(matrix.tables) == len(model.entities)
    assert {use.name for use in matrix.pages} == {
        one["page"] for one in results["frontend_dev"]["components"] if one["page"]
    }
    personal = {(one.table, one.name) for one in matrix.personal}
    assert len(personal) >= sum(f.personal for e in model.entities for f in e.fields)


def drop_endpoint(results: dict[str, Any]) -> None:
    results["backend_dev"]["endpoints"] = [
        one for one in results["backend_dev"]["endpoints"] if one["operation"] != "submitExpense"
    ]


def empty(key: str) -> Callable[[dict[str, Any]], None]:
    def change(results: dict[str, Any]) -> None:
        for one in results["backend_dev"]["endpoints"]:
            if one["operation"] == "submitExpense":
                one[key] = []

    return change


def drop_component(results: dict[str, Any]) -> None:
    results["frontend_dev"]["components"] = [
        one for one in results["frontend_dev"]["components"] if one["operation"] != "submitExpense"
    ]


def drop_mitigations(results: dict[str, Any]) -> None:
    for one in results["security"]["threats"]:
        if one["operation"] in ("submitExpense", "every operation"):
            one["mitigation"] = ""


def add_table(results: dict[str, Any]) -> None:
    results["dba"]["schema_changes"].append({"table": "unicorns", "change": "created"})


def misname_operation(results: dict[str, Any]) -> None:
    results["frontend_dev"]["components"] += [
        {"name": "X", "page": "Stable", "operation": "rideUnicorn"}
    ]


@pytest.mark.parametrize(
    ("change", "hole"),
    [
        (drop_endpoint, ("submitExpense", "interface")),
        (empty("permission"), ("submitExpense", "permission")),
        (empty("audit"), ("submitExpense", "audit")),
        (empty("tests"), ("submitExpense", "test")),
        (empty("metric"), ("submitExpense", "metric")),
        (drop_component, ("submitExpense", "page")),
        (drop_mitigations, ("submitExpense", "threat")),
        (add_table, ("unicorns", "use")),
        (misname_operation, ("Stable", "operation")),
    ],
    ids=[
        "endpoint", "permission", "audit", "test", "metric", "page", "mitigation", "table",
        "stray-page",
    ],
)  # fmt: skip
def test_what_a_role_leaves_out_is_a_hole(
    change: Callable[[dict[str, Any]], None], hole: tuple[str, str]
) -> None:
    model, results = handed_on(EXPENSE)
    before = holes(consistency(model, results))
    assert hole not in before
    change(results)
    assert hole in holes(consistency(model, results))


@pytest.mark.parametrize("role", ["backend_dev", "dba", "frontend_dev"])
def test_a_role_that_has_not_worked_is_unchecked_and_no_hole(role: str) -> None:
    model, results = handed_on(EXPENSE)
    del results[role]
    matrix = consistency(model, results)
    assert matrix.unchecked == [role]
    assert {hole.role for hole in matrix.holes}.isdisjoint({role} - {"backend_dev"})
    for row in matrix.operations:
        for demand, source in DEMANDS.items():
            assert (row.cells[demand] is None) == (source == role)


@pytest.mark.parametrize("junk", [None, 3, "text", [1, None], [{"operation": None}], {"a": 1}])
def test_results_of_another_shape_do_no_harm(junk: Any) -> None:
    upstream = {
        "backend_dev": {"endpoints": junk, "decisions": junk},
        "dba": {"schema_changes": junk},
        "frontend_dev": {"components": junk},
        "it_admin": {"deployment_steps": junk, "monitoring_configuration": junk},
    }
    for role in ("security", "it_admin"):
        result = work(order(role, EXPENSE, upstream))
        assert all(one.validation.verdict != "failed" for one in result.artifacts)


def test_the_kept_record_of_a_brief_goes_by_its_rule_and_the_others_are_asked() -> None:
    model, results = handed_on(EXPENSE)
    goes = {(one.table, one.name): one.rule for one in consistency(model, results).personal}
    assert goes["users", "email"] == "by the application's own rule, as today"
    assert goes["approvals", "approver_id"] == ""
    (question,) = [q for q in model.questions if q.slug == "consistency.retention"]
    assert "approvals" in question.text
    assert "receipts" not in question.text
    assert goes.keys().isdisjoint({("receipts", "retain_until")})


def test_who_may_is_asked_and_refused_in_the_meantime_where_nobody_says() -> None:
    edits = {"actions": {"add": [{"verb": "archive", "entity": "expense"}]}}
    model = understand(EXPENSE, edits)
    (question,) = [q for q in model.questions if q.slug == "consistency.permission"]
    assert "archive expense" in question.text
    security = run(EXPENSE, edits)["security"]
    assert any("archiveExpense" in one.text for one in security.decisions)
    assert ("archiveExpense", "Elevation of privilege") in {
        (one["operation"], one["category"]) for one in security.output["vulnerabilities"]
    }
    assert "Refuse by default" not in repr(plan("expense-approval")["security"].decisions)


def test_holes_are_among_the_findings_of_the_security_role() -> None:
    output = plan("expense-approval")["security"].output
    missing = [hole["text"] for hole in output["consistency"]["holes"]]
    assert missing
    assert set(missing) <= set(output["concerns"])
    assert set(missing) <= {one["threat"] for one in output["vulnerabilities"]}


def test_nothing_is_left_to_choose_where_everything_has_a_rule() -> None:
    assert choices_left(understand(brief("gdpr-delete"))) == ()
    assert choices_left(understand(brief("slow-search"))) == ()


def test_the_last_roles_use_only_what_their_stage_gets() -> None:
    assert ROLES[-2:] == ("security", "it_admin")
    upstream = {r: res.output for r, res in plan("shift-swap").items() if r in ROLES[:-2]}
    for role in ROLES[-2:]:
        alone = work(order(role, brief("shift-swap"), upstream))
        assert alone.output == plan("shift-swap")[role].output
