"""Signing in by an identity provider, on the sign-in page: the way there, and why it failed."""

from __future__ import annotations

import streamlit as st

from core.services import federating
from pages.parts.component import component

REFUSED = "refused"
_provider = component("provider")


def draw_provider() -> None:
    """Draw the link to the identity provider, where there is one."""
    if not federating.is_on():
        return
    text = f"Sign in with {federating.provider_label()}"
    _provider(data={"text": text}, key="provider")


def draw_refusal() -> None:
    """Say why the way to the identity provider and back led to no login."""
    code = st.query_params.get(REFUSED)
    if code and federating.is_on():
        st.error(federating.explain(code))
