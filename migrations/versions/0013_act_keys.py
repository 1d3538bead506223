"""By what a repeated act finds the team, decision, invitation or webhook that it made.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = ("teams", "team_invitations", "session_decisions", "webhooks")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("act_key", sa.Text(), nullable=True))
        op.create_index(
            f"uq_{table}_act_key",
            table,
            ["act_key"],
            unique=True,
            postgresql_where=sa.text("act_key IS NOT NULL"),
        )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_index(f"uq_{table}_act_key", table_name=table)
        op.drop_column(table, "act_key")
