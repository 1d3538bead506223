"""The built-in executor: rule-based, offline, deterministic."""

from __future__ import annotations

from core import planning
from core.domain.work import RoleResult, RoleWork
from workers.executors.protocol import Control


class PlannerExecutor:
    """Derives each role's artifacts from the brief by rules."""

    def execute(self, work: RoleWork, control: Control) -> RoleResult:
        """Plan the role's part; takes milliseconds."""
        return planning.work(work)


def warm_up() -> None:
    """Load what planning needs, so that the first task need not wait for it."""
