"""Your API tokens: make one, see when it was used, revoke it."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.domain.access import SCOPES, Scope
from core.domain.token import MOST_DAYS
from core.errors import AppError
from core.services import tokens
from core.services.signing_in import Login
from pages.parts.account import tell
from pages.parts.visit import Visit
from pages.parts.wording import age, plain

_ALL = "all"


def draw_tokens(visit: Visit, login: Login) -> None:
    """Draw the form for a new token, and the tokens that there are."""
    _draw_form(visit, login)
    names = {str(team.id): team.name for team in visit.teams}
    try:
        found = tokens.list_tokens(visit.principal)
    except AppError as error:
        tell(error)
        return
    if not found:
        st.caption("There are no tokens. A program needs one to use the API.")
    for token in found:
        used = "never used" if token.last_used_at is None else age(token.last_used_at, visit.now)
        used = used if token.last_used_at is None else f"used {used}"
        team = (
            "all teams" if token.team_id is None else names.get(str(token.team_id), "a team left")
        )
        ended = "" if token.is_alive(visit.now) else " :red-badge[expired]"
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            st.markdown(
                f"**{plain(token.name)}**{ended}  \n:gray[{', '.join(sorted(token.scopes))} · "
                f"{plain(team)} · until {token.expires_at:%Y-%m-%d} · {used}]",
                width="stretch",
            )
            revoke = st.button("Revoke", key=f"revoke_{token.id}")
        if revoke:
            _revoke(visit, token.id)


def _draw_form(visit: Visit, login: Login) -> None:
    teams = {_ALL: "All my teams"} | {str(team.id): team.name for team in visit.teams}
    with st.form("token", width=640, clear_on_submit=True):
        name = st.text_input("Name", placeholder="The program that will use it")
        scopes = st.pills(
            "It may",
            list(Scope),
            selection_mode="multi",
            default=[Scope.READ],
            help="; ".join(f"{scope}: {', '.join(sorted(SCOPES[scope]))}" for scope in Scope),
        )
        with st.container(horizontal=True):
            team = st.selectbox("In", list(teams), format_func=lambda one: teams[one])
            days = st.number_input("Days", 1, MOST_DAYS, 90)
        sent = st.form_submit_button("Make a token", type="primary")
    if not sent:
        return
    team_id = None if team == _ALL else UUID(team)
    try:
        made = tokens.make_token(
            visit.principal,
            name,
            [str(one) for one in scopes],
            days=int(days),
            team_id=team_id,
            through=login.fingerprint,
        )
    except AppError as error:
        tell(error)
        return
    st.success("Copy it now: it is not shown again.")
    st.code(made.plain, language=None)


def _revoke(visit: Visit, token_id: UUID) -> None:
    try:
        tokens.revoke_token(visit.principal, token_id)
    except AppError as error:
        tell(error)
    else:
        st.rerun()
