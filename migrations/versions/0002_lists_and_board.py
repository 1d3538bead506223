"""Indexes by which people find sessions and decisions, and by which the board is drawn.

Revision ID: 0002
Revises: 0001
"""
from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

DECISIONS = ("session_decisions", "task_decisions")


def upgrade() -> None:
    op.create_index(
        "ix_execution_sessions_team_id_ended_at",
        "execution_sessions",
        ["team_id", sa.text("ended_at DESC")],
        postgresql_where=sa.text("ended_at IS NOT NULL"),
    )
    op.create_index(
        "ix_execution_sessions_team_id_duration",
        "execution_sessions",
        ["team_id", sa.text("(ended_at - started_at) DESC NULLS LAST"), sa.text("id DESC")],
    )
    op.create_index(
        "ix_execution_sessions_needs_input",
        "execution_sessions",
        ["team_id", sa.text("created_at DESC")],
        postgresql_where=sa.text("outcome = 'needs_input'"),
    )
    op.create_index(
        "ix_execution_sessions_answer_to",
        "execution_sessions",
        [sa.text("(input ->> 'answer_to')")],
        postgresql_where=sa.text("(input ->> 'answer_to') IS NOT NULL"),
    )
    op.create_index(
        "ix_execution_sessions_words",
        "execution_sessions",
        [sa.text("to_tsvector('simple'::regconfig, (feature_name || ' '::text) || brief)")],
        postgresql_using="gin",
    )
    op.create_index("ix_session_heads_team_id_status", "session_heads", ["team_id", "status"])
    for table in DECISIONS:
        op.create_index(
            f"ix_{table}_team_id_created_at",
            table,
            ["team_id", sa.text("created_at DESC"), sa.text("seq DESC")],
        )


def downgrade() -> None:
    for table in DECISIONS:
        op.drop_index(f"ix_{table}_team_id_created_at", table_name=table)
    op.drop_index("ix_session_heads_team_id_status", table_name="session_heads")
    for name in ("words", "answer_to", "needs_input", "team_id_duration", "team_id_ended_at"):
        op.drop_index(f"ix_execution_sessions_{name}", table_name="execution_sessions")
