"""The zombie: a worker is stopped past its lease, another does its task, then it wakes up."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

from tests.chaos.crew import wait_until
from tests.chaos.witness import Line, Witness

WAKE_SECONDS = 1.5  # enough for what it would do when it wakes


def raise_zombie(
    witness: Witness,
    task_id: UUID,
    is_completed: Callable[[], bool],
    *,
    patience_seconds: float = 20,
) -> list[str]:
    """Stop whoever runs the task's first attempt until it is completed; returns what went wrong.

    That attempt must take a while, and end by itself: once awake, it wants to record at once.
    Another worker has `patience_seconds` to complete the task meanwhile.
    """

    def started(attempt: int) -> list[Line]:
        return [line for line in witness.lines("start", task_id) if line.attempt == attempt]

    if not wait_until(lambda: bool(started(1)), 15, every=0.01):
        return [f"zombie: task {task_id} did not start"]
    pid = started(1)[0].pid
    os.kill(pid, signal.SIGSTOP)
    try:
        if not wait_until(is_completed, patience_seconds):
            return [f"zombie: no other worker completed task {task_id}"]
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    time.sleep(WAKE_SECONDS)
    completed = witness.lines("completed", task_id)
    if [line.attempt for line in completed] == [2] and completed[0].pid != pid:
        return []
    return [f"zombie: task {task_id} was completed by attempts {[x.attempt for x in completed]}"]
