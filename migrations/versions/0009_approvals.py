"""Approvals, and the gates of pipelines that ask for them.

Recording a result gets a third version, which stops at a gate; the others call it, so that workers
of all versions run side by side and none passes a gate.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SOURCES = Path(__file__).parent.parent / "functions"
PENDING = sa.text("status = 'pending'")


def upgrade() -> None:
    op.create_table('approvals',
    sa.Column('id', sa.UUID(), nullable=False),
    sa.Column('session_id', sa.UUID(), nullable=False),
    sa.Column('team_id', sa.UUID(), nullable=False),
    sa.Column('task_id', sa.UUID(), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('asked_by', sa.Text(), nullable=False),
    sa.Column('asker', sa.Text(), nullable=True),
    sa.Column('approver_role', sa.Text(), nullable=False),
    sa.Column('question', sa.Text(), nullable=False),
    sa.Column('details', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('status', sa.Text(), server_default=sa.text("'pending'"), nullable=False),
    sa.Column('on_expiry', sa.Text(), nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.UUID(), nullable=True),
    sa.Column('reason', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column('changed_input', postgresql.JSONB(), nullable=True),
    sa.CheckConstraint("asked_by IN ('gate', 'executor', 'agent', 'escalation')", name=op.f('ck_approvals_asked_by')),
    sa.CheckConstraint("on_expiry IN ('fail', 'escalate', 'go_on')", name=op.f('ck_approvals_on_expiry')),
    sa.CheckConstraint("status IN ('pending', 'approved', 'rejected', 'expired', 'cancelled')", name=op.f('ck_approvals_status')),
    sa.CheckConstraint("(status = 'pending') = (decided_at IS NULL)", name=op.f('ck_approvals_decided')),
    sa.ForeignKeyConstraint(['decided_by'], ['users.id'], name=op.f('fk_approvals_decided_by_users')),
    sa.ForeignKeyConstraint(['session_id', 'team_id'], ['execution_sessions.id', 'execution_sessions.team_id'], name=op.f('fk_approvals_session_id_execution_sessions'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['task_id'], ['agent_tasks.id'], name=op.f('fk_approvals_task_id_agent_tasks'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_approvals'))
    )
    op.create_index(op.f('ix_approvals_decided_by'), 'approvals', ['decided_by'], unique=False)
    op.create_index('ix_approvals_session_id', 'approvals', ['session_id'], unique=False)
    op.create_index('ix_approvals_task_id', 'approvals', ['task_id'], unique=False)
    op.create_index('uq_approvals_asked', 'approvals', ['task_id', 'attempt', 'approver_role'], unique=True, postgresql_where=sa.text("asked_by IN ('executor', 'agent')"))
    op.create_index('ix_approvals_pending', 'approvals', ['team_id', 'requested_at', 'id'], unique=False, postgresql_where=PENDING)
    op.create_index('ix_approvals_expiring', 'approvals', ['expires_at'], unique=False, postgresql_where=PENDING)
    op.create_index('ix_approvals_team_id_requested_at', 'approvals', ['team_id', 'requested_at', 'id'], unique=False)
    op.add_column('agent_tasks', sa.Column('gate', postgresql.JSONB(), nullable=True))
    for name in ("record_result_v3", "record_result_v2_by_v3"):
        op.get_bind().exec_driver_sql((SOURCES / f"{name}.sql").read_text())


def downgrade() -> None:
    for name in ("record_result_v2", "record_result_v3"):
        op.get_bind().exec_driver_sql(f"DROP FUNCTION {name}")
    op.get_bind().exec_driver_sql((SOURCES / "record_result_v2.sql").read_text())
    op.drop_column('agent_tasks', 'gate')
    op.drop_table('approvals')
