"""The way to PostgreSQL: one engine for each process, made after the fork."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import orjson
import psycopg
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError

Driver = psycopg.Connection[tuple[Any, ...]]
R = TypeVar("R")

_engines: dict[tuple[int, str, int], Engine] = {}
_in_transactions: dict[tuple[int, str, int], Engine] = {}
_at_moments: dict[tuple[int, str, int], Engine] = {}


def get_engine(url: str, *, pool_size: int = 20) -> Engine:
    """Return this process's engine for a URL, on which every statement commits itself.

    A forked child gets its own. Connections are not asked whether they still live before they are
    used, which costs a round trip: a transaction whose connection was lost is repeated anyway.
    """
    key = (os.getpid(), url, pool_size)
    if key not in _engines:
        _engines[key] = create_engine(
            url,
            # Set once for a connection: to change it for each use costs as much as a round trip.
            isolation_level="AUTOCOMMIT",
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=10,
            json_serializer=_to_json,
            json_deserializer=orjson.loads,
            connect_args={
                "connect_timeout": 3,
                "application_name": f"sage {os.getpid()}",
                "tcp_user_timeout": 5000,
                "options": "-c statement_timeout=15000 -c lock_timeout=5000"
                " -c idle_in_transaction_session_timeout=15000 -c timezone=UTC",
            },
        )
    return _engines[key]


def get_engine_in_transactions(url: str, *, pool_size: int = 20) -> Engine:
    """Return the same engine, with the same connections, for transactions of many statements."""
    key = (os.getpid(), url, pool_size)
    if key not in _in_transactions:
        engine = get_engine(url, pool_size=pool_size)
        _in_transactions[key] = engine.execution_options(isolation_level="READ COMMITTED")
    return _in_transactions[key]


def get_engine_at_moments(url: str, *, pool_size: int = 20) -> Engine:
    """Return the same engine, for transactions whose reads all see one moment, and only read.

    BEGIN says so itself: no statement more.
    """
    key = (os.getpid(), url, pool_size)
    if key not in _at_moments:
        engine = get_engine(url, pool_size=pool_size)
        _at_moments[key] = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    return _at_moments[key]


@contextmanager
def driver_connection(engine: Engine) -> Iterator[Driver]:
    """Yield a connection of the engine's pool as the driver has it.

    For the few statements that are sent thousands of times: SQLAlchemy's way to a statement and
    through its result costs the worker as much as the statement. Errors are SQLAlchemy's, as
    everywhere else.
    """
    try:
        pooled = engine.raw_connection()
    except psycopg.Error as error:
        raise _as_sqlalchemy(error, is_lost=False) from error
    driver = pooled.driver_connection
    assert isinstance(driver, psycopg.Connection)
    try:
        yield driver
    except psycopg.Error as error:
        if driver.closed:
            pooled.invalidate(error)
        raise _as_sqlalchemy(error, is_lost=driver.closed) from error
    finally:
        pooled.close()


def _as_sqlalchemy(error: psycopg.Error, *, is_lost: bool) -> BaseException:
    return DBAPIError.instance(None, None, error, psycopg.Error, connection_invalidated=is_lost)


def driver_of(db: Connection) -> Driver:
    """Return the driver's connection of one of SQLAlchemy's, in the same transaction."""
    driver = db.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver


def send_directly(db: Connection, work: Callable[[Driver], R]) -> R:
    """Run `work` on the driver's connection of one of SQLAlchemy's, in the same transaction.

    Errors are SQLAlchemy's, so that whoever began the transaction knows them.
    """
    driver = driver_of(db)
    try:
        return work(driver)
    except psycopg.Error as error:
        if driver.closed:
            db.invalidate(error)
        raise _as_sqlalchemy(error, is_lost=driver.closed) from error


def dispose_engines() -> None:
    """Close this process's connections, and forget those that a parent made."""
    for (pid, _, _), engine in _engines.items():
        engine.dispose(close=pid == os.getpid())
    _engines.clear()
    _in_transactions.clear()
    _at_moments.clear()


def _to_json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()
