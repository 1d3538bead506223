"""Sessions, their numbered log and their tasks: the rows that the engine moves.

Children name their session together with its team, so that a row can never belong to another
team than its session does, and one foreign key proves both.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from core.domain.lifecycle import Outcome, SessionStatus, TaskStatus
from core.store.tables.schema import id_column, metadata, one_of, team_column, time_column

execution_sessions = Table(
    "execution_sessions",
    metadata,
    id_column(),
    team_column(),
    Column("user_id", UUID(as_uuid=True), ForeignKey("users.id"), nullable=False, index=True),
    Column("feature_name", Text, nullable=False),
    Column("brief", Text, nullable=False),
    Column("brief_sha256", Text),  # only of one that snapshots refer to by hash
    Column("pipeline", JSONB(none_as_null=True)),  # Pipeline.to_json, frozen; null: routed to
    Column("role", Text),  # whom one without a pipeline is for, where that was said
    Column("input", JSONB, nullable=False, server_default=text("'{}'")),  # edits, answers
    Column("metadata", JSONB, nullable=False, server_default=text("'{}'")),
    Column("launch_key", Text, nullable=False),  # a repeated launch finds this session
    Column("outcome", Text),
    Column("questions", JSONB),  # what `needs_input` asks
    time_column("created_at", nullable=False),
    time_column("started_at"),
    time_column("ended_at"),
    time_column("pinned_at"),  # retention leaves what is pinned as it is
    Column("pinned_by", UUID(as_uuid=True), ForeignKey("users.id"), index=True),
    time_column("details_gone_at"),  # events, snapshots and artifacts were taken
    UniqueConstraint("team_id", "launch_key"),
    UniqueConstraint("id", "team_id"),
    one_of("outcome", Outcome),
    # Which session answers another one's questions.
    Index(
        "ix_execution_sessions_answer_to",
        text("(input ->> 'answer_to')"),
        postgresql_where=text("(input ->> 'answer_to') IS NOT NULL"),
    ),
    # People search by the beginnings of words in name and brief.
    Index(
        "ix_execution_sessions_words",
        text("to_tsvector('simple'::regconfig, (feature_name || ' '::text) || brief)"),
        postgresql_using="gin",
    ),
)
Index(
    "ix_execution_sessions_team_id_created_at",
    execution_sessions.c.team_id,
    execution_sessions.c.created_at.desc(),
    execution_sessions.c.id.desc(),
)

# The board reads what ended lately, and the list sorts by how long a session took.
Index(
    "ix_execution_sessions_team_id_ended_at",
    execution_sessions.c.team_id,
    execution_sessions.c.ended_at.desc(),
    postgresql_where=execution_sessions.c.ended_at.is_not(None),
)
Index(
    "ix_execution_sessions_team_id_duration",
    execution_sessions.c.team_id,
    text("(ended_at - started_at) DESC NULLS LAST"),
    execution_sessions.c.id.desc(),
)
# Whose details retention may take, the oldest first.
Index(
    "ix_execution_sessions_with_details",
    execution_sessions.c.ended_at,
    postgresql_where=text("ended_at IS NOT NULL AND details_gone_at IS NULL AND pinned_at IS NULL"),
)
# What asks people something.
Index(
    "ix_execution_sessions_needs_input",
    execution_sessions.c.team_id,
    execution_sessions.c.created_at.desc(),
    postgresql_where=text("outcome = 'needs_input'"),
)


def session_key(ondelete: str = "CASCADE") -> ForeignKeyConstraint:
    """Return the foreign key by which a row belongs to a session and to its team."""
    return ForeignKeyConstraint(
        ["session_id", "team_id"],
        ["execution_sessions.id", "execution_sessions.team_id"],
        ondelete=ondelete,
    )


# The narrow row that is locked: its lock orders a session's changes, `last_seq` numbers its events.
session_heads = Table(
    "session_heads",
    metadata,
    Column("session_id", UUID(as_uuid=True), primary_key=True),
    Column("team_id", UUID(as_uuid=True), nullable=False),
    Column("status", Text, nullable=False),
    Column("last_seq", BigInteger, nullable=False, server_default=text("0")),
    Column("events_gone_to_seq", BigInteger, nullable=False, server_default=text("0")),
    # Neither its last task nor a failed one ends it: more may be routed to it.
    Column("stays_open", Boolean, nullable=False, server_default=text("false")),
    time_column("updated_at", nullable=False),
    session_key(),
    one_of("status", SessionStatus),
    postgresql_with={"fillfactor": "50"},
)
Index(
    "ix_session_heads_unfinished",
    session_heads.c.session_id,  # not `updated_at`: what every event changes stays out of indexes
    postgresql_where=session_heads.c.status.in_(["pending", "active", "paused"]),
)
Index("ix_session_heads_team_id_status", session_heads.c.team_id, session_heads.c.status)

session_events = Table(
    "session_events",
    metadata,
    Column("session_id", UUID(as_uuid=True), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("team_id", UUID(as_uuid=True), nullable=False),
    Column("type", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("payload", JSONB, nullable=False),
    time_column("at", nullable=False),
    PrimaryKeyConstraint("session_id", "seq"),
    session_key(),
)

agent_tasks = Table(
    "agent_tasks",
    metadata,
    id_column(),
    Column("session_id", UUID(as_uuid=True), nullable=False),
    Column("team_id", UUID(as_uuid=True), nullable=False),
    Column("position", Integer, nullable=False),  # in the pipeline's definition, or as routed
    Column("role", Text, nullable=False),
    Column("after_roles", ARRAY(Text), nullable=False),
    Column("upstream_roles", ARRAY(Text), nullable=False),  # all that came before
    Column("description", Text, nullable=False),
    Column("task_type", Text),  # of a routed task; null: one of the pipeline
    Column("route_key", Text),  # a repeated request finds this task
    Column("instructions", Text, nullable=False),
    Column("capabilities", JSONB, nullable=False),
    Column("executor", Text, nullable=False),
    Column("timeout_seconds", Double, nullable=False),
    # What a person has to approve before it starts, under the id of the approval; none, or no more:
    # it starts by itself.
    Column("gate", JSONB),
    Column("from_role", Text),  # who asked, where it was a role
    Column("requested_by", UUID(as_uuid=True), ForeignKey("users.id"), index=True),
    Column("status", Text, nullable=False),
    Column("attempt", Integer, nullable=False, server_default=text("0")),  # the fencing token
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("crashes", Integer, nullable=False, server_default=text("0")),
    Column("dispatches", Integer, nullable=False, server_default=text("0")),  # since it was ready
    Column("lease_owner", Text),
    Column("queue_id", Text),  # the message that led to the latest claim
    Column("input", JSONB, nullable=False, server_default=text("'{}'")),
    # What asked for it in traces: attempts go on from there.
    Column("trace_id", Text, nullable=False, server_default=text("''")),
    Column("parent_span_id", Text, nullable=False, server_default=text("''")),
    Column("output", JSONB),
    Column("output_sha256", Text),
    Column("error_code", Text),
    Column("error_message", Text),
    time_column("created_at", nullable=False),
    time_column("due_at"),
    time_column("dispatched_at"),
    time_column("lease_until"),
    time_column("deadline_at"),
    time_column("started_at"),
    time_column("finished_at"),
    UniqueConstraint("session_id", "position"),
    session_key(),
    one_of("status", TaskStatus),
    postgresql_with={"fillfactor": "70"},
)
# A pipeline has one task for each role; to one role several tasks may be routed.
Index(
    "uq_agent_tasks_session_id_role",
    agent_tasks.c.session_id,
    agent_tasks.c.role,
    unique=True,
    postgresql_where=agent_tasks.c.task_type.is_(None),
)
Index(
    "uq_agent_tasks_team_id_route_key",
    agent_tasks.c.team_id,
    agent_tasks.c.route_key,
    unique=True,
    postgresql_where=agent_tasks.c.route_key.is_not(None),
)
# Programs read a team's tasks newest first.
Index(
    "ix_agent_tasks_team_id_created_at",
    agent_tasks.c.team_id,
    agent_tasks.c.created_at.desc(),
    agent_tasks.c.id.desc(),
)
Index(
    "ix_agent_tasks_due",
    agent_tasks.c.due_at,
    postgresql_where=agent_tasks.c.status == "ready",
)
Index(
    "ix_agent_tasks_lease",
    agent_tasks.c.lease_until,
    postgresql_where=agent_tasks.c.status == "running",
)
