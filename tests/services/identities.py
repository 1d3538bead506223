"""People as an identity provider tells of them, for tests."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from core.domain.federation import Identity
from core.settings import get_settings

ISSUER = "https://sso.example.org/realms/sage"


def identity(
    subject: str = "1",
    *groups: str,
    name: str = "ada",
    email: str | None = None,
    issuer: str = ISSUER,
) -> Identity:
    return Identity(issuer, subject, name, email, frozenset(groups))


def use(patch: pytest.MonkeyPatch, **values: object) -> None:
    for name, value in values.items():
        said = value if isinstance(value, str) else json.dumps(value)
        patch.setenv(f"SAGE_{name.upper()}", said)
    get_settings.cache_clear()


def kinds(db: Connection, team_id: UUID | None = None) -> list[str]:
    query = "SELECT kind FROM audit_events WHERE team_id IS NOT DISTINCT FROM :team ORDER BY id"
    return list(db.execute(text(query), {"team": team_id}).scalars())
