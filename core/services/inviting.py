"""Inviting people into a team, and their answers.

Who has an account is asked inside the dashboard; who has none gets a link whose token is shown
once. Whoever answers holds the team and looks at the invitation after that, so that of an answer
and a withdrawal at once one comes first and the other is told.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection

from core.domain.access import Action, Principal, SystemPrincipal, UserPrincipal
from core.domain.email_address import check_email
from core.domain.federation import strongest
from core.domain.origin import current_origin
from core.domain.people import Team, User
from core.domain.team import (
    MOST_INVITATIONS,
    MOST_MEMBERS,
    Invitation,
    check_given_role,
    require_open,
)
from core.domain.text import clean_line
from core.errors import Conflict, InvitationOver, NotAllowed, NotFound, TeamArchived
from core.ids import new_id
from core.services.auditing import note
from core.services.limiting import take_invitation
from core.services.permission import demand
from core.services.sealing import derive
from core.services.teams import hold_team
from core.services.transaction import ask, transact
from core.settings import get_settings
from core.store import invitations, operations, people, teams

_NO_INVITATION = "There is no such invitation, or it is not for you."
_ASK = "Check the link, or ask whoever sent it."
_LONGEST_TOKEN = 128
Find = Callable[[Connection], Invitation | None]


@dataclass(frozen=True, slots=True)
class Invited:
    """A new invitation; with a link's token, which nobody can read again, when it has one."""

    invitation: Invitation
    token: str | None

    @property
    def path(self) -> str | None:
        """The link's path in this dashboard."""
        return None if self.token is None else f"/invitation?token={self.token}"


def invite_person(
    principal: Principal,
    team_id: UUID,
    name_or_email: str,
    role: str = "member",
    *,
    act_key: str | None = None,
) -> Invited:
    """Invite somebody into a shared team, by user name or by e-mail address.

    With an `act_key` that was used, return what was made with it. Raises `InvalidInput`,
    `NotAllowed`, `NotFound` for a foreign team or a name that nobody has, and `Conflict` for who
    is in already, who is invited already, or when there is no room.
    """
    if isinstance(principal, SystemPrincipal):
        raise NotAllowed("Only a person invites others.")
    inviting_id = principal.user_id
    given, typed = check_given_role(role), clean_line(name_or_email)
    email = check_email(typed) if "@" in typed else None
    invitation_id, token = new_id(), _make_token(act_key)

    def work(db: Connection) -> Invited:
        team = hold_team(db, principal, team_id, Action.MANAGE)
        made = invitations.get_invitation(db, invitation_id)
        if made is None and act_key:
            made = invitations.find_sent(db, principal, team_id, act_key)
        if made is not None:  # by a try whose answer was lost, or a run that died
            return Invited(made, token if made.email is not None else None)
        if not team.is_shared:
            raise Conflict("This team is personal.", hint="Share it first, then invite people.")
        now = operations.clock(db)
        invitations.withdraw_all(db, team_id, now, only_expired=True)
        user = _find_user(db, typed, email)
        _demand_new(db, team, user, email)
        invitations.insert_invitation(
            db,
            invitation_id=invitation_id,
            team_id=team_id,
            role=given,
            user_id=None if user is None else user.id,
            email=None if user is not None else email,
            token_sha256=hash_token(token) if user is None else None,
            invited_by=inviting_id,
            at=now,
            expires_at=now + timedelta(days=get_settings().invitation_days),
            act_key=act_key,
        )
        made = invitations.get_invitation(db, invitation_id)
        if made is None:
            raise Conflict
        details = {"role": given.value, "by_link": user is None}
        note(
            db,
            principal,
            "member.invited",
            team_id=team_id,
            subject=made.whom,
            details=details,
        )
        return Invited(made, token if user is None else None)

    return transact(work)


def list_invitations(principal: Principal, team_id: UUID) -> list[Invitation]:
    """Return a team's open invitations to who manages it; raises `NotFound` or `NotAllowed`."""

    def work(db: Connection) -> list[Invitation]:
        demand(db, principal, team_id, Action.OVERSEE)
        return invitations.list_open(db, principal, team_id, operations.clock(db))

    return ask(work)


def list_waiting(principal: Principal) -> list[Invitation]:
    """Return the invitations that wait for the principal's own answer."""
    if not isinstance(principal, UserPrincipal):
        return []
    user_id = principal.user_id
    return ask(lambda db: invitations.list_waiting(db, user_id, operations.clock(db)))


def find_by_link(principal: Principal, token: str) -> Invitation:
    """Return the invitation of a link to whoever holds it; raises `NotFound`, `InvitationOver`.

    And `TooManyTries`, when too many were looked up from one address.
    """
    take_invitation(current_origin().address or "here")

    def work(db: Connection) -> Invitation:
        found = _by_token(token)(db)
        if found is None or not isinstance(principal, UserPrincipal):
            raise NotFound(_NO_INVITATION, hint=_ASK)
        require_open(found, operations.clock(db))
        return found

    return ask(work)


def accept_invitation(principal: Principal, invitation_id: UUID) -> UUID:
    """Join a team by an invitation of one's own; returns the team's id.

    Raises `NotFound` for any that is not one's own, `InvitationOver` for what cannot be answered
    any more, `TeamArchived`, and `Conflict` when the team is full.
    """
    return _accept(principal, _own(principal, invitation_id))


def accept_link(principal: Principal, token: str) -> UUID:
    """Join a team by a link; whoever accepts first has used it. Raises like `accept_invitation`."""
    take_invitation(current_origin().address or "here")
    return _accept(principal, _by_token(token))


def decline_invitation(principal: Principal, invitation_id: UUID) -> None:
    """Answer no to an invitation of one's own; raises `NotFound` or `InvitationOver`."""
    _decline(principal, _own(principal, invitation_id))


def decline_link(principal: Principal, token: str) -> None:
    """Answer no to a link, which is used then; raises `NotFound` or `InvitationOver`."""
    take_invitation(current_origin().address or "here")
    _decline(principal, _by_token(token))


def withdraw_invitation(
    principal: Principal, invitation_id: UUID, *, team_id: UUID | None = None
) -> None:
    """Take back an invitation into a team that one manages; with `team_id` one into that team.

    Raises `NotFound`, `NotAllowed`, and `InvitationOver` when it was answered before.
    """

    def work(db: Connection) -> None:
        found = invitations.get_invitation(db, invitation_id)
        # Asked without an invitation, too: time must not tell one of others from none.
        is_in = _is_in(db, principal, found.team_id if found else invitation_id)
        if found is None or not is_in or team_id not in (None, found.team_id):
            raise NotFound(_NO_INVITATION)
        hold_team(db, principal, found.team_id, Action.MANAGE)
        found = invitations.get_invitation(db, invitation_id)
        if found is not None and found.answer == "withdrawn":
            return
        now = operations.clock(db)
        if found is None or found.answer is not None:
            raise InvitationOver
        invitations.answer_invitation(db, invitation_id, "withdrawn", now)
        note(
            db,
            principal,
            "member.invitation_withdrawn",
            team_id=found.team_id,
            subject=found.whom,
        )

    transact(work)


def hash_token(token: str) -> str:
    """Return what is stored of a link's token: it finds the invitation and opens nothing."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _make_token(act_key: str | None) -> str:
    """Return a link's token: the same one in every run of an act, which stores only its hash."""
    if act_key is None:
        return secrets.token_urlsafe(32)
    return base64.urlsafe_b64encode(derive("invitation", act_key)).decode().rstrip("=")


def _find_user(db: Connection, typed: str, email: str | None) -> User | None:
    if email is None:
        user = people.find_user(db, typed)
        if user is None:
            raise NotFound(
                "There is no user of that name.", hint="Use an e-mail address to send a link."
            )
        return user
    known = people.find_credentials(db, email)
    return None if known is None else known[0]


def _demand_new(db: Connection, team: Team, user: User | None, email: str | None) -> None:
    now = operations.clock(db)
    if user is not None and (
        user.id == team.owner_id or teams.member_role(db, team.id, user.id) is not None
    ):
        raise Conflict("This person is in the team already.", hint="Change their role instead.")
    user_id = None if user is None else user.id
    if invitations.has_open(db, team.id, user_id=user_id, email=email, now=now):
        raise Conflict(
            "This person is invited already.", hint="Withdraw that invitation to send another one."
        )
    if invitations.count_open(db, team.id, now) >= MOST_INVITATIONS:
        raise Conflict(
            f"{MOST_INVITATIONS} invitations are open; that is the most.",
            hint="Withdraw one first.",
        )


def _own(principal: Principal, invitation_id: UUID) -> Find:
    def find(db: Connection) -> Invitation | None:
        found = invitations.get_invitation(db, invitation_id)
        if found is None or not isinstance(principal, UserPrincipal):
            return None
        return found if found.user_id == principal.user_id else None

    return find


def _by_token(token: str) -> Find:
    def find(db: Connection) -> Invitation | None:
        if not 0 < len(token) <= _LONGEST_TOKEN:
            return None
        return invitations.find_by_token(db, hash_token(token))

    return find


def _accept(principal: Principal, find: Find) -> UUID:
    def work(db: Connection) -> UUID:
        user_id, found = _hold(db, principal, find)
        if found.answer == "accepted" and found.user_id == user_id:
            if teams.read_place(db, found.team_id, user_id).role is not None:
                return found.team_id  # a second click, or a try whose answer was lost
            raise InvitationOver
        now = operations.clock(db)
        require_open(found, now)
        place = teams.read_place(db, found.team_id, user_id)
        if place.is_archived:
            raise TeamArchived
        given = found.role
        if place.role is None:
            if teams.count_members(db, found.team_id) >= MOST_MEMBERS:
                raise Conflict(
                    f"The team has {MOST_MEMBERS} members; that is the most.",
                    hint="Ask its owner to make room.",
                )
        else:
            given = strongest(place.role, given)
        # What a group of an identity provider gave is theirs from now on, whatever groups say.
        teams.put_member(db, found.team_id, user_id, given, is_given=True)
        # An open invitation of the same person, in the dashboard beside the link, is used up too.
        invitations.answer_invitation(db, found.id, "accepted", now, user_id=user_id)
        invitations.withdraw_all(db, found.team_id, now, user_id=user_id)
        note(
            db,
            principal,
            "member.joined",
            team_id=found.team_id,
            subject=str(user_id),
            details={"role": given.value},
        )
        return found.team_id

    return transact(work)


def _decline(principal: Principal, find: Find) -> None:
    def work(db: Connection) -> None:
        user_id, found = _hold(db, principal, find)
        if found.answer == "declined" and found.user_id == user_id:
            return
        now = operations.clock(db)
        require_open(found, now)
        invitations.answer_invitation(db, found.id, "declined", now, user_id=user_id)
        note(
            db,
            principal,
            "member.invitation_declined",
            team_id=found.team_id,
            subject=str(user_id),
        )

    transact(work)


def _hold(db: Connection, principal: Principal, find: Find) -> tuple[UUID, Invitation]:
    """Return who answers, and the invitation as it is once its team is held."""
    found = find(db)
    if found is not None:
        teams.lock_team(db, found.team_id)
        found = find(db)
    if found is None or not isinstance(principal, UserPrincipal):  # nor a program for somebody
        raise NotFound(_NO_INVITATION, hint=_ASK)
    if people.get_user(db, principal.user_id) is None:
        raise NotFound(_NO_INVITATION, hint=_ASK)
    return principal.user_id, found


def _is_in(db: Connection, principal: Principal, team_id: UUID) -> bool:
    return teams.get_team(db, principal, team_id) is not None
