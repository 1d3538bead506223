"""Roles and pipelines: the built-in ones, and those that a team defines."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query

from api.calls import Caller, Route
from api.documentation import READ, SECURITY, refusals
from api.payloads.role import Gate, Pipeline, PipelineList, Profile, ProfileList, Step, Terms
from core.domain import pipeline as pipelines
from core.domain.access import Principal
from core.domain.role import ALIASES, BUILT_IN_PROFILES, RoleProfile, canonical_role
from core.errors import NotFound
from core.services import configuring

_router = APIRouter(tags=["profiles"], route_class=Route)
routers = (_router,)
OfTeam = Annotated[
    UUID | None, Query(description="with what this team defines; without it: the built-in ones")
]


@_router.get("/profiles", responses=refusals(*READ), openapi_extra={"security": SECURITY})
def list_profiles(caller: Caller, team_id: OfTeam = None) -> ProfileList:
    """List the roles."""
    return ProfileList(items=[_profile(one) for one in _roles(caller, team_id).values()])


@_router.get("/profiles/{role}", responses=refusals(*READ), openapi_extra={"security": SECURITY})
def get_profile(
    caller: Caller,
    role: Annotated[str, Path(max_length=200, description="its name, or a long one of the seven")],
    team_id: OfTeam = None,
) -> Profile:
    """Return a role: capabilities, instructions, executor, time-out."""
    found = _roles(caller, team_id).get(canonical_role(role))
    if found is None:
        raise NotFound("There is no such role.", hint="`profiles` lists those that there are.")
    return _profile(found)


@_router.get("/pipelines", responses=refusals(*READ), openapi_extra={"security": SECURITY})
def list_pipelines(caller: Caller, team_id: OfTeam = None) -> PipelineList:
    """List the pipelines."""
    found = (
        [pipelines.SEVEN_ROLES] if team_id is None else configuring.list_pipelines(caller, team_id)
    )
    return PipelineList(team_id=team_id, items=[_pipeline(one) for one in found])


def _roles(caller: Principal, team_id: UUID | None) -> dict[str, RoleProfile]:
    return BUILT_IN_PROFILES if team_id is None else configuring.list_roles(caller, team_id)


def _profile(found: RoleProfile) -> Profile:
    return Profile(
        role=found.role,
        capabilities=list(found.capabilities),
        instructions=found.instructions,
        executor=found.executor,
        timeout_seconds=found.timeout_seconds,
        metadata={
            "title": found.title,
            "is_built_in": BUILT_IN_PROFILES.get(found.role) == found,
            "aliases": [alias for alias, role in ALIASES.items() if role == found.role],
        },
    )


def _pipeline(found: pipelines.Pipeline) -> Pipeline:
    return Pipeline(
        name=found.name,
        stages=[list(stage) for stage in found.stages()],
        steps=[_step(step) for step in found.steps],
        approvals=Terms(**found.terms.to_json()),
    )


def _step(found: pipelines.Step) -> Step:
    gate = None if found.gate is None else Gate(**found.gate.to_json())
    return Step(role=found.role, after=list(found.after), approval=gate)
