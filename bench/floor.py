"""The floor: one session's statements and transactions in a bare psycopg loop.

What the engine sends for a session is recorded as it stands, and sent again with fresh ids by
nothing but psycopg, one connection, prepared statements, and eight Redis round trips. No engine
that stores the same can be faster in one line of execution.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
import psycopg
from redis import Redis
from sqlalchemy import Connection, Engine, event

from core.ids import new_id

ROUND_TRIPS = 8
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Transaction:
    """What is sent together; a single statement may commit itself, without BEGIN and COMMIT."""

    statements: list[tuple[str, Any]]
    commits_itself: bool


@dataclass
class Recording:
    """The transactions of one session; each statement with its parameters."""

    transactions: list[Transaction] = field(default_factory=list)
    keep: frozenset[str] = frozenset()  # ids that stay: the user and the team

    @property
    def statements(self) -> int:
        """How many statements are sent, but for BEGIN and COMMIT."""
        return sum(len(transaction.statements) for transaction in self.transactions)


@contextmanager
def recording(engine: Engine, keep: Sequence[UUID]) -> Iterator[Recording]:
    """Record what is sent through an engine while the block runs, by the driver's cursors."""
    found = Recording(keep=frozenset(str(id_) for id_ in keep))
    current: list[tuple[str, Any]] = []

    class Noting(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
            current.append((query, params))
            result = super().execute(query, params, **options)
            if self.connection.autocommit:
                found.transactions.append(Transaction(list(current), commits_itself=True))
                current.clear()
            return result

    def on_checkout(connection: Any, *_: Any) -> None:
        connection.cursor_factory = Noting

    def on_checkin(connection: Any, *_: Any) -> None:
        connection.cursor_factory = psycopg.Cursor

    def on_commit(connection: Connection) -> None:
        if current:
            found.transactions.append(Transaction(list(current), commits_itself=False))
            current.clear()

    event.listen(engine, "checkout", on_checkout)
    event.listen(engine, "checkin", on_checkin)
    event.listen(engine, "commit", on_commit)
    try:
        yield found
    finally:
        event.remove(engine, "checkout", on_checkout)
        event.remove(engine, "checkin", on_checkin)
        event.remove(engine, "commit", on_commit)


def replay(
    db: psycopg.Connection[Any], redis: Redis, found: Recording, prepared: list[Transaction]
) -> float:
    """Send a prepared session once; returns the seconds it took."""
    started = time.perf_counter()
    for transaction in prepared:
        with nullcontext() if transaction.commits_itself else db.transaction():
            for statement, parameters in transaction.statements:
                cursor = db.execute(statement, parameters)
                if cursor.description is not None:
                    cursor.fetchall()
    for number in range(ROUND_TRIPS):
        redis.publish("bench:floor", number)
    return time.perf_counter() - started


def prepare(found: Recording) -> list[Transaction]:
    """Return the recorded transactions under fresh ids."""
    fresh: dict[str, str] = {id_: id_ for id_ in found.keep}

    def renew(text: str) -> str:
        return _UUID.sub(lambda match: fresh.setdefault(match[0], str(new_id())), text)

    return [
        Transaction(
            [(statement, _map(parameters, renew)) for statement, parameters in one.statements],
            one.commits_itself,
        )
        for one in found.transactions
    ]


def _map(value: Any, renew: Callable[[str], str]) -> Any:
    if isinstance(value, UUID):
        return UUID(renew(str(value)))
    if isinstance(value, str):
        return renew(value)
    if isinstance(value, dict):
        return {key: _map(inner, renew) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_map(inner, renew) for inner in value)
    if hasattr(value, "obj"):  # psycopg's Json wrapper
        return type(value)(_map(value.obj, renew), orjson.dumps)  # as the engine writes JSON
    return value
