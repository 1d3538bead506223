"""One use case, one transaction: repeated when it was lost through no fault of its own.

What runs inside must be safe to run again. After a connection was lost at COMMIT nobody knows
whether it went through, so every use case recognises what an earlier try has done: by the
launch key, or by the attempt that has recorded already.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Literal, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import QueuePool

from core.errors import DatabaseUnavailable, Unconfirmed
from core.settings import get_settings
from core.store.database import (
    Driver,
    driver_connection,
    get_engine,
    get_engine_at_moments,
    get_engine_in_transactions,
)

D = TypeVar("D")
R = TypeVar("R")

# When work may be stored: never as it only reads, once it is done, or from its statement on.
Stores = Literal["never", "at_its_end", "at_once"]

QUERY_CANCELLED = "57014"  # by the time-out of statements

_pool_size = 20


def use_worker_pool() -> None:
    """Keep two connections in this process, as workers do."""
    global _pool_size
    _pool_size = 2


def current_engine() -> Engine:
    """Return this process's engine, on which every statement commits itself.

    Raises `DatabaseUnavailable` when no database is configured and none is running here.
    """
    return get_engine(_database_url(), pool_size=_pool_size)


def _in_transactions() -> Engine:
    return get_engine_in_transactions(_database_url(), pool_size=_pool_size)


def _database_url() -> str:
    url = get_settings().database_url
    if url is None:
        raise DatabaseUnavailable("No database is configured and no Sage Mode runs here.")
    return url


def pool_use() -> tuple[int, int]:
    """Return how many connections this process's pool may have, and how many are in use."""
    try:
        pool = current_engine().pool
    except DatabaseUnavailable:
        return 0, 0
    assert isinstance(pool, QueuePool)
    return pool.size(), pool.checkedout()


def transact(work: Callable[[Connection], R], *, budget_seconds: float = 15.0) -> R:
    """Run `work` in one transaction and commit it.

    It is repeated for `budget_seconds` while the connection is lost (SQLSTATE 08*, 57P*, 25P03) or
    the server asks for it (40001, 40P01, 55P03). Raises `DatabaseUnavailable` when that did not
    help, and `Unconfirmed` when a try was lost at its commit.
    """
    return _repeat(_in_transactions().begin, work, budget_seconds, stores="at_its_end")


def transact_alone(work: Callable[[Connection], R], *, budget_seconds: float = 15.0) -> R:
    """Run `work`, which sends one statement that writes: a transaction of its own.

    Saves the round trips of BEGIN and COMMIT; else like `transact`. As the statement commits
    itself, a connection that is lost under it leaves open what became of it.
    """
    return _repeat(current_engine().begin, work, budget_seconds, stores="at_once")


def transact_directly(work: Callable[[Driver], R], *, budget_seconds: float = 15.0) -> R:
    """Run `work`, which sends one statement that writes, as the driver sends it.

    Like `transact_alone`, for the two statements that workers send for every task.
    """
    open_driver = partial(driver_connection, current_engine())
    return _repeat(open_driver, work, budget_seconds, stores="at_once")


def ask(work: Callable[[Connection], R], *, budget_seconds: float = 15.0) -> R:
    """Run `work`, which sends statements that only read, each as it is at its own moment.

    Like `transact`, but never `Unconfirmed`: nothing was stored.
    """
    return _repeat(current_engine().begin, work, budget_seconds, stores="never")


def ask_at_one_moment(work: Callable[[Connection], R], *, budget_seconds: float = 15.0) -> R:
    """Run `work`, whose statements only read, and all see the moment of the first of them.

    Raises as `ask` does.
    """
    engine = get_engine_at_moments(_database_url(), pool_size=_pool_size)
    return _repeat(engine.begin, work, budget_seconds, stores="never")


def _repeat(
    begin: Callable[[], AbstractContextManager[D]],
    work: Callable[[D], R],
    budget_seconds: float,
    stores: Stores,
) -> R:
    end = time.monotonic() + budget_seconds
    pause = 0.05
    may_be_stored = False
    while True:
        commits_itself = False
        try:
            with begin() as db:
                commits_itself = stores == "at_once"
                result = work(db)
                may_be_stored = stores != "never"
            return result
        except (DBAPIError, PoolTimeoutError) as error:
            state = getattr(getattr(error, "orig", None), "sqlstate", None)
            if state == QUERY_CANCELLED:
                raise DatabaseUnavailable("The database took too long.") from error
            # A server that gives a reason has not committed the statement.
            may_be_stored = may_be_stored or (commits_itself and not state)
            if not is_transient(error):
                raise
            if time.monotonic() + pause > end:
                raise (Unconfirmed if may_be_stored else DatabaseUnavailable) from error
        time.sleep(pause * random.uniform(0.5, 1.5))
        pause = min(pause * 2, 1.0)


def is_transient(error: Exception) -> bool:
    """Tell whether the same transaction may succeed when it is repeated."""
    if isinstance(error, PoolTimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None) or ""
    if state:
        # 55P03: a lock was not given in time; whoever holds it will let go. 25P03: this process was
        # stopped for so long that the server closed its transaction.
        return state in ("40001", "40P01", "55P03", "25P03") or state.startswith(("57P", "08"))
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
