"""A session's log while somebody follows it, and each of those who do."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from itertools import islice
from uuid import UUID

from api.sockets.codes import Closed
from api.sockets.frames import Frame, Frames
from core.domain.following import Follower

# So much of each log is in memory; whoever is further behind reads the log itself.
KEPT_FRAMES = 500
KEPT_CHARACTERS = 1_000_000
BATCH = 50


class Reader:
    """One socket: how far it has read, and what it has to be told beside the log.

    Whoever changes something of it stirs it, so that its writer looks again.
    """

    def __init__(self, follower: Follower, session_id: UUID, team_id: UUID, after: int) -> None:
        self.follower = follower
        self.session_id = session_id
        self.team_id = team_id
        self.seq = after
        self.stirred = asyncio.Event()
        self._closed: Closed | None = None
        self._holds = 0
        self._ping: int | None = None

    @property
    def closed(self) -> Closed | None:
        """Why it has to end; None while it has not."""
        return self._closed

    @property
    def is_held(self) -> bool:
        """Whether it is being asked whether the reader may hear more."""
        return self._holds > 0

    def close(self, why: Closed) -> None:
        """Let it end; the first reason counts."""
        self._closed = self._closed or why
        self.stirred.set()

    def hold(self) -> None:
        """Send nothing more until it is released."""
        self._holds += 1

    def release(self) -> None:
        """Take back one hold."""
        self._holds -= 1
        self.stirred.set()

    def ping(self, number: int) -> None:
        """Let a ping be answered; the latest counts."""
        self._ping = number
        self.stirred.set()

    def take_ping(self) -> int | None:
        """Return the ping to be answered, once."""
        number, self._ping = self._ping, None
        return number


class LiveLog:
    """What came last in a session's log, in memory, once for all its readers."""

    def __init__(self, session_id: UUID, after: int) -> None:
        self.session_id = session_id
        self.readers: set[Reader] = set()
        self.seq = after  # the last number that was read
        self.has_ended = False
        self.woken = asyncio.Event()
        self.is_open = asyncio.Event()
        self._floor = after  # everything after this number is in `_frames`
        self._frames: deque[Frame] = deque()
        self._characters = 0

    def take(self, page: Frames) -> None:
        """Take over what was read after `seq`, and stir the readers."""
        if not page.follow_on(self.seq):  # retention took what was between
            self._frames.clear()
            self._characters = 0
            self._floor = self.seq = page.items[0].seq - 1 if page.items else page.last_seq
        for frame in page.items:
            self._frames.append(frame)
            self._characters += len(frame.text)
            self.seq = frame.seq
        while len(self._frames) > KEPT_FRAMES or self._characters > KEPT_CHARACTERS:
            oldest = self._frames.popleft()
            self._characters -= len(oldest.text)
            self._floor = oldest.seq
        self.has_ended = page.has_ended and self.seq >= page.last_seq
        if self.seq >= page.last_seq:
            self.is_open.set()
        for reader in self.readers:
            reader.stirred.set()

    def since(self, seq: int) -> Sequence[Frame] | None:
        """Return some of what comes after a number; None when that is not in memory."""
        if not self.is_open.is_set() or seq < self._floor:
            return None
        # Numbers have no gaps, so the place of a frame is its distance from the floor.
        first = seq - self._floor
        return list(islice(self._frames, first, first + BATCH))
