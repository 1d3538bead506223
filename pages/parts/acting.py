"""Acts that a click asks for: done in the name of who is signed in, with what came of them said."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.domain.access import UserPrincipal
from core.errors import AppError
from pages.parts.visit import Visit
from pages.parts.wording import plain


def try_to(visit: Visit, act: Callable[[UserPrincipal], object], done: str = "") -> bool:
    """Do something; says what came of it, and tells whether it worked."""
    try:
        visit.act(act)
    except AppError as error:
        st.toast(plain(f"{error.message} {error.hint_text}"), icon=":material/error:")
        return False
    if done:
        st.toast(done, icon=":material/check:")
    return True


def do(visit: Visit, act: Callable[[UserPrincipal], object]) -> None:
    """Do something before the page is drawn, and say what was in its way."""
    try_to(visit, act)
