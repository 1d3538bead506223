"""Roles and states: label, icon and colour, in one place. Colour is never the only sign.

Colours are names of the theme in `.streamlit/config.toml`: a state's colour is one of its named
colours, a role's is its place among the chart's categorical colours.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class RoleLook:
    """How a role is shown; `place` is its place among the theme's categorical colours."""

    label: str
    icon: str
    place: int


@dataclass(frozen=True, slots=True)
class StateLook:
    """How a state is shown; `color` is a named colour of the theme."""

    label: str
    icon: str
    color: str


ROLES = {
    "architect": RoleLook("Architect", "architecture", 0),
    "backend_dev": RoleLook("Backend", "data_object", 1),
    "dba": RoleLook("Database", "database", 2),
    "frontend_dev": RoleLook("Frontend", "web", 3),
    "ui_ux": RoleLook("UI/UX", "draw", 4),
    "security": RoleLook("Security", "shield", 5),
    "it_admin": RoleLook("IT admin", "dns", 6),
}
OTHER_ROLE_PLACE = 7

STATES = {
    "pending": StateLook("Not started", "pending", "gray"),
    "blocked": StateLook("Not yet", "pending", "gray"),
    "ready": StateLook("Ready", "schedule", "violet"),
    "running": StateLook("Running", "progress_activity", "blue"),
    "active": StateLook("Running", "progress_activity", "blue"),
    "waiting": StateLook("Waiting", "front_hand", "orange"),
    "paused": StateLook("Paused", "pause_circle", "yellow"),
    "stuck": StateLook("Stuck", "hourglass_disabled", "yellow"),
    "completed": StateLook("Completed", "check_circle", "green"),
    "failed": StateLook("Failed", "dangerous", "red"),
    "cancelled": StateLook("Cancelled", "block", "gray"),
    "expired": StateLook("Expired", "timer_off", "gray"),
}
OUTCOMES = {
    "planned": StateLook("Planned", "check_circle", "green"),
    "needs_input": StateLook("Needs input", "help", "orange"),
}


def role_look(role: str) -> RoleLook:
    """Return how a role is shown; a team's own role by its name."""
    name = role.replace("_", " ").capitalize()
    return ROLES.get(role) or RoleLook(name, "person", OTHER_ROLE_PLACE)


def state_look(status: str, outcome: str | None = None) -> StateLook:
    """Return how a state is shown; a completed session by what its completion means."""
    if status == "completed" and outcome in OUTCOMES:
        return OUTCOMES[outcome]
    return STATES[status]


def badge(status: str, outcome: str | None = None) -> str:
    """Return a state as a Markdown badge."""
    look = state_look(status, outcome)
    return f":{look.color}-badge[:material/{look.icon}: {look.label}]"


def looks_for_browser() -> dict[str, Any]:
    """Return roles and states as components read them, `data.words`."""
    return {
        "roles": {name: asdict(look) for name, look in ROLES.items()},
        "states": {name: asdict(look) for name, look in (STATES | OUTCOMES).items()},
    }
