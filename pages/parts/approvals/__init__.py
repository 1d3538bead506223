"""The inbox of approvals: its cards, which of them the keys are for, and what was chosen."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.domain.approval import Approval, ApprovalStatus, AskedBy, OnExpiry
from core.services.approving import Inbox
from pages.parts.approvals.answer import LIST_FRAGMENT, approve, open_dialog
from pages.parts.board import await_first as follow
from pages.parts.frame import page
from pages.parts.theme import role_look
from pages.parts.visit import Visit
from pages.parts.wording import clock, counted, duration, plain

__all__ = ["LIST_FRAGMENT", "draw_answered", "draw_none", "draw_waiting", "follow"]

_AT = "approvals_at"  # the approval that the keys are for
_THEN = {
    OnExpiry.FAIL: "it expires and the task fails",
    OnExpiry.ESCALATE: "it expires and an owner is asked",
    OnExpiry.GO_ON: "it expires and the role goes on without it",
}
_ANSWERED = {
    ApprovalStatus.APPROVED: ":green-badge[:material/check_circle: Approved]",
    ApprovalStatus.REJECTED: ":red-badge[:material/dangerous: Rejected]",
    ApprovalStatus.EXPIRED: ":gray-badge[:material/timer_off: Expired]",
    ApprovalStatus.CANCELLED: ":gray-badge[:material/block: Cancelled]",
}


def draw_none(*, is_answered: bool) -> None:
    """Draw the empty state: whether nothing waits, or nothing was ever answered."""
    head = "Nothing was answered yet" if is_answered else "Nothing waits for an answer"
    text = (
        "What people approve or reject, and what expires, is listed here."
        if is_answered
        else "A pipeline may ask before a role begins, and a role or an agent in the middle of "
        "its work. Whatever they ask stands here until somebody answers."
    )
    icon = "history" if is_answered else "front_hand"
    with st.container(border=True, horizontal_alignment="center", gap="xsmall", key="empty_asked"):
        st.space("medium")
        st.markdown(f"# :gray[:material/{icon}:]", text_alignment="center")
        st.markdown(f"## {head}", text_alignment="center")
        st.markdown(text, text_alignment="center", width=460)
        st.space("medium")


def draw_waiting(visit: Visit, inbox: Inbox) -> None:
    """Draw what waits, what is to be answered here first; the keys are for one of them."""
    mine = [one for one in inbox.approvals if one.id in inbox.answerable]
    at = _place(mine)
    if len(mine) > 1:
        _draw_bar(mine, at)
    for one in inbox.approvals:
        _draw_card(visit, inbox, one, is_at=bool(mine) and one is mine[at], many=len(mine) > 1)
    if inbox.is_more:
        st.caption("More wait; they come up as these are answered.")


def _place(mine: list[Approval]) -> int:
    """Return which approval the keys are for: the one last gone to, else the one asked for."""
    ids = [one.id for one in mine]
    gone_to: UUID | None = st.session_state.get(_AT)
    if gone_to in ids:
        return ids.index(gone_to)
    wanted = st.query_params.get("session")
    sessions = [str(one.session_id) for one in mine]
    return sessions.index(wanted) if wanted in sessions else 0


def _draw_bar(mine: list[Approval], at: int) -> None:
    chosen = [one for one in mine if st.session_state.get(f"choose_{one.id}")]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="chosen"):
        words = f"{counted(len(chosen), 'question')} chosen" if chosen else "For you"
        place = f"{at + 1} of {len(mine)}"
        st.markdown(f"**{words}** :gray[· {place}]", width="stretch")
        ids = [one.id for one in chosen]
        if st.button("Approve chosen …", icon=":material/done_all:", disabled=not chosen):
            open_dialog("approve", ids)
        if st.button("Reject chosen …", icon=":material/close:", disabled=not chosen):
            open_dialog("reject", ids)
        st.button(
            "Previous",
            icon=":material/keyboard_arrow_up:",
            type="tertiary",
            shortcut="k",
            on_click=_go,
            args=(mine[max(at - 1, 0)].id,),
        )
        st.button(
            "Next",
            icon=":material/keyboard_arrow_down:",
            type="tertiary",
            shortcut="j",
            on_click=_go,
            args=(mine[min(at + 1, len(mine) - 1)].id,),
        )


def _go(approval_id: UUID) -> None:
    st.session_state[_AT] = approval_id


def _draw_card(visit: Visit, inbox: Inbox, one: Approval, *, is_at: bool, many: bool) -> None:
    key = f"approval_at_{one.id}" if is_at and many else f"approval_{one.id}"
    may = one.id in inbox.answerable
    with st.container(border=True, gap="small", key=key):
        _draw_question(inbox, one, has_box=may and many)
        _draw_why(one)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if may:
                _draw_answers(visit, one, has_keys=is_at)
            else:
                st.caption(f"Answered by {_whom(one.approver_role)}", width="content")
            st.page_link(
                page("live"),
                label="See the session",
                icon=":material/sensors:",
                query_params={"team": str(one.team_id), "session": str(one.session_id)},
                width="content",
            )
            left = duration(max(0.0, (one.expires_at - inbox.now).total_seconds()))
            st.caption(f"No answer: in {left} {_THEN[one.on_expiry]}", text_alignment="right")


def _draw_question(inbox: Inbox, one: Approval, *, has_box: bool) -> None:
    age = duration((inbox.now - one.requested_at).total_seconds())
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if has_box:
            st.checkbox(
                f"Choose: {plain(one.question)}",
                key=f"choose_{one.id}",
                label_visibility="collapsed",
                width="content",
            )
        st.markdown(
            f"**{plain(one.question)}** &nbsp; :orange-badge[:material/front_hand: Waits for "
            f"{plain(_whom(one.approver_role))}] :gray-badge[:material/schedule: {age}]"
        )


def _draw_why(one: Approval) -> None:
    look = role_look(one.role)
    text = f":material/{look.icon}: {plain(look.label)} in **{plain(one.feature_name)}**"
    if one.asked_by == AskedBy.GATE:
        text += ": the pipeline asks before it begins"
    elif one.asked_by == AskedBy.ESCALATION:
        text += ": nobody else answered in time"
    if one.details:
        text += f": {plain(one.details)}"
    st.markdown(text)


def _draw_answers(visit: Visit, one: Approval, *, has_keys: bool) -> None:
    st.button(
        "Yes, go on",
        type="primary",
        icon=":material/check:",
        shortcut="y" if has_keys else None,
        key=f"yes_{one.id}",
        on_click=approve,
        args=(visit, [one.id]),
    )
    if st.button(
        "No, reject …",
        icon=":material/close:",
        shortcut="x" if has_keys else None,
        key=f"no_{one.id}",
    ):
        open_dialog("reject", [one.id])
    if st.button(
        "Yes, with changes …", icon=":material/edit:", type="tertiary", key=f"change_{one.id}"
    ):
        open_dialog("change", [one.id])


def _whom(approver_role: str) -> str:
    article = "an" if approver_role[:1] in "aeiou" else "a"
    return f"{article} {approver_role.replace('_', ' ')}"


def draw_answered(visit: Visit, inbox: Inbox) -> None:
    """Draw what was answered, the newest first."""
    for one in inbox.approvals:
        look = role_look(one.role)
        when = clock(one.decided_at or one.requested_at, inbox.now, visit.zone)
        by = f" by {plain(one.decided_by)}" if one.decided_by else ""
        with st.container(border=True, gap="xsmall", key=f"answered_{one.id}"):
            st.markdown(f"**{plain(one.question)}** &nbsp; {_ANSWERED[one.status]}")
            if one.reason:
                st.markdown(plain(one.reason))
            if one.after_expiry:
                st.markdown(f"Nobody answered in time: {one.after_expiry}.")
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.caption(
                    f"{plain(look.label)} in {plain(one.feature_name)} · "
                    f"asked {plain(_whom(one.approver_role))} · {when}{by}"
                )
                st.page_link(
                    page("live"),
                    label="See the session",
                    icon=":material/sensors:",
                    query_params={"team": str(one.team_id), "session": str(one.session_id)},
                    width="content",
                )
    if inbox.is_more:
        st.caption(f"Only the newest {len(inbox.approvals)} are shown.")
