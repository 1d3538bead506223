"""What each session of a run is meant for, and how it must therefore end."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from core.domain.role import BUILT_IN_PROFILES

# A steady session stumbles now and then, but never as often as its bound allows.
NAMES = (
    "steady",
    "failing",  # one role fails each time, until it fails for good
    "healing",  # the same, until a person takes the session up again
    "cancelled",
    "paused",  # and resumed
    "refusing",  # one role fails at once
    "asking",  # the architect asks instead of planning
    "steady",
    "steady",
    "cancelled",
)
PERSISTENT = ("failing", "healing", "refusing")


@dataclass(frozen=True)
class Plan:
    """The plan of one session; all that its roles need to know stands in its input."""

    number: int
    name: str
    seed: int

    @property
    def input(self) -> dict[str, Any]:
        """What the session is launched with."""
        return {"seed": self.seed, "number": self.number, "plan": self.name}

    @property
    def weak_role(self) -> str | None:
        """The role that fails, in the plans that have one."""
        return weak_role(self.input)

    @property
    def ending(self) -> tuple[str, str | None]:
        """The status and outcome that the session must end with."""
        if self.name in ("failing", "refusing"):
            return "failed", None
        if self.name == "cancelled":
            return "cancelled", None
        return "completed", "needs_input" if self.name == "asking" else "planned"


def make_plans(sessions: int, seed: int) -> list[Plan]:
    """Return the plans of a run, each kind at least once from ten sessions on."""
    return [Plan(number, NAMES[number % len(NAMES)], seed) for number in range(sessions)]


def weak_role(order: dict[str, Any]) -> str | None:
    """Return the role that fails in a session launched with this input."""
    if order["plan"] not in PERSISTENT:
        return None
    chance = Random(f"{order['seed']} {order['number']}")
    return chance.choice(sorted(BUILT_IN_PROFILES))
