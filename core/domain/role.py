"""Roles: seats in the team, with capabilities, instructions, an executor and a time-out."""

from __future__ import annotations

from dataclasses import dataclass

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

EXECUTORS = ("planner", "llm", "external", "recorded")


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
