"""How long each role worked and waited, try by try: as bars, as a table, as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import plotly.graph_objects as go
import streamlit as st

from core.domain.access import Principal
from core.domain.replay import Lane, Segment
from core.domain.session import Session
from pages.parts.taking import noted_list
from pages.parts.theme import role_look
from pages.parts.wording import duration

HEIGHT_OF_LANE = 38


@dataclass(frozen=True, slots=True)
class Look:
    """How a kind of time is shown: word, named colour of the theme, and pattern."""

    word: str
    color: str
    pattern: str = ""


LOOKS = {
    "completed": Look("Completed", "green"),
    "failed": Look("Failed", "red", "x"),
    "lost": Look("Worker lost", "red", "-"),
    "cancelled": Look("Cancelled", "gray", "\\"),
    "waiting": Look("Until its question", "blue", "."),
    "running": Look("Still running", "blue"),
    "approval": Look("Waited for approval", "orange", "/"),
    "ready": Look("Waited for a worker", "violet", "|"),
    "retry": Look("Waited for the next try", "violet", "."),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A stretch of a role's time that is worth counting: a try, or a wait after being ready."""

    role: str
    attempt: int
    kind: str  # a key of LOOKS
    start_ms: int
    took_ms: int


def list_rows(lanes: Iterable[Lane], end_ms: int) -> list[Row]:
    """Return the rows of a timeline's lanes; being blocked by roles before is no row."""
    return [
        _row(lane.role, segment, end_ms)
        for lane in lanes
        for segment in lane.segments
        if segment.state != "blocked"
    ]


def _row(role: str, segment: Segment, end_ms: int) -> Row:
    kinds = {"running": segment.ended_as or "running", "waiting": "approval"}
    end = end_ms if segment.end_ms is None else segment.end_ms
    # Before its first try a task has waited for that one.
    attempt = segment.attempt + (segment.state in ("ready", "retry"))
    kind = kinds.get(segment.state, segment.state)
    return Row(role, attempt, kind, segment.start_ms, end - segment.start_ms)


def draw_durations(rows: Sequence[Row], session: Session, principal: Principal) -> None:
    """Draw the rows of a session, as a chart or as a table, with their CSV."""
    file_name = f"durations-{session.id}.csv"
    taking = noted_list(
        principal,
        session.team_id,
        "durations.exported",
        lambda: (to_csv(rows).encode(), len(rows)),
        subject=session.feature_name,
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader("Time by role and try", anchor=False, width="content")
        st.space("stretch")
        shown = st.segmented_control(
            "Show",
            ("Chart", "Table"),
            default="Chart",
            key="durations_shown",
            label_visibility="collapsed",
            width="content",
        )
        st.download_button(
            "CSV",
            taking,
            file_name,
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
    if shown == "Table":
        st.dataframe(_table(rows), hide_index=True, row_height=36, placeholder="–")
    else:
        chart = _chart(tuple(rows), st.context.theme.type or "light")
        st.plotly_chart(chart, key="durations", config={"displayModeBar": False})


def to_csv(rows: Iterable[Row]) -> str:
    """Return rows as CSV, times in seconds."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("role", "try", "what", "start_seconds", "took_seconds"))
    writer.writerows(
        (row.role, row.attempt, row.kind, row.start_ms / 1000, row.took_ms / 1000) for row in rows
    )
    return text.getvalue()


def _table(rows: Iterable[Row]) -> list[dict[str, object]]:
    return [
        {
            "Role": role_look(row.role).label,
            "Try": row.attempt,
            "What": LOOKS[row.kind].word,
            "Began at": duration(row.start_ms / 1000),
            "Took": duration(row.took_ms / 1000),
        }
        for row in rows
    ]


@lru_cache(maxsize=64)  # to build one takes longer than all else that the page does
def _chart(rows: tuple[Row, ...], theme: str) -> go.Figure:
    """Return a bar for each role in the order of the lanes, its tries one after another."""
    labels = list(dict.fromkeys(role_look(row.role).label for row in rows))
    begins = _begins(rows)
    unit, size = _unit(rows)
    figure = go.Figure()
    for kind, look in LOOKS.items():
        mine = [place for place, row in enumerate(rows) if row.kind == kind]
        if not mine:
            continue
        figure.add_bar(
            name=look.word,
            orientation="h",
            y=[role_look(rows[place].role).label for place in mine],
            x=[rows[place].took_ms / size for place in mine],
            base=[begins[place] / size for place in mine],
            customdata=[
                (rows[place].attempt, duration(rows[place].took_ms / 1000)) for place in mine
            ],
            hovertemplate=f"%{{y}}, try %{{customdata[0]}}: {look.word.lower()}, "
            "%{customdata[1]}<extra></extra>",
            marker={
                "color": _theme_color(theme, look.color),
                "pattern": {"shape": look.pattern, "fillmode": "overlay", "size": 6},
            },
        )
    figure.update_layout(
        barmode="overlay",
        bargap=0.45,
        height=90 + HEIGHT_OF_LANE * max(1, len(labels)),
        margin={"l": 0, "r": 8, "t": 8, "b": 0},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0, "title": ""},
        xaxis={"title": unit, "rangemode": "tozero"},
        yaxis={"categoryorder": "array", "categoryarray": labels[::-1], "title": ""},
        uirevision="durations",
    )
    return figure


def _unit(rows: Iterable[Row]) -> tuple[str, int]:
    """Return the unit in which the longest time reads well, and its milliseconds."""
    longest = max((row.took_ms for row in rows), default=0)
    for unit, size in (("hours", 3_600_000), ("minutes", 60_000)):
        if longest > 2 * size:
            return unit, size
    return "seconds", 1000


def _begins(rows: Iterable[Row]) -> list[int]:
    """Return where each row's part of its role's bar begins."""
    ends: dict[str, int] = {}
    begins = []
    for row in rows:
        begins.append(ends.get(row.role, 0))
        ends[row.role] = begins[-1] + row.took_ms
    return begins


def _theme_color(theme: str, name: str) -> str:
    """Return a named colour of the light or the dark theme."""
    return str(st.get_option(f"theme.{theme}.{name}Color") or name)
