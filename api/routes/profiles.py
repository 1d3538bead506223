"""Roles and pipelines: the built-in ones, and those that a team defines."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query

from api.calls import Caller, Route
from api.documentation import READS, WRITES
from api.payloads.role import (
    DefinePipeline,
    DefineRole,
    Gate,
    Pipeline,
    PipelineList,
    Profile,
    ProfileList,
    Step,
    Terms,
)
from core.domain import pipeline as pipelines
from core.domain.access import Principal
from core.domain.role import ALIASES, BUILT_IN_PROFILES, RoleProfile, canonical_role
from core.domain.text import clean_line
from core.errors import NotFound
from core.services import configuring

_router = APIRouter(tags=["profiles"], route_class=Route)
routers = (_router,)
OfTeam = Annotated[
    UUID | None, Query(description="with what this team defines; without it: the built-in ones")
]

InTeam = Annotated[UUID, Query(description="whose it is")]
Role = Annotated[str, Path(max_length=200, description="its name, or a long one of the seven")]
Name = Annotated[str, Path(max_length=1000)]


@_router.get("/profiles", **READS)
def list_profiles(caller: Caller, team_id: OfTeam = None) -> ProfileList:
    """List the roles."""
    found = _roles(caller, team_id).values()
    return ProfileList(team_id=team_id, items=[_profile(one) for one in found])


@_router.get("/profiles/{role}", **READS)
def get_profile(caller: Caller, role: Role, team_id: OfTeam = None) -> Profile:
    """Return a role: capabilities, instructions, executor, time-out."""
    found = _roles(caller, team_id).get(canonical_role(role))
    if found is None:
        raise NotFound("There is no such role.", hint="`profiles` lists those that there are.")
    return _profile(found)


@_router.put("/profiles/{role}", **WRITES)
def define_role(caller: Caller, role: Role, team_id: InTeam, wanted: DefineRole) -> Profile:
    """Give a team a role, in place of an earlier or a built-in one of that name.

    Sessions that run keep what they were launched with.
    """
    definition = {"role": role, **wanted.model_dump()}
    return _profile(configuring.define_role(caller, team_id, definition))


@_router.delete("/profiles/{role}", status_code=204, **WRITES)
def delete_role(caller: Caller, role: Role, team_id: InTeam) -> None:
    """Take a team's own role away; a built-in one of that name holds again.

    409 while a pipeline of the team needs it.
    """
    configuring.delete_role(caller, team_id, role)


@_router.get("/pipelines", **READS)
def list_pipelines(caller: Caller, team_id: OfTeam = None) -> PipelineList:
    """List the pipelines."""
    found = _pipelines(caller, team_id)
    return PipelineList(team_id=team_id, items=[_pipeline(one) for one in found])


@_router.get("/pipelines/{name}", **READS)
def get_pipeline(caller: Caller, name: Name, team_id: OfTeam = None) -> Pipeline:
    """Return a pipeline: its roles, after whom they work, what is to be approved."""
    wanted = clean_line(name)
    found = next((one for one in _pipelines(caller, team_id) if one.name == wanted), None)
    if found is None:
        raise NotFound("There is no such pipeline.", hint="`pipelines` lists those that there are.")
    return _pipeline(found)


@_router.put("/pipelines/{name}", **WRITES)
def define_pipeline(
    caller: Caller, name: Name, team_id: InTeam, wanted: DefinePipeline
) -> Pipeline:
    """Give a team a pipeline, in place of an earlier or the built-in one of that name.

    422 for a cycle, or a role that is neither built in nor the team's. Sessions that run keep what
    they were launched with.
    """
    definition = {"name": name, **wanted.model_dump(mode="json", exclude_none=True)}
    return _pipeline(configuring.define_pipeline(caller, team_id, definition))


@_router.delete("/pipelines/{name}", status_code=204, **WRITES)
def delete_pipeline(caller: Caller, name: Name, team_id: InTeam) -> None:
    """Take a team's own pipeline away; the built-in one of that name holds again."""
    configuring.delete_pipeline(caller, team_id, name)


def _roles(caller: Principal, team_id: UUID | None) -> dict[str, RoleProfile]:
    return BUILT_IN_PROFILES if team_id is None else configuring.list_roles(caller, team_id)


def _pipelines(caller: Principal, team_id: UUID | None) -> list[pipelines.Pipeline]:
    if team_id is None:
        return [pipelines.SEVEN_ROLES]
    return configuring.list_pipelines(caller, team_id)


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
