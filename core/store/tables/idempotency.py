"""Requests that were begun under a key, and their answers."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from core.store.tables.schema import id_column, metadata, one_of, time_column

# Belongs to whoever asked, not to a team: many acts, as making a team, know none.
idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    id_column(),
    Column("user_id", UUID(as_uuid=True), ForeignKey("users.id"), nullable=False, index=True),
    Column("token_id", UUID(as_uuid=True), ForeignKey("api_tokens.id"), index=True),
    Column("method", Text, nullable=False),
    Column("path", Text, nullable=False),  # to be read by people; the scope says it exactly
    Column("scope_sha256", Text, nullable=False),  # user, token, method and path
    Column("key", UUID(as_uuid=True), nullable=False),
    Column("fingerprint", Text, nullable=False),  # SHA-256 of what was asked
    Column("state", Text, nullable=False),
    Column("holder", UUID(as_uuid=True), nullable=False),  # the call that runs the act
    time_column("begun_at", nullable=False),  # by the holder
    time_column("locked_until", nullable=False),  # then the holder counts as dead
    Column("status", SmallInteger),
    Column("headers", JSONB, nullable=False, server_default=text("'{}'")),
    Column("body", LargeBinary),
    time_column("created_at", nullable=False, default_now=True),
    time_column("expires_at", nullable=False),
    UniqueConstraint("scope_sha256", "key"),
    one_of("state", ("in_flight", "answered")),
    CheckConstraint(
        "num_nulls(status, body) = CASE state WHEN 'answered' THEN 0 ELSE 2 END", name="answer"
    ),
)
Index("ix_idempotency_keys_expires_at", idempotency_keys.c.expires_at)
