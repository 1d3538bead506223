"""Approvals: what tasks ask people, and the answers."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from core.domain.approval import ApprovalStatus, AskedBy, OnExpiry
from core.store.tables.runs import session_key
from core.store.tables.schema import id_column, metadata, one_of, time_column

approvals = Table(
    "approvals",
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
    Column("attempt", Integer, nullable=False),  # that ended with it; 0: a gate before the first
    Column("asked_by", Text, nullable=False),
    Column("asker", Text),  # the agent that asked, by the name under which it held the task
    Column("approver_role", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("details", Text, nullable=False, server_default=text("''")),
    Column("status", Text, nullable=False, server_default=text("'pending'")),
    Column("on_expiry", Text, nullable=False),
    time_column("requested_at", nullable=False),
    time_column("expires_at", nullable=False),
    time_column("decided_at"),
    Column("decided_by", UUID(as_uuid=True), ForeignKey("users.id"), index=True),
    Column("reason", Text, nullable=False, server_default=text("''")),
    Column("changed_input", JSONB),  # what took the place of keys of the task's input
    session_key(),
    one_of("asked_by", AskedBy),
    one_of("status", ApprovalStatus),
    one_of("on_expiry", OnExpiry),
    CheckConstraint("(status = 'pending') = (decided_at IS NULL)", name="decided"),
)
Index("ix_approvals_session_id", approvals.c.session_id)
Index("ix_approvals_task_id", approvals.c.task_id)
# Who asks the same again finds what it has asked.
Index(
    "uq_approvals_asked",
    approvals.c.task_id,
    approvals.c.attempt,
    approvals.c.approver_role,
    unique=True,
    postgresql_where=text("asked_by IN ('executor', 'agent')"),
)
Index(
    "ix_approvals_pending",
    approvals.c.team_id,
    approvals.c.requested_at,
    approvals.c.id,
    postgresql_where=text("status = 'pending'"),
)
Index(
    "ix_approvals_expiring",
    approvals.c.expires_at,
    postgresql_where=text("status = 'pending'"),
)
Index(
    "ix_approvals_team_id_requested_at",
    approvals.c.team_id,
    approvals.c.requested_at,
    approvals.c.id,
)
