"""Users, teams and who is in which."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from core.domain.access import TeamRole
from core.store.tables.schema import act_key_column, id_column, metadata, one_of, time_column

users = Table(
    "users",
    metadata,
    id_column(),
    Column("user_name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("password_hash", Text),  # none: this user cannot sign in by password
    Column("is_administrator", Boolean, nullable=False, server_default=text("false")),
    time_column("disabled_at"),  # then nobody gets in as this user
    # Who this is at the identity provider; none: nobody there.
    Column("identity_issuer", Text),
    Column("identity_subject", Text),
    time_column("created_at", nullable=False, default_now=True),
    time_column("updated_at", nullable=False, default_now=True),
    UniqueConstraint("identity_issuer", "identity_subject"),
    CheckConstraint("num_nulls(identity_issuer, identity_subject) IN (0, 2)", name="identity"),
)
Index("uq_users_user_name", func.lower(users.c.user_name), unique=True)
Index("uq_users_email", func.lower(users.c.email), unique=True)

teams = Table(
    "teams",
    metadata,
    id_column(),
    Column("owner_id", UUID(as_uuid=True), ForeignKey("users.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=text("''")),
    Column("is_shared", Boolean, nullable=False, server_default=text("false")),
    time_column("archived_at"),  # kept and readable; nothing is launched or changed in it
    *act_key_column("teams"),
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
    # Roles for which this member may answer approvals, as "designer" or "finance".
    Column("approver_roles", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    # Whether groups at the identity provider gave it; then they change it and take it away.
    Column("is_mapped", Boolean, nullable=False, server_default=text("false")),
    time_column("created_at", nullable=False, default_now=True),
    one_of("role", TeamRole),
)

# An invitation goes to a user who is known, or to whoever holds its link.
team_invitations = Table(
    "team_invitations",
    metadata,
    id_column(),
    Column("team_id", UUID(as_uuid=True), ForeignKey("teams.id"), nullable=False, index=True),
    Column("role", Text, nullable=False),
    Column("user_id", UUID(as_uuid=True), ForeignKey("users.id"), index=True),
    Column("email", Text),  # to whom the link was meant to be sent
    Column("token_sha256", Text, unique=True),  # of the link; what is stored opens nothing
    Column("invited_by", UUID(as_uuid=True), ForeignKey("users.id"), nullable=False, index=True),
    Column("answer", Text),  # none: nobody has answered yet
    time_column("created_at", nullable=False, default_now=True),
    time_column("expires_at", nullable=False),
    time_column("answered_at"),
    *act_key_column("team_invitations"),
    one_of("role", (TeamRole.MEMBER, TeamRole.VIEWER)),
    one_of("answer", ("accepted", "declined", "withdrawn")),
)
# A user is invited to a team once at a time.
Index(
    "uq_team_invitations_open",
    team_invitations.c.team_id,
    team_invitations.c.user_id,
    unique=True,
    postgresql_where=text("answer IS NULL AND user_id IS NOT NULL"),
)

# What a program signs in with. Belongs to a user, and may be bound to one team.
api_tokens = Table(
    "api_tokens",
    metadata,
    id_column(),
    Column("user_id", UUID(as_uuid=True), ForeignKey("users.id"), nullable=False, index=True),
    Column("team_id", UUID(as_uuid=True), ForeignKey("teams.id"), index=True),  # none: all
    Column("name", Text, nullable=False),
    Column("token_sha256", Text, nullable=False, unique=True),
    Column("scopes", ARRAY(Text), nullable=False),
    time_column("created_at", nullable=False, default_now=True),
    time_column("expires_at", nullable=False),
    time_column("last_used_at"),
    time_column("revoked_at"),
)
