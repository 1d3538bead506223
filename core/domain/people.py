"""Users and teams."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from core.domain.access import TeamRole
from core.errors import InvalidInput

_USER_NAME = re.compile(r"[A-Za-z0-9_-]{3,50}\Z")


@dataclass(frozen=True, slots=True)
class User:
    """A person who can be asked for."""

    id: UUID
    user_name: str
    email: str
    is_administrator: bool


@dataclass(frozen=True, slots=True)
class Team:
    """Whose sessions these are; a team that is not shared is its owner's alone."""

    id: UUID
    owner_id: UUID
    name: str
    is_shared: bool
    description: str = ""
    archived_at: datetime | None = None  # since then it is only read
    # What stands in the row of whoever asked for their teams, if anything; it is not the team's.
    membership: TeamRole | None = field(default=None, compare=False)


def check_user_name(user_name: str) -> str:
    """Return a user name; raises `InvalidInput` unless it is 3 to 50 of A-Z a-z 0-9 _ -."""
    if not _USER_NAME.match(user_name):
        raise InvalidInput(
            "That is no user name.",
            hint="Use 3 to 50 letters of A to Z, digits, underscores and hyphens.",
        )
    return user_name
