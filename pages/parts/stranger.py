"""What somebody without a login sees: a card in the middle, and why something was refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.errors import AppError
from pages.parts.frame import PAGES, inline_image
from pages.parts.wording import plain


@contextmanager
def stranger_card(title: str) -> Iterator[None]:
    """Draw the mark and a title; what is drawn within stands below them, as wide as the card."""
    st.html(PAGES / "parts" / "chrome" / "chrome.css")
    st.space("large")
    with st.container(horizontal_alignment="center"), st.container(width=400):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.image(inline_image("mark.png"), width=36, alt="The mark of Sage Mode")
            st.title(title, anchor=False)
        yield


def draw_refused(error: AppError) -> None:
    """Say why not, and what to do; the sentence may quote what a person typed."""
    message = plain(error.message).replace(r"\.", ".")
    st.error(f"{message} {error.hint_text}")
