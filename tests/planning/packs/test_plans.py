"""Whole plans of briefs that ask much of one pack: valid, quoted, and with every part in place."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from core.domain.work import RoleResult
from core.planning import FeatureModel
from core.planning.roles.security import findings
from tests.planning.packs import (
    test_approval,
    test_audit,
    test_dashboard,
    test_offline,
    test_permission,
    test_preference,
    test_quota,
    test_report,
    test_search,
    test_sharing,
    test_sign_in,
)
from tests.planning.packs.briefs import (
    assert_consistent,
    assert_rules_stand,
    built,
    change,
    refused,
)
from tests.planning.plans import artifact, artifacts, run
from tests.planning.test_database import insert

RICH = {
    "approval": test_approval.CONTRACTS,
    "audit": test_audit.PATIENTS,
    "dashboard": test_dashboard.ORDERS,
    "offline": test_offline.CHECKLISTS,
    "permission": test_permission.PROJECTS,
    "preference": test_preference.APP,
    "quota": test_quota.SIMULATIONS,
    "report": test_report.TICKETS,
    "search": test_search.RECIPES,
    "sharing": test_sharing.DOCUMENTS,
    "sign-in": test_sign_in.PORTAL,
}
TOGETHER = (
    f"{test_permission.PROJECTS} Users create notes and edit notes. They share notes with "
    "colleagues. Notes can be searched. All changes to notes are audited. There is a dashboard "
    f"with the number of notes per day. {test_sign_in.PORTAL}"
)
_PLANS: dict[str, dict[str, RoleResult]] = {}


def plan(name: str) -> dict[str, RoleResult]:
    """Run the roles for a brief; once for all tests."""
    return _PLANS.setdefault(name, run(RICH.get(name, TOGETHER)))


def model_of(results: dict[str, RoleResult]) -> FeatureModel:
    return FeatureModel.from_json(results["architect"].output["feature_model"])


@pytest.mark.parametrize("name", [*RICH, "together"])
def test_validators_find_nothing(name: str) -> None:
    for one in artifacts(plan(name)):
        assert one.validation.verdict != "failed", (one.slug, one.validation)
        # Placeholders are filled; what stays in brackets is Mermaid's.
        assert not re.search(r"<(?!br/)[a-zA-Z]+[_-]?>", one.body), one.slug


@pytest.mark.parametrize("name", [*RICH, "together"])
def test_squawk_finds_nothing_in_the_migration(name: str, tmp_path: Path) -> None:
    migration = tmp_path / "migration.sql"
    migration.write_text(artifact(plan(name), "migration-ddl").body)
    squawk = Path(sys.executable).parent / "squawk"
    verdict = subprocess.run(
        [squawk, "--pg-version", "15", migration], capture_output=True, text=True, check=False
    )
    assert verdict.returncode == 0, verdict.stdout


@pytest.mark.parametrize("name", [*RICH, "together"])
def test_every_part_of_a_plan_leads_to_the_others(name: str) -> None:
    results = plan(name)
    model = model_of(results)
    assert_consistent(model)
    assert_rules_stand(model)
    operations = {action.name for action in model.actions}
    pages = {one["operation"] for one in results["frontend_dev"].output["components"]} - {""}
    assert pages == operations
    threats = {finding.operation for finding in findings(model)}
    assert operations <= threats
    jobs = artifact(results, "rollout").body
    rules = {rule.slug for rule in model.rules}
    for rule in model.rules:
        for mechanism in rule.mechanisms:
            if mechanism.kind == "job":
                assert mechanism.where in jobs, (rule.slug, mechanism)
    for action in model.actions:
        assert action.page, action.name
        assert action.permission, action.name
        named = set(re.findall(r"\{(\w+)\}", action.path))
        assert named <= {f"{entity.name}_id" for entity in model.entities}
    assert rules


def test_a_table_in_use_gets_its_constraint_without_stopping_writers(
    empty_database: str, tmp_path: Path
) -> None:
    brief = (
        "Every change to an invoice is logged with who and when. Invoices are kept for 10 years."
    )
    results = run(brief)
    sql = artifact(results, "migration-ddl").body
    assert '"retain_until"' not in artifact(results, "baseline-ddl").body
    assert sql.index("NOT VALID") < sql.index("COMMIT;") < sql.index("VALIDATE")
    migration = tmp_path / "migration.sql"
    migration.write_text(sql)
    squawk = Path(sys.executable).parent / "squawk"
    verdict = subprocess.run(
        [squawk, "--pg-version", "15", migration], capture_output=True, text=True, check=False
    )
    assert verdict.returncode == 0, verdict.stdout
    with built(brief, empty_database) as db:
        key = insert(db, "invoices")
        with refused("invoices_kept"):
            change(db, "invoices", key, retain_until="2030-01-01")
