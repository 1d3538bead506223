"""The feed: one reading of each followed session's log, handed on to all its sockets.

It hears Redis once for the process. A wake-up may be lost, so it also looks every two seconds,
with one statement for all sessions. Services block, so they run in threads of a limiter of its own.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import anyio.to_thread
from anyio import CapacityLimiter

from api.problems import TooManySockets
from api.sockets.codes import Closed
from api.sockets.frames import FRAMES_AT_ONCE, Frames, read_frames
from api.sockets.live_log import LiveLog, Reader
from core.domain.following import AccessEnded, Follower, Moved
from core.errors import AppError, DatabaseUnavailable, NotFound, RedisUnavailable
from core.services import following
from core.settings import get_settings

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
CHECK_SECONDS = 15.0  # so long access may outlive what was not heard
AGAIN_SECONDS = 0.5
R = TypeVar("R")


class Feed:
    """All sockets of this process; it works from the first one on, until it is stopped."""

    def __init__(self) -> None:
        self.readers: set[Reader] = set()
        self.ended_accesses = 0  # so many times somebody's access ended
        self._limiter = CapacityLimiter(4)
        self._logs: dict[UUID, LiveLog] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """End all sockets and tasks when the block ends."""
        try:
            yield
        finally:
            for reader in self.readers:
                reader.close(Closed.RESTARTING)
            tasks = list(self._tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def call(self, work: Callable[[], R]) -> R:
        """Run what blocks in a thread."""
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)

    def demand_room(self, follower: Follower | None = None) -> None:
        """Raise `TooManySockets` when there are as many as may be, in all or of one follower."""
        settings = get_settings()
        if len(self.readers) >= settings.api_sockets:
            raise TooManySockets("Too many sockets are open here.")
        if follower is not None:
            mine = _subject(follower)
            if sum(_subject(one.follower) == mine for one in self.readers) >= (
                settings.api_sockets_each
            ):
                raise TooManySockets(f"You have {settings.api_sockets_each} sockets open.")

    @contextmanager
    def holding(self, reader: Reader, last_seq: int) -> Iterator[LiveLog]:
        """Let a reader follow its session's log, which was at `last_seq`, as the block lasts."""
        if not self._tasks:
            for loop in (self._hear, self._look, self._check_all):
                self._spawn(loop())
        found = self._logs.get(reader.session_id)
        if found is None:
            # A little of what was before, for those who come back after a moment.
            found = LiveLog(reader.session_id, max(0, last_seq - FRAMES_AT_ONCE))
            self._logs[reader.session_id] = found
            self._spawn(self._follow(found))
        self.readers.add(reader)
        found.readers.add(reader)
        try:
            yield found
        finally:
            self.readers.discard(reader)
            found.readers.discard(reader)
            if not found.readers:
                self._forget(found)

    async def read(self, reader: Reader) -> Frames:
        """Read on in the log for one reader, past what is in memory."""
        return await self.call(partial(read_frames, reader.session_id, reader.seq))

    def _forget(self, live: LiveLog) -> None:
        if self._logs.get(live.session_id) is live:
            del self._logs[live.session_id]
            live.woken.set()

    async def _follow(self, live: LiveLog) -> None:
        """Read a log on, as long as somebody follows it and the session has not ended."""
        while self._logs.get(live.session_id) is live:
            live.woken.clear()
            try:
                page = await self.call(partial(read_frames, live.session_id, live.seq))
            except NotFound:
                self._spawn(self._check(live.readers))
                await asyncio.sleep(AGAIN_SECONDS)
            except Exception as error:
                _note(error)
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                live.take(page)
                if live.has_ended:
                    self._forget(live)
                elif live.seq >= page.last_seq:
                    await live.woken.wait()

    async def _hear(self) -> None:
        async for news in following.hear_news():
            if isinstance(news, Moved):
                live = self._logs.get(news.session_id)
                if live is not None and news.seq > live.seq:
                    live.woken.set()
            else:
                self._end_access(news)

    def _end_access(self, news: AccessEnded) -> None:
        self.ended_accesses += 1
        concerned = [one for one in self.readers if news.concerns(one.follower, one.team_id)]
        is_named = news != AccessEnded()
        if not is_named:  # the line was down: wake-ups are lost, too
            for live in self._logs.values():
                live.woken.set()
        if concerned:
            self._spawn(self._check(concerned, is_held=is_named))

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if not self._logs:
                continue
            try:
                seen = await self.call(partial(following.last_seqs, list(self._logs)))
            except Exception as error:
                _note(error)
                continue
            for live in list(self._logs.values()):
                if seen.get(live.session_id, live.seq + 1) > live.seq:
                    live.woken.set()

    async def _check_all(self) -> None:
        """Ask from time to time about everybody: tokens run out without a word."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            await self._check(self.readers)

    async def _check(self, readers: Collection[Reader], *, is_held: bool = False) -> None:
        """Ask whether readers may hear more, once for all who showed the same.

        When they are held they hear nothing until that is known, be the database away or not.
        """
        groups: dict[tuple[Follower, UUID], list[Reader]] = {}
        for reader in readers:
            groups.setdefault((reader.follower, reader.session_id), []).append(reader)
            if is_held:
                reader.hold()
        asked = (self._check_group(*key, group, is_held) for key, group in groups.items())
        await asyncio.gather(*asked)

    async def _check_group(
        self, follower: Follower, session_id: UUID, group: list[Reader], is_held: bool
    ) -> None:
        try:
            while self.readers.intersection(group):
                try:
                    await self.call(partial(following.check_follower, follower, session_id))
                    return
                except (DatabaseUnavailable, RedisUnavailable) as error:
                    _note(error)
                    if not is_held:
                        return
                    await asyncio.sleep(AGAIN_SECONDS)
        except Exception as error:
            _note(error)
            for reader in group:
                reader.close(_why(error))
        finally:
            for reader in group if is_held else ():
                reader.release()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _subject(follower: Follower) -> tuple[UUID | None, UUID | None]:
    return follower.user_id, follower.token_id


def _why(error: Exception) -> Closed:
    if isinstance(error, NotFound):
        return Closed.NO_ACCESS
    return Closed.SIGNED_OUT if isinstance(error, AppError) else Closed.FAILED


def _note(error: Exception) -> None:
    if not isinstance(error, AppError):
        log.error("the feed cannot go on", exc_info=error)
