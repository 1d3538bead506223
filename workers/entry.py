"""A worker's entry: Huey's consumer with worker processes, set up for being killed.

`./sage worker` runs it; so does `python -m workers.entry`.
"""

from __future__ import annotations

import os

from core import telemetry
from core.services.transaction import use_worker_pool
from core.settings import get_settings
from workers import tasks  # and registers what stands in the queue
from workers.executors.planner import warm_up
from workers.process import die_with_parent, set_up_logging
from workers.queue import queue
from workers.task_runner import get_keeper

GRACE_SECONDS = 20


@queue.on_startup()
def prepare() -> None:
    """Give a fresh worker process its outbox, and its lease keeper, which tells that it lives.

    And its telemetry: what sends spans is a thread, which no fork takes along.
    """
    telemetry.set_up("worker")
    tasks.get_outbox()
    get_keeper()


def main() -> None:
    """Run the consumer until it is told to stop; what runs then may finish for 20 s."""
    settings = get_settings()
    set_up_logging("worker")
    use_worker_pool()
    warm_up()  # once, before the forks
    # Also for the scheduler's process, which has no start-up hook.
    os.register_at_fork(after_in_child=die_with_parent)
    consumer = queue.create_consumer(
        workers=settings.workers,
        worker_type="process",
        periodic=False,
        health_check_interval=1,
        graceful_signal="TERM",
        shutdown_timeout=GRACE_SECONDS,
        max_delay=1,  # the longest wait after an error of Redis
        scheduler_interval=60,
    )
    consumer.run()


if __name__ == "__main__":
    main()
