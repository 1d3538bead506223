"""What a session leaves: decisions, snapshots, artifacts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from core.store.tables.runs import session_key
from core.store.tables.schema import act_key_column, id_column, metadata, one_of, time_column

CONFIDENCES = ("high", "medium", "low")


def _decision_columns() -> list[Any]:
    return [
        id_column(),
        Column("session_id", UUID(as_uuid=True), nullable=False),
        Column("team_id", UUID(as_uuid=True), nullable=False),
        Column("author_role", Text),  # none: a person
        Column("text", Text, nullable=False),
        Column("rationale", Text, nullable=False),
        Column("category", Text, nullable=False),
        Column("confidence", Text, nullable=False),
        Column("alternatives", JSONB, nullable=False),
        Column("evidence", JSONB, nullable=False),
        Column("revisit_trigger", Text),
        Column("seq", BigInteger, nullable=False),  # the event that recorded it
        time_column("created_at", nullable=False),
        session_key(),
        one_of("confidence", CONFIDENCES),
    ]


session_decisions = Table(
    "session_decisions",
    metadata,
    *_decision_columns(),
    Column("author_id", UUID(as_uuid=True), ForeignKey("users.id"), index=True),
    Column(
        "supersedes_id", UUID(as_uuid=True), ForeignKey("session_decisions.id"), unique=True
    ),  # at most one decision supersedes another
    *act_key_column("session_decisions"),
)
Index("ix_session_decisions_session_id", session_decisions.c.session_id)
Index(
    "ix_session_decisions_team_id_created_at",
    session_decisions.c.team_id,
    session_decisions.c.created_at.desc(),
    session_decisions.c.seq.desc(),
)

task_decisions = Table(
    "task_decisions",
    metadata,
    *_decision_columns(),
    Column(
        "task_id",
        UUID(as_uuid=True),
        ForeignKey("agent_tasks.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("attempt", Integer, nullable=False),
)
Index("ix_task_decisions_session_id", task_decisions.c.session_id)
Index(
    "ix_task_decisions_team_id_created_at",
    task_decisions.c.team_id,
    task_decisions.c.created_at.desc(),
    task_decisions.c.seq.desc(),
)

agent_snapshots = Table(
    "agent_snapshots",
    metadata,
    id_column(),
    Column("session_id", UUID(as_uuid=True), nullable=False),
    Column("team_id", UUID(as_uuid=True), nullable=False),
    Column(
        "task_id",
        UUID(as_uuid=True),
        ForeignKey("agent_tasks.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("attempt", Integer, nullable=False),
    Column("context", JSONB, nullable=False),  # stored when the attempt is claimed
    Column("capabilities", JSONB, nullable=False),
    Column("decisions", JSONB, nullable=False),  # ids of those that guided the attempt
    Column("execution", JSONB),  # stored by whoever ends the attempt
    Column("ended_as", Text),
    time_column("created_at", nullable=False),
    time_column("ended_at"),
    UniqueConstraint("task_id", "attempt"),
    session_key(),
    one_of("ended_as", ("completed", "failed", "lease_lost", "waiting", "cancelled")),
)
Index("ix_agent_snapshots_session_id", agent_snapshots.c.session_id)

# Large outputs that snapshots refer to by hash: stored once for each session.
snapshot_contents = Table(
    "snapshot_contents",
    metadata,
    Column("session_id", UUID(as_uuid=True), nullable=False),
    Column("sha256", Text, nullable=False),
    Column("team_id", UUID(as_uuid=True), nullable=False),
    Column("body", JSONB, nullable=False),
    PrimaryKeyConstraint("session_id", "sha256"),
    session_key(),
)

artifacts = Table(
    "artifacts",
    metadata,
    id_column(),
    Column("session_id", UUID(as_uuid=True), nullable=False),
    Column("team_id", UUID(as_uuid=True), nullable=False),
    Column(
        "task_id",
        UUID(as_uuid=True),
        ForeignKey("agent_tasks.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("attempt", Integer, nullable=False),
    Column("agent_role", Text, nullable=False),
    Column("slug", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("evidence", JSONB, nullable=False),
    Column("links", JSONB, nullable=False),
    Column("validation", JSONB, nullable=False),
    time_column("created_at", nullable=False),
    UniqueConstraint("session_id", "slug"),
    session_key(),
)
