"""What a pipeline's gates ask is noted in the audit.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SOURCES = Path(__file__).parent.parent / "functions"
FUNCTION = "note_gate_v1"
TRIGGER = (
    "CREATE TRIGGER to_be_noted AFTER INSERT ON approvals FOR EACH ROW"
    " WHEN (NEW.asked_by = 'gate') EXECUTE FUNCTION note_gate_v1()"
)


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SOURCES / f"{FUNCTION}.sql").read_text())
    op.get_bind().exec_driver_sql(TRIGGER)


def downgrade() -> None:
    op.get_bind().exec_driver_sql("DROP TRIGGER to_be_noted ON approvals")
    op.get_bind().exec_driver_sql(f"DROP FUNCTION {FUNCTION}")
