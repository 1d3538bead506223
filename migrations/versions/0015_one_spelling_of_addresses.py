"""E-mail addresses in the one spelling by which they are looked up.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.domain.email_address import check_email
from core.errors import InvalidInput

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# In ASCII, every address that is valid has been spelled like that before.
_OTHERS = (
    "SELECT id, email FROM {table} WHERE octet_length(email) <> char_length(email)"
    " ORDER BY created_at, id"
)
_SPELL = {
    # Who made an account by another spelling of a taken address keeps it, and signs in by name.
    "users": "UPDATE users SET email = :email WHERE id = :id"
    " AND NOT EXISTS (SELECT FROM users AS o WHERE lower(o.email) = lower(:email) AND o.id <> :id)",
    "team_invitations": "UPDATE team_invitations SET email = :email WHERE id = :id",
}


def upgrade() -> None:
    if op.get_context().as_sql:  # a script cannot look first
        return
    db = op.get_bind()
    for table, spell in _SPELL.items():
        for row in db.execute(sa.text(_OTHERS.format(table=table))).all():
            try:
                # The rule as it is now: whoever signs in is looked up by it.
                email = check_email(row.email)
            except InvalidInput:  # looked up as it is
                continue
            db.execute(sa.text(spell), {"id": row.id, "email": email})


def downgrade() -> None:
    """Nothing to do: the spelling was good before, too."""
