"""The schedule, who is alive, and the database's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Text, bindparam, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from core.store.tables import jobs, worker_heartbeats


def clock(db: Connection) -> datetime:
    """Return the database's time; all times that are stored come from this one clock."""
    now: datetime = db.execute(select(func.clock_timestamp())).scalar_one()
    return now


def beat(db: Connection, *, name: str, kind: str, pid: int, version: str) -> None:
    """Note that a process is alive."""
    now = func.clock_timestamp()
    db.execute(
        upsert(worker_heartbeats)
        .values(name=name, kind=kind, pid=pid, version=version, started_at=now, seen_at=now)
        .on_conflict_do_update(index_elements=["name"], set_={"seen_at": now})
    )


def forget_silent(db: Connection, silent_seconds: float) -> None:
    """Delete the notes of processes that were not seen for a long time."""
    edge = func.clock_timestamp() - func.make_interval(0, 0, 0, 0, 0, 0, silent_seconds)
    before = select(edge).scalar_subquery()  # once, so that the index serves
    db.execute(delete(worker_heartbeats).where(worker_heartbeats.c.seen_at < before))


@dataclass(frozen=True, slots=True)
class Alive:
    """A process that was seen lately; `silent_seconds` since its last sign of life."""

    name: str
    kind: str
    silent_seconds: float


def list_alive(db: Connection, within_seconds: float) -> list[Alive]:
    """Return the workers and dispatchers that gave a sign of life lately."""
    w = worker_heartbeats.c
    silent = func.extract("epoch", func.clock_timestamp() - w.seen_at)
    rows = db.execute(
        select(w.name, w.kind, silent.label("silent"))
        .where(silent < within_seconds)
        .order_by(w.kind, w.name)
    )
    return [Alive(row.name, row.kind, float(row.silent)) for row in rows]


def add_jobs(db: Connection, names: list[str]) -> None:
    """Enter jobs into the schedule, due at once; those that stand in it stay as they are."""
    values = [{"name": name, "next_run_at": func.clock_timestamp()} for name in names]
    for value in values:
        db.execute(upsert(jobs).values(**value).on_conflict_do_nothing())


def make_job_due(db: Connection, name: str) -> None:
    """Let a job run at the next look."""
    db.execute(update(jobs).where(jobs.c.name == name).values(next_run_at=func.clock_timestamp()))


_TAKE_JOBS = text(
    """
    WITH due AS (
        SELECT name FROM jobs
        WHERE next_run_at <= clock_timestamp() AND name = ANY (:names)
        FOR UPDATE SKIP LOCKED
    )
    UPDATE jobs SET last_run_at = clock_timestamp(),
           next_run_at = clock_timestamp() + make_interval(secs => :every_seconds)
    FROM due WHERE jobs.name = due.name
    RETURNING jobs.name
    """
).bindparams(bindparam("names", type_=ARRAY(Text)))


def take_jobs(db: Connection, names: list[str], every_seconds: float) -> list[str]:
    """Return the due ones among `names`, and set when they are due next; one taker gets each."""
    rows = db.execute(_TAKE_JOBS, {"names": names, "every_seconds": every_seconds})
    return [row.name for row in rows]
