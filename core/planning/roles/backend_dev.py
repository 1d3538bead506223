"""The back-end developer: the operations of the feature as an HTTP interface."""

from __future__ import annotations

from core.domain.artifact import Artifact, Validation
from core.domain.decision import Alternative, DecisionDraft
from core.domain.work import RoleResult
from core.planning.acceptance import acceptance
from core.planning.model import Action, FeatureModel
from core.planning.openapi import body_fields
from core.planning.openapi import document as openapi_document
from core.planning.operations import (
    READ_BUDGET_MILLISECONDS,
    WRITE_BUDGET_MILLISECONDS,
    audit_rule,
    caller_of,
    cases,
    metric,
    tables_of,
)
from core.planning.reading.nouns import camel
from core.planning.roles.report import (
    all_evidence,
    callers,
    decisions,
    document,
    made_by,
    markdown,
    output,
    overall,
    persons,
    plain_json,
    table,
)
from core.planning.validators import validate_gherkin, validate_openapi


def plan(model: FeatureModel) -> RoleResult:
    """Return the interface of the feature's operations, and how they are to be written."""
    openapi = openapi_document(model, made_by(model))
    validation = validate_openapi(openapi)
    scenarios = acceptance(model, made_by(model))
    artifacts = (
        document(
            "api",
            "openapi",
            "application/vnd.oai.openapi+json;version=3.1",
            "HTTP interface",
            plain_json(openapi),
            evidence=(*persons(model), *(e for action in model.actions for e in action.evidence)),
            links=("feature-model", "rules"),
            validation=validation,
        ),
        _tests(model),
        document(
            "acceptance",
            "tests",
            "text/x-gherkin",
            "Acceptance scenarios",
            scenarios,
            evidence=all_evidence(model),
            links=("api", "rules"),
            validation=validate_gherkin(scenarios),
        ),
    )
    drafts = backend_dev_decisions(model)
    return RoleResult(
        output=output(
            f"{len(model.actions)} operations, {sum(a.writes for a in model.actions)} of them "
            "write.",
            "Each operation checks its permission in the statement that reads the row, and leaves "
            "the rules to constraints; their violation becomes a problem document.",
            drafts,
            _concerns(model, validation),
            overall(model),
            endpoints=[
                {
                    "operation": action.name,
                    "call": f"{action.method} {action.path}",
                    "actors": list(action.actors),
                    "permission": action.permission,
                    "rules": list(action.rules),
                    "caller": caller_of(action),
                    "tables": list(tables_of(action, model)),
                    "audit": audit_rule(action, model),
                    "metric": metric(action),
                    "tests": list(cases(action, model)),
                }
                for action in model.actions
            ],
            data_models=[
                {"name": camel(entity.name), "fields": [field.name for field in entity.fields]}
                for entity in model.entities
            ],
            code_snippets=_snippets(model),
            performance_notes=_performance(model),
            artifacts=[artifact.slug for artifact in artifacts],
        ),
        artifacts=artifacts,
        decisions=drafts,
    )


def _tests(model: FeatureModel) -> Artifact:
    rows = [
        (rule.slug, mechanism.where, mechanism.how)
        for rule in model.rules
        for mechanism in rule.mechanisms
        if mechanism.kind == "test"
    ]
    rows += [
        (
            "permission",
            action.name,
            f"somebody who is not “{action.permission or 'signed in'}” is refused",
        )
        for action in model.actions
        if action.writes
    ]
    rows += [
        ("operation", action.name, case)
        for action in model.actions
        for case in cases(action, model)
        if case != "a stranger is refused" and not case.startswith("rule ")
    ]
    return markdown(
        "test-ideas",
        "tests",
        "What to test",
        table(("rule", "of", "case"), rows),
        model=model,
        evidence=all_evidence(model),
        links=("api", "rules"),
    )


def backend_dev_decisions(model: FeatureModel) -> tuple[DecisionDraft, ...]:
    """Return what the role decides; a function of the feature model alone."""
    return (*decisions(model, "backend_dev"), *_own(model))


def _own(model: FeatureModel) -> tuple[DecisionDraft, ...]:
    if not any(action.method == "POST" for action in model.actions):
        return ()
    return (
        DecisionDraft(
            "Every POST demands an Idempotency-Key and repeats its first answer.",
            "A click that is repeated, or an answer that is lost, must not do it twice.",
            "interface",
            "high",
            (
                Alternative("Trust clients not to repeat", "networks repeat for them"),
                Alternative(
                    "Find repeats by their content", "two equal requests may both be meant"
                ),
            ),
            ("api",),
            "when keys older than a day make up half of their table",
        ),
        DecisionDraft(
            "Lists are paged by an opaque cursor.",
            "Pages by number skip or repeat rows while others write.",
            "interface",
            "medium",
            (Alternative("Page numbers", "shift under the reader, and slow down with depth"),),
            ("api",),
            "when people jump to a page by number more often than they go on",
        ),
    )


def _snippets(model: FeatureModel) -> list[dict[str, str]]:
    """Show the one write that has most rules, as a handler."""
    writes = [action for action in model.actions if action.writes and not action.upload]
    if not writes:
        return []
    action = max(writes, key=lambda candidate: len(candidate.rules))
    return [{"title": action.summary, "language": "python", "code": _handler(action, model)}]


def _handler(action: Action, model: FeatureModel) -> str:
    fields = [field.name for field, _ in body_fields(action, model)]
    arguments = ", ".join(["caller", *(f"{name}" for name in fields)])
    lines = [
        f"def {_snake(action.name)}(db, {arguments}):",
        f'    """{action.summary}."""',
        f"    # permission: {action.permission or 'signed in'} ({callers(action)})",
        "    with db.transaction():",
        f"        row = lock_visible(db, caller, {camel(action.entity)!r})  # 404 when not visible",
    ]
    rules = {rule.slug: rule.text for rule in model.rules}
    lines += [f"        # {slug}: {rules[slug]}" for slug in action.rules if slug in rules]
    lines += ["        return row.apply(caller)  # a violated constraint answers 409 with its name"]
    return "\n".join(lines)


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


def _performance(model: FeatureModel) -> list[str]:
    notes = [
        f"{action.name}: at most 100 rows a page; see the index that serves it"
        for action in model.actions
        if action.many
    ][:4]
    notes += [rule.text for rule in model.rules if rule.slug.endswith(".budget")]
    notes.append(
        f"Budget: p95 below {READ_BUDGET_MILLISECONDS} ms for reads and "
        f"{WRITE_BUDGET_MILLISECONDS} ms for writes, without files."
    )
    return notes


def _concerns(model: FeatureModel, validation: Validation) -> list[str]:
    found = [f"no role is named for {a.name}" for a in model.actions if not a.actors and a.writes]
    if validation.verdict != "passed":
        found.append(f"the interface does not validate: {'; '.join(validation.messages)}")
    return found
