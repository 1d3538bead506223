"""Who visits, and in which team: what every page asks first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import TypeVar
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from core.domain.access import Action, UserPrincipal, effective_role, is_allowed
from core.domain.origin import Origin, set_origin
from core.domain.people import Team, User
from core.domain.session import Session
from core.errors import AppError, NotFound
from core.services import accounts, signing_in, watching
from core.services.watching import SessionHead
from pages.parts.empty import draw_empty, draw_error
from pages.parts.wording import plain

LOGIN_KEY = "_login"
HAS_ENDED = "_login_has_ended"  # under a page that was open
R = TypeVar("R")


class SignedOut(AppError):
    """You are signed out, so nothing was done."""

    code = "signed_out"
    hint = "Sign in again, and repeat it."


@dataclass(frozen=True, slots=True)
class Visit:
    """A signed-in visitor; `team` is the one in the address, or of its session, or the first."""

    user: User
    team: Team
    teams: tuple[Team, ...]
    zone: tzinfo
    heads: dict[UUID, SessionHead] = field(default_factory=dict)  # read in this run

    @property
    def principal(self) -> UserPrincipal:
        """Who asks."""
        return UserPrincipal(self.user.id)

    @property
    def is_archived(self) -> bool:
        """Whether the team is only read."""
        return self.team.archived_at is not None

    def may(self, action: Action) -> bool:
        """Tell whether they may do this in the team, as far as the team says: services ask."""
        role = effective_role(
            is_owner=self.team.owner_id == self.user.id,
            is_shared=self.team.is_shared,
            membership=self.team.membership,
        )
        return is_allowed(role, action)

    def act(self, work: Callable[[UserPrincipal], R]) -> R:
        """Do something in the visitor's name, once they are known to be signed in still.

        The run that this visit belongs to has asked that. Callbacks run before the next one asks,
        dialogs and fragments long after. Raises `SignedOut` when the login has ended or is another
        person's, `RedisUnavailable` and `DatabaseUnavailable`: then nothing was done.
        """
        if _of_this_run.get() is not self:
            login = ask_login()
            if login is None or login.user.id != self.user.id:
                raise SignedOut
        return work(self.principal)

    @property
    def now(self) -> datetime:
        """This moment in UTC."""
        return datetime.now(UTC)

    def asked_session(self, parameter: str = "session") -> Session:
        """Return the team's session that the address names; draws why not and stops without."""
        if parameter not in st.query_params:
            draw_empty("session", target=f"/sessions?team={self.team.id}")
            st.stop()
        try:
            session = self._read_head(UUID(st.query_params[parameter])).session
        except (ValueError, NotFound):
            draw_empty("team")
            st.stop()
        except AppError as error:
            draw_error(error)
            st.stop()
        if session.team_id != self.team.id:
            self._lead_elsewhere(session, parameter)
            st.stop()
        return session

    def head_of(self, session_id: UUID) -> SessionHead:
        """Return the head of a session of the team, asked once for each run; raises `NotFound`."""
        head = self._read_head(session_id)
        if head.session.team_id != self.team.id:
            raise NotFound("There is no such session in this team.")
        return head

    def _read_head(self, session_id: UUID) -> SessionHead:
        if session_id not in self.heads:
            self.heads[session_id] = watching.get_head(self.principal, session_id)
        return self.heads[session_id]

    def _lead_elsewhere(self, session: Session, parameter: str) -> None:
        """Say that a session is not in this team, and where it is, to whom that is known."""
        owner = next((one for one in self.teams if one.id == session.team_id), None)
        if owner is None:
            draw_empty("team")
        else:
            # Without a path it leads to the page that is open.
            target = f"?{parameter}={session.id}&team={owner.id}"
            draw_empty("team", act=f"Open it in {plain(owner.name)}", target=target)


def note_origin() -> None:
    """Say where what this run does comes from."""
    address = st.context.ip_address
    set_origin(Origin(address if isinstance(address, str) else "here", uuid4().hex))


def shown_cookie() -> str | None:
    """Return what this browser shows as the id of its login."""
    return st.context.cookies.get(signing_in.cookie_name())


def ask_login(*, on_timer: bool = False) -> signing_in.Login | None:
    """Return the login of this browser as of now.

    A rerun that nobody asked for, `on_timer`, is no visit: it keeps no login alive.
    """
    note_origin()
    cookie = shown_cookie()
    return signing_in.check_login(cookie) if on_timer else signing_in.find_login(cookie)


def find_login(*, on_timer: bool = False) -> signing_in.Login | None:
    """Return the login of this browser, asked anew at every rerun.

    What a former login left in the session state is forgotten: a Streamlit session outlives
    signing out, and another browser can try to attach to it.
    """
    login = ask_login(on_timer=on_timer)
    fingerprint = login.fingerprint if login else None
    former = st.session_state.get(LOGIN_KEY)
    if former != fingerprint:
        st.session_state.clear()
        st.session_state[LOGIN_KEY] = fingerprint
        st.session_state[HAS_ENDED] = former is not None and login is None
    return login


_of_this_run: ContextVar[Visit | None] = ContextVar("visit", default=None)


@contextmanager
def visiting(login: signing_in.Login) -> Iterator[Visit]:
    """Let `open_visit` return the visit of this login while the block runs: once for each run.

    It ends with the run, so that a fragment's rerun asks anew.
    """
    visit = _visit_of(login)
    token = _of_this_run.set(visit)
    try:
        yield visit
    finally:
        _of_this_run.reset(token)


def open_visit(*, on_timer: bool = False) -> Visit:
    """Return the visitor of this run; leads to the sign-in page when there is none.

    The frame has asked before a page runs. A fragment that runs again asks here; one that does so
    by itself says `on_timer`, as it is no visit.
    """
    known = _of_this_run.get()
    if known is not None:
        return known
    try:
        login = find_login(on_timer=on_timer)
    except AppError as error:
        draw_error(error)
        st.stop()
    if login is None:
        st.rerun()  # the whole: the frame then draws the sign-in page
    return _visit_of(login)


def _visit_of(login: signing_in.Login) -> Visit:
    principal = UserPrincipal(login.user.id)
    try:
        teams = tuple(accounts.list_teams(principal))
        head = None if st.query_params.get("team") else _linked_head(principal)
    except AppError as error:
        draw_error(error)
        st.stop()
    asked = st.query_params.get("team") or (str(head.session.team_id) if head else None)
    team = next((one for one in teams if str(one.id) == asked), None)
    if team is None:
        if asked:
            draw_empty("team")
            st.stop()
        alive = [one for one in teams if one.archived_at is None] or teams
        team = next((one for one in alive if one.is_shared), alive[0])
    return Visit(login.user, team, teams, _zone(), {head.session.id: head} if head else {})


def _linked_head(principal: UserPrincipal) -> SessionHead | None:
    """Return the head of the session that the address names; None for none that may be seen.

    Whose session it is says which team is visited, where the address does not.
    """
    named = st.query_params.get("session") or st.query_params.get("answer")
    try:
        return watching.get_head(principal, UUID(named)) if named else None
    except (ValueError, NotFound):
        return None


def _zone() -> tzinfo:
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
