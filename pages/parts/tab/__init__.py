"""The tab's one socket: an invisible component that the frame places on every page."""

from __future__ import annotations

from uuid import UUID

from pages.parts.component import component

_tab = component("tab", "tab.js")


def open_tab(team_id: UUID) -> None:
    """Open `window.sageTab` in the browser, unless it is open; `team_id` is what the page draws.

    The page leaves when its visitor loses that team, whatever else it watches.
    """
    _tab(data={"team": str(team_id)}, key="tab", height=0)
