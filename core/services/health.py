"""Whether everything is there that a session needs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from core.errors import AppError
from core.services.transaction import ask, transact
from core.settings import get_settings
from core.signals.wakeups import ping
from core.store import operations
from core.store.operations import Alive
from core.version import VERSION

ALIVE_SECONDS = 15.0
PARTS = ("database", "redis", "dispatcher", "worker")


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


def check_readiness(names: Collection[str] = PARTS, *, host: str | None = None) -> Readiness:
    """Look at database, Redis, dispatcher and workers, or at some of them alone; never raises.

    With the name of a host, only the dispatchers and workers that run there count.
    """
    parts: dict[str, Part] = {}
    if not {"database", "dispatcher", "worker"}.isdisjoint(names):
        alive, parts["database"] = _look_at_database()
        # A process is named by its host and its number there.
        counted = [one for one in alive if host in (None, one.name.rpartition(":")[0])]
        parts |= {kind: _look_for(kind, counted, host) for kind in ("dispatcher", "worker")}
    if "redis" in names:
        parts["redis"] = check_redis()
    return Readiness(tuple(parts[name] for name in PARTS if name in names))


def check_database_server() -> Part:
    """Look whether the database lets us in, though it may still be empty; never raises."""
    try:
        ask(operations.clock, budget_seconds=0.5)
    except (AppError, SQLAlchemyError) as error:
        return Part("database", False, f"The database does not let us in{_reason(error)}.")
    return Part("database", True, "answers")


def check_redis() -> Part:
    """Look whether Redis answers; never raises."""
    url = get_settings().redis_url
    if url is None:
        return Part("redis", False, "No Redis is configured and no Sage Mode runs here.")
    try:
        ping(url)
    except AppError as error:
        return Part("redis", False, error.message)
    return Part("redis", True, "answers")


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


def _reason(error: Exception) -> str:
    """Return what the server or the network said: the driver's first line, without a password."""
    cause = error if isinstance(error, DBAPIError) else error.__cause__
    said = str(cause.orig).strip() if isinstance(cause, DBAPIError) else ""
    return f": {said.splitlines()[0].rstrip('.')}" if said else ""


def _look_for(kind: str, alive: list[Alive], host: str | None) -> Part:
    found = sum(process.kind == kind for process in alive)
    where = "" if host is None else f" on {host}"
    if not found:
        silent = f"No {kind}{where} gave a sign of life in the last {ALIVE_SECONDS:.0f} s."
        return Part(kind, False, silent)
    return Part(kind, True, f"{found} alive{where}")
