"""Signing in and out in the browser: the requests that set and clear the cookie."""

from __future__ import annotations

import streamlit as st

from pages.parts.component import component

_redeem = component("redeem", "redeem.js")


def redeem_here(ticket: str) -> bool:
    """Have the browser redeem a ticket and load the page anew; returns whether that failed."""
    answer = _redeem(data={"ticket": ticket}, key="redeem", on_failed_change=lambda: None)
    return bool(answer.failed)


def sign_out_here() -> bool:
    """Have the browser sign out and load the first page; returns whether that failed."""
    answer = _redeem(data={"sign_out": True}, key="sign_out", on_failed_change=lambda: None)
    return bool(answer.failed)


def sign_in_again() -> None:
    """Have the browser load the page anew, as its login has ended: the gate asks to sign in."""
    st.caption("You are signed out.")
    _redeem(data={"again": True}, key="again")
