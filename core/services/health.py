"""Whether everything is there that a session needs."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from core.errors import AppError
from core.services.transaction import ask, transact
from core.settings import get_settings
from core.signals.wakeups import ping
from core.store import operations
from core.store.operations import Alive
from core.version import VERSION

ALIVE_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the system: whether it is there, and a sentence about it."""

    name: str
    is_there: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Readiness:
    """The state of all parts; ready when each is there."""

    parts: tuple[Part, ...]
    version: str = VERSION

    @property
    def is_ready(self) -> bool:
        """Whether a session launched now would run."""
        return all(part.is_there for part in self.parts)

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the parts that are not there."""
        return tuple(part.name for part in self.parts if not part.is_there)


def check_readiness() -> Readiness:
    """Look at database, Redis, dispatcher and workers; never raises."""
    alive, database = _look_at_database()
    workers = [process for process in alive if process.kind == "worker"]
    dispatchers = [process for process in alive if process.kind == "dispatcher"]
    return Readiness(
        (
            database,
            _look_at_redis(),
            Part("dispatcher", bool(dispatchers), _describe("dispatcher", dispatchers)),
            Part("worker", bool(workers), _describe("worker", workers)),
        )
    )


def beat(name: str, kind: str, pid: int) -> None:
    """Note that a worker or a dispatcher is alive."""

    def work(db: Connection) -> None:
        operations.beat(db, name=name, kind=kind, pid=pid, version=VERSION)

    transact(work, budget_seconds=2)


def _look_at_database() -> tuple[list[Alive], Part]:
    try:
        alive = ask(lambda db: operations.list_alive(db, ALIVE_SECONDS), budget_seconds=0.5)
    except AppError as error:
        return [], Part("database", False, error.message)
    except SQLAlchemyError:
        return [], Part("database", False, "The database answers, but its tables are missing.")
    return alive, Part("database", True, "answers")


def _look_at_redis() -> Part:
    url = get_settings().redis_url
    if url is None:
        return Part("redis", False, "No Redis is configured and no Sage Mode runs here.")
    try:
        ping(url)
    except AppError as error:
        return Part("redis", False, error.message)
    return Part("redis", True, "answers")


def _describe(kind: str, processes: list[Alive]) -> str:
    if not processes:
        return f"No {kind} gave a sign of life in the last {ALIVE_SECONDS:.0f} s."
    return f"{len(processes)} alive"
