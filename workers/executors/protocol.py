"""What an executor is to the task runner, and what the task runner offers an executor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from threading import Event
from typing import Protocol

from core.domain.work import RoleResult, RoleWork


class Control:
    """An executor's line to its attempt: tell progress, and hear that it should stop.

    Listening is polite and quick; an executor that does not listen is interrupted, and one that
    cannot be interrupted is killed with its process.
    """

    def __init__(self, report: Callable[[float | None], None], note: Callable[[str], None]) -> None:
        self._stop = Event()
        self._report = report
        self._note = note

    @property
    def stop_requested(self) -> bool:
        """Whether the attempt was lost, ran out of time, or its session stopped."""
        return self._stop.is_set()

    def wait(self, seconds: float) -> bool:
        """Sleep, or less when asked to stop; returns whether to stop."""
        return self._stop.wait(seconds)

    def request_stop(self) -> None:
        """Ask the executor to stop."""
        self._stop.set()

    def progress(self, fraction: float | None) -> None:
        """Tell whoever watches how far the work is, 0 to 1; may be lost."""
        self._report(fraction)

    def note(self, text: str) -> None:
        """Say in a line what is being done; becomes an event at most once a second."""
        self._note(text)


class RoleExecutor(Protocol):
    """Does a role's work. May be sync or async; raises `RoleFailed` to say how it failed.

    It raises `NeedsApproval` to ask a person: the attempt ends, and the next one has the answer.
    Any other exception counts as a failure that may be retried. Work may be repeated after a
    crash: `(work.task_id, work.attempt)` is the idempotency key for the outside world.
    """

    def execute(self, work: RoleWork, control: Control) -> RoleResult | Awaitable[RoleResult]:
        """Do the work of one attempt and return its result."""
        ...
