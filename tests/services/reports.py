"""What agents can report of an attempt, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.domain.access import Principal
from core.domain.agent import AgentOrder
from core.services import reporting
from tests.services.working import (
    make_result,
)

Report = Callable[[Principal, Any, int], Any]


REPORTS: dict[str, Report] = {
    "heartbeat": reporting.heartbeat_task,
    "progress": lambda p, id_, n: reporting.report_progress(p, id_, n, 0.5, "Reading"),
    "complete": lambda p, id_, n: reporting.complete_task(p, id_, n, make_result()),
    "fail": lambda p, id_, n: reporting.fail_task(p, id_, n, "broken", "It broke."),
}


def names(order: AgentOrder) -> tuple[Any, int]:
    return order.claim.task_id, order.claim.attempt
