"""From what comes in to the domain's objects, where that is more than their fields."""

from __future__ import annotations

from api.payloads.agent import NewArtifact, Result
from api.payloads.decision import TacticalDecision
from api.payloads.session import Open
from api.payloads.task import Route
from core.domain.artifact import Artifact, Evidence
from core.domain.decision import Alternative, DecisionDraft
from core.domain.routing import OpenRequest, RouteRequest, name_of_task
from core.domain.work import RoleResult
from core.errors import InvalidInput


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


def opening_of(wanted: Open, launch_key: str | None) -> OpenRequest:
    """Return a session without pipeline as it is asked for; raises `InvalidInput`."""
    about = wanted.task or wanted.feature_name
    if about is None:
        raise InvalidInput("It is not said what the session is about.", hint="Send `task`.")
    name = wanted.feature_name or name_of_task(about)
    return OpenRequest(
        feature_name=name,
        brief=wanted.brief or about,
        team_id=wanted.team_id,
        role=wanted.role,
        metadata=wanted.metadata,
        launch_key=launch_key,
    )


def route_of(wanted: Route, route_key: str | None) -> RouteRequest:
    """Return a task for a role as it is asked for."""
    return RouteRequest(
        target=wanted.target,
        task_type=wanted.task.task_type,
        description=wanted.task.description,
        data=wanted.task.data,
        context=wanted.context,
        session_id=wanted.session_id,
        team_id=wanted.team_id,
        route_key=route_key,
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
