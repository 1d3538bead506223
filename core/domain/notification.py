"""Notifications: what one person is told, by the system or by somebody in the team."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from core.domain.access import TeamRole
from core.domain.news import NewsKind
from core.domain.role import canonical_role
from core.domain.team import Member
from core.domain.text import clean_text
from core.errors import InvalidInput, NotFound

MESSAGE = "message"  # the kind of what somebody wrote
KINDS = (MESSAGE, *(kind.value for kind in NewsKind))
MOST_CHARACTERS = 2000
EVERYBODY = "team"


class Priority(StrEnum):
    """How much a notification matters."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


PRIORITIES = {
    NewsKind.FINISHED: Priority.LOW,
    NewsKind.FAILED: Priority.HIGH,
    NewsKind.NEEDS_INPUT: Priority.HIGH,
    NewsKind.APPROVAL_WAITING: Priority.HIGH,
}


@dataclass(frozen=True, slots=True)
class Notification:
    """Something that one person is told; `read_at` is None until they have read it."""

    id: UUID
    team_id: UUID
    team_name: str
    kind: str
    priority: Priority
    message: str
    sender: str  # as "mara" or "token ci of mara"; empty: the system
    session_id: UUID | None
    task_id: UUID | None
    created_at: datetime
    read_at: datetime | None


def check_message(message: str) -> str:
    """Return the cleaned text of a message; raises `InvalidInput`."""
    cleaned = clean_text(message).strip()
    if not cleaned:
        raise InvalidInput("The message is empty.", hint="Say in a sentence what it is about.")
    if len(cleaned) > MOST_CHARACTERS:
        raise InvalidInput(
            f"The message has {len(cleaned)} characters; {MOST_CHARACTERS} is the most.",
            hint="Shorten it, and point to the session that has the rest.",
        )
    return cleaned


def check_priority(priority: str) -> Priority:
    """Return a priority; raises `InvalidInput` for a word that is none."""
    try:
        return Priority(priority)
    except ValueError:
        raise InvalidInput(
            "There is no such priority.", hint="Choose low, normal or high."
        ) from None


def find_recipients(target: str, members: Sequence[Member], roles: Iterable[str]) -> list[UUID]:
    """Return whom a target means: the team, a member by name, or a role's holders.

    `team` is everybody. `user:mara` is a member, `role:security` who approves in the name of that
    role; `role:owner`, `role:member` and `role:viewer` are places in the team. Without a prefix a
    member's name comes before a role. A role that nobody holds, of those in `roles` (the team's
    own and the built-in ones), is the owner's business. Raises `NotFound` for what means nobody.
    """
    wanted = target.strip()
    prefix, colon, rest = wanted.partition(":")
    if wanted.lower() == EVERYBODY:
        return [one.user_id for one in members]
    if not colon or prefix.lower() not in ("user", "role"):
        found = _named(wanted, members) or _holders(wanted, members, roles)
    elif prefix.lower() == "user":
        found = _named(rest.strip(), members)
    else:
        found = _holders(rest.strip(), members, roles)
    if not found:
        raise NotFound(
            "Nobody in this team is meant by this target.",
            hint="Name a member, a role (as role:security), or team for everybody.",
        )
    return found


def _named(name: str, members: Sequence[Member]) -> list[UUID]:
    return [one.user_id for one in members if one.user_name.lower() == name.lower()]


def _holders(role: str, members: Sequence[Member], roles: Iterable[str]) -> list[UUID]:
    """Return who holds a role; its owner stands in for one that nobody holds."""
    lowered = role.lower()
    if lowered in set(TeamRole):
        return [one.user_id for one in members if one.role == lowered]
    wanted = {lowered, canonical_role(lowered)}
    holders = [one.user_id for one in members if wanted & set(one.approver_roles)]
    if holders or not wanted & set(roles):
        return holders
    return [one.user_id for one in members if one.role == TeamRole.OWNER]
