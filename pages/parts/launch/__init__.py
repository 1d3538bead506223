"""The form of a launch: feature, brief, and a form that is launched once."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import streamlit as st

from core.domain.session import Session
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
# So long after a launch another click is a double click, and later a new launch.
DOUBLE_CLICK_SECONDS = 5.0
NAME, BRIEF, FORM = "launch_name", "launch_brief", "launch_form"


@dataclass(slots=True)
class Form:
    """What belongs to one filling-in: its key, and what a person added or switched off."""

    launch_key: str = field(default_factory=lambda: uuid4().hex)
    source: str = ""  # what it was filled from: an example or a session that asks
    of_team: UUID | None = None  # of the session that asks: its brief stays there
    launched_at: float | None = None
    added: dict[str, list[str]] = field(default_factory=dict)
    dropped: dict[str, set[str]] = field(default_factory=dict)
    shown: dict[str, list[str]] = field(default_factory=dict)
    actions: list[dict[str, object]] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether it was launched, and nobody can mean that launch by a click any more."""
        return (
            self.launched_at is not None
            and time.monotonic() - self.launched_at > DOUBLE_CLICK_SECONDS
        )


def open_form(visit: Visit) -> tuple[Form, Session | None]:
    """Return the form of this tab, and the session whose questions it answers.

    `?answer=` names such a session, `?example=` a brief to begin with.
    """
    form: Form | None = st.session_state.get(FORM)
    answered = visit.asked_session("answer") if "answer" in st.query_params else None
    example = st.query_params.get("example", "")
    source = str(answered.id) if answered else example
    is_elsewhere = form is not None and form.of_team not in (None, visit.team.id)
    if form is None or form.is_over or is_elsewhere or (source and source != form.source):
        of_team = answered.team_id if answered else None
        form = st.session_state[FORM] = Form(source=source, of_team=of_team)
        st.session_state[NAME] = answered.feature_name if answered else ""
        st.session_state[BRIEF] = get_brief(visit.principal, answered.id) if answered else ""
        if example in EXAMPLES:
            _fill(example)
    return form, answered


def draw_feature() -> tuple[str, str]:
    """Draw name and brief; returns both as they are typed."""
    name = st.text_input(
        "Feature",
        key=NAME,
        max_chars=200,
        placeholder="Expense approval",
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
