"""`WS /api/ws/{session_id}?after=N`: a session's events, first those that were missed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.calls import identify_follower
from api.payloads.payload import Answer
from api.payloads.socket import AccessRevoked, Connected, Ping, Pong
from api.problems import SocketRefused, TokenInAddress, problem_of
from api.sockets.codes import REVOKED, Closed
from api.sockets.feed import AGAIN_SECONDS, Feed
from api.sockets.frames import Frame
from api.sockets.live_log import LiveLog, Reader
from core.domain.following import Follower
from core.domain.session import Session
from core.errors import AppError, NotFound
from core.services import following, limiting, signing_in
from core.settings import get_settings

log = logging.getLogger(__name__)

MOST_CHARACTERS = 200
OPENING_SECONDS = 2.0
FAREWELL_SECONDS = 2.0
_BIGGEST = 2**31 - 1
_TOKENS = frozenset({"token", "access_token", "authorization", "api_key", "apikey"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request for a socket says; of what shows who asks, the first that is there counts."""

    session_id: UUID
    after: int
    authorization: str | None
    ticket: str | None
    cookie: str | None


class SessionSocket:
    """The endpoint; all its sockets share a feed."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    async def serve(self, socket: WebSocket) -> None:
        """Serve one socket until either side leaves."""
        try:
            self._feed.demand_room()
            wanted = read_request(socket)
            follower, session = await self._admit(wanted)
            self._feed.demand_room(follower)
        except AppError as error:
            await _refuse(socket, problem_of(error))
            return
        # No await since it was last asked: what ends from now on is heard.
        reader = Reader(follower, session.id, session.team_id, wanted.after)
        with self._feed.holding(reader, session.last_seq) as live:
            await self._serve(socket, reader, live, session)

    async def _admit(self, wanted: Wanted) -> tuple[Follower, Session]:
        ended = self._feed.ended_accesses
        follower, session = await self._feed.call(partial(_admit, wanted))
        while ended != self._feed.ended_accesses:
            ended = self._feed.ended_accesses
            check = partial(following.check_follower, follower, session.id)
            session = await self._feed.call(check)
        return follower, session

    async def _serve(
        self, socket: WebSocket, reader: Reader, live: LiveLog, session: Session
    ) -> None:
        connected = Connected(
            seq=reader.seq,
            session_id=session.id,
            last_seq=session.last_seq,
            status=session.status.value,
        )
        with suppress(WebSocketDisconnect, OSError, TimeoutError):
            await socket.accept()
            await _send(socket, connected)
            reading = asyncio.create_task(_read(socket, reader))
            writing = asyncio.create_task(self._write(socket, reader, live))
            try:
                await asyncio.wait((reading, writing), return_when=asyncio.FIRST_COMPLETED)
                why = _outcome(writing)
            finally:
                for task in (reading, writing):
                    task.cancel()
                await asyncio.gather(reading, writing, return_exceptions=True)
            if why is not None:
                await _close(socket, why)

    async def _write(self, socket: WebSocket, reader: Reader, live: LiveLog) -> Closed:
        """Send what comes, until there is a reason to end; returns it."""
        with suppress(TimeoutError):
            await asyncio.wait_for(live.is_open.wait(), OPENING_SECONDS)
        slow_seconds = get_settings().api_socket_slow_seconds
        while True:
            reader.stirred.clear()
            try:
                async with asyncio.timeout(slow_seconds):
                    await _answer(socket, reader)
                if reader.closed is not None:
                    return reader.closed
                frames = () if reader.is_held else await self._next(reader, live)
                if isinstance(frames, Closed):
                    return frames
                async with asyncio.timeout(slow_seconds):
                    for frame in frames:
                        if reader.is_held or reader.closed is not None:
                            break
                        await socket.send_text(frame.text)
                        reader.seq = frame.seq
            except TimeoutError:
                return Closed.TOO_SLOW
            if not frames:
                await reader.stirred.wait()
            await asyncio.sleep(0)  # a reader with much to catch up on lets the others in

    async def _next(self, reader: Reader, live: LiveLog) -> Sequence[Frame] | Closed:
        """Return what to send next: from memory, or for who is further back from the log."""
        frames = live.since(reader.seq)
        if frames is not None:
            has_all = live.has_ended and reader.seq >= live.seq
            return Closed.ENDED if has_all and not frames else frames
        try:
            page = await self._feed.read(reader)
        except NotFound:
            return Closed.NO_ACCESS
        except AppError as error:
            log.info("a socket has to wait: %s", error)
            await asyncio.sleep(AGAIN_SECONDS)
            reader.stirred.set()
            return ()
        return page.items if page.follow_on(reader.seq) else Closed.GONE


def _outcome(writing: asyncio.Task[Closed]) -> Closed | None:
    """Return why the writer ended; None when it has not, or nobody is there to be told."""
    if not writing.done():
        return None
    error = writing.exception()
    if error is None:
        return writing.result()
    if not isinstance(error, WebSocketDisconnect):
        log.error("a socket failed", exc_info=error)
    return None if isinstance(error, WebSocketDisconnect) else Closed.FAILED


async def _answer(socket: WebSocket, reader: Reader) -> None:
    """Say what is to be said beside the log."""
    number = reader.take_ping()
    if number is not None:
        await _send(socket, Pong(seq=reader.seq, session_id=reader.session_id, ping=number))
    if reader.closed in REVOKED:
        await _send(socket, AccessRevoked(seq=reader.seq, session_id=reader.session_id))


async def _read(socket: WebSocket, reader: Reader) -> None:
    """Take pings, until the program leaves or sends something else."""
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        text = message.get("text")
        try:
            if text is None or len(text) > MOST_CHARACTERS:
                raise ValueError
            reader.ping(Ping.model_validate_json(text).ping)
        except ValueError:  # pydantic's is one
            reader.close(Closed.NOT_UNDERSTOOD)
            await asyncio.Event().wait()  # for the writer to say so


async def _close(socket: WebSocket, why: Closed) -> None:
    """Say why, if there is room for it: a slow reader gets more time to make some."""
    is_slow = why is Closed.TOO_SLOW
    async with asyncio.timeout(
        get_settings().api_socket_slow_seconds if is_slow else FAREWELL_SECONDS
    ):
        await socket.close(why, why.name.lower())


async def _send(socket: WebSocket, message: Answer) -> None:
    await socket.send_text(message.model_dump_json())


async def _refuse(socket: WebSocket, answer: Response) -> None:
    """Refuse with a plain answer, as the socket is none yet."""
    try:
        await socket.send_denial_response(answer)
    except RuntimeError:  # a server that cannot
        await socket.close(Closed.NOT_UNDERSTOOD)


def read_request(socket: WebSocket) -> Wanted:
    """Return what a request for a socket says; raises `SocketRefused` and `TokenInAddress`."""
    query = socket.query_params
    if any(name.lower() in _TOKENS for name in query):
        raise TokenInAddress
    after = query.get("after", "0")
    if not (after.isascii() and after.isdecimal()) or len(after) > 10 or int(after) > _BIGGEST:
        raise SocketRefused("`after` is no number of an event.")
    try:
        session_id = UUID(socket.path_params["session_id"])
    except ValueError:
        raise SocketRefused("This is no session id.") from None
    return Wanted(
        session_id,
        int(after),
        authorization=socket.headers.get("authorization"),
        ticket=query.get("ticket"),
        cookie=socket.cookies.get(signing_in.cookie_name()),
    )


def _admit(wanted: Wanted) -> tuple[Follower, Session]:
    """Find out who asks and whether they may hear this session; blocks."""
    if wanted.authorization is None and wanted.ticket is not None:
        follower = following.spend_ticket(wanted.ticket, wanted.session_id)
    else:
        follower = identify_follower(wanted.authorization, wanted.cookie)
    limiting.take_call(follower.principal, is_write=False)
    return follower, following.check_follower(follower, wanted.session_id)
