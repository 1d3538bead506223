"""Filters that live in the address: a link to a page is a link to what it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import streamlit as st

from core.domain.text import clean_text

LAST_PAGE = 10_000
FILTER = "_filter_"  # stands in the key of every filter's widget
_ALWAYS_CHOSEN = {"decisions_kind": "all"}  # filters that are never empty
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


def asked(name: str, allowed: Sequence[str] | None = None, usual: str = "") -> str:
    """Return a parameter of the address, or the usual value where it is none of those allowed."""
    value = clean_text(st.query_params.get(name, usual))
    return value if allowed is None or value in allowed else usual


def asked_list(name: str, allowed: Iterable[str]) -> list[str]:
    """Return the values of a parameter that may stand several times, those that are known."""
    wanted = st.query_params.get_all(name)
    return [value for value in allowed if value in wanted]


def asked_page(name: str) -> int:
    """Return the number of a page that a parameter names; the first for everything else."""
    typed = asked(name)
    is_number = typed.isdecimal() and len(typed) <= len(str(LAST_PAGE))
    return min(max(int(typed), 1), LAST_PAGE) if is_number else 1


def asked_id(name: str) -> UUID | None:
    """Return the id that a parameter names; None for everything that is none."""
    try:
        return UUID(asked(name))
    except ValueError:
        return None


def asked_span(first: str, last: str) -> tuple[date, ...]:
    """Return the dates of two parameters; nothing unless both are, in their order."""
    try:
        span = tuple(date.fromisoformat(st.query_params[name]) for name in (first, last))
    except (KeyError, ValueError):
        return ()
    is_sound = span[0] <= span[1] and all(_FIRST_YEAR <= day.year <= _LAST_YEAR for day in span)
    return span if is_sound else ()


def keep(name: str, value: str | Sequence[str], usual: str = "") -> None:
    """Write a filter into the address; its usual value stands for itself."""
    if isinstance(value, str):
        if value == usual:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != value:
            st.query_params[name] = value
    elif not value:
        st.query_params.pop(name, None)
    elif st.query_params.get_all(name) != list(value):
        st.query_params[name] = list(value)


def draw_search_field(prefix: str, placeholder: str) -> str:
    """Draw the field that searches a list, kept as `q`; returns what is typed."""
    text = st.text_input(
        "Search",
        asked("q"),
        max_chars=200,
        key=f"{prefix}q",
        type="search",
        placeholder=placeholder,
        icon=":material/search:",
        label_visibility="collapsed",
    )
    keep("q", text or "")
    return text or ""


def draw_span(label: str, prefix: str) -> tuple[date, ...]:
    """Draw the choice of days, kept as `from` and `to`; returns none, the first, or both."""
    asked_for: Any = asked_span("from", "to")
    days: Any = st.date_input(label, asked_for, key=f"{prefix}days")
    span: tuple[date, ...] = days if isinstance(days, tuple) else (days,)
    keep("from", span[0].isoformat() if span else "")
    keep("to", span[-1].isoformat() if span else "")
    return span


def clear(prefix: str) -> None:
    """Empty every filter whose widget's key has this prefix; to be called before they are drawn."""
    _empty(lambda key: key.startswith(prefix))


def forget_filters() -> None:
    """Empty the filters of every list; to be called before any is drawn."""
    _empty(lambda key: FILTER in key)
    for key, usual in _ALWAYS_CHOSEN.items():
        if key in st.session_state:
            st.session_state[key] = usual


def _empty(is_meant: Callable[[str], bool]) -> None:
    for key, value in st.session_state.items():
        if isinstance(key, str) and is_meant(key):
            empty: object = [] if isinstance(value, list) else type(value)()
            st.session_state[key] = empty
