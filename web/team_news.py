"""Telling teams that something changed in them: what it was, their pages read themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from core.services import watching
from web.topics import TeamTopic, tell

PAUSE_SECONDS = 0.5  # a team hears at most so often that it changed

Call = Callable[[Callable[[], Any]], Awaitable[Any]]


class TeamNews:
    """The teams that somebody watches."""

    def __init__(self, call: Call, note_failure: Callable[[Exception], None]) -> None:
        self._call = call
        self._note_failure = note_failure
        self._topics: dict[UUID, TeamTopic] = {}
        self._heard: set[UUID] = set()
        self._news = asyncio.Event()

    @property
    def ids(self) -> list[UUID]:
        """The teams."""
        return list(self._topics)

    def topic(self, team_id: UUID) -> TeamTopic:
        """Return a team's topic; makes it for its first watcher."""
        return self._topics.setdefault(team_id, TeamTopic(team_id))

    def forget(self, topic: TeamTopic) -> None:
        """Forget a topic that nobody watches."""
        if self._topics.get(topic.team_id) is topic:
            del self._topics[topic.team_id]

    def hear(self, session_id: UUID) -> None:
        """Take note that a session, of whichever team, moved on."""
        if self._topics:
            self._heard.add(session_id)
            self._news.set()

    def compare(self, marks: Mapping[UUID, object]) -> None:
        """Find what changed without a word, by what a look has found of each team."""
        for topic in self._topics.values():
            topic.note_mark(marks.get(topic.team_id))
        self._news.set()

    async def run(self) -> None:
        """Tell teams of changes, for ever."""
        self._news = asyncio.Event()
        while True:
            await self._news.wait()
            self._news.clear()
            await self._find_teams()
            for topic in self._topics.values():
                if topic.has_changed:
                    topic.has_changed = False
                    tell(topic, topic.changed())
            await asyncio.sleep(PAUSE_SECONDS)

    async def _find_teams(self) -> None:
        heard, self._heard = self._heard, set()
        if not heard or not self._topics:
            return
        try:
            teams = await self._call(partial(watching.teams_of, heard))
        except Exception as error:
            self._note_failure(error)
            return
        for team_id in set(teams.values()) & set(self._topics):
            self._topics[team_id].has_changed = True
