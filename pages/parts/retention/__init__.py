"""The page of retention: its rules in words, and the sessions that time will change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from core.domain.retention import Aging, RetentionPlan
from core.services.pinning import pin_session, unpin_session
from pages.parts.acting import do
from pages.parts.frame import page
from pages.parts.theme import badge
from pages.parts.visit import Visit
from pages.parts.wording import age, clock, counted, duration, plain

NAME_CHARACTERS = 80


def draw_rules(plan: RetentionPlan) -> None:
    """Say what the settings are."""
    details = (
        f"A finished session keeps its events, snapshots and artifacts for"
        f" **{counted(plan.detail_days, 'day')}** after the latest event, and for good while it is"
        " pinned. Decisions, roles and times stay."
        if plan.detail_days
        else "Finished sessions keep their events, snapshots and artifacts **for good**:"
        " `DETAIL_RETENTION_DAYS` is 0."
    )
    st.markdown(
        f"An unfinished session expires after **{counted(plan.session_days, 'day')}** without"
        f" activity, unless it waits for an answer. {details} Rows of the audit have a time of"
        f" their own, {counted(plan.audit_days, 'day')}."
    )
    if plan.count_gone:
        was = "session has" if plan.count_gone == 1 else "sessions have"
        st.caption(f"{plan.count_gone} {was} lost the details already.")


def draw_expiring(visit: Visit, plan: RetentionPlan) -> None:
    """Draw the unfinished sessions."""
    if not plan.expiring:
        st.caption("No unfinished session will expire.")
        return
    st.caption("Whatever happens in one of them begins its time anew; what it made stays.")
    _draw_sessions(visit, plan, plan.expiring, plan.count_expiring, "expires")


def draw_losing(visit: Visit, plan: RetentionPlan) -> None:
    """Draw the finished sessions whose details will go, with a way to keep them."""
    if not plan.losing_details:
        st.caption(
            "No finished session here will lose anything."
            if plan.detail_days
            else "Nothing is taken: whoever runs Sage Mode has set no limit."
        )
        return
    st.caption("Pin a session to keep all of it. The soonest stand first.")
    _draw_sessions(visit, plan, plan.losing_details, plan.count_losing, "loses its details")


def draw_pinned(visit: Visit, plan: RetentionPlan) -> None:
    """Draw what is kept for good."""
    if not plan.pinned:
        st.caption("Nothing is pinned. Pin a session here or from the menu on its own page.")
        return
    _draw_sessions(visit, plan, plan.pinned, plan.count_pinned, "")


def _draw_sessions(
    visit: Visit, plan: RetentionPlan, found: Sequence[Aging], count: int, what: str
) -> None:
    for one in found:
        with st.container(
            horizontal=True, vertical_alignment="center", gap="small", key=f"aging_{one.session_id}"
        ):
            with st.container(gap=None, width="stretch"):
                st.page_link(
                    page("live"),
                    label=f"**{plain(_short(one.feature_name))}**",
                    query_params={"session": str(one.session_id), "team": str(one.team_id)},
                )
                st.caption(f"{badge(one.status.value)} {_when(visit, plan.now, one, what)}")
            if plan.may_pin and what != "expires":
                _draw_pin(visit, one)
    if count > len(found):
        st.caption(f"And {counted(count - len(found), 'more session')}, later ones.")


def _short(name: str) -> str:
    return name if len(name) <= NAME_CHARACTERS else name[: NAME_CHARACTERS - 1] + "…"


def _when(visit: Visit, now: datetime, one: Aging, what: str) -> str:
    last = f"latest event {age(one.active_at, now)}"
    if one.due_at is None:
        assert one.pinned_at is not None
        by = f" by {plain(one.pinned_by)}" if one.pinned_by else ""
        return f"pinned {clock(one.pinned_at, now, visit.zone)}{by} · {last}"
    left = (one.due_at - now).total_seconds()
    if left <= 0:
        return f"{what} at the next run, within the hour · {last}"
    return f"{what} {clock(one.due_at, now, visit.zone)}, in {duration(left)} · {last}"


def _draw_pin(visit: Visit, one: Aging) -> None:
    is_pinned = one.pinned_at is not None
    pin = unpin_session if is_pinned else pin_session
    st.button(
        "Unpin" if is_pinned else "Pin",
        icon=":material/keep_off:" if is_pinned else ":material/keep:",
        key=f"pin_{one.session_id}",
        on_click=do,
        args=(visit, lambda who: pin(who, one.session_id)),
    )
