"""What a person switches off stays out of the plan, and is on record as theirs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from sqlalchemy import create_engine

from core.domain.work import RoleResult
from core.errors import InvalidInput
from core.planning import FeatureModel, understand
from core.planning.model import PERSON, Rule
from core.planning.omissions import rule_names
from core.planning.packs import PATTERNS
from core.planning.packs.binding import bind
from tests.planning.plans import (
    BRIEFS,
    PLANNED,
    artifact,
    artifacts,
    below_header,
    brief,
    plan,
    run,
    statements,
)

EVERY = sorted(path.stem for path in BRIEFS.glob("*.md") if path.stem != "README")
# Every third rule: one after the other all of them take minutes, and the deep profile takes them.
STEP = 1 if os.environ.get("HYPOTHESIS_PROFILE") == "deep" else 3
SINGLE = [
    (name, rule) for name in EVERY for rule in sorted(rule_names(understand(brief(name)).rules))
][::STEP]


def drop(*names: str) -> dict[str, Any]:
    return {"rules": {"drop": list(names)}}


def all_of(name: str) -> dict[str, Any]:
    found = understand(brief(name))
    return {
        "rules": {"drop": [rule.slug for rule in found.rules]},
        "qualities": {"drop": [quality.slug for quality in found.qualities]},
    }


def bodies(results: dict[str, RoleResult]) -> dict[str, bytes]:
    return {one.slug: one.body.encode() for one in artifacts(results)}


@cache
def without(name: str, slug: str) -> dict[str, RoleResult]:
    return run(brief(name), drop(slug))


@cache
def rule_of(name: str, slug: str) -> Rule:
    found = understand(brief(name)).rules
    return dict(zip(rule_names(found), found, strict=True))[slug]


def left_of(rule: Rule, results: dict[str, RoleResult]) -> Iterator[str]:
    """Yield what still stands for a rule: constraints, mechanisms, tests, threats, jobs."""
    model = FeatureModel.from_json(results["architect"].output["feature_model"])
    named = {m.where for m in rule.mechanisms if m.kind == "constraint"}
    for entity in model.entities:
        for constraint in entity.constraints:
            if constraint.rule == rule.slug or constraint.name in named:
                yield f"constraint {constraint.name}"
        yield from (f"index {one.name}" for one in entity.indexes if one.name in named)
    if any(rule.slug in action.rules for action in model.actions):
        yield "an operation that names it"
    kept = {m for one in model.rules if one.slug != rule.slug for m in one.mechanisms}
    ideas = {"rules": "| {0.kind} | {0.where} |", "test-ideas": f"| {rule.slug} | {{0.where}} |"}
    for slug, row in ideas.items():
        for mechanism in set(rule.mechanisms) - kept:
            if f"{row.format(mechanism)} {mechanism.how} |" in artifact(results, slug).body:
                yield f"{slug}: {mechanism.how}"
    home, pattern = PATTERNS[rule.slug]
    adds = bind(pattern.adds, dict(rule.bindings))
    brings = bind(home.brings, dict(rule.bindings))
    taken = [one for one in brings.threats if one.slug in pattern.takes]
    gone = {(one.slug, one.text) for one in (*adds.threats, *taken)}
    threats = json.loads(artifact(results, "threats").body)["threats"]
    yield from (one["rule"] for one in threats if (one["rule"], one["threat"]) in gone)
    yield from (one.name for one in adds.jobs if one.does in artifact(results, "rollout").body)


@pytest.mark.parametrize(("name", "slug"), SINGLE)
def test_any_rule_can_be_switched_off_alone(name: str, slug: str) -> None:
    results = without(name, slug)
    before = understand(brief(name))
    assert results["architect"].outcome == ("done" if before.plannable else "needs_input")
    for one in artifacts(results):
        assert one.validation.verdict != "failed", (one.slug, one.validation)
    model = FeatureModel.from_json(results["architect"].output["feature_model"])
    assert slug not in rule_names(model.rules)
    assert len(model.rules) == len(before.rules) - 1
    alike = [rule for rule in before.rules if rule.slug == slug.partition(":")[0]]
    if before.plannable and len(alike) == 1:  # else what they share stays with the other one
        left = set(left_of(rule_of(name, slug), results))
        assert left - shared_by(model) == set()


def shared_by(model: FeatureModel) -> set[str]:
    """Return the threats and jobs that the rules which still stand bring."""
    brought = [bind(PATTERNS[rule.slug][1].adds, dict(rule.bindings)) for rule in model.rules]
    threats = {one.slug for adds in brought for one in adds.threats}
    return threats | {one.name for adds in brought for one in adds.jobs}


@pytest.mark.parametrize(("name", "slug"), [one for one in SINGLE if one[0] in PLANNED])
def test_the_check_of_what_is_left_sees_the_rule_of_the_whole_plan(name: str, slug: str) -> None:
    rule = rule_of(name, slug)
    if rule.mechanisms:
        assert list(left_of(rule, plan(name)))


@pytest.mark.parametrize("name", EVERY)
def test_everything_can_be_switched_off(name: str) -> None:
    edits = all_of(name)
    results = run(brief(name), edits)
    for one in artifacts(results):
        assert one.validation.verdict != "failed", (one.slug, one.validation)
    model = understand(brief(name), edits)
    assert (model.rules, model.qualities) == ((), ())
    assert model.plannable == understand(brief(name)).plannable


@pytest.mark.parametrize("name", PLANNED)
def test_the_tables_of_what_remains_run_on_postgresql(name: str, empty_database: str) -> None:
    plans = [without(name, slug) for one, slug in SINGLE if one == name]
    with create_engine(empty_database, isolation_level="AUTOCOMMIT").connect() as db:
        for results in [*plans, run(brief(name), all_of(name))]:
            for slug in ("baseline-ddl", "migration-ddl", "way-back-ddl"):
                for statement in statements(results, slug):
                    db.exec_driver_sql(statement)
            db.exec_driver_sql("DROP SCHEMA public CASCADE")
            db.exec_driver_sql("CREATE SCHEMA public")
        db.engine.dispose()


def test_the_same_switches_give_the_same_bytes() -> None:
    first = drop("approval.own", "export.once", "retention.keep")
    second = drop("retention.keep", "approval.own", "export.once", "export.once")
    text = brief("expense-approval")
    assert bodies(run(text, first)) == bodies(run(text, first)) == bodies(run(text, second))


def test_what_was_switched_off_is_on_record_as_a_persons_decision() -> None:
    results = run(brief("expense-approval"), drop("approval.own"))
    text = "Nobody approves their own expense"
    (omission,) = understand(brief("expense-approval"), drop("approval.own")).omissions
    assert (omission.slug, omission.evidence[-1]) == ("approval.own", PERSON)
    (decision,) = [one for one in results["architect"].decisions if "switched off" in one.text]
    assert text in decision.text
    assert decision.strategic
    assert decision.confidence == "high"
    assert f"- {text} (switched off by a person)" in artifact(results, "components").body
    assert text not in below_header(results, "rules")


def test_words_of_the_plan_that_state_a_rule_go_with_it() -> None:
    whole, without = (
        run(brief("expense-approval"), edits) for edits in (None, drop("approval.own"))
    )
    for slug in ("api", "test-ideas", "threats"):
        assert "never the owner" in artifact(whole, slug).body
        assert "never the owner" not in artifact(without, slug).body
    assert "May somebody approve" not in artifact(without, "open-questions").body


def test_an_aspect_goes_with_the_last_of_its_rules() -> None:
    results = run(brief("shift-swap"), drop("rest-period.minimum"))
    model = FeatureModel.from_json(results["architect"].output["feature_model"])
    assert "rest-period" not in {matched.slug for matched in model.packs}
    assert "rest_until" not in artifact(results, "migration-ddl").body
    assert "btree_gist" not in artifact(results, "migration-ddl").body


def test_a_rule_that_was_found_for_two_things_is_switched_off_for_one() -> None:
    text = (
        "Tenants create tickets and edit tickets. Tenants create invoices and edit invoices. "
        "Tickets are kept for two years. Invoices are kept for ten years."
    )
    names = rule_names(understand(text).rules)
    assert {"retention.keep:ticket", "retention.keep:invoice"} <= set(names)
    ddl = artifact(run(text, drop("retention.keep:ticket")), "migration-ddl").body
    assert '"tickets_kept"' not in ddl
    assert '"invoices_kept"' in ddl
    assert '_kept"' not in artifact(run(text, drop("retention.keep")), "migration-ddl").body


def test_a_renamed_thing_does_not_bring_a_rule_back() -> None:
    edits = {"entities": {"rename": {"expense": "travel claim"}}} | drop("approval.own")
    results = run(brief("expense-approval"), edits)
    assert "approval.self" not in artifact(results, "threats").body
    assert "never the owner" not in artifact(results, "api").body
    assert "Nobody approves their own travel claim" in results["architect"].decisions[1].text


def test_a_wish_and_the_rule_that_keeps_it_are_one_demand() -> None:
    text = brief("shift-swap")
    by_wish = understand(text, {"qualities": {"drop": ["offline"]}})
    by_rule = understand(text, drop("offline.works"))
    assert by_wish == by_rule
    assert by_wish.qualities == ()
    assert "outbox" not in artifact(run(text, drop("offline.works")), "page-map").body
    assert "IndexedDB" not in json.dumps(
        run(text, drop("offline.works"))["frontend_dev"].output, ensure_ascii=False
    )


def test_a_wish_without_a_rule_leaves_the_checklist() -> None:
    text, wish = brief("dark-mode"), "contrast of 4.5 to 1 for text and 3 to 1 for controls"
    assert wish in artifact(run(text), "accessibility").body
    results = run(text, {"qualities": {"drop": ["contrast"]}})
    assert wish not in below_header(results, "accessibility")
    assert f"{wish}, in both themes (switched off by a person)" in (
        artifact(results, "components").body
    )


def test_a_wish_that_a_person_adds_is_on_the_checklist() -> None:
    edits = {"qualities": {"add": ["Readable  with one eye", "Readable with one eye"]}}
    (wish,) = understand(brief("expense-approval"), edits).qualities
    assert (wish.text, wish.evidence) == ("Readable with one eye", (PERSON,))
    body = artifact(run(brief("expense-approval"), edits), "accessibility").body
    assert "| wish | Readable with one eye | by hand |" in body


def test_switches_of_what_is_not_there_are_passed_over() -> None:
    edits = drop("approval.unicorn") | {"qualities": {"drop": ["magic"]}}
    assert understand(brief("expense-approval"), edits) == understand(brief("expense-approval"))


@pytest.mark.parametrize(
    "edits",
    [
        {"rules": ["approval.own"]},
        {"rules": {"drop": "approval.own"}},
        {"rules": {"drop": {"approval.own": True}}},
        {"qualities": "offline"},
        {"qualities": {"drop": 3}},
        {"qualities": {"add": [""]}},
        {"qualities": {"add": [{"text": "fast"}]}},
    ],
)
@pytest.mark.parametrize("name", ["expense-approval", "vague", "terminbuchung"])
def test_switches_of_another_shape_are_refused(name: str, edits: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        understand(brief(name), edits)
