"""What several calls of tools are made with."""

from __future__ import annotations

from typing import Any

from tests.api.world import World

DECISION = {"text": "One service", "rationale": "One team runs it", "category": "architecture"}


def launch_of(world: World, **changes: Any) -> dict[str, Any]:
    return {
        "team_id": str(world.ids.team),
        "feature_name": "Expenses",
        "brief": "Employees submit expenses.",
    } | changes
