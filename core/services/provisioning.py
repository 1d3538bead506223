"""From an identity to a user: found, linked or made, with the teams that its groups are worth."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Connection

from core.domain.access import SYSTEM, TeamRole, UserPrincipal
from core.domain.federation import (
    NO_ADDRESS,
    Identity,
    granted_roles,
    strongest,
    user_names,
)
from core.domain.people import Team, User
from core.domain.team import MOST_MEMBERS
from core.domain.token import Token
from core.errors import AccountDisabled, AccountMissing, AddressTaken, Conflict
from core.ids import new_id
from core.services.accounts import ADMINISTRATOR
from core.services.auditing import note
from core.services.teams import announce_departures
from core.services.tokens import announce_revoked, revoke_all_tokens
from core.services.transaction import transact
from core.settings import get_settings, redis_url
from core.signals import logins, resets
from core.store import identities, people, teams

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Admitted:
    """Who an identity is here, and what changed with this sign-in."""

    user: User
    is_linked_now: bool = False
    revoked: tuple[Token, ...] = ()
    left: list[UUID] = field(default_factory=list)


def admit_identity(identity: Identity) -> User:
    """Return the user of an identity, in the teams that its groups are worth.

    Raises `AccountDisabled`, `AccountMissing` where nobody is made, `AddressTaken`.
    """
    made_id = new_id()
    linked: list[User] = []  # also by a try whose answer was lost
    left: set[UUID] = set()
    revoked: list[Token] = []

    def work(db: Connection) -> _Admitted:
        identities.lock_identity(db, identity.issuer, identity.subject)
        holder = identities.find_by_identity(db, identity.issuer, identity.subject)
        if holder is None:
            admitted = _admit_new(db, identity, made_id)
        elif holder.is_disabled:
            raise AccountDisabled
        else:
            admitted = _Admitted(holder.user)
        _map_memberships(db, admitted, identity.groups)
        note(
            db,
            UserPrincipal(admitted.user.id),
            "login.started",
            team_id=None,
            subject=admitted.user.user_name,
            details={"issuer": identity.issuer},
        )
        left.update(admitted.left)
        revoked.extend(admitted.revoked)
        linked.extend([admitted.user] if admitted.is_linked_now else [])
        return admitted

    admitted = transact(work)
    announce_revoked(revoked)
    if linked:
        _end_logins(admitted.user)  # also those that began while this was stored
    for team_id in left:
        announce_departures(team_id, [admitted.user.id])
    return admitted.user


def _admit_new(db: Connection, identity: Identity, made_id: UUID) -> _Admitted:
    holder = identities.lock_by_email(db, identity.email) if identity.email else None
    if holder is not None:
        return _link(db, identity, holder)
    if not get_settings().oidc_sign_up:
        raise AccountMissing
    user = _make_user(db, identity, made_id)
    identities.set_identity(db, user.id, identity.issuer, identity.subject)
    details = {"is_administrator": False, "issuer": identity.issuer}
    note(db, SYSTEM, "user.created", team_id=None, subject=user.user_name, details=details)
    return _Admitted(user)


def _link(db: Connection, identity: Identity, holder: identities.Holder) -> _Admitted:
    """Give an account to the identity that has its address, where that is allowed.

    Whoever made the account may not be who owns the address: what opened it so far does no more.
    An administrator is never linked: the provider would decide who rules here.
    """
    is_allowed = get_settings().oidc_link_by_email and not holder.user.is_administrator
    if not is_allowed or holder.has_identity:
        raise AddressTaken
    if holder.is_disabled:
        raise AccountDisabled
    _end_logins(holder.user)  # nothing is stored unless this succeeds
    identities.take_password(db, holder.user.id)
    revoked = revoke_all_tokens(db, SYSTEM, holder.user.id, because="identity linked")
    identities.set_identity(db, holder.user.id, identity.issuer, identity.subject)
    details = {"issuer": identity.issuer}
    name = holder.user.user_name
    note(db, SYSTEM, "identity.linked", team_id=None, subject=name, details=details)
    return _Admitted(holder.user, is_linked_now=True, revoked=tuple(revoked))


def _end_logins(user: User) -> None:
    url = redis_url()
    logins.end_all(url, user.id)
    resets.void_reset(url, user.id)


def _make_user(db: Connection, identity: Identity, made_id: UUID) -> User:
    """Insert a user with a personal team, under the first name that is free."""
    wanted = tuple(user_names(identity.name))
    taken = identities.taken_names(db, [one.lower() for one in wanted]) | {ADMINISTRATOR}
    free = [*user_names(identity.name, taken), f"user-{made_id.hex[:12]}-{made_id.hex[-12:]}"]
    for name in free:
        email = identity.email or f"{made_id.hex}@{NO_ADDRESS}"
        if people.insert_user(db, user_id=made_id, user_name=name, email=email):
            team_id = new_id()
            people.insert_team(db, team_id=team_id, owner_id=made_id, name=name, is_shared=False)
            note(db, SYSTEM, "team.created", team_id=team_id, subject=name)
            return User(made_id, name, email, is_administrator=False)
        if identity.email and identities.lock_by_email(db, identity.email) is not None:
            raise AddressTaken  # by somebody at this very moment
    raise Conflict


def _map_memberships(db: Connection, admitted: _Admitted, groups: Iterable[str]) -> None:
    """Make the memberships that groups gave what the groups are worth now; others stay.

    Teams are held in one order. A team's own owner is never touched: it always keeps one.
    """
    user_id = admitted.user.id
    wanted = _wanted_roles(db, groups)
    held = identities.list_memberships(db, user_id)
    mapped = {team_id for team_id, one in held.items() if one.is_mapped}
    for team_id in sorted(mapped | (wanted.keys() - held.keys())):
        team = teams.lock_team(db, team_id)
        current = identities.list_memberships(db, user_id).get(team_id)
        if team is None:
            log.warning("SAGE_OIDC_GROUPS names team %s, which is not there", team_id)
            continue
        if team.owner_id == user_id or (current is not None and not current.is_mapped):
            continue
        role = wanted.get(team_id)
        if current is None:
            if role is not None and _has_room(db, team):
                identities.insert_mapped(db, team_id, user_id, role)
                _note_mapped(db, team_id, user_id, "member.mapped", {"to": role.value})
        elif role is None:
            identities.delete_mapped(db, team_id, user_id)
            admitted.left.append(team_id)
            _note_mapped(db, team_id, user_id, "member.unmapped", {"from": current.role.value})
        elif role is not current.role:
            identities.change_mapped(db, team_id, user_id, role)
            details = {"from": current.role.value, "to": role.value}
            _note_mapped(db, team_id, user_id, "member.role_changed", details)


def _wanted_roles(db: Connection, groups: Iterable[str]) -> dict[UUID, TeamRole]:
    granted = granted_roles(groups, get_settings().oidc_groups)
    wanted: dict[UUID, TeamRole] = {}
    for named, role in granted.items():
        team_id = _find_team(db, named)
        if team_id is None:
            log.warning("not one shared team of an administrator is called %r", named)
        else:
            wanted[team_id] = strongest(wanted.get(team_id), role)
    return wanted


def _find_team(db: Connection, named: str) -> UUID | None:
    try:
        return UUID(named)
    except ValueError:
        found = identities.list_named(db, named)
        return found[0] if len(found) == 1 else None


def _has_room(db: Connection, team: Team) -> bool:
    if not team.is_shared or team.archived_at is not None:
        log.warning("a group names team %s, which is archived or not shared", team.id)
        return False
    if teams.count_members(db, team.id) >= MOST_MEMBERS:
        log.warning("a group names team %s, which is full", team.id)
        return False
    return True


def _note_mapped(
    db: Connection, team_id: UUID, user_id: UUID, kind: str, details: dict[str, str]
) -> None:
    details = details | {"by": "groups"}
    note(db, SYSTEM, kind, team_id=team_id, subject=str(user_id), details=details)
