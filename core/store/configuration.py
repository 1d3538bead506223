"""A team's own roles and pipelines as rows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from core.domain.access import Principal
from core.domain.pipeline import Pipeline
from core.domain.role import RoleProfile
from core.store.scope import visible
from core.store.tables import pipelines, role_profiles


def team_profiles(db: Connection, principal: Principal, team_id: UUID) -> dict[str, RoleProfile]:
    """Return the roles that a team defines, by name."""
    query = select(role_profiles).where(role_profiles.c.team_id == team_id)
    return {
        row.role: RoleProfile(
            role=row.role,
            title=row.title,
            capabilities=tuple(row.capabilities),
            instructions=row.instructions,
            executor=row.executor,
            timeout_seconds=row.timeout_seconds,
        )
        for row in db.execute(visible(query, principal))
    }


def put_profile(db: Connection, profile_id: UUID, team_id: UUID, profile: RoleProfile) -> None:
    """Store a team's role, in place of an earlier one of that name."""
    values = {
        "title": profile.title,
        "capabilities": list(profile.capabilities),
        "instructions": profile.instructions,
        "executor": profile.executor,
        "timeout_seconds": profile.timeout_seconds,
    }
    db.execute(
        upsert(role_profiles)
        .values(id=profile_id, team_id=team_id, role=profile.role, **values)
        .on_conflict_do_update(
            index_elements=["team_id", "role"],
            set_={**values, "updated_at": func.clock_timestamp()},
        )
    )


def delete_profile(db: Connection, team_id: UUID, role: str) -> bool:
    """Take a team's own role away; tell whether there was one."""
    of_team = (role_profiles.c.team_id == team_id) & (role_profiles.c.role == role)
    return db.execute(delete(role_profiles).where(of_team)).rowcount > 0


def team_pipeline(
    db: Connection, principal: Principal, team_id: UUID, name: str
) -> dict[str, Any] | None:
    """Return the definition of a team's pipeline, or None."""
    query = select(pipelines.c.definition).where(
        pipelines.c.team_id == team_id, pipelines.c.name == name
    )
    definition: dict[str, Any] | None = db.execute(visible(query, principal)).scalar_one_or_none()
    return definition


def put_pipeline(db: Connection, pipeline_id: UUID, team_id: UUID, pipeline: Pipeline) -> None:
    """Store a team's pipeline, in place of an earlier one of that name."""
    db.execute(
        upsert(pipelines)
        .values(id=pipeline_id, team_id=team_id, name=pipeline.name, definition=pipeline.to_json())
        .on_conflict_do_update(
            index_elements=["team_id", "name"],
            set_={"definition": pipeline.to_json(), "updated_at": func.clock_timestamp()},
        )
    )


def delete_pipeline(db: Connection, team_id: UUID, name: str) -> bool:
    """Take a team's own pipeline away; tell whether there was one."""
    of_team = (pipelines.c.team_id == team_id) & (pipelines.c.name == name)
    return db.execute(delete(pipelines).where(of_team)).rowcount > 0
