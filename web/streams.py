"""Open sockets: whose they are, which Streamlit session each opened, and how they end."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from core.signals.logins import Revocation

SIGNED_OUT = 4401
_REMEMBERED = 10_000
_PROTOCOL = b"sec-websocket-protocol"

SessionOpened = Callable[[bytes], str | None]


class Stream:
    """One socket of a login, with the power to end it.

    To the app the end looks like the browser going away; to the browser like the app closing.
    """

    def __init__(self, fingerprint: str, receive: Receive, send: Send) -> None:
        self.fingerprint = fingerprint
        self.user_id: UUID | None = None
        self._receive = receive
        self._send = send
        self._ended = asyncio.Event()

    def end(self) -> None:
        """Close it soon; nothing passes from now on."""
        self._ended.set()

    async def receive(self) -> Message:
        """Return the browser's next message, or its disconnection."""
        if not self._ended.is_set():
            message = asyncio.ensure_future(self._receive())
            ended = asyncio.ensure_future(self._ended.wait())
            try:
                await asyncio.wait((message, ended), return_when=asyncio.FIRST_COMPLETED)
                if not self._ended.is_set():
                    return message.result()
            finally:
                message.cancel()
                ended.cancel()
        await self._send({"type": "websocket.close", "code": SIGNED_OUT, "reason": "signed out"})
        return {"type": "websocket.disconnect", "code": SIGNED_OUT}

    async def send(self, message: Message) -> None:
        """Pass a message of the app on."""
        if not self._ended.is_set():
            await self._send(message)


class Streams:
    """All open sockets of this process, and who opened which Streamlit session.

    Streamlit lets whoever names a session's id take it over. Here only the login that opened a
    session gets it back, and an id that was never seen is nobody's: Streamlit keeps its sessions
    in this process too, so what it knows was opened here.
    """

    def __init__(self, session_opened: SessionOpened) -> None:
        self._session_opened = session_opened
        self._open: set[Stream] = set()
        self._opened_by: OrderedDict[str, str] = OrderedDict()

    @contextmanager
    def holding(self, stream: Stream) -> Iterator[None]:
        """Let a socket be ended from elsewhere, for as long as the block lasts."""
        self._open.add(stream)
        try:
            yield
        finally:
            self._open.discard(stream)

    def fingerprints(self) -> set[str]:
        """Return the logins that have a socket open."""
        return {stream.fingerprint for stream in self._open}

    def end(self, revocation: Revocation) -> None:
        """End the sockets of a revoked login, or of a user; leaving a team ends none."""
        if revocation.team_id is not None:
            return
        for stream in self._open:
            if revocation.login == stream.fingerprint or (
                revocation.user_id is not None and revocation.user_id == stream.user_id
            ):
                stream.end()

    def owns(self, fingerprint: str, session_id: str) -> bool:
        """Tell whether a login opened a Streamlit session."""
        return self._opened_by.get(session_id) == fingerprint

    def own_session_only(self, scope: Scope, fingerprint: str | None) -> Scope:
        """Return the scope without the id of a Streamlit session that this login did not open.

        The browser names it as the third subprotocol, in order to come back to it.
        """
        named = ",".join(Headers(scope=scope).getlist(_PROTOCOL.decode())).split(",")
        entries = [entry.strip() for entry in named]
        keeps = fingerprint and len(entries) > 2 and self.owns(fingerprint, entries[2])
        entries = entries[: 3 if keeps else 2]
        headers = [pair for pair in scope["headers"] if pair[0].lower() != _PROTOCOL]
        if any(entries):
            headers.append((_PROTOCOL, ", ".join(entries).encode("latin-1")))
        return {**scope, "headers": headers, "subprotocols": [entry for entry in entries if entry]}

    def noting_session(self, stream: Stream) -> Send:
        """Return the stream's send, which remembers the Streamlit session that it opens."""
        is_known = False

        async def send(message: Message) -> None:
            nonlocal is_known
            frame = message.get("bytes")
            if not is_known and frame and (session_id := self._session_opened(frame)):
                is_known = True
                self._remember(session_id, stream.fingerprint)
            await stream.send(message)

        return send

    def _remember(self, session_id: str, fingerprint: str) -> None:
        self._opened_by.setdefault(session_id, fingerprint)
        self._opened_by.move_to_end(session_id)
        while len(self._opened_by) > _REMEMBERED:
            self._opened_by.popitem(last=False)
