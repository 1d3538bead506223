"""Access that ends while a tab is open: the tab hears it, and hears no more of what it lost."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Protocol, TypeVar
from uuid import UUID

from core.errors import AppError, DatabaseUnavailable, RedisUnavailable
from core.services import watching
from core.signals.logins import Revocation, read_revocation
from web.tabs import Tab
from web.topics import encode

log = logging.getLogger(__name__)
R = TypeVar("R")


class TabKeeper(Protocol):
    """What revoking needs of the hub."""

    tabs: set[Tab]

    def unwatch(self, tab: Tab, name: str) -> None:
        """Let a tab hear no more of a topic."""
        ...

    async def call(self, work: Callable[[], R]) -> R:
        """Run what blocks in a thread."""
        ...


def revoke(hub: TabKeeper, message: bytes) -> None:
    """Do what a message about ended access says."""
    revocation: Revocation = read_revocation(message)
    for tab in list(hub.tabs):
        if revocation.team_id is not None:
            if revocation.user_id in (None, tab.user_id):
                leave_team(hub, tab, revocation.team_id)
        elif revocation.login == tab.fingerprint or revocation.user_id == tab.user_id:
            tab.sign_out()


def leave_team(hub: TabKeeper, tab: Tab, team_id: UUID) -> None:
    """Take a team's topics away from a tab."""
    tab.revocations += 1
    lost = [name for name, topic in tab.topics.items() if topic.team_id == team_id]
    for name in lost:
        hub.unwatch(tab, name)
    tab.offer(encode(kind="access_revoked", team_id=team_id, topics=lost))


async def keep_access(hub: TabKeeper) -> None:
    """Ask anew about every tab: not everything that ends is announced, or heard.

    Once for all tabs of a login, and once for all of a user's in a team.
    """
    logins: dict[str, list[Tab]] = {}
    for tab in hub.tabs:
        logins.setdefault(tab.fingerprint, []).append(tab)
    try:
        for mine in logins.values():
            if await hub.call(mine[0].find_login) is None:
                for tab in mine:
                    tab.sign_out()
    except (RedisUnavailable, DatabaseUnavailable) as error:
        log.info("logins are asked about again later: %s", error)
    members: dict[tuple[UUID, UUID], list[Tab]] = {}
    for tab in hub.tabs:
        named = (tab.team_id, *(topic.team_id for topic in tab.topics.values()))
        for team_id in {one for one in named if one is not None}:
            members.setdefault((tab.user_id, team_id), []).append(tab)
    try:
        for (_, team_id), theirs in members.items():
            await keep_team(hub, team_id, *theirs)
    except DatabaseUnavailable as error:
        log.info("teams are asked about again later: %s", error)


async def keep_team(hub: TabKeeper, team_id: UUID, *tabs: Tab) -> None:
    """Ask anew about a user's tabs and a team; raises `DatabaseUnavailable`."""
    try:
        await hub.call(partial(watching.check_team, tabs[0].principal, team_id))
    except DatabaseUnavailable:
        raise
    except AppError:
        for tab in tabs:
            leave_team(hub, tab, team_id)
