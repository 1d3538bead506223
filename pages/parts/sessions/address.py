"""Filters that live in the address: a link to a page is a link to what it shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import streamlit as st


def asked(name: str, allowed: Sequence[str] | None = None, usual: str = "") -> str:
    """Return a parameter of the address, or the usual value where it is none of those allowed."""
    value = st.query_params.get(name, usual)
    return value if allowed is None or value in allowed else usual


def asked_list(name: str, allowed: Iterable[str]) -> list[str]:
    """Return the values of a parameter that may stand several times, those that are known."""
    wanted = st.query_params.get_all(name)
    return [value for value in allowed if value in wanted]


def asked_dates(*names: str) -> tuple[date, ...]:
    """Return the dates of some parameters, as far as all of them are dates."""
    try:
        return tuple(date.fromisoformat(st.query_params[name]) for name in names)
    except (KeyError, ValueError):
        return ()


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


def clear(prefix: str) -> None:
    """Empty every filter whose widget's key has this prefix; to be called before they are drawn."""
    for key, value in st.session_state.items():
        if isinstance(key, str) and key.startswith(prefix):
            empty: object = [] if isinstance(value, list) else type(value)()
            st.session_state[key] = empty
