"""The client whose answers are awaited."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import Self, TypeVar

import httpx

from sage_mode_client.async_work import AsyncAssignment, work_on
from sage_mode_client.call import Call, Id
from sage_mode_client.methods import Awaited
from sage_mode_client.models.sessions import Event, SessionDetail
from sage_mode_client.reading import MOST_EVENTS, event_of, events_after, has_ended
from sage_mode_client.sending import (
    PATIENCE_SECONDS,
    TIMEOUT_SECONDS,
    Sending,
    api_of,
    headers_for,
)
from sage_mode_client.surface import Surface
from sage_mode_client.tries import Tries
from sage_mode_client.work import AGAIN_SECONDS, AWAY, Made, claim, log

R = TypeVar("R")


class AsyncSageClient(Surface, Awaited):
    """A program at Sage Mode: `AsyncSageClient("https://sage.example.org", token)`.

    Runs on asyncio. A call is tried again, with one Idempotency-Key, for up to
    `patience_seconds` when the connection fails or the server is busy or away.
    """

    def __init__(
        self,
        address: str,
        token: str | None = None,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        patience_seconds: float = PATIENCE_SECONDS,
        verify: ssl.SSLContext | bool = True,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._sending = Sending(timeout_seconds, patience_seconds)
        self._http = httpx.AsyncClient(
            base_url=api_of(address),
            headers=headers_for(address, token),
            verify=verify,
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def send(self, call: Call[R], *, patience_seconds: float | None = None) -> R:
        """Send a call, again where that may help; raises `ApiError`, `Unreachable`."""
        tries = Tries(call, self._sending.with_patience(patience_seconds))
        while True:
            try:
                answer = await self._http.request(call.method, call.url, **tries.options(call))
            except httpx.TransportError as error:
                pause = tries.after_error(error)
            else:
                if tries.is_answered(answer):
                    return call.read(answer)
                pause = tries.after_refusal(answer)
            await asyncio.sleep(pause)

    async def events(
        self,
        session_id: Id,
        *,
        after: int = 0,
        follow: bool = False,
        poll_seconds: float = 1.0,
    ) -> AsyncIterator[Event]:
        """Yield a session's events after a number, in order and each once.

        With `follow` it goes on, as they happen, until the session is over.
        """
        while True:
            count = 0
            async for event in self._stream(events_after(session_id, after)):
                yield event
                after, count = event.seq, count + 1
            if count == MOST_EVENTS:
                continue
            if not follow or (count == 0 and has_ended(await self.get_session(session_id), after)):
                return
            await asyncio.sleep(poll_seconds)

    async def _stream(self, call: Call[None]) -> AsyncIterator[Event]:
        """Yield events as their lines arrive; from the next one on after a lost connection."""
        tries = Tries(call, self._sending)
        while True:
            try:
                streamed = self._http.stream(call.method, call.url, **tries.options(call))
                async with streamed as answer:
                    if tries.is_answered(answer):
                        async for line in answer.aiter_lines():
                            event = event_of(line)
                            call = call.asking(after=event.seq)
                            tries.go_on()
                            yield event
                        return
                    await answer.aread()
                    pause = tries.after_refusal(answer)
            except httpx.TransportError as error:
                pause = tries.after_error(error)
            await asyncio.sleep(pause)

    async def wait(
        self,
        session_id: Id,
        *,
        timeout_seconds: float | None = None,
        poll_seconds: float = 1.0,
    ) -> SessionDetail:
        """Return a session when it is over; raises `TimeoutError`."""
        began = time.monotonic()
        while not (session := await self.get_session(session_id)).is_over:
            if timeout_seconds is not None and time.monotonic() - began > timeout_seconds:
                raise TimeoutError(f"The session is still {session.status}.")
            await asyncio.sleep(poll_seconds)
        return session

    async def work(
        self,
        role: str,
        handler: Callable[[AsyncAssignment], Awaitable[Made]],
        *,
        team_id: Id | None = None,
        session_id: Id | None = None,
        wait_seconds: float = 20,
        tasks: int | None = None,
    ) -> int:
        """Do a role's work: claim a task, hand it to the handler, report; then the next.

        Heartbeats are sent meanwhile; the handler is cancelled when the task is lost. What it
        raises fails the task. Returns after so many `tasks`, or ends when it is cancelled, which
        fails a task in hand with `stopped`. A server that is away is asked again.
        """
        count = 0
        while count != tasks:
            try:
                order = await self.send(claim(role, team_id, session_id, wait_seconds))
            except AWAY as error:
                log.warning("no work can be had: %s", error)
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            if order is not None:
                await work_on(self, order, handler)
                count += 1
        return count
