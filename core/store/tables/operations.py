"""What keeps the system running: the schedule and who is alive."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from core.store.tables.schema import metadata, one_of, time_column

jobs = Table(
    "jobs",
    metadata,
    Column("name", Text, primary_key=True),
    time_column("next_run_at", nullable=False),
    time_column("last_run_at"),
)

worker_heartbeats = Table(
    "worker_heartbeats",
    metadata,
    Column("name", Text, primary_key=True),  # host:pid
    Column("kind", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("version", Text, nullable=False),
    time_column("started_at", nullable=False),
    time_column("seen_at", nullable=False),
    one_of("kind", ("worker", "dispatcher")),
)
Index("ix_worker_heartbeats_seen_at", worker_heartbeats.c.seen_at)
