"""The built-in executor: rule-based, offline, deterministic."""

from __future__ import annotations

from uuid import UUID

from core import planning
from core.domain.work import RoleResult, RoleWork
from workers.executors.protocol import Control


class PlannerExecutor:
    """Derives each role's artifacts from the brief by rules."""

    def execute(self, work: RoleWork, control: Control) -> RoleResult:
        """Plan the role's part; takes milliseconds."""
        return planning.work(work)


def warm_up() -> None:
    """Plan a small feature, so that the first task need not wait for what planning loads."""
    planning.work(
        RoleWork(
            session_id=UUID(int=0),
            task_id=UUID(int=0),
            attempt=1,
            role="backend_dev",
            feature_name="Warm-up",
            brief="Employees submit expenses. Their manager approves or rejects them.",
            description="",
            instructions="",
            capabilities=(),
            upstream={},
        )
    )
