"""Keeps the lease of the attempt that this process works on, and stops what has lost it.

One thread for each worker process extends the lease. When lease or deadline is lost, or the
session stops, the executor is told three times, each time less politely: its `Control` says so;
after a moment an exception is raised in the main thread; and a watchdog in C ends the process
even when it swallows exceptions or holds the interpreter's lock. An attempt whose process was
ended so is found by the reaper.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from core.domain.attempt import Claim
from core.domain.origin import Origin, coming_from
from core.services import claiming, health
from core.settings import get_settings
from workers.executors import Control

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.25  # attempts shorter than this cost the thread nothing
POLITE_SECONDS = 1.0
PROCESS_BEAT_SECONDS = 5.0


class AttemptStopped(BaseException):
    """The attempt must end now. Not an `Exception`, so that executors do not catch it by habit."""


class DeadlinePassed(AttemptStopped):
    """The attempt's deadline has passed."""


class LeaseKeeper:
    """The lease of one attempt at a time; `start` it once in each worker process."""

    def __init__(self) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self._changed = threading.Condition()
        self._claim: Claim | None = None
        self._control: Control | None = None
        self._interruptible = False
        self._reason: type[AttemptStopped] = AttemptStopped
        self._began = self._deadline = 0.0  # monotonic, of the present attempt
        # What the thread remembers of the attempt that it last looked after.
        self._beating: Claim | None = None
        self._next_lease_beat = self._lease_ends = 0.0

    def start(self) -> None:
        """Start the thread and take over SIGUSR1; call it in the main thread of the process."""
        signal.signal(signal.SIGUSR1, self._interrupt)
        threading.Thread(target=self._run, name="lease-keeper", daemon=True).start()

    @contextmanager
    def hold(self, claim: Claim, control: Control) -> Iterator[None]:
        """Keep an attempt's lease while the block runs; may raise `AttemptStopped` inside it.

        Once the executor was told to stop, whatever it still returned or raised does not count:
        the block then ends with the reason.
        """
        now = time.monotonic()
        with self._changed:
            self._claim, self._control, self._reason = claim, control, AttemptStopped
            self._began, self._deadline = now, now + claim.work.timeout_seconds
        try:
            try:
                self._interruptible = True
                yield
            finally:
                self._interruptible = False
        except Exception as error:
            if control.stop_requested:
                raise self._reason from error
            raise
        finally:
            with self._changed:
                self._claim = self._control = None
                if control.stop_requested:
                    self._changed.notify()
        if control.stop_requested:
            raise self._reason

    def _interrupt(self, signum: int, frame: FrameType | None) -> None:
        # Runs in the main thread. Between the executor's end and this signal's arrival the
        # attempt may be over: then nothing must be raised into the recording.
        if self._interruptible:
            self._interruptible = False
            raise self._reason

    def _run(self) -> None:
        next_process_beat = 0.0
        while True:
            # Armed at every look, so that a process whose lock is held before the first look at
            # its attempt ends too.
            self._arm_watchdog()
            now = time.monotonic()
            if now >= next_process_beat:
                self._beat_process()
                next_process_beat = now + PROCESS_BEAT_SECONDS
            with self._changed:
                claim, control, deadline = self._claim, self._control, self._deadline
            if claim is not None and control is not None:
                with coming_from(Origin("", claim.trace_id)):
                    self._look_after(claim, control, now, deadline)
            time.sleep(LOOK_SECONDS)

    def _look_after(self, claim: Claim, control: Control, now: float, deadline: float) -> None:
        """Extend the lease of the present attempt when it is time, or stop the attempt."""
        settings = get_settings()
        if claim is not self._beating:
            self._beating = claim
            self._next_lease_beat = self._began + settings.heartbeat_seconds
            self._lease_ends = self._began + settings.lease_seconds
        if now >= deadline:
            self._stop(claim, control, DeadlinePassed)
        elif now >= self._next_lease_beat:
            is_extended = _extend(claim)
            self._next_lease_beat = now + settings.heartbeat_seconds
            if is_extended:
                self._lease_ends = now + settings.lease_seconds
            elif is_extended is False or time.monotonic() >= self._lease_ends:
                self._stop(claim, control, AttemptStopped)

    def _stop(self, claim: Claim, control: Control, reason: type[AttemptStopped]) -> None:
        """Tell the executor to stop until its attempt is over."""
        log.warning(
            "attempt %s of task %s is stopped: %s", claim.attempt, claim.task_id, reason.__doc__
        )
        with self._changed:
            if self._claim is not claim:
                return
            _end_process_after(POLITE_SECONDS + get_settings().stop_grace_seconds)
            self._reason = reason
            control.request_stop()
            # The lock is held while a signal is sent: it never reaches a later attempt.
            while not self._changed.wait_for(lambda: self._claim is not claim, POLITE_SECONDS):
                os.kill(os.getpid(), signal.SIGUSR1)

    def _arm_watchdog(self) -> None:
        settings = get_settings()
        _end_process_after(settings.lease_seconds + settings.stop_grace_seconds)

    def _beat_process(self) -> None:
        try:
            health.beat(self.name, "worker", os.getpid())
        except Exception as error:  # also while the tables are missing: this thread must live on
            log.info("no sign of life given: %s", error)


def _extend(claim: Claim) -> bool | None:
    """Extend a lease; None when nobody answered, so that it may hold or not."""
    try:
        return claiming.extend_lease(claim)
    except Exception as error:
        log.warning("lease not extended: %s", error)
        return None


def _end_process_after(seconds: float) -> None:
    """Have a thread in C end this process; it needs no lock of the interpreter's."""
    faulthandler.dump_traceback_later(seconds, exit=True, file=sys.__stderr__ or sys.stderr)
