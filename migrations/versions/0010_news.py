"""What people and other systems are told: events to tell, notifications, webhooks.

Revision ID: 0010
Revises: 0009
"""
from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SOURCES = Path(__file__).parent.parent / "functions"
FUNCTION = "queue_news_v1"
TRIGGER = (
    "CREATE TRIGGER to_be_told AFTER INSERT ON session_events FOR EACH ROW"
    " WHEN (NEW.type IN ('session_completed', 'session_failed', 'approval_requested'))"
    " EXECUTE FUNCTION queue_news_v1()"
)


def upgrade() -> None:
    op.create_table('untold_events',
    sa.Column('session_id', sa.UUID(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('session_id', 'seq', name=op.f('pk_untold_events'))
    )
    op.create_table('webhooks',
    sa.Column('id', sa.UUID(), nullable=False),
    sa.Column('team_id', sa.UUID(), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('kinds', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('sealed_secret', sa.LargeBinary(), nullable=False),
    sa.Column('made_by', sa.UUID(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('disabled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('disabled_because', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.ForeignKeyConstraint(['made_by'], ['users.id'], name=op.f('fk_webhooks_made_by_users')),
    sa.ForeignKeyConstraint(['team_id'], ['teams.id'], name=op.f('fk_webhooks_team_id_teams')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhooks')),
    sa.UniqueConstraint('id', 'team_id', name=op.f('uq_webhooks_id_team_id'))
    )
    op.create_index(op.f('ix_webhooks_made_by'), 'webhooks', ['made_by'], unique=False)
    op.create_index('ix_webhooks_team_id', 'webhooks', ['team_id'], unique=False)
    op.create_table('notifications',
    sa.Column('id', sa.UUID(), nullable=False),
    sa.Column('team_id', sa.UUID(), nullable=False),
    sa.Column('user_id', sa.UUID(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('priority', sa.Text(), nullable=False),
    sa.Column('message', sa.Text(), nullable=False),
    sa.Column('sender', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('session_id', sa.UUID(), nullable=True),
    sa.Column('event_seq', sa.BigInteger(), nullable=True),
    sa.Column('task_id', sa.UUID(), nullable=True),
    sa.Column('act_key', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind IN ('message', 'session.finished', 'session.failed', 'session.needs_input', 'approval.waiting')", name=op.f('ck_notifications_kind')),
    sa.CheckConstraint("priority IN ('low', 'normal', 'high')", name=op.f('ck_notifications_priority')),
    sa.ForeignKeyConstraint(['session_id', 'team_id'], ['execution_sessions.id', 'execution_sessions.team_id'], name=op.f('fk_notifications_session_id_execution_sessions'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['team_id'], ['teams.id'], name=op.f('fk_notifications_team_id_teams')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_notifications_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notifications')),
    sa.UniqueConstraint('act_key', 'user_id', name=op.f('uq_notifications_act_key_user_id')),
    sa.UniqueConstraint('session_id', 'event_seq', 'user_id', name=op.f('uq_notifications_session_id_event_seq_user_id'))
    )
    op.create_index('ix_notifications_created_at', 'notifications', ['created_at'], unique=False, postgresql_using='brin')
    op.create_index('ix_notifications_team_id', 'notifications', ['team_id'], unique=False)
    op.create_index('ix_notifications_unread', 'notifications', ['user_id', 'team_id'], unique=False, postgresql_where=sa.text('read_at IS NULL'))
    op.create_index('ix_notifications_user_id_id', 'notifications', ['user_id', sa.literal_column('id DESC')], unique=False)
    op.create_table('webhook_deliveries',
    sa.Column('id', sa.UUID(), nullable=False),
    sa.Column('webhook_id', sa.UUID(), nullable=False),
    sa.Column('team_id', sa.UUID(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('session_id', sa.UUID(), nullable=True),
    sa.Column('event_seq', sa.BigInteger(), nullable=True),
    sa.Column('payload', postgresql.JSONB(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('tries', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tried_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer_status', sa.Integer(), nullable=True),
    sa.Column('answer', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('error', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.CheckConstraint("(ended_at IS NULL) = (status = 'pending')", name=op.f('ck_webhook_deliveries_end')),
    sa.CheckConstraint("status IN ('pending', 'delivered', 'failed')", name=op.f('ck_webhook_deliveries_status')),
    sa.ForeignKeyConstraint(['session_id', 'team_id'], ['execution_sessions.id', 'execution_sessions.team_id'], name=op.f('fk_webhook_deliveries_session_id_execution_sessions'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['webhook_id', 'team_id'], ['webhooks.id', 'webhooks.team_id'], name=op.f('fk_webhook_deliveries_webhook_id_webhooks'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_deliveries')),
    sa.UniqueConstraint('webhook_id', 'session_id', 'event_seq', name=op.f('uq_webhook_deliveries_webhook_id_session_id_event_seq'))
    )
    op.create_index('ix_webhook_deliveries_created_at', 'webhook_deliveries', ['created_at'], unique=False, postgresql_using='brin')
    op.create_index('ix_webhook_deliveries_due', 'webhook_deliveries', ['webhook_id', 'due_at'], unique=False, postgresql_where=sa.text("status = 'pending'"))
    op.create_index('ix_webhook_deliveries_leased', 'webhook_deliveries', ['webhook_id'], unique=False, postgresql_where=sa.text("status = 'pending' AND lease_until IS NOT NULL"))
    op.create_index('ix_webhook_deliveries_session_id', 'webhook_deliveries', ['session_id', 'team_id'], unique=False)
    op.create_index('ix_webhook_deliveries_webhook_id_id', 'webhook_deliveries', ['webhook_id', sa.literal_column('id DESC')], unique=False)
    op.get_bind().exec_driver_sql((SOURCES / f"{FUNCTION}.sql").read_text())
    op.get_bind().exec_driver_sql(TRIGGER)


def downgrade() -> None:
    op.get_bind().exec_driver_sql("DROP TRIGGER to_be_told ON session_events")
    op.get_bind().exec_driver_sql(f"DROP FUNCTION {FUNCTION}")
    for table in ("webhook_deliveries", "notifications", "webhooks", "untold_events"):
        op.drop_table(table)
