"""Who visits, and in which team: what every page asks first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from core.domain.access import Action, UserPrincipal, effective_role, is_allowed
from core.domain.origin import Origin, set_origin
from core.domain.people import Team, User
from core.domain.session import Session
from core.errors import AppError
from core.services import accounts, signing_in, watching
from core.services.watching import SessionHead
from pages.parts.empty import draw_empty, draw_error

LOGIN_KEY = "_login"


@dataclass(frozen=True, slots=True)
class Visit:
    """A signed-in visitor; `team` is the one in the address, or the first."""

    user: User
    team: Team
    teams: tuple[Team, ...]
    zone: tzinfo
    heads: dict[UUID, SessionHead] = field(default_factory=dict)  # read in this run

    @property
    def principal(self) -> UserPrincipal:
        """Who asks."""
        return UserPrincipal(self.user.id)

    def may(self, action: Action) -> bool:
        """Tell whether they may do this in the team, as far as the team says: services ask."""
        role = effective_role(
            is_owner=self.team.owner_id == self.user.id,
            is_shared=self.team.is_shared,
            membership=self.team.membership,
        )
        return is_allowed(role, action)

    @property
    def now(self) -> datetime:
        """This moment in UTC."""
        return datetime.now(UTC)

    def asked_session(self, parameter: str = "session") -> Session:
        """Return the session that the address names; draws the empty state and stops without."""
        try:
            return self.head_of(UUID(st.query_params.get(parameter, ""))).session
        except (ValueError, AppError):
            draw_empty("team")
            st.stop()

    def head_of(self, session_id: UUID) -> SessionHead:
        """Return a session's head, asked once for each run; raises `NotFound`."""
        if session_id not in self.heads:
            self.heads[session_id] = watching.get_head(self.principal, session_id)
        return self.heads[session_id]


def note_origin() -> None:
    """Say where what this run does comes from.

    Callbacks run before the script has asked who visits: those that change something call it.
    """
    address = st.context.ip_address
    set_origin(Origin(address if isinstance(address, str) else "here", uuid4().hex))


def find_login() -> signing_in.Login | None:
    """Return the login of this browser, asked anew at every rerun.

    What a former login left in the session state is forgotten: a Streamlit session outlives
    signing out, and another browser can try to attach to it.
    """
    note_origin()
    cookie = st.context.cookies.get(signing_in.cookie_name())
    login = signing_in.find_login(cookie) if cookie else None
    fingerprint = login.fingerprint if login else None
    if st.session_state.get(LOGIN_KEY) != fingerprint:
        st.session_state.clear()
        st.session_state[LOGIN_KEY] = fingerprint
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


def open_visit() -> Visit:
    """Return the visitor of this run; stops the run with a sentence when there is none.

    The frame draws the sign-in page for anonymous visitors, so a page hardly gets here without a
    login; it asks all the same.
    """
    known = _of_this_run.get()
    if known is not None:
        return known
    try:
        login = find_login()
    except AppError as error:
        draw_error(error)
        st.stop()
    if login is None:
        st.stop()
    return _visit_of(login)


def _visit_of(login: signing_in.Login) -> Visit:
    try:
        teams = tuple(accounts.list_teams(UserPrincipal(login.user.id)))
    except AppError as error:
        draw_error(error)
        st.stop()
    asked = st.query_params.get("team")
    team = next((one for one in teams if str(one.id) == asked), None)
    if team is None:
        if asked:
            draw_empty("team")
            st.stop()
        alive = [one for one in teams if one.archived_at is None] or teams
        team = next((one for one in alive if one.is_shared), alive[0])
    return Visit(login.user, team, teams, _zone())


def _zone() -> tzinfo:
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
