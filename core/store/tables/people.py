"""Users, teams and who is in which."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import UUID

from core.domain.access import TeamRole
from core.store.tables.schema import id_column, metadata, one_of, time_column

users = Table(
    "users",
    metadata,
    id_column(),
    Column("user_name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("password_hash", Text),  # none: this user cannot sign in by password
    Column("is_administrator", Boolean, nullable=False, server_default=text("false")),
    time_column("created_at", nullable=False, default_now=True),
    time_column("updated_at", nullable=False, default_now=True),
)
Index("uq_users_user_name", func.lower(users.c.user_name), unique=True)
Index("uq_users_email", func.lower(users.c.email), unique=True)

teams = Table(
    "teams",
    metadata,
    id_column(),
    Column("owner_id", UUID(as_uuid=True), ForeignKey("users.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("is_shared", Boolean, nullable=False, server_default=text("false")),
    time_column("created_at", nullable=False, default_now=True),
    time_column("updated_at", nullable=False, default_now=True),
    UniqueConstraint("owner_id", "name"),
)

team_memberships = Table(
    "team_memberships",
    metadata,
    Column("team_id", UUID(as_uuid=True), ForeignKey("teams.id"), primary_key=True),
    Column("user_id", UUID(as_uuid=True), ForeignKey("users.id"), primary_key=True, index=True),
    Column("role", Text, nullable=False),
    time_column("created_at", nullable=False, default_now=True),
    one_of("role", TeamRole),
)
