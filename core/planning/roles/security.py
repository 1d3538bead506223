"""The security specialist: STRIDE threats for each operation, mitigation and risk."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain.artifact import Artifact, Evidence
from core.domain.decision import Alternative, DecisionDraft
from core.domain.work import RoleResult
from core.planning.consistency import Results, consistency
from core.planning.model import Action, FeatureModel
from core.planning.plan import contributions
from core.planning.roles.consistency_report import (
    matrix_artifacts,
    matrix_decisions,
    summary_json,
    vulnerabilities,
)
from core.planning.roles.report import (
    all_evidence,
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
from core.planning.structure import RISKS, STRIDE, Risk, threats_faults
from core.planning.validators import validate_structure


@dataclass(frozen=True, slots=True)
class Finding:
    """A threat to one operation, with what is done about it."""

    operation: str
    stride: str
    text: str
    mitigation: str
    risk: Risk
    slug: str
    evidence: tuple[Evidence, ...] = ()


def plan(model: FeatureModel, upstream: Results) -> RoleResult:
    """Return the threats to every operation, and whether the roles' results fit together."""
    found = findings(model)
    threats = [threat_row(one) for one in found]
    matrix = consistency(model, {**upstream, "security": {"threats": threats}})
    weak = vulnerabilities(matrix)
    level = max(
        (*(f.risk for f in found), *(_level(one["risk"]) for one in weak)),
        key=RISKS.index,
        default="low",
    )
    artifacts = (
        _threats(model, found, threats),
        _threat_table(model, found),
        *matrix_artifacts(model, matrix),
    )
    drafts = security_decisions(model)
    specific = [f for f in found if not f.slug.startswith("general.")]
    return RoleResult(
        output=output(
            f"{len(found)} threats to {len(model.actions)} operations, {len(specific)} of them "
            f"particular to this feature. {len(matrix.holes)} holes between the roles' results.",
            "Walk STRIDE for each operation by what it does; add what the feature's own rules "
            "invite. Then lay the roles' results over each other and name what is missing.",
            drafts,
            [
                *(hole.text for hole in matrix.holes),
                *(f"{f.operation}: {f.text}" for f in found if f.risk in ("high", "critical")),
            ],
            overall(model),
            vulnerabilities=[
                {
                    "operation": f.operation,
                    "category": STRIDE[f.stride],
                    "risk": f.risk,
                    "threat": f.text,
                }
                for f in specific
            ]
            + weak,
            risk_level=level,
            mitigations=list(dict.fromkeys(f.mitigation for f in found)),
            compliance_notes=_compliance(model),
            consistency=summary_json(matrix),
            artifacts=[artifact.slug for artifact in artifacts],
        ),
        artifacts=artifacts,
        decisions=drafts,
    )


def security_decisions(model: FeatureModel) -> tuple[DecisionDraft, ...]:
    """Return what the security role decides; a function of the feature model alone."""
    return (*decisions(model, "security"), *_own(model), *matrix_decisions(model))


def findings(model: FeatureModel) -> tuple[Finding, ...]:
    """Return the threats of the packs, then the general ones; every operation has at least one."""
    operations = {action.name for action in model.actions}
    found = [
        Finding(
            "every operation" if threat.operation == "*" else threat.operation,
            threat.stride,
            threat.text,
            threat.mitigation,
            risk_of(threat.likelihood, threat.impact),
            threat.slug,
            why,
        )
        for threat, why in contributions(model).threats
        if threat.operation in operations or threat.operation == "*"
    ]
    for action in model.actions:
        found.extend(_general(action))
    return tuple(found)


def risk_of(likelihood: int, impact: int) -> Risk:
    """Return the risk of a threat before its mitigation, from two numbers of 1 to 3."""
    product = likelihood * impact
    if product >= 9:
        return "critical"
    if product >= 6:
        return "high"
    return "medium" if product >= 3 else "low"


def _general(action: Action) -> list[Finding]:
    what = action.permission or "signed in"

    def finding(kind: str, stride: str, text: str, mitigation: str, risk: Risk) -> Finding:
        return Finding(
            action.name, stride, text, mitigation, risk, f"general.{kind}", action.evidence
        )

    found = [
        finding(
            "permission",
            "E" if action.writes else "I",
            f"Called by somebody for whom “{what}” does not hold.",
            "The permission is part of the statement that finds the row; a test tries it as a "
            "stranger.",
            "high" if action.writes else "medium",
        )
    ]
    if action.writes and not action.signed:
        found.append(
            finding(
                "forgery",
                "S",
                "Another site makes a signed-in browser call it.",
                "SameSite cookie, and the Origin is compared on every write.",
                "medium",
            )
        )
        found.append(
            finding(
                "denied",
                "R",
                "Who did it denies it later.",
                "An audit entry in the transaction of the write, inserted only; what it stores "
                "stands in the consistency of the plan.",
                "low",
            )
        )
    if action.many:
        found.append(
            finding(
                "harvest",
                "D",
                "Read page after page to copy everything, or to slow the rest down.",
                "At most 100 rows a page, and a limit of requests for each person.",
                "low",
            )
        )
    return found


def threat_row(finding: Finding) -> dict[str, str]:
    """Return a threat as plain values, as the list of threats holds it."""
    return {
        "operation": finding.operation,
        "stride": STRIDE[finding.stride],
        "threat": finding.text,
        "mitigation": finding.mitigation,
        "risk": finding.risk,
        "rule": finding.slug,
    }


def _level(text: str) -> Risk:
    return next(level for level in RISKS if level == text)


def _threats(
    model: FeatureModel, found: tuple[Finding, ...], rows: list[dict[str, str]]
) -> Artifact:
    return document(
        "threats",
        "threats",
        "application/json",
        "Threats by operation",
        plain_json({"made_by": made_by(model), "threats": rows}),
        evidence=(*persons(model), *(item for f in found for item in f.evidence)),
        links=("api", "migration-ddl"),
        validation=validate_structure(lambda: threats_faults(rows, model)),
    )


def _threat_table(model: FeatureModel, found: tuple[Finding, ...]) -> Artifact:
    ordered = sorted(found, key=lambda f: -RISKS.index(f.risk))
    rows = [
        (f.risk, f.operation, STRIDE[f.stride], f.text, f.mitigation)
        for f in ordered
        if not f.slug.startswith("general.")
    ]
    body = "What this feature invites in particular, worst first. The general threats to every "
    body += "operation are in the full list.\n\n"
    body += table(("risk", "operation", "STRIDE", "threat", "mitigation"), rows)
    return markdown(
        "threat-report",
        "threats",
        "Threat report",
        body,
        model=model,
        evidence=all_evidence(model),
        links=("threats", "api"),
    )


def _own(model: FeatureModel) -> tuple[DecisionDraft, ...]:
    if not model.actions:
        return ()
    return (
        DecisionDraft(
            "A row that the caller may not see is answered as not there.",
            "A 403 would tell strangers which ids exist.",
            "security",
            "high",
            (Alternative("403 for everything forbidden", "lets ids be tried out"),),
            ("threats", "api"),
            "when support spends more than an hour a week on rows that “are gone”",
        ),
    )


def _compliance(model: FeatureModel) -> list[str]:
    personal = [
        f"{entity.title}.{field.name}"
        for entity in model.entities
        for field in entity.fields
        if field.personal
    ]
    found = []
    if personal:
        found.append(
            f"Personal data: {', '.join(personal)}. Name purpose, basis and retention in the "
            "record of processing."
        )
    found += [rule.text for rule in model.rules if rule.slug.startswith("retention.")]
    if not any(rule.slug.startswith("retention.") for rule in model.rules) and model.new_entities:
        is_omitted = any(one.slug.startswith("retention.") for one in model.omissions)
        why = (
            "A person left the retention period out"
            if is_omitted
            else ("The brief names no retention period")
        )
        found.append(f"{why}; one is to be set for every new table.")
    return found
