"""Tabs at a hub without sockets: what the hub would send them, as access comes and goes."""

from __future__ import annotations

import asyncio
from uuid import UUID

import orjson

from core.domain.access import UserPrincipal
from core.domain.people import User
from core.services.signing_in import Login
from core.settings import get_settings
from core.signals.logins import REVOKED_CHANNEL
from core.signals.wakeups import get_redis
from web.hub import Hub
from web.revoking import revoke
from web.tabs import Tab
from web.topics import TeamTopic, Topic, tell


class Listeners:
    """A hub with one tab of each person; it hears of ended access through the real channel."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._hub = Hub()
        self._tabs: dict[UUID, Tab] = {}
        redis = get_redis(get_settings().redis_url or "")
        self._line = redis.pubsub()  # type: ignore[no-untyped-call]
        self._line.subscribe(REVOKED_CHANNEL)

    def close(self) -> None:
        """End it."""
        self._line.close()
        self._loop.close()

    def enter(self, principal: UserPrincipal) -> None:
        """Open a tab."""
        login = Login("0" * 64, User(principal.user_id, "", "", False))
        tab = self._tabs[principal.user_id] = Tab(login, lambda: login)
        self._hub.tabs.add(tab)

    def watch(self, user_id: UUID, team_id: UUID) -> str:
        """Let a tab watch a team; returns what it is answered."""
        tab = self._tabs[user_id]
        self._loop.run_until_complete(self._hub.watch(tab, f"team:{team_id}", None))
        return str(self._texts(tab)[-1]["kind"])

    def catch_up(self) -> None:
        """Do what was said about ended access until now."""
        self._line.ping()  # its answer comes after all that was published before
        while True:
            message = self._line.get_message(timeout=5)
            assert message is not None, "Redis says nothing"
            if message["type"] == "pong":
                return
            if message["type"] == "message":
                revoke(self._hub, message["data"])

    def heard(self) -> dict[UUID, set[UUID]]:
        """Let every watched team tell that it changed; returns of which teams each tab hears."""
        for tab in self._tabs.values():
            self._texts(tab)
        topics: set[Topic] = {one for tab in self._tabs.values() for one in tab.topics.values()}
        for topic in topics:
            assert isinstance(topic, TeamTopic)
            tell(topic, topic.changed())
        return {
            user_id: {UUID(str(said["topic"]).removeprefix("team:")) for said in self._texts(tab)}
            for user_id, tab in self._tabs.items()
        }

    def _texts(self, tab: Tab) -> list[dict[str, object]]:
        found = []
        while not tab._queue.empty():
            text = self._loop.run_until_complete(tab.next_text())
            found.append(orjson.loads(text or "{}"))
        return found
