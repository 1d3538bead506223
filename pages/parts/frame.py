"""The frame around every page: navigation, team switcher, account, sign-in for strangers."""

from __future__ import annotations

from base64 import b64encode
from copy import copy
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from core.domain.access import Action
from pages.parts.component import component
from pages.parts.launch import begin_form
from pages.parts.redeeming import sign_out_here
from pages.parts.sessions.address import forget_filters
from pages.parts.tab import open_tab
from pages.parts.visit import Visit
from pages.parts.wording import plain

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

PAGES = Path(__file__).resolve().parents[1]
ASSETS = PAGES / "assets"

# name -> title, icon; the first is the default page, at "/".
SHOWN = {
    "Work": {
        "board": ("Board", "space_dashboard"),
        "approvals": ("Approvals", "front_hand"),
        "sessions": ("Sessions", "view_list"),
        "notices": ("Notifications", "notifications"),
    },
    "Understand": {"decisions": ("Decisions", "gavel")},
    "Team": {
        "people": ("People and access", "group"),
        "webhooks": ("Webhooks", "webhook"),
        "audit": ("Audit", "policy"),
        "retention": ("Retention", "auto_delete"),
    },
}
HIDDEN = {
    "launch": ("New session", "add"),
    "live": ("Live", "sensors"),
    "replay": ("Replay", "replay"),
    "work": ("Artifacts and snapshots", "draft"),
    "overview": ("What runs", "monitor_heart"),
    "invitation": ("Invitation", "mail"),
    "account": ("Your account", "account_circle"),
}
# What is led to only in teams where the visitor may do this.
FOR_OWNERS = {"webhooks": Action.OVERSEE, "audit": Action.AUDIT}
SIGNING_OUT = "_signing_out"
_chrome = component("chrome", "chrome.js")


@cache
def page(name: str) -> StreamlitPage:
    """Return a page by its name; links and switches take it."""
    titles = {**{n: t for shown in SHOWN.values() for n, t in shown.items()}, **HIDDEN}
    title, icon = titles[name]
    return st.Page(
        PAGES / f"{name}.py",
        title=title,
        icon=f":material/{icon}:",
        url_path="" if name == "board" else name,
        default=name == "board",
        visibility="hidden" if name in HIDDEN else "visible",
    )


def sign_in_page() -> StreamlitPage:
    """Return the one page of an anonymous browser; the gate leads every link to it."""
    return st.Page(PAGES / "sign_in.py", title="Sign in", url_path="", default=True)


def reset_page() -> StreamlitPage:
    """Return the page behind a link for a new password; its address is `/?reset=...`."""
    return st.Page(PAGES / "reset.py", title="New password", url_path="", default=True)


@cache
def inline_image(name: str) -> str:
    """Return an asset as a data: address, since anonymous browsers are served no files."""
    kind = {"svg": "image/svg+xml", "png": "image/png"}[name.rpartition(".")[2]]
    return f"data:{kind};base64,{b64encode((ASSETS / name).read_bytes()).decode()}"


@cache
def _chrome_style() -> str:
    """Return the frame's styles; a path would be looked up and read in every run."""
    return (
        f"<style>{(PAGES / 'parts' / 'chrome' / 'chrome.css').read_text(encoding='utf-8')}</style>"
    )


def all_pages() -> list[StreamlitPage]:
    """Return every page of a signed-in visitor, for one run.

    Copies: navigation marks the page that may run, and running it takes the mark away, which would
    be another visitor's if their runs shared the objects.
    """
    return [copy(page(name)) for shown in (*SHOWN.values(), HIDDEN) for name in shown]


def draw_frame(visit: Visit, current: StreamlitPage) -> None:
    """Draw the sidebar and what the page around it needs."""
    st.html(_chrome_style())
    open_tab(visit.team.id)
    with st.sidebar:
        _draw_team(visit, current)
        if st.button(
            "New session", type="primary", icon=":material/add:", width="stretch", shortcut="n"
        ):
            begin_form()
            st.switch_page(page("launch"), query_params={"team": str(visit.team.id)})
        for section, shown in SHOWN.items():
            with st.container(gap="xxsmall", key=f"nav-{section.lower()}"):
                st.caption(section)
                for name in shown:
                    if name in FOR_OWNERS and not visit.may(FOR_OWNERS[name]):
                        continue
                    team = {"team": str(visit.team.id)}
                    st.page_link(page(name), query_params=team, width="stretch")
    # Its triggers only run the page anew: for another theme, and for new notices on their page.
    _chrome(
        data={"page": current.url_path},
        key="chrome",
        on_theme_change=lambda: None,
        on_notices_change=lambda: None,
    )


def _draw_team(visit: Visit, current: StreamlitPage) -> None:
    names = {
        str(team.id): team.name if team.archived_at is None else f"{team.name} (archived)"
        for team in visit.teams
    }
    key = f"team_{visit.team.id}"
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        st.selectbox(
            "Team",
            list(names),
            index=list(names).index(str(visit.team.id)),
            format_func=lambda team_id: names[team_id],
            key=key,
            on_change=_switch,
            args=(key,),
            label_visibility="collapsed",
            width="stretch",
        )
        # A key of each page's own: it is closed when its link has led to another page.
        menu = f"menu_{current.url_path}"
        with st.popover(
            ":material/account_circle:", type="tertiary", help="Your account", key=menu
        ):
            st.markdown(f"**{plain(visit.user.user_name)}**")
            st.caption(plain(visit.user.email))
            st.page_link(page("account"), query_params={"team": str(visit.team.id)})
            if st.button("Sign out", icon=":material/logout:", type="tertiary"):
                st.session_state[SIGNING_OUT] = True
            if st.session_state.get(SIGNING_OUT) and sign_out_here():
                del st.session_state[SIGNING_OUT]
                st.error("You are still signed in: Redis does not answer. Try again.")
    # By hand: a bound select box would write the team's name, and drop it when it is the first.
    if st.query_params.get("team") != str(visit.team.id):
        st.query_params["team"] = str(visit.team.id)


def _switch(key: str) -> None:
    """Go to the team that was chosen, before anything of the run is drawn.

    What else the address names is of the team that is left: its session, its filters.
    """
    st.query_params.from_dict({"team": st.session_state[key]})
    forget_filters()
