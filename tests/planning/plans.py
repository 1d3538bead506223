"""Whole plans for tests: a brief through all roles, each with what came before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from core.domain.artifact import Artifact
from core.domain.work import RoleResult, RoleWork
from core.planning import FeatureModel, work

BRIEFS = Path(__file__).resolve().parent.parent / "briefs"
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load((BRIEFS / "expected.yaml").read_text())
PLANNED = (
    "expense-approval",
    "shift-swap",
    "marketplace-chat",
    "notifications",
    "dark-mode",
    "slow-search",
    "api-keys",
    "gdpr-delete",
    "csv-import",
    "migrate-payments",
)
ROLES = ("architect", "backend_dev", "dba", "frontend_dev", "ui_ux", "security", "it_admin")


def brief(name: str) -> str:
    return (BRIEFS / f"{name}.md").read_text(encoding="utf-8")


def order(
    role: str,
    text: str,
    upstream: Mapping[str, Mapping[str, Any]] | None = None,
    edits: Mapping[str, Any] | None = None,
) -> RoleWork:
    return RoleWork(
        session_id=UUID(int=1),
        task_id=UUID(int=2),
        attempt=1,
        role=role,
        feature_name="A feature",
        brief=text,
        description="",
        instructions="",
        capabilities=(),
        upstream=upstream or {},
        input={"edits": edits} if edits else {},
    )


def run(text: str, edits: Mapping[str, Any] | None = None) -> dict[str, RoleResult]:
    """Run all roles one after the other, as long as there is a plan."""
    results: dict[str, RoleResult] = {}
    upstream: dict[str, Mapping[str, Any]] = {}
    for role in ROLES:
        results[role] = work(order(role, text, dict(upstream), edits))
        upstream[role] = results[role].output
        if results[role].outcome != "done":
            break
    return results


@cache
def plan(name: str) -> dict[str, RoleResult]:
    """Run the roles for a brief of the collection; once for all tests."""
    return run(brief(name))


def artifacts(results: Mapping[str, RoleResult]) -> Iterator[Artifact]:
    for result in results.values():
        yield from result.artifacts


def artifact(results: Mapping[str, RoleResult], slug: str) -> Artifact:
    return next(found for found in artifacts(results) if found.slug == slug)


def below_header(results: Mapping[str, RoleResult], slug: str) -> str:
    """Return a Markdown artifact without the line that says who made and who corrected it."""
    return artifact(results, slug).body.partition("\n\n> ")[2].partition("\n\n")[2]


def statements(results: Mapping[str, RoleResult], slug: str) -> list[str]:
    """Return the statements of an SQL artifact; an empty line stands between them."""
    return artifact(results, slug).body.split("\n\n")


def sayings(results: Mapping[str, RoleResult]) -> Iterator[str]:
    """Return the texts of decisions, rules, constraints, threats, qualities and questions."""
    architect = results["architect"].output
    model = FeatureModel.from_json(architect["feature_model"])
    yield from (rule.text for rule in model.rules)
    # Each point of the question that lists the lesser ones speaks for itself.
    yield from (one for question in model.questions for one in question.text.split(".) "))
    yield from (quality.text for quality in model.qualities)
    for result in results.values():
        yield from (f"{decision.text} {decision.rationale}" for decision in result.decisions)
    if "security" in results:
        yield from (finding["threat"] for finding in results["security"].output["vulnerabilities"])


def carriers(model: FeatureModel) -> set[str]:
    """Return the names of tables and columns."""
    return {entity.name for entity in model.entities} | {
        field.name.removesuffix("_id") for entity in model.entities for field in entity.fields
    }
