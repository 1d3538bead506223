"""Who a user is at the identity provider, and which memberships its groups gave.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('users', sa.Column('identity_issuer', sa.Text(), nullable=True))
    op.add_column('users', sa.Column('identity_subject', sa.Text(), nullable=True))
    op.create_unique_constraint(op.f('uq_users_identity_issuer_identity_subject'), 'users', ['identity_issuer', 'identity_subject'])
    op.create_check_constraint(op.f('ck_users_identity'), 'users', 'num_nulls(identity_issuer, identity_subject) IN (0, 2)')
    op.add_column('team_memberships', sa.Column('is_mapped', sa.Boolean(), server_default=sa.text('false'), nullable=False))


def downgrade() -> None:
    op.drop_column('team_memberships', 'is_mapped')
    op.drop_constraint(op.f('ck_users_identity'), 'users', type_='check')
    op.drop_constraint(op.f('uq_users_identity_issuer_identity_subject'), 'users', type_='unique')
    op.drop_column('users', 'identity_subject')
    op.drop_column('users', 'identity_issuer')
