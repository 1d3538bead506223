"""The client that waits for its answers."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from threading import Event as Flag
from types import TracebackType
from typing import Self, TypeVar

import httpx

from sage_mode_client.call import Call, Id
from sage_mode_client.methods import Waiting
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
from sage_mode_client.sync_work import Assignment, work_on
from sage_mode_client.tries import Tries
from sage_mode_client.work import AGAIN_SECONDS, AWAY, Made, claim, log

R = TypeVar("R")


class SageClient(Surface, Waiting):
    """A program at Sage Mode: `SageClient("https://sage.example.org", token)`.

    May be shared by threads. A call is tried again, with one Idempotency-Key, for up to
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
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._sending = Sending(timeout_seconds, patience_seconds)
        self._http = httpx.Client(
            base_url=api_of(address),
            headers=headers_for(address, token),
            verify=verify,
            transport=transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def send(self, call: Call[R], *, patience_seconds: float | None = None) -> R:
        """Send a call, again where that may help; raises `ApiError`, `Unreachable`."""
        tries = Tries(call, self._sending.with_patience(patience_seconds))
        while True:
            try:
                answer = self._http.request(call.method, call.url, **tries.options(call))
            except httpx.TransportError as error:
                pause = tries.after_error(error)
            else:
                if tries.is_answered(answer):
                    return call.read(answer)
                pause = tries.after_refusal(answer)
            time.sleep(pause)

    def events(
        self,
        session_id: Id,
        *,
        after: int = 0,
        follow: bool = False,
        poll_seconds: float = 1.0,
    ) -> Iterator[Event]:
        """Yield a session's events after a number, in order and each once.

        With `follow` it goes on, as they happen, until the session is over.
        """
        while True:
            count = 0
            for event in self._stream(events_after(session_id, after)):
                yield event
                after, count = event.seq, count + 1
            if count == MOST_EVENTS:
                continue
            if not follow or (count == 0 and has_ended(self.get_session(session_id), after)):
                return
            time.sleep(poll_seconds)

    def _stream(self, call: Call[None]) -> Iterator[Event]:
        """Yield events as their lines arrive; from the next one on after a lost connection."""
        tries = Tries(call, self._sending)
        while True:
            try:
                with self._http.stream(call.method, call.url, **tries.options(call)) as answer:
                    if tries.is_answered(answer):
                        for line in answer.iter_lines():
                            event = event_of(line)
                            call = call.asking(after=event.seq)
                            tries.go_on()
                            yield event
                        return
                    answer.read()
                    pause = tries.after_refusal(answer)
            except httpx.TransportError as error:
                pause = tries.after_error(error)
            time.sleep(pause)

    def wait(
        self,
        session_id: Id,
        *,
        timeout_seconds: float | None = None,
        poll_seconds: float = 1.0,
    ) -> SessionDetail:
        """Return a session when it is over; raises `TimeoutError`."""
        began = time.monotonic()
        while not (session := self.get_session(session_id)).is_over:
            if timeout_seconds is not None and time.monotonic() - began > timeout_seconds:
                raise TimeoutError(f"The session is still {session.status}.")
            time.sleep(poll_seconds)
        return session

    def work(
        self,
        role: str,
        handler: Callable[[Assignment], Made],
        *,
        team_id: Id | None = None,
        session_id: Id | None = None,
        wait_seconds: float = 20,
        tasks: int | None = None,
        stop: Flag | None = None,
    ) -> int:
        """Do a role's work: claim a task, hand it to the handler, report; then the next.

        Heartbeats are sent meanwhile by a thread. What the handler raises fails the task. Returns
        the number of tasks after so many `tasks`, or once `stop` is set, which is looked at
        between two waits for work. A server that is away is asked again.
        """
        stop = stop or Flag()
        count = 0
        while not stop.is_set() and count != tasks:
            try:
                order = self.send(claim(role, team_id, session_id, wait_seconds))
            except AWAY as error:
                log.warning("no work can be had: %s", error)
                stop.wait(AGAIN_SECONDS)
                continue
            if order is not None:
                work_on(self, order, handler)
                count += 1
        return count
