"""What a worker tells others after a commit, beside its work: wake-ups, and freed tasks.

A thread does it, so that the next attempt need not wait for Redis. Wake-ups go out at once. Freed
tasks are held back for a moment, because a role that takes no time is done here before anybody
else has heard of it: whatever this worker takes along in that moment is never sent. What a worker
that dies still held, the dispatcher sends.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections.abc import Callable, Iterable
from uuid import UUID

log = logging.getLogger(__name__)

HOLD_SECONDS = 0.003


class Outbox:
    """Acts and offers of one process; `send` puts freed tasks into the queue."""

    def __init__(self, send: Callable[[Iterable[UUID]], None]) -> None:
        self._send = send
        self._changed = threading.Condition()
        self._acts: list[Callable[[], None]] = []
        self._offers: dict[UUID, float] = {}  # task -> when others are told of it, monotonic

    def start(self) -> None:
        """Start the thread; call it in the process that works, after the fork."""
        threading.Thread(target=self._run, name="outbox", daemon=True).start()
        atexit.register(self.flush)

    def post(self, act: Callable[[], None]) -> None:
        """Do something as soon as the thread comes to it; in the order of posting."""
        with self._changed:
            self._acts.append(act)
            self._changed.notify()

    def offer(self, task_ids: Iterable[UUID]) -> None:
        """Send tasks to other workers in a moment, unless they are withdrawn."""
        at = time.monotonic() + HOLD_SECONDS
        with self._changed:
            self._offers.update(dict.fromkeys(task_ids, at))
            self._changed.notify()

    def withdraw(self, task_id: UUID) -> None:
        """Do not send a task: this worker has it."""
        with self._changed:
            self._offers.pop(task_id, None)

    def flush(self) -> None:
        """Do now what is left to do."""
        with self._changed:
            acts, self._acts = self._acts, []
            due, self._offers = list(self._offers), {}
        self._deliver(acts, due)

    def _run(self) -> None:
        while True:
            self._deliver(*self._wait())

    def _wait(self) -> tuple[list[Callable[[], None]], list[UUID]]:
        """Return what is due, as soon as anything is."""
        with self._changed:
            while True:
                now = time.monotonic()
                due = [task_id for task_id, at in self._offers.items() if at <= now]
                if self._acts or due:
                    acts, self._acts = self._acts, []
                    for task_id in due:
                        del self._offers[task_id]
                    return acts, due
                soonest = min(self._offers.values(), default=None)
                self._changed.wait(None if soonest is None else soonest - now)

    def _deliver(self, acts: Iterable[Callable[[], None]], task_ids: list[UUID]) -> None:
        try:
            for act in acts:
                act()
            if task_ids:
                self._send(task_ids)
        except Exception as error:  # whatever the queue raises: the dispatcher sends them too
            log.info("left to the dispatcher: %s", error)
