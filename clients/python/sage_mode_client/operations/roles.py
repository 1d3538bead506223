"""Roles and pipelines: the built-in ones, and those that a team defines."""

from __future__ import annotations

from collections.abc import Sequence

from sage_mode_client.call import Call, Id, change, get, json_of, nothing
from sage_mode_client.models.roles import (
    NewStep,
    NewTerms,
    Pipeline,
    PipelineList,
    Profile,
    ProfileList,
)

_ROLE = "/profiles/{role}"
_PIPELINE = "/pipelines/{name}"


def list_profiles(*, team_id: Id | None = None) -> Call[ProfileList]:
    """List the built-in roles, with a team also what it defines."""
    return get("/profiles", json_of(ProfileList), query={"team_id": team_id})


def get_profile(role: str, *, team_id: Id | None = None) -> Call[Profile]:
    """Return a role."""
    return get(_ROLE, json_of(Profile), query={"team_id": team_id}, role=role)


def list_pipelines(*, team_id: Id | None = None) -> Call[PipelineList]:
    """List the built-in pipelines, with a team also what it defines."""
    return get("/pipelines", json_of(PipelineList), query={"team_id": team_id})


def define_role(
    role: str,
    team_id: Id,
    title: str,
    instructions: str,
    capabilities: Sequence[str],
    *,
    executor: str = "planner",
    timeout_seconds: float | None = None,
) -> Call[Profile]:
    """Give a team a role, in place of an earlier or a built-in one of that name."""
    body = {
        "title": title,
        "instructions": instructions,
        "capabilities": capabilities,
        "executor": executor,
        "timeout_seconds": timeout_seconds,
    }
    return change("PUT", _ROLE, json_of(Profile), body, query={"team_id": team_id}, role=role)


def delete_role(role: str, team_id: Id) -> Call[None]:
    """Take a team's own role away; a built-in one of that name holds again."""
    return change("DELETE", _ROLE, nothing, query={"team_id": team_id}, role=role)


def get_pipeline(name: str, *, team_id: Id | None = None) -> Call[Pipeline]:
    """Return a pipeline."""
    return get(_PIPELINE, json_of(Pipeline), query={"team_id": team_id}, name=name)


def define_pipeline(
    name: str, team_id: Id, steps: Sequence[NewStep], *, approvals: NewTerms | None = None
) -> Call[Pipeline]:
    """Give a team a pipeline, in place of an earlier or the built-in one of that name."""
    body = {"steps": steps, "approvals": approvals}
    query = {"team_id": team_id}
    return change("PUT", _PIPELINE, json_of(Pipeline), body, query=query, name=name)


def delete_pipeline(name: str, team_id: Id) -> Call[None]:
    """Take a team's own pipeline away; the built-in one of that name holds again."""
    return change("DELETE", _PIPELINE, nothing, query={"team_id": team_id}, name=name)
