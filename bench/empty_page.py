"""The one page of the app that does nothing."""

from __future__ import annotations

import streamlit as st


def hello() -> None:
    """Draw one line."""
    st.write("Hello")


st.navigation([st.Page(hello, title="Hello", default=True)]).run()
