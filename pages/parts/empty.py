"""Empty and error states: each says which one it is, and what to do."""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import uuid4

import streamlit as st

from core.domain.origin import current_origin
from core.errors import AppError
from pages.parts.wording import plain

log = logging.getLogger(__name__)

_SHORT = 8  # characters of a trace id, enough to find its line
_KINDS = {
    "never": (
        "rocket_launch",
        "No session yet",
        "A session takes a brief through seven roles. The example needs nothing from you.",
        "Launch the example",
        "/launch?example=expense-approval",
    ),
    "filters": ("search_off", "Nothing matches", "", "Clear filters", ""),
    "team": (
        "group_off",
        "Not in this team",
        "This link belongs to another team, or no longer exists.",
        "Go to the board",
        "/",
    ),
    "session": (
        "view_list",
        "No session chosen",
        "Choose one of this team's sessions.",
        "See the sessions",
        "/sessions",
    ),
    "notices": (
        "notifications_off",
        "Nothing to read",
        "You are told here when a session that you launched ends or asks you something, when an "
        "approval waits for you, and what people and agents of your teams send you.",
        "Go to the board",
        "/",
    ),
    "workers": (
        "cloud_off",
        "Workers are offline",
        "Tasks wait; nothing is lost. Work goes on when a worker is back.",
        "See what is missing",
        "/overview",
    ),
}


def draw_empty(
    kind: str, text: str | None = None, *, act: str | None = None, target: str | None = None
) -> bool:
    """Draw one of the empty states; returns whether its button was pressed.

    A button that leads elsewhere does so by itself; `act` and `target` say another way on.
    """
    icon, head, usual, usual_act, usual_target = _KINDS[kind]
    act, target = act or usual_act, target or usual_target
    color = "orange" if kind == "workers" else "gray"
    with st.container(
        border=True, horizontal_alignment="center", gap="xsmall", key=f"empty_{kind}"
    ):
        st.space("medium")
        st.markdown(f"# :{color}[:material/{icon}:]", text_alignment="center")
        st.markdown(f"## {head}", text_alignment="center")
        st.markdown(text or usual, text_alignment="center", width=460)
        st.space("xsmall")
        if target:
            st.link_button(act, target, type="primary")
            pressed = False
        else:
            pressed = st.button(act, type="primary")
        st.space("medium")
    return pressed


def draw_error(error: AppError, *, kept: str = "") -> None:
    """Draw an error: what happened, what is safe, what to do."""
    message = plain(error.message).replace(r"\.", ".")  # it may quote what a person typed
    with st.container(border=True, gap="xsmall"):
        st.markdown(f":red[:material/error:] **{message}** {kept}")
        st.caption(error.hint_text)
        st.button("Try again", icon=":material/refresh:", key=f"again_{error.code}")


def show_unforeseen(error: Exception) -> bool:
    """Say that a page failed, and how its line in the log is found; nothing of what it was.

    Streamlit calls it for whatever a script, a fragment or a callback did not catch, and has
    logged that before. Returns True: Streamlit's own box is not wanted.
    """
    trace_id = current_origin().trace_id or uuid4().hex
    log.error("trace %s: a page failed, with %s", trace_id, type(error).__name__)
    with st.container(border=True, gap="xsmall"):
        st.markdown(":red[:material/error:] **Something happened that nobody foresaw.**")
        st.caption(
            "What was stored before is safe. Reload the page; if it stays, tell an administrator "
            f"this id, which stands in the log: `{trace_id[:_SHORT]}`"
        )
    return True


def retry_until(works: Callable[[], object]) -> None:
    """Run the whole script anew as soon as something works again; it is tried every 2 s."""

    @st.fragment(run_every=2)
    def again() -> None:
        st.caption("Trying again by itself …")
        try:
            works()
        except AppError:
            return
        st.rerun()

    again()
