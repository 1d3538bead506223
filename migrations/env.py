"""Runs migrations in one transaction, under a lock, so that several at once do not hurt."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, text

from core.errors import NotRunning
from core.settings import load_settings
from core.store.tables import metadata

MIGRATION_LOCK = 7_203_115  # any number of our own; only migrations take it


def run_migrations() -> None:
    """Bring the database to the wanted revision."""
    url = context.config.attributes.get("database_url") or load_settings().database_url
    if not url:
        raise NotRunning
    engine = create_engine(url)
    try:
        with engine.begin() as db:
            db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
            context.configure(connection=db, target_metadata=metadata, compare_server_default=True)
            context.run_migrations()
    finally:
        engine.dispose()


if context.is_offline_mode():
    context.configure(dialect_name="postgresql", target_metadata=metadata, literal_binds=True)
    context.run_migrations()
else:
    run_migrations()
