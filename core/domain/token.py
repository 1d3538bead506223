"""API tokens: what a program signs in with, for how long, and for what."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.domain.access import Scope, TokenPrincipal
from core.domain.text import clean_line
from core.errors import InvalidInput

MOST_DAYS = 365
MOST_TOKENS = 100
MOST_NAME_CHARACTERS = 80

# 32 random bytes after the word by which leaked tokens are found in files.
_PLAIN = re.compile(r"sage_[A-Za-z0-9_-]{43}\Z")


@dataclass(frozen=True, slots=True)
class Token:
    """A token as its owner sees it afterwards; the token itself is shown once and not kept."""

    id: UUID
    user_id: UUID
    team_id: UUID | None  # none: all teams of its user
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    @property
    def principal(self) -> TokenPrincipal:
        """The one who asks with this token."""
        return TokenPrincipal(self.user_id, self.id, self.scopes, self.team_id)

    def is_alive(self, now: datetime) -> bool:
        """Tell whether it is neither revoked nor expired."""
        return self.revoked_at is None and now < self.expires_at


def is_token(plain: str) -> bool:
    """Tell whether a text looks like a token; nothing else is worth a look into the database."""
    return _PLAIN.match(plain) is not None


def hash_token(plain: str) -> str:
    """Return what is stored of a token: enough to recognise it, nothing to sign in with."""
    return hashlib.sha256(plain.encode()).hexdigest()


def check_token_name(name: str) -> str:
    """Return a token's name; raises `InvalidInput` unless it has 1 to 80 characters."""
    cleaned = clean_line(name)
    if not 1 <= len(cleaned) <= MOST_NAME_CHARACTERS:
        raise InvalidInput(
            f"A token needs a name of 1 to {MOST_NAME_CHARACTERS} characters.",
            hint="Name it after the program that will use it.",
        )
    return cleaned


def check_scopes(scopes: Iterable[str]) -> frozenset[Scope]:
    """Return scopes by their names; raises `InvalidInput` for unknown ones, and for none."""
    known = ", ".join(Scope)
    try:
        found = frozenset(Scope(scope) for scope in scopes)
    except ValueError:
        raise InvalidInput("There is no such scope.", hint=f"There are: {known}.") from None
    if not found:
        raise InvalidInput("A token needs a scope.", hint=f"Choose at least one of: {known}.")
    return found


def check_days(days: int) -> int:
    """Return for how many days a token is good; raises `InvalidInput` unless 1 to 365."""
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInput(f"A token lasts for 1 to {MOST_DAYS} days.")
    return days
