"""The consistency matrix as the security role hands it on: a table to read, and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.domain.artifact import Artifact
from core.domain.decision import Alternative, DecisionDraft
from core.planning.consistency import DEMANDS, Hole, Matrix
from core.planning.model import FeatureModel
from core.planning.roles.report import (
    all_evidence,
    document,
    made_by,
    markdown,
    plain_json,
    table,
)
from core.planning.structure import matrix_faults
from core.planning.validators import validate_structure

_LINKS = ("api", "migration-ddl", "pages", "threats", "rules")
# What an attacker, or an auditor, would make of a hole; the others are gaps of the plan alone.
_STRIDE = {
    "permission": ("Elevation of privilege", "high"),
    "threat": ("Elevation of privilege", "medium"),
    "audit": ("Repudiation", "medium"),
    "retention": ("Information disclosure", "medium"),
    "metric": ("Denial of service", "low"),
}


def matrix_artifacts(model: FeatureModel, matrix: Matrix) -> tuple[Artifact, ...]:
    """Return the matrix as Markdown, and as JSON for programs."""
    plain = matrix_json(matrix)
    return (
        markdown(
            "consistency",
            "consistency",
            "Consistency of the plan",
            _body(matrix),
            model=model,
            evidence=all_evidence(model),
            links=_LINKS,
        ),
        document(
            "consistency-matrix",
            "consistency",
            "application/json",
            "Consistency matrix",
            plain_json({"made_by": made_by(model), **plain}),
            evidence=all_evidence(model),
            links=("consistency",),
            validation=validate_structure(lambda: matrix_faults(plain)),
        ),
    )


def matrix_json(matrix: Matrix) -> dict[str, Any]:
    """Return the whole matrix as plain values; `null` stands for what could not be checked."""
    return {
        "operations": [
            {"operation": row.name, "call": row.call, **row.cells} for row in matrix.operations
        ],
        "tables": [{"table": use.name, "used_by": list(use.by)} for use in matrix.tables],
        "pages": [{"page": use.name, "reaches": list(use.by)} for use in matrix.pages],
        "personal_fields": [
            {"table": one.table, "field": one.name, "goes_by": one.rule} for one in matrix.personal
        ],
        "holes": _holes(matrix.holes),
        "unchecked": list(matrix.unchecked),
    }


def summary_json(matrix: Matrix) -> dict[str, Any]:
    """Return what the roles after this one need of the matrix: its holes and how much was seen."""
    return {
        "checked": matrix.checked,
        "holes": _holes(matrix.holes),
        "unchecked": list(matrix.unchecked),
    }


def vulnerabilities(matrix: Matrix) -> list[dict[str, str]]:
    """Return the holes that are weaknesses, in the shape of the security role's findings."""
    return [
        {
            "operation": hole.subject,
            "category": _STRIDE[hole.demand][0],
            "risk": _STRIDE[hole.demand][1],
            "threat": hole.text,
        }
        for hole in matrix.holes
        if hole.demand in _STRIDE
    ]


def matrix_decisions(model: FeatureModel) -> tuple[DecisionDraft, ...]:
    """Return what holds in the meantime where a person has to choose who may do something."""
    free = [action.name for action in model.actions if action.writes and not action.permission]
    if not free:
        return ()
    return (
        DecisionDraft(
            "Refuse by default: whoever neither owns the row nor administers the application "
            f"cannot call {', '.join(free[:6])}{' …' if len(free) > 6 else ''}.",
            "Nobody has said who may. A right that is missing is noticed on the first day; one "
            "too many may never be.",
            "security",
            "low",
            (
                Alternative(
                    "Everybody who is signed in", "lets strangers change each other's rows"
                ),
                Alternative("Leave the operation out", "somebody asked for it by name"),
            ),
            ("consistency",),
            "as soon as somebody says who may",
        ),
    )


def _body(matrix: Matrix) -> str:
    parts = [_verdict(matrix), "## Holes\n\n" + _hole_table(matrix.holes)]
    if matrix.operations:
        cells = [
            (row.name, row.call, *(_cell(row.cells[key]) for key in DEMANDS))
            for row in matrix.operations
        ]
        parts.append("## Operations that write\n\n" + table(("operation", "call", *DEMANDS), cells))
        for title, key in (("What the audit stores", "audit"), ("What is measured", "metric")):
            rows = [
                (row.name, row.cells[key] or _cell(row.cells[key])) for row in matrix.operations
            ]
            parts.append(f"## {title}\n\n{table(('operation', key), rows)}")
    if matrix.tables:
        parts.append(
            "## Tables\n\n"
            + table(("table", "used by"), [(one.name, _listed(one.by)) for one in matrix.tables])
        )
    if matrix.pages:
        parts.append(
            "## Pages\n\n"
            + table(("page", "reaches"), [(one.name, _listed(one.by)) for one in matrix.pages])
        )
    if matrix.personal:
        rows_of_fields = [(one.table, one.name, one.rule or "MISSING") for one in matrix.personal]
        parts.append(
            "## Personal fields\n\nA reference to a person counts: it says who did what.\n\n"
            + table(("table", "field", "goes by"), rows_of_fields)
        )
    return "\n\n".join(parts)


def _verdict(matrix: Matrix) -> str:
    found = (
        f"{len(matrix.holes)} holes in {matrix.checked} places."
        if matrix.holes
        else f"No hole in {matrix.checked} places."
    )
    text = (
        f"{found} Computed from what the roles handed on: each write has permission, page, threat "
        "with mitigation, audit rule, test and metric; each table is used; each page reaches an "
        "operation; each personal field goes by a rule. That something is there does not say that "
        "it is right."
    )
    if matrix.unchecked:
        roles = ", ".join(role.replace("_", " ") for role in matrix.unchecked)
        text += f" Not checked, because there is no result of these roles: {roles}."
    return text


def _hole_table(holes: Sequence[Hole]) -> str:
    if not holes:
        return "None."
    rows = [(hole.subject, hole.demand, hole.text, hole.role.replace("_", " ")) for hole in holes]
    return table(("of", "missing", "what is wrong", "closed by"), rows)


def _cell(value: str | None) -> str:
    if value is None:
        return "unchecked"
    return "yes" if value else "MISSING"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "MISSING"


def _holes(holes: Sequence[Hole]) -> list[dict[str, str]]:
    return [
        {"of": hole.subject, "missing": hole.demand, "closed_by": hole.role, "text": hole.text}
        for hole in holes
    ]
