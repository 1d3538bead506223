"""The same pipeline of empty roles on Celery: a chain of chords on Redis, storing nothing.

`python -m celery -A bench.celery_pipeline worker` runs its side.
"""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, chain, group

app = Celery(
    "bench",
    broker=os.environ.get("BENCH_CELERY_URL", "redis://127.0.0.1:6379/1"),
    backend=os.environ.get("BENCH_CELERY_URL", "redis://127.0.0.1:6379/1"),
)
app.conf.update(
    worker_prefetch_multiplier=1,
    task_ignore_result=False,
    result_expires=600,
    broker_connection_retry_on_startup=True,
    worker_hijack_root_logger=False,
)


@app.task
def role(previous: Any, name: str) -> dict[str, str]:
    """Do nothing, as an empty role does."""
    return {"role": name}


def pipeline() -> Any:
    """Return the seven roles in their four stages."""
    return chain(
        role.s(None, "architect"),
        group(role.s("backend_dev"), role.s("dba")),
        group(role.s("frontend_dev"), role.s("ui_ux")),
        group(role.s("security"), role.s("it_admin")),
    )


def start() -> Any:
    """Start one pipeline; returns what `wait` waits for."""
    return pipeline().apply_async()


def wait(result: Any, timeout: float = 60.0) -> None:
    """Wait until a pipeline has ended.

    Its last two tasks are waited for one by one: that is told by publication, while the result of
    a group is polled every half second.
    """
    for last in result.results:
        last.get(timeout=timeout)
