"""A tab of a signed-in browser, as the hub knows it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from uuid import UUID

from core.domain.access import UserPrincipal
from core.services.signing_in import Login
from web.topics import Topic, encode

QUEUE_MESSAGES = 512
QUEUE_CHARACTERS = 8_000_000


class Tab:
    """What waits to be sent to one browser tab; a reader that is too slow is cut off.

    It comes back by itself, and gets what it missed from the log.
    """

    def __init__(self, login: Login, find_login: Callable[[], Login | None]) -> None:
        self.fingerprint = login.fingerprint
        self.principal = UserPrincipal(login.user.id)
        self.find_login = find_login
        self.topics: dict[str, Topic] = {}
        self.team_id: UUID | None = None  # what its page draws, be it watched or not
        self.revocations = 0  # so many times somebody lost a team while this tab was open
        self.is_signed_out = False
        self.is_slow = False
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._waiting = 0
        self._ended = asyncio.Event()

    @property
    def user_id(self) -> UUID:
        """Whose tab it is."""
        return self.principal.user_id

    def offer(self, text: str) -> None:
        """Queue a message; with too much in the queue the tab ends instead."""
        if self._ended.is_set():
            return
        if self._queue.qsize() >= QUEUE_MESSAGES or self._waiting > QUEUE_CHARACTERS:
            self.is_slow = True
            self.end()
        else:
            self._waiting += len(text)
            self._queue.put_nowait(text)

    def sign_out(self) -> None:
        """Tell the browser that its login has ended, then end."""
        self.offer(encode(kind="signed_out"))
        self.is_signed_out = True
        self.end()

    def end(self) -> None:
        """Take nothing more; what was queued is still sent, unless the reader is slow."""
        if not self._ended.is_set():
            self._ended.set()
            self._queue.put_nowait(None)

    async def ended(self) -> None:
        """Wait for the end."""
        await self._ended.wait()

    async def next_text(self) -> str | None:
        """Return what to send next; None when the tab has ended and all was sent."""
        text = await self._queue.get()
        if text is None:
            return None
        self._waiting -= len(text)
        return text
