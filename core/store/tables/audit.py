"""Who changed what, and the seals over it: rows that are only ever inserted, as triggers demand."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from core.store.tables.schema import metadata, time_column

audit_events = Table(
    "audit_events",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("team_id", UUID(as_uuid=True), ForeignKey("teams.id")),  # none: an account was changed
    Column("kind", Text, nullable=False),
    Column("actor", Text, nullable=False),  # as "user mara"; a name may change or go
    Column("actor_id", UUID(as_uuid=True)),  # no foreign key: the row outlives its user
    Column("subject", Text, nullable=False, server_default=text("''")),
    time_column("at", nullable=False, default_now=True),
    Column("address", Text, nullable=False, server_default=text("''")),
    Column("trace_id", Text, nullable=False, server_default=text("''")),
    Column("details", JSONB, nullable=False, server_default=text("'{}'")),
)
Index("ix_audit_events_team_id_id", audit_events.c.team_id, audit_events.c.id)
# Rows stand nearly in order of time, so blocks of them are enough to know.
Index("ix_audit_events_at", audit_events.c.at, postgresql_using="brin")
Index(
    "ix_audit_events_dropped",
    audit_events.c.team_id,
    postgresql_where=text("kind = 'audit.dropped'"),
)

# A trigger enters what was inserted, at its commit; sealing takes it out. An id says nothing about
# the order of commits, so no mark "sealed up to here" would do.
audit_unsealed = Table(
    "audit_unsealed",
    metadata,
    Column("event_id", BigInteger, primary_key=True, autoincrement=False),
)

# No foreign keys: a seal outlives its event, which retention drops.
audit_seals = Table(
    "audit_seals",
    metadata,
    Column("chain", UUID(as_uuid=True), nullable=False),  # the team, or 0 for accounts
    Column("number", BigInteger, nullable=False),
    Column("event_id", BigInteger, nullable=False),
    Column("row_sha256", Text, nullable=False),
    Column("sha256", Text, nullable=False),  # of the previous one and of the row's
    time_column("sealed_at", nullable=False, default_now=True),
    PrimaryKeyConstraint("chain", "number"),
    UniqueConstraint("event_id"),
)
