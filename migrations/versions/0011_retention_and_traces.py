"""What retention took and what is pinned; the trace that a task belongs to.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('session_heads', sa.Column('events_gone_to_seq', sa.BigInteger(), server_default=sa.text('0'), nullable=False))
    op.add_column('execution_sessions', sa.Column('pinned_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('execution_sessions', sa.Column('pinned_by', sa.UUID(), nullable=True))
    op.add_column('execution_sessions', sa.Column('details_gone_at', sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f('fk_execution_sessions_pinned_by_users'), 'execution_sessions', 'users', ['pinned_by'], ['id'])
    op.create_index(op.f('ix_execution_sessions_pinned_by'), 'execution_sessions', ['pinned_by'], unique=False)
    op.create_index('ix_execution_sessions_with_details', 'execution_sessions', ['ended_at'], unique=False, postgresql_where=sa.text('ended_at IS NOT NULL AND details_gone_at IS NULL AND pinned_at IS NULL'))
    op.add_column('agent_tasks', sa.Column('trace_id', sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column('agent_tasks', sa.Column('parent_span_id', sa.Text(), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    op.drop_column('agent_tasks', 'parent_span_id')
    op.drop_column('agent_tasks', 'trace_id')
    op.drop_index('ix_execution_sessions_with_details', table_name='execution_sessions', postgresql_where=sa.text('ended_at IS NOT NULL AND details_gone_at IS NULL AND pinned_at IS NULL'))
    op.drop_index(op.f('ix_execution_sessions_pinned_by'), table_name='execution_sessions')
    op.drop_constraint(op.f('fk_execution_sessions_pinned_by_users'), 'execution_sessions', type_='foreignkey')
    op.drop_column('execution_sessions', 'details_gone_at')
    op.drop_column('execution_sessions', 'pinned_by')
    op.drop_column('execution_sessions', 'pinned_at')
    op.drop_column('session_heads', 'events_gone_to_seq')
