"""The board's five columns, its week and its tables."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import streamlit as st

from core.services.boarding import Board, Card, Stretch
from pages.parts.board.cards import card_for_browser
from pages.parts.component import component
from pages.parts.theme import looks_for_browser, role_look
from pages.parts.visit import Visit
from pages.parts.wording import duration

__all__ = [
    "await_first",
    "draw_causes",
    "draw_columns",
    "draw_offline",
    "draw_week",
    "draw_workers",
]

_columns = component("board")
_CAUSES = {
    "deadline_passed": "No result before the deadline",
    "crashed": "Worker crashed too often",
    "unknown_executor": "Nobody does such work here",
    "invalid_result": "The result could not be stored",
}


def draw_columns(board: Board, visit: Visit) -> tuple[str, UUID] | None:
    """Draw the columns; returns column and session of a card that was just opened.

    For the column of what waits for an approval it is "approval".
    """
    columns = (
        ("needs_you", "Needs you", "front_hand", "orange", "Nobody waits for you.", "Answer"),
        ("working", "Working", "progress_activity", "blue", "Nothing runs.", ""),
        ("stuck", "Stuck", "hourglass_disabled", "yellow", "Nothing is stuck.", "Look"),
        ("failed", "Failed", "dangerous", "red", "No failure this week.", "Why"),
        ("done", "Done today", "check_circle", "green", "Nothing finished today.", ""),
    )
    cards: dict[str, tuple[Card, ...]] = {key: getattr(board, key) for key, *_ in columns}
    totals = {"failed": board.failed_total, "done": board.done_total}
    result = _columns(
        data={
            "topic": _topic(visit),
            "words": looks_for_browser(),
            "columns": [
                {
                    "key": key,
                    "title": title,
                    "icon": icon,
                    "color": color,
                    "none": none,
                    "total": totals.get(key, len(cards[key])),
                    "cards": [
                        card_for_browser(card, key, act, board.now, visit.zone)
                        for card in cards[key]
                    ],
                }
                for key, title, icon, color, none, act in columns
            ],
        },
        key="board_columns",
        on_open_change=lambda: None,
        on_moved_change=lambda: None,  # the team's sessions moved: the fragment runs again
    )
    opened = result.open
    if not opened:
        return None
    found = [
        ("approval" if card.asking and key == "needs_you" else key, card.session.id)
        for key, shown in cards.items()
        for card in shown
        if str(card.session.id) == opened
    ]
    return found[0] if found else None


def await_first(visit: Visit) -> None:
    """Have the browser ask for a rerun when the team's first session is launched."""
    _columns(
        data={"topic": _topic(visit), "words": looks_for_browser(), "columns": []},
        key="board_columns",
        on_moved_change=lambda: None,
    )


def _topic(visit: Visit) -> str:
    return f"team:{visit.team.id}"


def draw_offline(board: Board) -> None:
    """Say that no worker is alive, above everything else."""
    if board.workers:
        return
    waits = f"{board.queued} in the queue. " if board.queued else ""
    st.markdown(
        f":orange[:material/cloud_off:] **Workers are offline.** {waits}Nothing is lost: work "
        "goes on when a worker is back."
    )


def draw_week(board: Board) -> None:
    """Draw four figures of the last seven days beside those of the seven before."""
    week, before, days = board.week, board.week_before, board.days
    more = week.finished - before.finished
    with st.grid(4, min_column_width=155):
        _metric(
            "Finished this week",
            str(week.finished),
            f"{abs(more)} {'more' if more > 0 else 'fewer'}" if more and before.finished else None,
            [day.finished for day in days],
            is_up=more > 0,
            kind="area",
        )
        _metric(
            "Finished well",
            _percent(week),
            _points(week, before),
            [_share(day) for day in days],
            is_up=_share(week) > _share(before),
            is_good=_share(week) >= _share(before),
        )
        _metric(
            "Half are done within",
            duration(week.median_seconds),
            _shorter(week, before),
            [day.median_seconds or 0.0 for day in days],
            is_up=(week.median_seconds or 0) > (before.median_seconds or 0),
            is_good=(week.median_seconds or 0) <= (before.median_seconds or 0),
        )
        decided = week.decisions - before.decisions
        _metric(
            "Decisions taken",
            f"{week.decisions:,}",
            f"{abs(decided):,} {'more' if decided > 0 else 'fewer'}"
            if decided and before.decisions
            else None,
            [day.decisions for day in days],
            is_up=decided > 0,
            kind="area",
        )


def draw_causes(board: Board) -> None:
    """Draw why sessions failed in the last seven days."""
    st.header("Why sessions failed, last 7 days", anchor=False)
    if not board.causes:
        st.caption("No session failed.")
        return
    most = max(cause.times for cause in board.causes)
    st.dataframe(
        {
            "Cause": [_CAUSES.get(one.error_code) or one.message for one in board.causes],
            "Role": [role_look(one.role).label for one in board.causes],
            "Times": [one.times for one in board.causes],
            "Last": [one.last_at for one in board.causes],
        },
        hide_index=True,
        row_height=36,
        alt="Causes of failure",
        column_config={
            "Times": st.column_config.ProgressColumn(
                format="%d", min_value=0, max_value=most, width=90, color="red"
            ),
            "Last": st.column_config.DatetimeColumn(format="distance", width=115),
        },
    )


def draw_workers(board: Board) -> None:
    """Draw who is alive and what of this team they work on."""
    st.header("Workers", anchor=False)
    if not board.workers:
        st.caption("No worker gave a sign of life. What is launched waits for one.")
        return
    st.dataframe(
        {
            "Worker": [one.name for one in board.workers],
            "Now": [
                f"{one.session_name}, {role_look(one.role or '').label}"
                if one.session_name
                else "nothing of this team"
                for one in board.workers
            ],
            "Alive": [f"{one.silent_seconds:.0f} s ago" for one in board.workers],
        },
        hide_index=True,
        row_height=36,
        alt="Workers",
        column_config={"Alive": st.column_config.TextColumn(width=80)},
    )
    st.caption(f"{board.queued} in the queue" if board.queued else "The queue is empty.")


def _metric(
    label: str,
    value: str,
    delta: str | None,
    points: list[float] | list[int],
    *,
    is_up: bool,
    is_good: bool | None = None,
    kind: str = "line",
) -> None:
    color: Literal["gray", "green", "red"] = "gray"
    if is_good is not None:
        color = "green" if is_good else "red"
    st.metric(
        label,
        value,
        delta,
        delta_color=color,
        delta_arrow="up" if is_up else "down",
        chart_data=points,
        chart_type="area" if kind == "area" else "line",
        border=True,
        height="stretch",
    )


def _share(stretch: Stretch) -> float:
    return 100 * stretch.well / stretch.finished if stretch.finished else 0.0


def _percent(stretch: Stretch) -> str:
    return f"{_share(stretch):.0f}%" if stretch.finished else "–"


def _points(week: Stretch, before: Stretch) -> str | None:
    points = round(_share(week) - _share(before))
    if not points or not week.finished or not before.finished:
        return None
    noun = "point" if abs(points) == 1 else "points"
    return f"{abs(points)} {noun} {'more' if points > 0 else 'less'}"


def _shorter(week: Stretch, before: Stretch) -> str | None:
    if week.median_seconds is None or before.median_seconds is None:
        return None
    seconds = week.median_seconds - before.median_seconds
    return f"{duration(abs(seconds))} {'longer' if seconds > 0 else 'shorter'}"
