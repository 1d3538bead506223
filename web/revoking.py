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
    """Ask anew about every tab: what was revoked while Redis was away was not heard."""
    for tab in list(hub.tabs):
        try:
            if await hub.call(tab.find_login) is None:
                tab.sign_out()
                continue
            named = (tab.team_id, *(topic.team_id for topic in tab.topics.values()))
            for team_id in {one for one in named if one is not None}:
                await keep_team(hub, tab, team_id)
        except (RedisUnavailable, DatabaseUnavailable) as error:
            log.info("access is asked again later: %s", error)
            return  # when Redis or the database is back, the gate's sweep and the next look ask


async def keep_team(hub: TabKeeper, tab: Tab, team_id: UUID) -> None:
    """Ask anew about a tab and a team; raises `DatabaseUnavailable`."""
    try:
        await hub.call(partial(watching.check_team, tab.principal, team_id))
    except DatabaseUnavailable:
        raise
    except AppError:
        leave_team(hub, tab, team_id)
