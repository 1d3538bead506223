"""Telling people how much they have not read: their pages draw it without asking."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any
from uuid import UUID

from core.services import notifying
from web.topics import NoticesTopic, tell

PAUSE_SECONDS = 0.2  # everybody hears at most so often
LOOK_SECONDS = 10.0  # a word may be lost; teams are left without one

Call = Callable[[Callable[[], Any]], Awaitable[Any]]


class NoticeNews:
    """The people who have a page open."""

    def __init__(self, call: Call, note_failure: Callable[[Exception], None]) -> None:
        self._call = call
        self._note_failure = note_failure
        self._topics: dict[UUID, NoticesTopic] = {}
        self._heard: set[UUID] = set()
        self._news = asyncio.Event()

    def topic(self, user_id: UUID) -> NoticesTopic:
        """Return somebody's topic; makes it for their first tab."""
        return self._topics.setdefault(user_id, NoticesTopic(user_id))

    def forget(self, topic: NoticesTopic) -> None:
        """Forget a topic that no tab watches."""
        if self._topics.get(topic.user_id) is topic:
            del self._topics[topic.user_id]

    def hear(self, user_ids: Iterable[UUID]) -> None:
        """Take note that people have more or less to read."""
        heard = self._topics.keys() & set(user_ids)
        if heard:
            self._heard |= heard
            self._news.set()

    def look(self) -> None:
        """Count for everybody."""
        self.hear(list(self._topics))

    async def count(self, user_id: UUID) -> int:
        """Return how much somebody has not read."""
        found = await self._call(partial(notifying.count_unread, [user_id]))
        return int(found[user_id])

    async def run(self) -> None:
        """Tell people of changes, for ever; look by ourselves from time to time."""
        self._news = asyncio.Event()
        next_look = time.monotonic() + LOOK_SECONDS
        while True:
            try:
                async with asyncio.timeout(max(0.0, next_look - time.monotonic())):
                    await self._news.wait()
            except TimeoutError:
                next_look = time.monotonic() + LOOK_SECONDS
                self.look()
            self._news.clear()
            await self._tell()
            await asyncio.sleep(PAUSE_SECONDS)

    async def _tell(self) -> None:
        heard, self._heard = self._heard, set()
        if not heard:
            return
        try:
            counts = await self._call(partial(notifying.count_unread, list(heard)))
        except Exception as error:
            self._note_failure(error)
            return
        for user_id, unread in counts.items():
            topic = self._topics.get(user_id)
            if topic is not None and topic.unread != unread:
                topic.unread = unread
                tell(topic, topic.counted())
