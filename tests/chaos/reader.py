"""Reads every session's log as a watcher does: what comes after the last number it has."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from uuid import UUID

import psycopg

EVERY_SECONDS = 0.01

_NEWER = """
    SELECT event.session_id, event.seq
    FROM unnest(%s::uuid[], %s::bigint[]) AS known (session_id, last_seq)
    JOIN session_events AS event
      ON event.session_id = known.session_id AND event.seq > known.last_seq
    ORDER BY event.session_id, event.seq
"""


class Reader(threading.Thread):
    """Tails all logs at once, a hundred times a second; whatever it skips is never read again."""

    def __init__(self, database_url: str, session_ids: Callable[[], Collection[UUID]]) -> None:
        super().__init__(name="reader", daemon=True)
        self.events = 0
        self.findings: list[str] = []
        self._url = database_url
        self._session_ids = session_ids
        self._last: dict[UUID, int] = {}
        self._over = threading.Event()

    @property
    def position(self) -> int:
        """A number that rises whenever any session moves on."""
        return self.events

    def stop(self) -> None:
        """Read what is left, and end."""
        self._over.set()
        self.join()

    def run(self) -> None:
        """Read until stopped, through lost connections."""
        is_last_look = False
        while not is_last_look:
            try:
                with psycopg.connect(self._url, autocommit=True, connect_timeout=3) as db:
                    while not is_last_look:
                        is_last_look = self._over.wait(EVERY_SECONDS)
                        self._look(db)
            except psycopg.Error:
                is_last_look = False
                self._over.wait(0.1)

    def _look(self, db: psycopg.Connection) -> None:
        known = {session_id: self._last.get(session_id, 0) for session_id in self._session_ids()}
        for session_id, seq in db.execute(_NEWER, (list(known), list(known.values()))):
            last = self._last.get(session_id, 0)
            if seq != last + 1:
                self.findings.append(f"reader: session {session_id}: {seq} came after {last}")
            self._last[session_id] = seq
            self.events += 1

    def missed(self, last_seqs: dict[UUID, int]) -> list[str]:
        """Return which logs this has not read to their end."""
        return [
            f"reader: session {session_id} was read to {self._last.get(session_id, 0)} of {seq}"
            for session_id, seq in last_seqs.items()
            if self._last.get(session_id, 0) != seq
        ]
