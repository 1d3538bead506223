"""What every role gives back: contract fields, linked artifacts, evidence, verdicts, decisions."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from hashlib import sha256

import pytest

from core.domain.decision import CATEGORIES
from core.planning import FeatureModel, understand, work
from core.planning.plan import contributions
from core.planning.roles.security import findings
from core.planning.structure import SLUGS
from tests.planning.contract import OUTPUTS, Questioned
from tests.planning.plans import PLANNED, ROLES, artifact, artifacts, brief, order, plan, run

# By whom an artifact is checked that has a format of others; the rest by its build.
CHECKED_BY = {
    "api": "openapi-spec-validator",
    "baseline-ddl": "sqlglot",
    "migration-ddl": "sqlglot",
    "way-back-ddl": "sqlglot",
    "compose": "compose-spec",
    "acceptance": "gherkin-official",
}


@pytest.mark.parametrize("name", PLANNED)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_keeps_its_contract(name: str, role: str) -> None:
    result = plan(name)[role]
    OUTPUTS[role].model_validate(result.output)
    assert json.loads(json.dumps(result.output)) == result.output
    assert len(json.dumps(result.output)) < 64 * 1024
    assert result.artifacts
    assert set(result.output["artifacts"]) == {one.slug for one in result.artifacts}


@pytest.mark.parametrize("name", ["vague", "not-a-feature", "terminbuchung"])
def test_questions_keep_the_contract_of_the_architect(name: str) -> None:
    result = plan(name)["architect"]
    Questioned.model_validate(result.output)
    assert result.output["questions"] == list(result.questions)
    assert set(result.output["artifacts"]) == {one.slug for one in result.artifacts}


@pytest.mark.parametrize("name", PLANNED)
def test_what_outputs_say_is_that_of_the_plan(name: str) -> None:
    results = plan(name)
    model = FeatureModel.from_json(results["architect"].output["feature_model"])
    # The worst risk of all threats, and of the holes between the roles.
    said = results["security"].output
    threats = json.loads(artifact(results, "threats").body)["threats"]
    risks = {one["risk"] for one in (*threats, *said["vulnerabilities"])}
    assert said["risk_level"] == next(
        level for level in ("critical", "high", "medium", "low") if level in risks
    )
    # The score counts the checklist.
    score = results["ui_ux"].output["accessibility_score"]
    checks = re.findall(r"^\| WCAG .*\| (.*) \|$", artifact(results, "accessibility").body, re.M)
    assert score["of"] == len(checks)
    assert score["planned_for"] == checks.count("in the plan") < len(checks)
    # Each page has a wireframe in words, with the components on it.
    words = dict(one.split(": ", 1) for one in results["ui_ux"].output["wireframe_description"])
    parts: dict[str, list[str]] = {}
    for one in results["frontend_dev"].output["components"]:
        if one["page"]:
            parts.setdefault(one["page"], []).append(one["name"])
    assert {page: text.split(", ") for page, text in words.items()} == parts
    # Speed is noted with numbers; what grows is named where jobs and copies are.
    notes = results["backend_dev"].output["performance_notes"]
    assert re.search(r"p95 below \d+ ms for reads and \d+ ms for writes", notes[-1])
    lists = {action.name for action in model.actions if action.many}
    assert {one.split(":")[0] for one in notes if "rows a page" in one} <= lists
    scaling = " ".join(results["it_admin"].output["scaling_notes"])
    workers = "worker" in {one["service"] for one in results["it_admin"].output["infrastructure"]}
    assert ("SKIP LOCKED" in scaling) == workers


@pytest.mark.parametrize("name", PLANNED)
def test_artifacts_are_linked_dressed_and_passed(name: str) -> None:
    found = list(artifacts(plan(name)))
    slugs = [one.slug for one in found]
    assert len(slugs) == len(set(slugs))
    for one in found:
        assert set(one.links) <= set(slugs) - {one.slug}
        assert "rule-based planner" in one.body.lower()
        assert one.evidence or one.slug in {"accessibility", "open-questions"}
        assert "<subject" not in one.body
        assert not re.search(r"\ba (?:expense|offer|export|attachment)\b", one.body)
        assert one.validation.verdict == "passed", (one.slug, one.validation)
        built = "markdown-structure" if one.media_type == "text/markdown" else "plan-structure"
        validator, _, version = one.validation.validator.partition(" ")
        assert validator == CHECKED_BY.get(one.slug, built)
        assert re.match(r"\d+\.", version)


@pytest.mark.parametrize("name", PLANNED)
def test_evidence_is_quoted_from_the_brief(name: str) -> None:
    text = " ".join(brief(name).split())
    for one in artifacts(plan(name)):
        for evidence in one.evidence:
            assert evidence.words in text


@pytest.mark.parametrize("name", PLANNED)
def test_strategic_decisions_are_few_and_weighed(name: str) -> None:
    results = plan(name)
    strategic = [one for one in results["architect"].decisions if one.strategic]
    assert 1 <= len(strategic) <= 6
    for decision in strategic:
        assert decision.alternatives
        assert all(alternative.rejected_because for alternative in decision.alternatives)
        assert decision.evidence
    assert any(decision.revisit_trigger for decision in strategic)
    for role, result in results.items():
        for decision in result.decisions:
            assert decision.category in CATEGORIES
            assert role == "architect" or not decision.strategic
            assert decision.alternatives


def test_of_many_decisions_the_hardest_to_change_are_strategic_and_none_is_lost() -> None:
    text = "\n\n".join(brief(name) for name in ("expense-approval", "shift-swap", "api-keys"))
    result = run(text)["architect"]
    model = FeatureModel.from_json(result.output["feature_model"])
    brought = [one for one, _ in contributions(model).choices if one.role == "architect"]
    assert len(brought) > 6
    assert {one.text for one in brought} <= {one.text for one in result.decisions}
    assert sum(one.strategic for one in result.decisions) == 6
    assert all(one.category != "technology" for one in result.decisions if one.strategic)


@pytest.mark.parametrize("name", PLANNED)
def test_every_operation_has_a_page_a_threat_and_is_in_the_interface(name: str) -> None:
    results = plan(name)
    model = FeatureModel.from_json(results["architect"].output["feature_model"])
    names = {action.name for action in model.actions}
    interface = json.loads(artifact(results, "api").body)
    described = {
        operation["operationId"]
        for path in interface["paths"].values()
        for operation in path.values()
    }
    pages = {
        component["operation"] for component in results["frontend_dev"].output["components"]
    } - {""}
    threatened = {finding.operation for finding in findings(model)}
    assert names == described == pages
    assert names <= threatened
    assert {action.entity for action in model.actions} <= {e.name for e in model.entities}


@pytest.mark.parametrize("name", PLANNED)
def test_rules_name_constraints_and_indexes_that_exist(name: str) -> None:
    results = plan(name)
    model = FeatureModel.from_json(results["architect"].output["feature_model"])
    sql = artifact(results, "migration-ddl").body
    operations = {action.name for action in model.actions}
    jobs = artifact(results, "rollout").body
    for rule in model.rules:
        for mechanism in rule.mechanisms:
            if mechanism.kind == "constraint":
                table, _, column = mechanism.where.partition(".")
                assert f'"{table}"' in sql, mechanism
                assert not column or f'"{column}"' in sql
            if mechanism.kind == "job" and mechanism.where != "mail":
                assert mechanism.where in jobs, mechanism
        assert rule.mechanisms
    for action in model.actions:
        assert set(re.findall(r"\{(\w+)\}", action.path)) <= {
            f"{entity.name}_id" for entity in model.entities
        }
    assert operations


@pytest.mark.parametrize("name", [*PLANNED, "vague", "terminbuchung", "csv-import"])
def test_the_model_survives_json(name: str) -> None:
    model = understand(brief(name))
    assert FeatureModel.from_json(json.loads(json.dumps(model.to_json()))) == model


def test_a_role_without_the_architect_reads_the_brief_itself() -> None:
    text = brief("expense-approval")
    assert work(order("dba", text)).artifacts == plan("expense-approval")["dba"].artifacts


def test_long_names_of_roles_are_the_same_roles() -> None:
    text = brief("dark-mode")
    assert work(order("database_administrator", text)) == work(order("dba", text))


def test_a_role_of_the_teams_own_writes_a_review() -> None:
    results = plan("expense-approval")
    upstream = {role: result.output for role, result in results.items()}
    review = work(order("legal", brief("expense-approval"), upstream))
    assert [one.slug for one in review.artifacts] == ["review-legal"]
    assert "Nobody approves their own expense" in review.artifacts[0].body
    assert review.artifacts[0].validation.verdict == "passed"
    assert review.decisions == ()


def test_the_roles_make_what_links_may_lead_to() -> None:
    assert {one.slug for name in PLANNED for one in artifacts(plan(name))} == SLUGS


def test_questions_come_as_an_artifact_too() -> None:
    result = plan("vague")["architect"]
    assert [one.validation.verdict for one in result.artifacts] == ["passed", "passed"]
    body = next(one.body for one in result.artifacts if one.slug == "open-questions")
    assert all(question in body for question in result.questions)
    assert result.output["feature_model"]["kind"] == "none"
    assert result.output["not_understood"]


def test_the_same_order_gives_the_same_bytes_in_another_process() -> None:
    code = (
        "from tests.planning.test_roles import fingerprint; "
        "print(fingerprint('expense-approval'), fingerprint('marketplace-chat'))"
    )
    printed = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout.split()
        for seed in ("1", "77")
    ]
    here = [fingerprint("expense-approval"), fingerprint("marketplace-chat")]
    assert printed == [here, here]


def fingerprint(name: str) -> str:
    """Return a digest of everything that a plan consists of."""
    return sha256(repr(run(brief(name))).encode()).hexdigest()
