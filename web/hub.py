"""The hub: one Redis subscription for each process, fanned out in memory to the tabs.

For each watched session it keeps one folded state, reads the log after its last event whenever it
hears of the session, and every two seconds as well, since a wake-up may be lost. It never calls a
service in the event loop: services block, so they run in threads of a limiter of their own.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeVar
from uuid import UUID, uuid4

import anyio.to_thread
import orjson
from anyio import CapacityLimiter

from core.errors import AppError, DatabaseUnavailable, NotFound
from core.services import watching
from core.settings import get_settings
from core.signals.hearing import Heard, Line, hear
from core.signals.logins import REVOKED_CHANNEL
from core.signals.wakeups import LIVE_CHANNEL, NOTICES_CHANNEL, SESSIONS_CHANNEL
from web.notice_news import NoticeNews
from web.revoking import keep_access, keep_team, revoke
from web.tabs import Tab
from web.team_news import TeamNews
from web.topics import NoticesTopic, SessionTopic, TeamTopic, Topic, encode, tell

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
SIGN_SECONDS = 0.1  # a session hears at most so often of progress
AGAIN_SECONDS = 0.5
OPENING_SECONDS = 10.0
CHECK_SECONDS = 15.0  # so long access may outlive what was not announced, or not heard
PROCESS = uuid4().hex  # a tab that hears of another one was cut off by a restart
R = TypeVar("R")


class Hub:
    """All that is watched in this process; it works from the first tab on, until `stop`."""

    def __init__(self) -> None:
        self.tabs: set[Tab] = set()
        self._limiter = CapacityLimiter(8)
        self._sessions: dict[UUID, SessionTopic] = {}
        self._teams = TeamNews(self.call, self._note_failure)
        self._notices = NoticeNews(self.call, self._note_failure)
        self._troubles: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def enter(self, tab: Tab) -> None:
        """Take a tab in; it hears of the troubles that there are."""
        if not self._tasks:
            loops = (self._listen, self._look, self._check, self._teams.run, self._notices.run)
            for loop in loops:
                self._spawn(loop())
        self.tabs.add(tab)
        if self._troubles:
            tab.offer(encode(kind="trouble", parts=sorted(self._troubles)))

    def leave(self, tab: Tab) -> None:
        """Forget a tab, and what nobody watches any more."""
        self.tabs.discard(tab)
        for name in list(tab.topics):
            self.unwatch(tab, name)

    async def stop(self) -> None:
        """End all sockets and tasks."""
        for tab in self.tabs:
            tab.end()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def call(self, work: Callable[[], R]) -> R:
        """Run what blocks in a thread."""
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)

    async def watch(self, tab: Tab, name: str, after: int | None) -> None:
        """Let a tab watch a topic from now on, or say why it may not."""
        kind, _, text = name.partition(":")
        try:
            if kind == "session":
                await self._watch_session(tab, UUID(text), after)
            elif kind == "team":
                await self._watch_team(tab, UUID(text))
            elif name == NoticesTopic.name:
                await self._watch_notices(tab)
            else:
                raise NotFound
        except DatabaseUnavailable:
            self._set_trouble("database", is_there=True)
            tab.offer(encode(topic=name, kind="trouble"))
        except (AppError, ValueError):
            tab.offer(encode(topic=name, kind="not_found"))

    async def draw(self, tab: Tab, team_id: UUID) -> None:
        """Note which team a tab's page draws; it may have been lost since it was drawn."""
        tab.team_id = team_id
        try:
            await keep_team(self, team_id, tab)
        except DatabaseUnavailable:
            self._set_trouble("database", is_there=True)

    def unwatch(self, tab: Tab, name: str) -> None:
        """Let a tab hear no more of a topic."""
        topic = tab.topics.pop(name, None)
        if topic is not None:
            topic.watchers.discard(tab)
            self._forget_unwatched(topic)

    async def _watch_session(self, tab: Tab, session_id: UUID, after: int | None) -> None:
        check = partial(watching.check_session, tab.principal, session_id)
        revocations = tab.revocations
        team_id = await self.call(check)
        topic = self._sessions.get(session_id)
        if topic is None:
            topic = self._sessions[session_id] = SessionTopic(session_id, team_id)
            self._spawn(self._follow(topic))
        topic.guests += 1
        try:
            async with asyncio.timeout(OPENING_SECONDS):
                await topic.is_open.wait()
            while tab.revocations != revocations:
                revocations = tab.revocations
                await self.call(check)
            # No await from here on: nothing can come between what is sent now and a next patch.
            for text in topic.since(after):
                tab.offer(text)
            if tab in self.tabs and not topic.has_ended:
                topic.watchers.add(tab)
                tab.topics[topic.name] = topic
        except TimeoutError as error:
            raise DatabaseUnavailable from error
        finally:
            topic.guests -= 1
            self._forget_unwatched(topic)

    async def _watch_team(self, tab: Tab, team_id: UUID) -> None:
        revocations = None
        while tab.revocations != revocations:
            revocations = tab.revocations
            await self.call(partial(watching.check_team, tab.principal, team_id))
        if tab in self.tabs:
            topic = self._teams.topic(team_id)
            topic.watchers.add(tab)
            tab.topics[topic.name] = topic
            tab.offer(encode(topic=topic.name, kind="watching"))

    async def _watch_notices(self, tab: Tab) -> None:
        unread = await self._notices.count(tab.user_id)
        if tab in self.tabs:
            topic = self._notices.topic(tab.user_id)
            topic.watchers.add(tab)
            topic.unread = unread
            tab.topics[topic.name] = topic
            tab.offer(topic.counted(process=PROCESS))

    def _forget_unwatched(self, topic: Topic) -> None:
        if topic.watchers:
            return
        if isinstance(topic, TeamTopic):
            self._teams.forget(topic)
        elif isinstance(topic, NoticesTopic):
            self._notices.forget(topic)
        elif not topic.guests and self._sessions.get(topic.session_id) is topic:
            del self._sessions[topic.session_id]
            topic.woken.set()

    async def _follow(self, topic: SessionTopic) -> None:
        """Read a session's log on, as long as somebody watches and it has not ended."""
        while self._sessions.get(topic.session_id) is topic:
            topic.woken.clear()
            try:
                read = partial(watching.read_on, topic.session_id, topic.state)
                progressed = await self.call(read)
            except Exception as error:
                self._note_failure(error)
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            self._set_trouble("database", is_there=False)
            tell(topic, *topic.advance(progressed))
            topic.is_open.set()
            if topic.has_ended:
                self._end(topic)
                return
            await topic.woken.wait()

    def _end(self, topic: SessionTopic) -> None:
        """Tell everybody that nothing more will come, and forget it."""
        tell(topic, encode(topic=topic.name, kind="ended"))
        for tab in list(topic.watchers):
            tab.topics.pop(topic.name, None)
        topic.watchers.clear()
        self._forget_unwatched(topic)

    async def _listen(self) -> None:
        channels = (SESSIONS_CHANNEL, LIVE_CHANNEL, NOTICES_CHANNEL, REVOKED_CHANNEL)
        async for heard in hear(get_settings().redis_url, *channels):
            self._set_trouble("redis", is_there=heard is Line.DOWN)
            if heard is Line.UP:
                for topic in self._sessions.values():
                    topic.woken.set()
                self._notices.look()
                self._spawn(keep_access(self))
            elif isinstance(heard, Heard):
                try:
                    self._hear(heard)
                except (ValueError, KeyError, TypeError) as error:
                    log.warning("a message on %s says nothing: %s", heard.channel, error)

    def _hear(self, heard: Heard) -> None:
        if heard.channel == REVOKED_CHANNEL:
            revoke(self, heard.data)
            self._notices.look()
        elif heard.channel == LIVE_CHANNEL:
            said = orjson.loads(heard.data)
            topic = self._sessions.get(UUID(said["session_id"]))
            if topic is not None:
                topic.note_progress(UUID(said["task_id"]), said["attempt"], said["fraction"])
                self._tell_signs_soon(topic)
        elif heard.channel == NOTICES_CHANNEL:
            self._notices.hear(map(UUID, heard.data.decode().split()))
        else:
            name, _, seq = heard.data.decode().partition(" ")
            session_id = UUID(name)
            topic = self._sessions.get(session_id)
            if topic is not None and int(seq) > topic.state.last_seq:
                topic.woken.set()
            self._teams.hear(session_id)

    def _tell_signs_soon(self, topic: SessionTopic) -> None:
        if not topic.is_telling:
            topic.is_telling = True
            asyncio.get_running_loop().call_later(SIGN_SECONDS, _tell_signs, topic)

    async def _look(self) -> None:
        """Look by ourselves, as long as somebody watches: a wake-up may have been lost."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if not self._sessions and not self._teams.ids:
                continue
            try:
                running = [id_ for id_, topic in self._sessions.items() if topic.is_running]
                read = partial(watching.look, list(self._sessions), running, self._teams.ids)
                seen = await self.call(read)
            except Exception as error:
                self._note_failure(error)
                continue
            self._set_trouble("database", is_there=False)
            for topic in list(self._sessions.values()):
                if seen.last_seqs.get(topic.session_id, 0) > topic.state.last_seq:
                    topic.woken.set()
            for beat in seen.beats:
                if (watched := self._sessions.get(beat.session_id)) and watched.note_beat(beat):
                    self._tell_signs_soon(watched)
            self._teams.compare(seen.team_marks)

    async def _check(self) -> None:
        """Ask from time to time whose access has ended: the word of it may be lost, or none said.

        A process can die between its commit and the announcement, and a login runs out in silence.
        """
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            try:
                await keep_access(self)
            except Exception as error:
                log.error("the hub cannot ask who may watch", exc_info=error)

    def _note_failure(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            log.error("the hub cannot read", exc_info=error)
        self._set_trouble("database", is_there=True)

    def _set_trouble(self, part: str, *, is_there: bool) -> None:
        """Tell all tabs when a part goes away or comes back; they stay open."""
        if is_there == (part in self._troubles):
            return
        self._troubles ^= {part}
        text = encode(kind="trouble", parts=sorted(self._troubles))
        for tab in self.tabs:
            tab.offer(text)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _tell_signs(topic: SessionTopic) -> None:
    topic.is_telling = False
    text = topic.fresh_signs()
    if text is not None:
        tell(topic, text)
