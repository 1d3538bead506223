"""The seven roles, as the contract names them."""

from __future__ import annotations

from core.domain.role import ALIASES, BUILT_IN_PROFILES, CAPABILITIES, canonical_role

CONTRACT = {
    "architect": {"design", "review", "document"},
    "backend_dev": {"implement", "test", "review", "optimize"},
    "dba": {"design", "implement", "optimize", "audit"},
    "frontend_dev": {"design", "implement", "test", "review"},
    "ui_ux": {"design", "review", "document"},
    "security": {"audit", "review", "document"},
    "it_admin": {"deploy", "audit", "optimize"},
}
LONG_NAMES = {
    "software_architect": "architect",
    "backend_developer": "backend_dev",
    "database_administrator": "dba",
    "frontend_developer": "frontend_dev",
    "ui_ux_designer": "ui_ux",
    "security_specialist": "security",
    "it_administrator": "it_admin",
}


def test_each_role_has_the_capabilities_of_the_contract() -> None:
    found = {name: set(profile.capabilities) for name, profile in BUILT_IN_PROFILES.items()}
    assert found == CONTRACT
    assert set(CAPABILITIES) == set().union(*CONTRACT.values())
    for name, profile in BUILT_IN_PROFILES.items():
        assert profile.role == name
        assert len(profile.capabilities) == len(set(profile.capabilities))
        assert (profile.executor, profile.timeout_seconds) == ("planner", None)


def test_long_names_are_those_of_the_contract() -> None:
    assert ALIASES == LONG_NAMES
    assert {canonical_role(name) for name in (*LONG_NAMES, *CONTRACT)} == set(CONTRACT)
