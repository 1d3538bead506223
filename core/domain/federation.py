"""What an identity provider says about a person, and what follows from it here."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.domain.access import TeamRole
from core.domain.email_address import check_email
from core.domain.text import clean_line
from core.errors import IdentityRefused, InvalidInput

MOST_GROUPS = 1000  # of a person; what is beyond is not looked at
NO_ADDRESS = "no-address.invalid"  # where nobody ever receives mail (RFC 2606)

_LONGEST_SUBJECT = 255  # as OpenID Connect has it
_LONGEST_NAME = 50
_SHORTEST_NAME = 3
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]+")
_NAMES_TRIED = 20
_STRENGTH = (TeamRole.VIEWER, TeamRole.MEMBER, TeamRole.OWNER)


@dataclass(frozen=True, slots=True)
class TeamGrant:
    """What a group is worth: a role in a team, named by its id or its name."""

    team: str
    role: TeamRole


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as the identity provider names them; issuer and subject never change."""

    issuer: str
    subject: str
    name: str
    email: str | None  # only one that the provider has verified
    groups: frozenset[str]


def read_identity(claims: Mapping[str, Any], groups_claim: str) -> Identity:
    """Return who the claims of a verified ID token speak of; raises `IdentityRefused`."""
    issuer, subject = claims.get("iss"), claims.get("sub")
    if not isinstance(issuer, str) or not _is_subject(subject):
        raise IdentityRefused
    email = _email_of(claims)
    local_part = email.partition("@")[0] if email else ""
    names = (claims.get("preferred_username"), local_part, claims.get("name"))
    name = next((one for one in names if isinstance(one, str) and one.strip()), "")
    return Identity(issuer, str(subject), name, email, _groups_of(claims, groups_claim))


def user_names(name: str, taken: Collection[str] = ()) -> Iterator[str]:
    """Yield user names that a person of this name may get, the best first."""
    mailbox = clean_line(name[:500]).partition("@")[0]
    stem = _NOT_IN_NAMES.sub("-", mailbox).strip("-_")[:_LONGEST_NAME]
    if len(stem) < _SHORTEST_NAME:
        stem = f"user-{stem}" if stem else "user"
    for number in range(1, _NAMES_TRIED + 1):
        ending = "" if number == 1 else f"-{number}"
        made = stem[: _LONGEST_NAME - len(ending)] + ending
        if made.lower() not in taken:
            yield made


def granted_roles(
    groups: Iterable[str], mapping: Mapping[str, Iterable[TeamGrant]]
) -> dict[str, TeamRole]:
    """Return the role in each team that groups are worth; of several the strongest."""
    granted: dict[str, TeamRole] = {}
    for group in set(groups) & set(mapping):
        for grant in mapping[group]:
            granted[grant.team] = strongest(granted.get(grant.team), grant.role)
    return granted


def strongest(one: TeamRole | None, other: TeamRole) -> TeamRole:
    """Return the role of the two that allows more."""
    return other if one is None else max(one, other, key=_STRENGTH.index)


def _is_subject(subject: object) -> bool:
    return (
        isinstance(subject, str)
        and 0 < len(subject) <= _LONGEST_SUBJECT
        and subject.isprintable()
        and subject.isascii()
    )


def _email_of(claims: Mapping[str, Any]) -> str | None:
    email = claims.get("email")
    if not isinstance(email, str) or claims.get("email_verified") is not True:
        return None
    try:
        return check_email(email)
    except InvalidInput:
        return None


def _groups_of(claims: Mapping[str, Any], path: str) -> frozenset[str]:
    """Return the groups under a claim's name, or under a path like `realm_access.roles`."""
    found: Any = claims.get(path)
    if found is None:
        found = claims
        for name in path.split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
    listed = [found] if isinstance(found, str) else found
    if not isinstance(listed, list):
        return frozenset()
    return frozenset(one for one in listed[:MOST_GROUPS] if isinstance(one, str))
