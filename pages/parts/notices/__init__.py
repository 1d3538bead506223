"""The page of notifications: each with what it is about, read or not."""

from __future__ import annotations

import streamlit as st

from core.domain.news import NewsKind
from core.domain.notification import Notification, Priority
from core.services import notifying
from core.services.notifying import NoticePage
from pages.parts.acting import do
from pages.parts.frame import page
from pages.parts.visit import Visit
from pages.parts.wording import clock, plain

PAGE_NOTICES = 20
_BEFORE = "notices_before"
_OPENED = "notices_opened"
_LOOKS = {
    NewsKind.FINISHED.value: ("check_circle", "green"),
    NewsKind.FAILED.value: ("error", "red"),
    NewsKind.NEEDS_INPUT.value: ("help", "orange"),
    NewsKind.APPROVAL_WAITING.value: ("how_to_reg", "orange"),
}
# Where a notification leads, and under which name the session stands in that page's address.
_TARGETS = {
    NewsKind.FINISHED.value: ("replay", "session"),
    NewsKind.NEEDS_INPUT.value: ("launch", "answer"),
    NewsKind.APPROVAL_WAITING.value: ("approvals", "session"),
}


def asked_place() -> list[str]:
    """Return the notifications after which each page so far began, the last one shown now."""
    found: list[str] = st.session_state.setdefault(_BEFORE, [])
    return found


def draw_filter() -> bool:
    """Draw the choice between everything and what is unread; tells whether it is the latter."""
    chosen = st.segmented_control(
        "Show",
        ["All", "Unread"],
        default="All",
        required=True,
        key="notices_show",
        label_visibility="collapsed",
        on_change=asked_place().clear,
    )
    return chosen == "Unread"


def draw_read_all(visit: Visit, found: NoticePage) -> None:
    """Draw the button that marks everything as read that stands here or is older."""
    until = found.items[0].id if found.items and not asked_place() else None
    st.button(
        "Mark all as read",
        icon=":material/done_all:",
        disabled=not found.unread,
        on_click=do,
        args=(visit, lambda who: notifying.mark_all_read(who, until=until)),
    )


def draw_notices(visit: Visit, found: NoticePage) -> None:
    """Draw notifications, newest first."""
    with st.container(border=True, gap="small", key="notices"):
        for one in found.items:
            _draw_notice(visit, one)


def draw_pages(found: NoticePage) -> None:
    """Draw the ways to the newer and the older ones."""
    before = asked_place()
    if not before and not found.is_more:
        return
    with st.container(horizontal=True):
        st.button("Newer", icon=":material/chevron_left:", disabled=not before, on_click=_go_back)
        st.button(
            "Older",
            icon=":material/chevron_right:",
            disabled=not found.is_more,
            on_click=_go_on,
            args=(str(found.items[-1].id) if found.items else "",),
        )


def follow_opened() -> None:
    """Go where the notification leads that was just opened."""
    opened = st.session_state.pop(_OPENED, None)
    if opened is not None:
        name, address = opened
        st.switch_page(page(name), query_params=address)


def _draw_notice(visit: Visit, one: Notification) -> None:
    icon, color = _LOOKS.get(one.kind, ("chat", "blue"))
    if one.priority is Priority.HIGH and one.kind not in _LOOKS:
        icon, color = "priority_high", "red"
    is_unread = one.read_at is None
    text = plain(one.message)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(gap=None, width="stretch", key=f"line_{one.id}"):
            shown = f":red-badge[new] {_bold(text)}" if is_unread else text
            st.markdown(f":{color}[:material/{icon}:] {shown}")
            st.caption(" · ".join(_facts(visit, one)))
        if one.session_id is not None:
            st.button(
                "Open",
                key=f"open_{one.id}",
                icon=":material/open_in_new:",
                type="tertiary",
                on_click=_open,
                args=(visit, one),
            )
        if is_unread:
            st.button(
                "Mark as read",
                key=f"read_{one.id}",
                icon=":material/done:",
                type="tertiary",
                on_click=do,
                args=(visit, lambda who: notifying.mark_notification_read(who, one.id)),
            )


def _bold(text: str) -> str:
    """Return a text in bold; what runs over several lines stays as it is."""
    return text if "\n" in text else f"**{text}**"


def _facts(visit: Visit, one: Notification) -> list[str]:
    facts = [clock(one.created_at, visit.now, visit.zone), plain(one.team_name)]
    if one.sender:
        facts.append(f"from {plain(one.sender)}")
    if one.priority is Priority.HIGH:
        facts.append("high priority")
    return facts


def _open(visit: Visit, one: Notification) -> None:
    """Mark a notification as read, and remember where it leads."""
    if one.read_at is None:
        do(visit, lambda who: notifying.mark_notification_read(who, one.id))
    name, parameter = _TARGETS.get(one.kind, ("live", "session"))
    st.session_state[_OPENED] = (
        name,
        {"team": str(one.team_id), parameter: str(one.session_id)},
    )


def _go_on(before: str) -> None:
    asked_place().append(before)


def _go_back() -> None:
    asked_place().pop()
