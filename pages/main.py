"""The dashboard's frame: every visit runs this script first."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

HERE = Path(__file__).resolve().parent

st.set_page_config(
    page_title="Sage Mode",
    page_icon=str(HERE / "assets" / "mark.png"),
    layout="centered",
    menu_items={},
)
st.navigation(
    [st.Page(HERE / "overview.py", title="Overview", default=True)], position="hidden"
).run()
