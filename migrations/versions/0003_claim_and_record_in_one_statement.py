"""Functions by which an attempt is claimed and recorded in one statement each.

Their sources stand in `migrations/functions/`. A function is never edited once it was released:
a new version gets a new name, so that workers of both versions run side by side.

The index of unfinished sessions no longer holds `updated_at`, which every event changes.

Revision ID: 0003
Revises: 0002
"""
from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SOURCES = Path(__file__).parent.parent / "functions"
FUNCTIONS = ("begin_attempt_v1", "claim_task_v1", "record_result_v1")
UNFINISHED = sa.text("status IN ('pending', 'active', 'paused')")


def upgrade() -> None:
    for name in FUNCTIONS:
        op.get_bind().exec_driver_sql((SOURCES / f"{name}.sql").read_text())
    op.drop_index("ix_session_heads_unfinished", "session_heads")
    op.create_index(
        "ix_session_heads_unfinished",
        "session_heads",
        ["session_id"],
        postgresql_where=UNFINISHED,
    )


def downgrade() -> None:
    op.drop_index("ix_session_heads_unfinished", "session_heads")
    op.create_index(
        "ix_session_heads_unfinished",
        "session_heads",
        ["updated_at"],
        postgresql_where=UNFINISHED,
    )
    for name in reversed(FUNCTIONS):
        op.get_bind().exec_driver_sql(f"DROP FUNCTION {name}")
