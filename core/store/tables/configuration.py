"""What a team defines for itself: roles and pipelines beside the built-in ones."""

from __future__ import annotations

from sqlalchemy import Column, Double, Table, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB

from core.store.tables.schema import id_column, metadata, team_column, time_column

role_profiles = Table(
    "role_profiles",
    metadata,
    id_column(),
    team_column(),
    Column("role", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("capabilities", JSONB, nullable=False),
    Column("instructions", Text, nullable=False),
    Column("executor", Text, nullable=False),
    Column("timeout_seconds", Double),
    time_column("created_at", nullable=False, default_now=True),
    time_column("updated_at", nullable=False, default_now=True),
    UniqueConstraint("team_id", "role"),
)

pipelines = Table(
    "pipelines",
    metadata,
    id_column(),
    team_column(),
    Column("name", Text, nullable=False),
    Column("definition", JSONB, nullable=False),  # Pipeline.to_json
    time_column("created_at", nullable=False, default_now=True),
    time_column("updated_at", nullable=False, default_now=True),
    UniqueConstraint("team_id", "name"),
)
