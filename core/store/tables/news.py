"""What people and other systems are told of: events to tell, notifications, webhooks."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from core.domain.notification import KINDS, Priority
from core.domain.webhook import DeliveryStatus
from core.store.tables.runs import session_key
from core.store.tables.schema import (
    act_key_column,
    id_column,
    metadata,
    one_of,
    team_column,
    time_column,
)

# A trigger enters news at the insert of their event; whoever tells them takes them out. As ids say
# nothing about the order of commits, no mark "told up to here" would do.
untold_events = Table(
    "untold_events",
    metadata,
    Column("session_id", UUID(as_uuid=True), nullable=False),
    Column("seq", BigInteger, nullable=False),
    PrimaryKeyConstraint("session_id", "seq"),
)

# One row for each person who is told.
notifications = Table(
    "notifications",
    metadata,
    id_column(),
    team_column(),
    Column("user_id", UUID(as_uuid=True), ForeignKey("users.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("priority", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("sender", Text, nullable=False, server_default=text("''")),
    Column("session_id", UUID(as_uuid=True)),
    Column("event_seq", BigInteger),  # of news; none: somebody wrote it
    Column("task_id", UUID(as_uuid=True)),
    Column("act_key", Text),  # by which a repeated request finds what it sent
    time_column("created_at", nullable=False),
    time_column("read_at"),
    session_key(),
    UniqueConstraint("session_id", "event_seq", "user_id"),
    UniqueConstraint("act_key", "user_id"),
    one_of("kind", KINDS),
    one_of("priority", Priority),
)
Index("ix_notifications_user_id_id", notifications.c.user_id, notifications.c.id.desc())
Index(
    "ix_notifications_unread",
    notifications.c.user_id,
    notifications.c.team_id,
    postgresql_where=notifications.c.read_at.is_(None),
)
Index("ix_notifications_team_id", notifications.c.team_id)
Index("ix_notifications_created_at", notifications.c.created_at, postgresql_using="brin")

webhooks = Table(
    "webhooks",
    metadata,
    id_column(),
    team_column(),
    Column("url", Text, nullable=False),
    Column("kinds", ARRAY(Text), nullable=False),  # of news that it is sent
    Column("sealed_secret", LargeBinary, nullable=False),  # signing needs it, so it is no hash
    Column("made_by", UUID(as_uuid=True), ForeignKey("users.id"), index=True),
    time_column("created_at", nullable=False),
    time_column("disabled_at"),
    Column("disabled_because", Text, nullable=False, server_default=text("''")),
    *act_key_column("webhooks"),
    UniqueConstraint("id", "team_id"),
)
Index("ix_webhooks_team_id", webhooks.c.team_id)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    id_column(),  # goes along with every try, so that the receiver knows a repetition
    Column("webhook_id", UUID(as_uuid=True), nullable=False),
    Column("team_id", UUID(as_uuid=True), nullable=False),
    Column("kind", Text, nullable=False),
    Column("session_id", UUID(as_uuid=True)),  # none: a test
    Column("event_seq", BigInteger),
    Column("payload", JSONB, nullable=False),
    Column("status", Text, nullable=False),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    time_column("created_at", nullable=False),
    time_column("due_at", nullable=False),
    time_column("lease_until"),  # until then somebody is sending it
    time_column("tried_at"),
    time_column("ended_at"),
    Column("answer_status", Integer),  # of the latest try
    Column("answer", Text, nullable=False, server_default=text("''")),  # its beginning
    Column("error", Text, nullable=False, server_default=text("''")),
    ForeignKeyConstraint(
        ["webhook_id", "team_id"], ["webhooks.id", "webhooks.team_id"], ondelete="CASCADE"
    ),
    session_key(),
    UniqueConstraint("webhook_id", "session_id", "event_seq"),
    one_of("status", DeliveryStatus),
    CheckConstraint("(ended_at IS NULL) = (status = 'pending')", name="end"),
)
_d = webhook_deliveries.c
Index("ix_webhook_deliveries_webhook_id_id", _d.webhook_id, _d.id.desc())
Index("ix_webhook_deliveries_session_id", _d.session_id, _d.team_id)
Index(
    "ix_webhook_deliveries_due", _d.webhook_id, _d.due_at, postgresql_where=_d.status == "pending"
)
Index(
    "ix_webhook_deliveries_leased",
    _d.webhook_id,
    postgresql_where=text("status = 'pending' AND lease_until IS NOT NULL"),
)
Index("ix_webhook_deliveries_created_at", _d.created_at, postgresql_using="brin")
