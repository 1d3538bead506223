"""Who does a role's work: executors by name."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from core.domain.work import RoleFailed
from core.settings import get_settings
from workers.executors.planner import PlannerExecutor
from workers.executors.protocol import Control, RoleExecutor

__all__ = ["Control", "RoleExecutor", "get_executor", "inline_executors"]


@cache
def get_executor(name: str) -> RoleExecutor:
    """Return the executor of a name, made once for each process.

    `SAGE_EXTRA_EXECUTORS` adds others: `{"mine": "package.module:Class"}`. Raises `RoleFailed`,
    not to be retried, for a name that is not known here.
    """
    if name == "planner":
        return PlannerExecutor()
    path = get_settings().extra_executors.get(name)
    if path is None:
        raise RoleFailed(
            f"No executor '{name}' works here.", code="unknown_executor", may_retry=False
        )
    module, _, attribute = path.partition(":")
    executor: RoleExecutor = getattr(import_module(module), attribute)()
    return executor


def inline_executors() -> frozenset[str]:
    """Return the executors whose tasks a worker may take along without the queue."""
    return frozenset({"planner", *get_settings().extra_executors})
