"""Roles: seats in the team, with capabilities, instructions, an executor and a time-out."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from core.domain.text import clean_line, clean_text
from core.errors import InvalidInput

CAPABILITIES = (
    "design",
    "implement",
    "test",
    "review",
    "deploy",
    "document",
    "audit",
    "optimize",
)

MAX_TIMEOUT_SECONDS = 86_400.0
EXECUTORS = ("planner", "external")  # that can be chosen everywhere, the usual one first


@dataclass(frozen=True, slots=True)
class RoleProfile:
    """What a role can do and who does its work.

    `timeout_seconds` is None where the setting's default holds.
    """

    role: str
    title: str
    capabilities: tuple[str, ...]
    instructions: str
    executor: str = "planner"
    timeout_seconds: float | None = None


BUILT_IN_PROFILES: dict[str, RoleProfile] = {
    profile.role: profile
    for profile in (
        RoleProfile(
            "architect",
            "Architect",
            ("design", "review", "document"),
            "Understand the brief, say what is not clear, cut the feature into components and "
            "take the strategic decisions that the others build on.",
        ),
        RoleProfile(
            "backend_dev",
            "Backend",
            ("implement", "test", "review", "optimize"),
            "Derive the operations that the feature needs and describe them as an HTTP interface.",
        ),
        RoleProfile(
            "dba",
            "Database",
            ("design", "implement", "optimize", "audit"),
            "Derive tables, keys, constraints and indexes, and a migration that can run.",
        ),
        RoleProfile(
            "frontend_dev",
            "Frontend",
            ("design", "implement", "test", "review"),
            "Derive pages and components, each tied to the operations that it calls.",
        ),
        RoleProfile(
            "ui_ux",
            "UI/UX",
            ("design", "review", "document"),
            "Walk through the feature as its people do, and check that everybody can use it.",
        ),
        RoleProfile(
            "security",
            "Security",
            ("audit", "review", "document"),
            "Look at each operation with an attacker's eyes; name threat, mitigation and risk.",
        ),
        RoleProfile(
            "it_admin",
            "IT admin",
            ("deploy", "audit", "optimize"),
            "Say how it is rolled out, run, watched and rolled back.",
        ),
    )
}

ALIASES = {
    "software_architect": "architect",
    "backend_developer": "backend_dev",
    "database_administrator": "dba",
    "frontend_developer": "frontend_dev",
    "ui_ux_designer": "ui_ux",
    "security_specialist": "security",
    "it_administrator": "it_admin",
}


def canonical_role(name: str) -> str:
    """Return the short name of a role; a name that is no alias comes back as it is."""
    return ALIASES.get(name, name)


_ROLE_NAME = re.compile(r"[a-z][a-z0-9_]{0,49}\Z")


def check_role_name(name: str) -> str:
    """Return a role's name; raises `InvalidInput` unless it is 1 to 50 of a-z, 0-9 and _."""
    if not _ROLE_NAME.match(name):
        raise InvalidInput(
            f"'{clean_line(name)[:50]}' is no name for a role.",
            hint="Use 1 to 50 lower-case letters, digits and underscores.",
        )
    return name


def profile_from_json(data: Mapping[str, Any], known_executors: Collection[str]) -> RoleProfile:
    """Read a role as a team defines it.

    `role`, `title`, `capabilities` and `instructions` are needed; `executor` and
    `timeout_seconds` have defaults. Raises `InvalidInput` for anything else.
    """
    try:
        role = check_role_name(canonical_role(str(data["role"])))
        title = clean_line(str(data["title"]))[:100]
        capabilities = tuple(str(one) for one in data["capabilities"])
        instructions = clean_text(str(data["instructions"]))[:10_000]
        executor = str(data.get("executor", "planner"))
        seconds = data.get("timeout_seconds")
        timeout_seconds = None if seconds is None else float(seconds)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidInput(
            "The role's definition cannot be read.",
            hint='It looks like {"role": …, "title": …, "capabilities": […], "instructions": …}.',
        ) from error
    unknown = sorted(set(capabilities) - set(CAPABILITIES))
    if unknown:
        raise InvalidInput(
            f"'{clean_line(unknown[0])[:50]}' is no capability.",
            hint="Use some of: " + ", ".join(CAPABILITIES) + ".",
        )
    if executor not in known_executors:
        raise InvalidInput(
            f"There is no executor '{clean_line(executor)[:50]}'.",
            hint="Use one of: " + ", ".join(known_executors) + ".",
        )
    if not title or not instructions.strip():
        raise InvalidInput("A role needs a title and instructions.")
    if timeout_seconds is not None and not 0 < timeout_seconds <= MAX_TIMEOUT_SECONDS:
        raise InvalidInput("A role's time-out must be more than 0 and at most a day.")
    return RoleProfile(role, title, capabilities, instructions, executor, timeout_seconds)
