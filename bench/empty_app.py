"""A Streamlit app that does nothing: what our pages are measured beside."""

from __future__ import annotations

import streamlit as st

app = st.App("bench/empty_page.py")
