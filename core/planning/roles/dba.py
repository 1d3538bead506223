"""The database administrator: baseline, migration, its way back, indexes and queries."""

from __future__ import annotations

from dataclasses import replace

from core.domain.artifact import Artifact, Evidence
from core.domain.decision import Alternative, DecisionDraft
from core.domain.work import RoleResult
from core.planning import schema
from core.planning.model import FeatureModel
from core.planning.roles.report import (
    all_evidence,
    decisions,
    document,
    made_by,
    markdown,
    notes,
    output,
    overall,
    persons,
    table,
)
from core.planning.validators import validate_sql


def plan(model: FeatureModel) -> RoleResult:
    """Return the tables of the feature as SQL that runs, forwards and back."""
    artifacts = (
        _sql(
            "baseline-ddl",
            "Assumed baseline",
            "What the feature presupposes. Compare it with your database; do not run it there.",
            schema.baseline(model),
            model,
        ),
        _sql(
            "migration-ddl",
            "Migration",
            "Runs on top of the baseline. Statement by statement, not in one transaction.",
            schema.migration(model),
            model,
            links=("baseline-ddl",),
        ),
        _sql(
            "way-back-ddl",
            "Way back",
            "Undoes the migration. What was stored since then is lost: dump the tables first.",
            schema.way_back(model),
            model,
            links=("migration-ddl",),
        ),
        _relations(model),
    )
    drafts = dba_decisions(model)
    failed = [a for a in artifacts if a.validation.verdict == "failed"]
    return RoleResult(
        output=output(
            f"{len(model.new_entities)} new tables, "
            f"{sum(e.existing for e in model.entities)} presupposed ones.",
            "Rules that can be constraints are constraints; what needs several rows is locked and "
            "checked in one transaction.",
            drafts,
            [
                *(f"{a.slug} does not parse: {'; '.join(a.validation.messages)}" for a in failed),
                *schema.unfilled(model),
            ],
            overall(model),
            schema_changes=[
                {
                    "table": schema.table(entity),
                    "change": "presupposed" if entity.existing else "created",
                    "columns": len(entity.fields) + 2,
                    "constraints": [c.name for c in entity.constraints],
                }
                for entity in model.entities
            ],
            indexes=[
                {"name": index.name, "table": schema.table(entity), "serves": index.serves}
                for entity in model.entities
                for index in schema.all_indexes(entity)
            ],
            queries=notes(model, "dba", "query"),
            migration_steps=_steps(model),
            artifacts=[artifact.slug for artifact in artifacts],
        ),
        artifacts=artifacts,
        decisions=drafts,
    )


def _sql(
    slug: str,
    title: str,
    remark: str,
    statements: tuple[str, ...],
    model: FeatureModel,
    links: tuple[str, ...] = (),
) -> Artifact:
    body = "\n\n".join([f"-- {title}. {remark}\n-- {made_by(model)}.", *statements]) + "\n"
    validation = validate_sql(body)
    if not statements:
        validation = replace(
            validation, messages=("it holds no statement: there is nothing to do",)
        )
    return document(
        slug,
        "ddl",
        "application/sql",
        title,
        body,
        evidence=_evidence(model),
        links=("feature-model", "rules", *links),
        validation=validation,
    )


def _evidence(model: FeatureModel) -> list[Evidence]:
    found = [item for entity in model.entities for item in entity.evidence]
    return [*persons(model), *found, *all_evidence(model)]


def _relations(model: FeatureModel) -> Artifact:
    lines = ["erDiagram"]
    for entity in model.entities:
        lines.append(f"    {schema.table(entity)} {{")
        lines.append("        uuid id PK")
        for field in entity.fields:
            key = " FK" if field.references else ""
            lines.append(f"        {field.type} {field.name}{key}")
        lines.append("    }")
    for entity in model.entities:
        for field in entity.fields:
            if field.references:
                many = "||--o{" if field.required else "|o--o{"
                lines.append(
                    f"    {schema.table(field.references)} {many} {schema.table(entity)} : "
                    f"{field.name}"
                )
    diagram = "\n".join(lines)
    rows = [
        (entity.title, "presupposed" if entity.existing else "new", entity.summary)
        for entity in model.entities
    ]
    return markdown(
        "relations",
        "relations",
        "Tables and relations",
        f"{table(('table', 'is', 'what'), rows)}\n\n```mermaid\n{diagram}\n```",
        model=model,
        evidence=_evidence(model),
        links=("migration-ddl",),
    )


def dba_decisions(model: FeatureModel) -> tuple[DecisionDraft, ...]:
    """Return what the role decides; a function of the feature model alone."""
    return (*decisions(model, "dba"), *_own(model))


def _own(model: FeatureModel) -> tuple[DecisionDraft, ...]:
    if not model.new_entities:
        return ()
    return (
        DecisionDraft(
            "Foreign keys restrict by default; a cascade only where a row means nothing alone.",
            "A delete that reaches further than its author thought cannot be taken back.",
            "data",
            "high",
            (
                Alternative("Cascade everywhere", "one delete empties tables nobody looked at"),
                Alternative("No foreign keys", "orphans turn up years later"),
            ),
            ("migration-ddl",),
            "when a delete by hand has to follow more than five keys",
        ),
        DecisionDraft(
            "States are text with a CHECK, not a PostgreSQL enum.",
            "A state is added by swapping a constraint; an enum's value cannot be taken back.",
            "data",
            "medium",
            (Alternative("CREATE TYPE … AS ENUM", "values cannot be removed"),),
            ("migration-ddl",),
            "when states are to be shown in a fixed order by the database",
        ),
    )


def _steps(model: FeatureModel) -> list[str]:
    steps = ["compare the baseline with the database, note what differs"]
    if any(entity.extensions for entity in model.entities):
        names = sorted({name for entity in model.entities for name in entity.extensions})
        steps.append(f"allow the extensions {', '.join(names)} (the owner of the database)")
    if model.new_entities:
        steps.append(
            "run the transaction with the new tables (no lock on tables in use but for "
            "a moment on those referred to)"
        )
    if any(entity.existing and entity.indexes for entity in model.entities):
        steps.append("build the indexes on tables in use concurrently, at a quiet hour")
    steps.append("try the way back on a copy before going live")
    return steps
