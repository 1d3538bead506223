"""Answering approvals: one by a click, and the dialogs for a no, for changes and for several."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import streamlit as st

from core.domain.access import UserPrincipal
from core.domain.approval import MAX_REASON_CHARACTERS, Answer, Approval, ApprovalStatus
from core.errors import AppError, InvalidInput
from core.services import answering, approving
from pages.parts.empty import draw_error
from pages.parts.visit import Visit, open_visit
from pages.parts.wording import counted, plain

LIST_FRAGMENT = "approvals_list"
DIALOG_FRAGMENT = "approvals_dialog"
_SAID = "_approvals_said"
_OPEN = "_approvals_dialog"  # which dialog is to be opened, and for which approvals


def approve(visit: Visit, ids: Sequence[UUID]) -> None:
    """Approve before the page is drawn, and say what was in the way."""
    _answer(visit, ids, Answer(ApprovalStatus.APPROVED))


def open_dialog(kind: str, ids: Sequence[UUID]) -> None:
    """Open a dialog: reject, approve several, or change the input."""
    st.session_state[_OPEN] = kind, list(ids)
    st.rerun()  # whole, as the list is a fragment, and the dialog is drawn beside it


@st.fragment(key=DIALOG_FRAGMENT)
def draw_dialog() -> None:
    """Draw the dialog that was asked for; beside the list, so that news do not close it."""
    kind, ids = st.session_state.pop(_OPEN, (None, []))
    if kind is None:
        return
    visit = open_visit()
    try:
        found = [approving.get_approval(visit.principal, one) for one in ids]
    except AppError as error:
        draw_error(error)
        return
    title, icon, draw = DIALOGS[kind]
    several = f" {counted(len(found), 'question')}" if len(found) > 1 else ""
    st.dialog(f"{title}{several}", icon=f":material/{icon}:")(draw)(visit, found)


def draw_rejecting(visit: Visit, found: list[Approval]) -> None:
    """Draw the form of a no."""
    _draw_questions(found)
    reason = st.text_area(
        "Your reason (needed for a no)",
        placeholder="One sentence is enough",
        max_chars=MAX_REASON_CHARACTERS,
        key="approvals_reason",
    )
    st.caption("The task fails and its session with it. Whoever retries it goes on from there.")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Go on waiting"):
            st.rerun()
        if st.button("Reject", type="primary", icon=":material/close:"):
            if not reason.strip():
                st.error("A no needs its reason.", icon=":material/error:")
                return
            _answer(visit, [one.id for one in found], Answer(ApprovalStatus.REJECTED, reason))
            st.rerun()


def draw_approving(visit: Visit, found: list[Approval]) -> None:
    """Draw the confirmation of a yes to several."""
    _draw_questions(found)
    st.caption("Each of these tasks goes on at once. That is not undone.")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Go on waiting"):
            st.rerun()
        if st.button("Approve all", type="primary", icon=":material/done_all:"):
            approve(visit, [one.id for one in found])
            st.rerun()


def draw_changing(visit: Visit, found: list[Approval]) -> None:
    """Draw the form of a yes that changes the task's input."""
    (approval,) = found
    _draw_questions(found)
    shown = json.dumps(dict(approval.input), indent=2, ensure_ascii=False, sort_keys=True)
    typed = st.text_area("The task's input, as JSON", value=shown, height=220)
    reason = st.text_area("A word to the role", max_chars=MAX_REASON_CHARACTERS, height=80)
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Go on waiting"):
            st.rerun()
        if st.button("Approve with changes", type="primary", icon=":material/check:"):
            try:
                changed = changes(approval.input, typed)
                given = Answer(ApprovalStatus.APPROVED, reason, changed)
                visit.act(lambda who: answering.decide_approval(who, approval.id, given))
            except AppError as error:
                st.error(plain(f"{error.message} {error.hint_text}"), icon=":material/error:")
                return
            st.rerun()


def changes(before: Mapping[str, Any], typed: str) -> dict[str, Any] | None:
    """Return the keys of an input that were typed anew; None when nothing was changed.

    A key that was left out becomes null, as an answer takes no key away. Raises `InvalidInput`.
    """
    try:
        after = json.loads(typed)
    except ValueError as error:
        raise InvalidInput("That is no JSON.", hint=f"{error}.") from error
    if not isinstance(after, dict):
        raise InvalidInput("The input is no object.", hint='It looks like {"limit": 500}.')
    missing = {key: None for key in before if key not in after}
    changed = {key: value for key, value in after.items() if before.get(key, ...) != value}
    return {**changed, **missing} or None


DIALOGS = {
    "reject": ("Reject", "close", draw_rejecting),
    "approve": ("Approve", "done_all", draw_approving),
    "change": ("Approve with changes", "edit", draw_changing),
}


def _draw_questions(found: list[Approval]) -> None:
    for one in found:
        st.markdown(f":material/front_hand: **{plain(one.question)}**")
        if one.details:
            st.markdown(plain(one.details))


def _answer(visit: Visit, ids: Sequence[UUID], given: Answer) -> None:
    """Answer one or several; those that could not be are said, the others are answered."""
    said: list[tuple[str, str]] = []
    try:
        visit.act(lambda who: said.extend(_decide(who, ids, given)))
    except AppError as error:
        said.append(_in_the_way(error))
    st.session_state.setdefault(_SAID, []).extend(said)


def _decide(who: UserPrincipal, ids: Sequence[UUID], given: Answer) -> Iterator[tuple[str, str]]:
    done = 0
    for approval_id in ids:
        try:
            answering.decide_approval(who, approval_id, given)
        except AppError as error:
            yield _in_the_way(error)
            continue
        done += 1
    if done:
        word = "approved" if given.decision == ApprovalStatus.APPROVED else "rejected"
        yield f"{counted(done, 'question')} {word}.", "check"


def _in_the_way(error: AppError) -> tuple[str, str]:
    return plain(f"{error.message} {error.hint_text}"), "error"


def draw_said() -> None:
    """Say what became of the answers that were just given; a callback in a fragment cannot."""
    for text, icon in st.session_state.pop(_SAID, []):
        st.toast(text, icon=f":material/{icon}:")
