"""Sessions without a pipeline, and the tasks that are routed to them.

Claiming and recording get new versions: they tell what a routed task is, and leave a session
active that stays open. Recording by the earlier version calls the new one, so that workers of both
versions run side by side.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SOURCES = Path(__file__).parent.parent / "functions"
FUNCTIONS = ("begin_attempt_v2", "claim_task_v2", "record_result_v2")


def upgrade() -> None:
    op.alter_column("execution_sessions", "pipeline", nullable=True)
    op.add_column("execution_sessions", sa.Column("role", sa.Text()))
    op.add_column(
        "session_heads",
        sa.Column("stays_open", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("agent_tasks", sa.Column("task_type", sa.Text()))
    op.add_column("agent_tasks", sa.Column("route_key", sa.Text()))
    op.drop_constraint("uq_agent_tasks_session_id_role", "agent_tasks")
    op.create_unique_constraint(
        "uq_agent_tasks_session_id_position", "agent_tasks", ["session_id", "position"]
    )
    op.create_index(
        "uq_agent_tasks_session_id_role",
        "agent_tasks",
        ["session_id", "role"],
        unique=True,
        postgresql_where=sa.text("task_type IS NULL"),
    )
    op.create_index(
        "uq_agent_tasks_team_id_route_key",
        "agent_tasks",
        ["team_id", "route_key"],
        unique=True,
        postgresql_where=sa.text("route_key IS NOT NULL"),
    )
    for name in (*FUNCTIONS, "record_result_v1_by_v2"):
        op.get_bind().exec_driver_sql((SOURCES / f"{name}.sql").read_text())


def downgrade() -> None:
    for name in ("record_result_v1", *reversed(FUNCTIONS)):
        op.get_bind().exec_driver_sql(f"DROP FUNCTION {name}")
    op.get_bind().exec_driver_sql((SOURCES / "record_result_v1.sql").read_text())
    # What an earlier version cannot read goes with it.
    op.execute("DELETE FROM execution_sessions WHERE pipeline IS NULL")
    op.drop_index("uq_agent_tasks_team_id_route_key", "agent_tasks")
    op.drop_index("uq_agent_tasks_session_id_role", "agent_tasks")
    op.drop_constraint("uq_agent_tasks_session_id_position", "agent_tasks")
    op.create_unique_constraint(
        "uq_agent_tasks_session_id_role", "agent_tasks", ["session_id", "role"]
    )
    op.drop_column("agent_tasks", "route_key")
    op.drop_column("agent_tasks", "task_type")
    op.drop_column("session_heads", "stays_open")
    op.drop_column("execution_sessions", "role")
    op.alter_column("execution_sessions", "pipeline", nullable=False)
