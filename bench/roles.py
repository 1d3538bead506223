"""Executors for measurements."""

from __future__ import annotations

from core.domain.work import RoleResult, RoleWork
from workers.executors import Control


class EmptyRole:
    """Does nothing, so that what is measured is the engine."""

    def execute(self, work: RoleWork, control: Control) -> RoleResult:
        """Return an empty result."""
        return RoleResult(output={})
