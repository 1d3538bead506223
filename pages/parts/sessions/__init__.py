"""The list of sessions: its filters, its table, and what can be taken along."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, cast

import streamlit as st

from core.domain.lifecycle import SessionStatus
from core.services.browsing import ListedSession, SessionPage, SessionQuery, Sort
from pages.parts.sessions import address
from pages.parts.sessions.address import (
    asked,
    asked_list,
    clear,
    draw_search_field,
    draw_span,
    keep,
)
from pages.parts.theme import OUTCOMES, STATES, role_look, state_look
from pages.parts.visit import Visit
from pages.parts.wording import counted, duration

PREFIX = "sessions_filter_"
SORTS = {"newest": "Newest first", "oldest": "Oldest first", "longest": "Longest first"}
SHOWN = tuple(SessionStatus)
CSV_COLUMNS = (
    *("id", "session", "state", "outcome", "roles", "roles_done", "decisions", "retries"),
    *("started_at", "ended_at", "by"),
)
_LABELS = {look.label: look.color for look in [*STATES.values(), *OUTCOMES.values()]}


def draw_search(visit: Visit) -> SessionQuery:
    """Draw search, sorting and dates; returns what is asked for, without states."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        text = draw_search_field(PREFIX, "Search name, brief, id")
        sort = st.selectbox(
            "Sort",
            list(SORTS),
            index=list(SORTS).index(asked("sort", list(SORTS), "newest")),
            format_func=lambda key: SORTS[key],
            key="sessions_sort",
            label_visibility="collapsed",
            width=170,
        )
        with st.popover("More filters", icon=":material/tune:"):
            span = draw_span("Started between", PREFIX)
    keep("sort", sort, "newest")
    return SessionQuery(
        visit.team.id,
        text=text,
        since=datetime.combine(span[0], time(), visit.zone) if span else None,
        until=datetime.combine(span[-1], time(), visit.zone) + timedelta(days=1) if span else None,
        sort=cast(Sort, sort),
    )


def asked_states() -> frozenset[SessionStatus]:
    """Return the states that are asked for: those of the pills, or of the address before them."""
    names = st.session_state.get(f"{PREFIX}state")
    if names is None:
        names = asked_list("state", SHOWN)
    return frozenset(SessionStatus(name) for name in names)


def draw_states(found: SessionPage) -> None:
    """Draw the states as pills, with how many sessions the team has in each."""

    def label(name: str) -> str:
        look, number = STATES[name], found.of_team.get(SessionStatus(name), 0)
        shown = "1,000+" if number > 1000 else f"{number:,}"
        return f":material/{look.icon}: {look.label} {shown}"

    shown = [one.value for one in SHOWN if one in found.of_team or one in asked_states()]
    chosen = st.pills(
        "State",
        shown,
        selection_mode="multi",
        default=asked_list("state", shown),
        format_func=label,
        key=f"{PREFIX}state",
        label_visibility="collapsed",
    )
    keep("state", list(chosen))


def asked_page(query: SessionQuery) -> int:
    """Return the page that is asked for: the first one again when something else is looked for."""
    if st.session_state.get("sessions_asked", query) != query:
        st.session_state["sessions_page"] = 1
    st.session_state["sessions_asked"] = query
    number = st.session_state.get("sessions_page")
    return int(number or address.asked_page("page"))


def draw_table(found: SessionPage, visit: Visit) -> tuple[ListedSession | None, list[int]]:
    """Draw a page of sessions; returns the one that was opened, and which rows are ticked."""
    rows = found.rows
    longest = max((row.roles for row in rows), default=7) or 7
    event = st.dataframe(
        table_of(rows, visit.now),
        hide_index=True,
        key=f"sessions_table_{visit.team.id}",  # rows that are ticked are rows of this team
        on_select="rerun",
        selection_mode="multi-row",
        height="content",
        row_height=36,
        placeholder="–",
        alt="Sessions of the team",
        column_config={
            "Session": st.column_config.ButtonColumn(
                "Session",
                type="tertiary",
                alignment="left",
                width=230,
                key="sessions_open",
                on_click=_note_opened,
            ),
            "State": st.column_config.MultiselectColumn(
                "State", options=list(_LABELS), color=list(_LABELS.values()), width=110
            ),
            "Outcome": st.column_config.TextColumn(width=190),
            "Roles": st.column_config.ProgressColumn(
                "Roles done",
                min_value=0,
                max_value=longest,
                format=f"%d of {longest}",
                width=118,
                color="green",
            ),
            "Started": st.column_config.DatetimeColumn(format="distance", width=130),
            "Took": st.column_config.TextColumn(width=70, alignment="right"),
            "Retries": st.column_config.NumberColumn(width=65),
            "By": st.column_config.TextColumn(width=105),
        },
    )
    place = st.session_state.pop("sessions_opened", None)
    opened = rows[place] if place is not None and place < len(rows) else None
    return opened, [row for row in event.selection.rows if row < len(rows)]


def draw_pages(found: SessionPage) -> None:
    """Draw which rows these are, and the way to the others."""
    last = found.first + len(found.rows) - 1
    total = f"more than {found.total:,}" if found.is_more else f"{found.total:,}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{found.first:,} to {last:,} of {total}", width="stretch")
        if found.pages > 1:
            if st.session_state.get("sessions_page") != found.number:
                st.session_state["sessions_page"] = found.number
            st.pagination(found.pages, key="sessions_page", width=340)
    keep("page", str(found.number), "1")


def clear_filters() -> None:
    """Empty search, states and dates."""
    clear(PREFIX)


def table_of(rows: Sequence[ListedSession], now: datetime) -> dict[str, list[Any]]:
    """Return sessions as a table, in the words of the page."""
    return {
        "Session": [row.session.feature_name for row in rows],
        "State": [[state_look(row.session.status.value, _outcome(row)).label] for row in rows],
        "Outcome": [_result(row) for row in rows],
        "Roles": [row.roles_done for row in rows],
        "Started": [row.session.started_at for row in rows],
        "Took": [
            duration(row.session.duration_seconds(now)) if row.session.ended_at else "–"
            for row in rows
        ],
        "Retries": [row.retries or None for row in rows],
        "By": [row.user_name for row in rows],
    }


def csv_of(rows: Sequence[ListedSession]) -> bytes:
    """Return sessions as CSV, times in UTC; a name never starts a spreadsheet's formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(CSV_COLUMNS)
    for row in rows:
        one = row.session
        times = (one.started_at, one.ended_at)
        writer.writerow(
            (
                one.id,
                _cell(one.feature_name),
                one.status.value,
                one.outcome or "",
                row.roles,
                row.roles_done,
                row.decisions,
                row.retries,
                *("" if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for at in times),
                _cell(row.user_name),
            )
        )
    return text.getvalue().encode()


def _note_opened() -> None:
    st.session_state["sessions_opened"] = st.session_state["sessions_open"].row


def _outcome(row: ListedSession) -> str | None:
    # "Planned" says no more than "Completed" does; that something is asked does.
    outcome = row.session.outcome
    return outcome.value if outcome == "needs_input" else None


def _result(row: ListedSession) -> str:
    if row.failed_role:
        return f"{role_look(row.failed_role).label}: {row.error_message or 'failed'}"
    if row.session.questions:
        return f"Asks {counted(len(row.session.questions), 'question')}"
    return counted(row.decisions, "decision") if row.decisions else ""


def _cell(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text
