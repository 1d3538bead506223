"""What a team defines for itself: roles and pipelines beside the built-in ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from core.domain.access import Action, Principal
from core.domain.attempt import RECORDED
from core.domain.pipeline import SEVEN_ROLES, Pipeline, pipeline_from_json
from core.domain.role import (
    BUILT_IN_PROFILES,
    EXECUTORS,
    RoleProfile,
    canonical_role,
    profile_from_json,
)
from core.domain.text import clean_line
from core.errors import Conflict, NotFound
from core.ids import new_id
from core.services.auditing import note
from core.services.permission import demand, demand_held
from core.services.teams import hold_team
from core.services.transaction import ask, transact
from core.settings import get_settings
from core.store import configuration, listing

_LIST_ROLES = "The list of the team's roles says which are its own."
_LIST_PIPELINES = "The list of the team's pipelines has their names."


def list_executors() -> tuple[str, ...]:
    """Return the executors that a role or a launch may name, the usual one first.

    What an import has recorded is done already: whoever chose that would wait for nobody.
    """
    extra = sorted(set(get_settings().extra_executors) - {*EXECUTORS, RECORDED})
    return (*EXECUTORS, *extra)


def list_roles(principal: Principal, team_id: UUID) -> dict[str, RoleProfile]:
    """Return the roles that a team can use, by name; raises `NotFound`."""

    def work(db: Connection) -> dict[str, RoleProfile]:
        demand(db, principal, team_id, Action.READ)
        return BUILT_IN_PROFILES | configuration.team_profiles(db, principal, team_id)

    return ask(work)


def list_pipelines(principal: Principal, team_id: UUID) -> list[Pipeline]:
    """Return the pipelines that a team can launch, the built-in one first; raises `NotFound`."""

    def work(db: Connection) -> list[Pipeline]:
        demand(db, principal, team_id, Action.READ)
        own = [pipeline_from_json(one) for one in listing.list_pipelines(db, principal, team_id)]
        is_replaced = any(one.name == SEVEN_ROLES.name for one in own)
        return own if is_replaced else [SEVEN_ROLES, *own]

    return ask(work)


def define_role(principal: Principal, team_id: UUID, definition: Mapping[str, Any]) -> RoleProfile:
    """Give a team a role, in place of an earlier or a built-in one of that name.

    `definition` has the shape of `RoleProfile`. Sessions that run keep what they were launched
    with. Raises `InvalidInput`, `NotFound` or `NotAllowed`.
    """
    profile = profile_from_json(definition, list_executors())

    def work(db: Connection) -> None:
        demand_held(db, principal, team_id, Action.CONFIGURE)
        configuration.put_profile(db, new_id(), team_id, profile)
        details = {"executor": profile.executor, "capabilities": list(profile.capabilities)}
        note(db, principal, "role.defined", team_id=team_id, subject=profile.role, details=details)

    transact(work)
    return profile


def delete_role(principal: Principal, team_id: UUID, role: str) -> None:
    """Take a team's own role away; a built-in one of that name holds again.

    Sessions that run keep what they were launched with. Raises `NotFound` for a role that the team
    does not define, `Conflict` while one of its pipelines needs it, or `NotAllowed`.
    """
    name = canonical_role(role)
    was_tried = False

    def work(db: Connection) -> None:
        nonlocal was_tried
        hold_team(db, principal, team_id, Action.CONFIGURE)  # nobody may begin to need it meanwhile
        if name not in BUILT_IN_PROFILES:
            _demand_unneeded(db, principal, team_id, name)
        if not configuration.delete_profile(db, team_id, name):
            if was_tried:  # and its answer was lost
                return
            raise NotFound("This team defines no such role.", hint=_LIST_ROLES)
        note(db, principal, "role.deleted", team_id=team_id, subject=name)
        was_tried = True

    transact(work)


def define_pipeline(principal: Principal, team_id: UUID, definition: Mapping[str, Any]) -> Pipeline:
    """Give a team a pipeline, in place of an earlier or the built-in one of that name.

    `definition` is `{"name": …, "steps": [{"role": …, "after": […]}]}`. Raises `InvalidInput` for
    a cycle or an unknown role, `NotFound` or `NotAllowed`.
    """

    def work(db: Connection) -> Pipeline:
        demand_held(db, principal, team_id, Action.CONFIGURE)
        known = BUILT_IN_PROFILES | configuration.team_profiles(db, principal, team_id)
        pipeline = pipeline_from_json(definition, known_roles=known)
        configuration.put_pipeline(db, new_id(), team_id, pipeline)
        details = {"roles": [step.role for step in pipeline.steps]}
        note(
            db,
            principal,
            "pipeline.defined",
            team_id=team_id,
            subject=pipeline.name,
            details=details,
        )
        return pipeline

    return transact(work)


def delete_pipeline(principal: Principal, team_id: UUID, name: str) -> None:
    """Take a team's own pipeline away; the built-in one of that name holds again.

    Sessions that run keep what they were launched with. Raises `NotFound` for a pipeline that the
    team does not define, or `NotAllowed`.
    """
    name = clean_line(name)
    was_tried = False

    def work(db: Connection) -> None:
        nonlocal was_tried
        demand_held(db, principal, team_id, Action.CONFIGURE)
        if not configuration.delete_pipeline(db, team_id, name):
            if was_tried:  # and its answer was lost
                return
            raise NotFound("This team defines no such pipeline.", hint=_LIST_PIPELINES)
        note(db, principal, "pipeline.deleted", team_id=team_id, subject=name)
        was_tried = True

    transact(work)


def _demand_unneeded(db: Connection, principal: Principal, team_id: UUID, role: str) -> None:
    own = [pipeline_from_json(one) for one in listing.list_pipelines(db, principal, team_id)]
    for pipeline in own:
        if role in pipeline.roles:
            raise Conflict(
                f"The pipeline '{pipeline.name}' needs the role '{role}'.",
                hint="Define that pipeline without it first, or delete it.",
            )
