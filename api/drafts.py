"""From what comes in to the domain's objects, where that is more than their fields."""

from __future__ import annotations

from api.payloads.agent import NewArtifact, Result
from api.payloads.decision import TacticalDecision
from core.domain.artifact import Artifact, Evidence
from core.domain.decision import Alternative, DecisionDraft
from core.domain.work import RoleResult


def draft_of(wanted: TacticalDecision, *, strategic: bool) -> DecisionDraft:
    """Return a decision as its author states it."""
    return DecisionDraft(
        text=wanted.text,
        rationale=wanted.rationale,
        category=wanted.category,
        confidence=wanted.confidence,
        alternatives=tuple(
            Alternative(one.text, one.rejected_because) for one in wanted.alternatives
        ),
        evidence=tuple(wanted.evidence),
        revisit_trigger=wanted.revisit_trigger,
        strategic=strategic,
    )


def result_of(wanted: Result) -> RoleResult:
    """Return what an agent hands in."""
    return RoleResult(
        output=wanted.output,
        artifacts=tuple(map(_artifact, wanted.artifacts)),
        decisions=tuple(draft_of(one, strategic=False) for one in wanted.decisions),
        outcome=wanted.outcome,
        questions=tuple(wanted.questions),
        usage=wanted.usage,
    )


def _artifact(wanted: NewArtifact) -> Artifact:
    return Artifact(
        slug=wanted.slug,
        kind=wanted.kind,
        media_type=wanted.media_type,
        title=wanted.title,
        body=wanted.body,
        evidence=tuple(Evidence(one.words, one.rule) for one in wanted.evidence),
        links=tuple(wanted.links),
    )
