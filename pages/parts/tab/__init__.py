"""The tab's one socket: an invisible component that the frame places on every page."""

from __future__ import annotations

from pages.parts.component import component

_tab = component("tab", "tab.js")


def open_tab() -> None:
    """Open `window.sageTab` in the browser, unless it is open."""
    _tab(key="tab", height=0)
