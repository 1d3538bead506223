"""The dispatcher: sends due tasks to the queue, and takes back what was lost.

It hears "work" and also looks every second, so that a lost wake-up costs a moment only. Several
may run: rows that one holds are passed over by the others.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from types import FrameType

from redis.exceptions import RedisError

from core.errors import AppError
from core.services import auditing, delivering, dispatching, health, telling
from core.services.transaction import use_worker_pool
from core.settings import get_settings
from core.signals.wakeups import WORK_CHANNEL, Listener
from workers.process import set_up_logging
from workers.queue import queue
from workers.tasks import deliver_webhooks, run_scheduled_job, send

log = logging.getLogger(__name__)

JOB_SECONDS = 10.0
BEAT_SECONDS = 5.0


class Dispatcher:
    """One dispatcher; `run` sweeps until `stop`."""

    def __init__(self) -> None:
        self._settings = get_settings()
        self._stopping = threading.Event()
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._next_look = self._next_jobs = self._next_beat = 0.0

    def stop(self) -> None:
        """End after the present sweep."""
        self._stopping.set()

    def run(self) -> None:
        """Sweep whenever there is work, and on the timer; errors end a sweep, never the process."""
        listener = Listener(self._settings.redis_url or "", WORK_CHANNEL)
        while not self._stopping.is_set():
            try:
                self.sweep()
            except (AppError, RedisError, OSError) as error:
                log.warning("sweep ended early: %s", error)
                self._stopping.wait(self._settings.sweep_seconds / 2)
            except Exception:
                log.exception("sweep ended early")
                self._stopping.wait(self._settings.sweep_seconds)
            self._listen(listener)
        listener.close()

    def sweep(self) -> None:
        """Send what is due; on the timer also reap, re-send, start jobs, seal, tell and beat."""
        now = time.monotonic()
        if now >= self._next_beat:  # first of all: it lives, whatever else does not answer
            self._next_beat = now + BEAT_SECONDS
            health.beat(self._name, "dispatcher", os.getpid())
        on_timer = now >= self._next_look
        if on_timer:
            self._next_look = now + self._settings.sweep_seconds
        try:
            self._hand_out(now, on_timer=on_timer)
        finally:  # though Redis is away: to seal and to tell needs the database only
            if on_timer:  # last, so that nothing waits when these cannot be done
                auditing.seal_audit()
                telling.tell_news()
                self._start_deliveries()

    def _hand_out(self, now: float, *, on_timer: bool) -> None:
        if on_timer:
            dispatching.reap_lost_attempts()
        # Fewer messages than tasks that were sent: some were lost, or their worker died.
        resend = on_timer and queue.storage.queue_size() < dispatching.count_sent_tasks()
        self._send(resend=resend)
        if now >= self._next_jobs:
            self._next_jobs = now + JOB_SECONDS
            self._start_jobs()

    def _send(self, *, resend: bool) -> None:
        while task_ids := dispatching.take_due_tasks(resend=resend):
            try:
                send(task_ids)
            except (RedisError, OSError):
                dispatching.return_tasks(task_ids)
                raise
            if len(task_ids) < dispatching.MOST_AT_ONCE:
                return

    def _start_jobs(self) -> None:
        for name in dispatching.take_due_jobs():
            try:
                run_scheduled_job(name)
            except (RedisError, OSError):
                dispatching.return_job(name)
                raise

    def _start_deliveries(self) -> None:
        if delivering.take_turn():
            try:
                deliver_webhooks()
            except (RedisError, OSError):
                delivering.return_turn()
                raise

    def _listen(self, listener: Listener) -> None:
        try:
            if listener.wait(max(self._next_look - time.monotonic(), 0)) is not None:
                for _ in listener.drain():  # many launches, one sweep
                    pass
        except (RedisError, OSError) as error:
            log.warning("Redis is not heard: %s", error)
            self._stopping.wait(self._settings.sweep_seconds)


def main() -> None:
    """Run a dispatcher until it is told to stop."""
    set_up_logging("dispatcher")
    use_worker_pool()
    dispatcher = Dispatcher()

    def stop(signum: int, frame: FrameType | None) -> None:
        dispatcher.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while True:  # the schedule needs the database and its tables, which may come up after us
        try:
            dispatching.schedule_jobs()
            break
        except Exception as error:
            log.warning("waiting for the database: %s", error)
            time.sleep(1)
    dispatcher.run()


if __name__ == "__main__":
    main()
