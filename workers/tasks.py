"""What stands in the queue. The functions are shells: the work is done by what they call."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from uuid import UUID

from huey.api import Task

from core.services.delivering import deliver_due
from core.services.retention import run_job
from core.signals.wakeups import speak_through
from workers.outbox import Outbox
from workers.queue import queue
from workers.task_runner import TaskRunner

# A task that another one freed goes before a fresh launch: what was begun is finished first.
FREED_PRIORITY = 1
# Work goes before telling others of it.
DELIVERY_PRIORITY = -1


@queue.task(context=True)
def run_task(task_id: str, task: Task | None = None) -> None:
    """Run a task, and those that it frees for this worker, to their end."""
    TaskRunner(get_outbox()).run(UUID(task_id), queue_id=None if task is None else task.id)


@queue.task()
def run_scheduled_job(name: str) -> None:
    """Run a job that the dispatcher found due."""
    run_job(name)


@queue.task(priority=DELIVERY_PRIORITY)
def deliver_webhooks() -> None:
    """Send what webhooks are to be sent; whoever was given the turn."""
    deliver_due()


def send(task_ids: Iterable[UUID]) -> None:
    """Put tasks into the queue; raises `RedisError` when it does not answer."""
    for task_id in task_ids:
        run_task(str(task_id))


@cache
def get_outbox() -> Outbox:
    """Return this process's outbox, started; what services announce goes through it too."""
    outbox = Outbox(send_freed)
    outbox.start()
    speak_through(outbox.post)
    return outbox


def send_freed(task_ids: Iterable[UUID]) -> None:
    """Put tasks that were just freed before the others."""
    for task_id in task_ids:
        run_task(str(task_id), priority=FREED_PRIORITY)
