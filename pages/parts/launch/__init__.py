"""The form of a launch: feature, brief, and a form that is launched once."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID, uuid4

import streamlit as st

from core.domain.session import LaunchRequest, Session
from core.domain.text import decode_brief
from core.errors import AppError
from core.services.reading import get_brief
from pages.parts.visit import Visit

BRIEFS = Path(__file__).resolve().parents[2] / "assets" / "briefs"
EXAMPLES = {
    "expense-approval": "Expense approval",
    "shift-swap": "Shift swap",
    "marketplace-chat": "Buyer and seller chat",
    "api-keys": "API keys",
    "gdpr-delete": "Account deletion",
    "dark-mode": "Dark mode",
    "vague": "A vague wish",
}
# So long after a launch the way back leads to what was launched, and later to an empty form.
WAY_BACK_SECONDS = 60.0
NAME, BRIEF, ANSWER, FORM = "launch_name", "launch_brief", "launch_answer_", "launch_form"


def _new_key() -> str:
    return uuid4().hex


@dataclass(slots=True)
class Form:
    """What belongs to one filling-in: its key, and what a person added or switched off.

    A launch key stands for one request. Asked again unchanged, it finds the session that was
    launched: a double click, an answer that was lost. A request that differs gets another key.
    """

    mark: str = field(default_factory=_new_key)  # of its widgets, as long as it is filled in
    launch_key: str = field(default_factory=_new_key)
    source: str = ""  # what it was filled from: an example or a session that asks
    of_team: UUID | None = None  # of the session that asks: its brief stays there
    asked: LaunchRequest | None = None  # what the key stands for, once a launch was asked for
    launched_at: float | None = None  # when that was launched, if nothing was changed since
    is_left: bool = False  # for another page
    added: dict[str, list[str]] = field(default_factory=dict)
    dropped: dict[str, set[str]] = field(default_factory=dict)
    shown: dict[str, list[str]] = field(default_factory=dict)
    actions: list[dict[str, object]] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether somebody who comes to the page now finds what they mean to be gone.

        While a person stays on the page it is never over: they may be typing.
        """
        return (
            self.is_left
            and self.launched_at is not None
            and time.monotonic() - self.launched_at > WAY_BACK_SECONDS
        )

    def with_key(self, request: LaunchRequest) -> LaunchRequest:
        """Return what is filled in with its launch key: another one once it was changed."""
        if self.asked is not None and self.asked != request:
            self.launch_key = _new_key()
            self.asked = self.launched_at = None
        return replace(request, launch_key=self.launch_key)

    def note_asked(self, request: LaunchRequest) -> None:
        """Remember what the key is used for, before it is: an answer can be lost."""
        # A copy: what a person adds later goes into the same lists.
        self.asked = replace(deepcopy(request), launch_key=None)

    def note_launched(self) -> None:
        """Remember that what was asked for is launched."""
        self.launched_at = time.monotonic()


def open_form(visit: Visit) -> tuple[Form, Session | None]:
    """Return the form of this tab, and the session whose questions it answers.

    `?answer=` names such a session, `?example=` a brief to begin with.
    """
    form: Form | None = st.session_state.get(FORM)
    answered = visit.asked_session("answer") if "answer" in st.query_params else None
    example = st.query_params.get("example", "")
    source = str(answered.id) if answered else example
    of_team = form.of_team if form is not None else None
    is_elsewhere = of_team is not None and of_team != visit.team.id
    if form is None or form.is_over or is_elsewhere or (source and source != form.source):
        # A tab that comes without a form is new, or the server was restarted under what is typed.
        is_kept = form is None and not source
        of_team = answered.team_id if answered else None
        form = st.session_state[FORM] = Form(source=source, of_team=of_team)
        if not is_kept:
            _begin_with(
                answered.feature_name if answered else "",
                get_brief(visit.principal, answered.id) if answered else "",
            )
        if example in EXAMPLES:
            _fill(example)
    form.is_left = False
    return form, answered


def _begin_with(name: str, brief: str) -> None:
    for key in st.session_state:
        if str(key).startswith(ANSWER):
            st.session_state[key] = ""
    st.session_state[NAME], st.session_state[BRIEF] = name, brief


def begin_form() -> None:
    """Let the form be empty for whoever asks for a new session; a draft stays as it is."""
    form: Form | None = st.session_state.get(FORM)
    if form is not None and form.launched_at is not None:
        form.launched_at, form.is_left = -math.inf, True


def leave_form() -> None:
    """Note that another page is open now."""
    form: Form | None = st.session_state.get(FORM)
    if form is not None:
        form.is_left = True


def touch_form() -> None:
    """Note that a person has typed, before anything asks whether the form may be emptied."""
    form: Form | None = st.session_state.get(FORM)
    if form is not None:
        form.launched_at = None


def draw_feature() -> tuple[str, str]:
    """Draw name and brief; returns both as they are typed."""
    name = st.text_input(
        "Feature",
        key=NAME,
        max_chars=200,
        placeholder="Expense approval",
        on_change=touch_form,
        persist_state="session",
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(":small[**Brief**]", width="stretch")
        with st.popover("Example", type="tertiary", icon=":material/lightbulb:"):
            st.pills(
                "Begin with",
                list(EXAMPLES),
                format_func=lambda slug: EXAMPLES[slug],
                key="launch_example",
                on_change=_take_example,
                wrap=True,
            )
        with st.popover("Upload", type="tertiary", icon=":material/upload_file:"):
            st.file_uploader(
                "Markdown or text, up to 64 KB",
                type=["md", "txt"],
                key="launch_upload",
                on_change=_take_upload,
            )
    brief = st.text_area(
        "Brief",
        key=BRIEF,
        height=210,
        label_visibility="collapsed",
        placeholder="Who needs what, and why? Say in a few sentences who does what, what must be "
        "remembered, and what must never happen.",
        on_change=touch_form,
        persist_state="session",
    )
    refused: AppError | None = st.session_state.pop("launch_refused", None)
    if refused is not None:
        st.markdown(f":red[:material/error:] {refused.message} {refused.hint_text}")
    return name or "", brief or ""


def answers_for(session: Session | None, answers: Mapping[str, str]) -> dict[str, object]:
    """Return what a launch says about the questions that it answers."""
    given = {question: answer for question, answer in answers.items() if answer.strip()}
    found: dict[str, object] = {"answers": given} if given else {}
    return found | ({"answer_to": str(session.id)} if session else {})


def _fill(slug: str) -> None:
    st.session_state[NAME] = EXAMPLES[slug]
    st.session_state[BRIEF] = (BRIEFS / f"{slug}.md").read_text(encoding="utf-8").strip()


def _take_example() -> None:
    slug = st.session_state["launch_example"]
    if slug in EXAMPLES:
        _fill(slug)


def _take_upload() -> None:
    upload = st.session_state["launch_upload"]
    if upload is None:
        return
    try:
        st.session_state[BRIEF] = decode_brief(upload.getvalue())
    except AppError as error:
        st.session_state["launch_refused"] = error
        return
    if not st.session_state.get(NAME):
        stem = Path(upload.name).stem.replace("-", " ").replace("_", " ")
        st.session_state[NAME] = stem.capitalize()[:200]
