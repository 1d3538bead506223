"""The audit: events that are only ever inserted, and the seals over them.

Revision ID: 0005
Revises: 0004
"""
from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SOURCES = Path(__file__).parent.parent / "functions"
FUNCTIONS = ("refuse_audit_change_v1", "queue_audit_events_v1", "drop_audit_events_v1")
TRIGGERS = (
    "CREATE TRIGGER only_inserted BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change_v1()",
    "CREATE TRIGGER only_inserted BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seals"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change_v1()",
    "CREATE TRIGGER to_be_sealed AFTER INSERT ON audit_events REFERENCING NEW TABLE AS added"
    " FOR EACH STATEMENT EXECUTE FUNCTION queue_audit_events_v1()",
)


def upgrade() -> None:
    op.create_table('audit_events',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('team_id', sa.UUID(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('actor_id', sa.UUID(), nullable=True),
    sa.Column('subject', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('address', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('trace_id', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('details', postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
    sa.ForeignKeyConstraint(['team_id'], ['teams.id'], name=op.f('fk_audit_events_team_id_teams')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_events'))
    )
    op.create_index('ix_audit_events_team_id_id', 'audit_events', ['team_id', 'id'], unique=False)
    op.create_index('ix_audit_events_at', 'audit_events', ['at'], unique=False, postgresql_using='brin')
    op.create_index('ix_audit_events_dropped', 'audit_events', ['team_id'], unique=False, postgresql_where=sa.text("kind = 'audit.dropped'"))
    op.create_table('audit_unsealed',
    sa.Column('event_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.PrimaryKeyConstraint('event_id', name=op.f('pk_audit_unsealed'))
    )
    op.create_table('audit_seals',
    sa.Column('chain', sa.UUID(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('row_sha256', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('sealed_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('chain', 'number', name=op.f('pk_audit_seals')),
    sa.UniqueConstraint('event_id', name=op.f('uq_audit_seals_event_id'))
    )
    for name in FUNCTIONS:
        op.get_bind().exec_driver_sql((SOURCES / f"{name}.sql").read_text())
    for trigger in TRIGGERS:
        op.get_bind().exec_driver_sql(trigger)


def downgrade() -> None:
    for table in ("audit_seals", "audit_unsealed", "audit_events"):
        op.drop_table(table)
    for name in reversed(FUNCTIONS):
        op.get_bind().exec_driver_sql(f"DROP FUNCTION {name}")
