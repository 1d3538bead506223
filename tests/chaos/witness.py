"""A witness outside the database: a file that is only ever appended to.

Executors write when they start and end, the worker writes when a recording returned. A line is
one write of a few bytes, so that lines of several processes never mix.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

VARIABLE = "SAGE_WITNESS"


@dataclass(frozen=True)
class Line:
    """What a process says that it did with an attempt."""

    what: str
    task_id: UUID
    attempt: int
    pid: int


def testify(what: str, task_id: UUID, attempt: int) -> None:
    """Append a line to the witness file that the environment names."""
    line = f"{what} {task_id} {attempt} {os.getpid()}\n".encode()
    descriptor = os.open(os.environ[VARIABLE], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, line)
    finally:
        os.close(descriptor)


class Witness:
    """The file, for whoever asks it afterwards."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def lines(self, what: str | None = None, task_id: UUID | None = None) -> list[Line]:
        """Return what was testified so far, in order."""
        if not self.path.exists():
            return []
        lines = [_parse(text) for text in self.path.read_text().splitlines()]
        return [
            line for line in lines if what in (None, line.what) and task_id in (None, line.task_id)
        ]

    def busy_pids(self) -> set[int]:
        """Return who has started an attempt and not recorded it."""
        busy: dict[int, bool] = {}
        for line in self.lines():
            busy[line.pid] = line.what in ("start", "end")
        return {pid for pid, is_busy in busy.items() if is_busy}

    def findings(self) -> list[str]:
        """Return what must not be: an attempt run or recorded twice, a task completed twice."""
        lines = self.lines()
        started = Counter((x.task_id, x.attempt) for x in lines if x.what == "start")
        recorded = Counter(
            (x.task_id, x.attempt) for x in lines if x.what in ("completed", "failed")
        )
        completed = Counter(x.task_id for x in lines if x.what == "completed")
        counts = [
            *(
                (f"attempt {n} of task {task} was run", times)
                for (task, n), times in started.items()
            ),
            *(
                (f"attempt {n} of task {task} was recorded", times)
                for (task, n), times in recorded.items()
            ),
            *((f"task {task} was completed", times) for task, times in completed.items()),
        ]
        return [f"witness: {what} {times} times" for what, times in counts if times > 1]


def _parse(text: str) -> Line:
    what, task_id, attempt, pid = text.split()
    return Line(what, UUID(task_id), int(attempt), int(pid))
