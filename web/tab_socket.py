"""`/tab`: the one socket of a browser tab.

The browser sends `{"watch": [...]}` with topics ("session:<id>", "team:<id>"), or with
`{"topic", "after"}` to go on after an event, `{"unwatch": [...]}`, `{"ping": n}`, and
`{"team": id}` for the team that its page draws.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

import orjson
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from core.errors import AppError
from core.services import signing_in
from core.services.signing_in import Login
from web.hub import Hub
from web.tabs import Tab
from web.topics import encode

log = logging.getLogger(__name__)

PATH = "/tab"
SIGNED_OUT = 4401
NOT_UNDERSTOOD = 4400
GOING_AWAY = 1001
TRY_AGAIN_LATER = 1013
MOST_TOPICS = 64
MOST_CHARACTERS = 65_536
FAREWELL_SECONDS = 1.0

FindLogin = Callable[[str | None], Login | None]


class TabSocket:
    """The endpoint; `find_login` says whose the cookie is.

    An open tab is no visit, so the login is looked at only, and ends when nobody comes.
    """

    def __init__(self, hub: Hub, find_login: FindLogin = signing_in.check_login) -> None:
        self._hub = hub
        self._find_login = find_login

    async def serve(self, socket: WebSocket) -> None:
        """Serve one tab until either side leaves."""
        cookie = socket.cookies.get(signing_in.cookie_name())
        ask = partial(self._find_login, cookie)
        await socket.accept()
        try:
            login = await self._hub.call(ask)
        except AppError as error:
            log.info("a tab has to wait: %s", error)
            await socket.close(TRY_AGAIN_LATER)
            return
        if login is None:
            await socket.send_text(encode(kind="signed_out"))
            await socket.close(SIGNED_OUT)
            return
        await self._serve(socket, Tab(login, ask))

    async def _serve(self, socket: WebSocket, tab: Tab) -> None:
        self._hub.enter(tab)
        reading = asyncio.create_task(self._read(socket, tab))
        writing = asyncio.create_task(_write(socket, tab))
        ended = asyncio.create_task(tab.ended())
        tasks = (reading, writing, ended)
        code = GOING_AWAY
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if ended.done() and not tab.is_slow:
                await asyncio.wait((writing,), timeout=FAREWELL_SECONDS)
            code = reading.result() if reading.done() else _code(tab)
        except WebSocketDisconnect:
            return
        finally:
            self._hub.leave(tab)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        with suppress(TimeoutError, RuntimeError, OSError, WebSocketDisconnect):
            await asyncio.wait_for(socket.close(code), FAREWELL_SECONDS)

    async def _read(self, socket: WebSocket, tab: Tab) -> int:
        """Do what the browser asks; returns why that ended."""
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message.get("code", GOING_AWAY))
            asked = _parse(message.get("text"))  # None in a frame of bytes
            if asked is None:
                return NOT_UNDERSTOOD
            if "ping" in asked:
                tab.offer(encode(kind="pong"))
            for name, _ in _topics(asked.get("unwatch")):
                self._hub.unwatch(tab, name)
            for name, after in _topics(asked.get("watch")):
                if len(tab.topics) < MOST_TOPICS:
                    await self._hub.watch(tab, name, after)
            if (team_id := _team(asked.get("team"))) is not None:
                await self._hub.draw(tab, team_id)


async def _write(socket: WebSocket, tab: Tab) -> None:
    while (text := await tab.next_text()) is not None:
        await socket.send_text(text)


def _code(tab: Tab) -> int:
    if tab.is_signed_out:
        return SIGNED_OUT
    return TRY_AGAIN_LATER if tab.is_slow else GOING_AWAY


def _parse(text: str | None) -> dict[str, Any] | None:
    if text is None or len(text) > MOST_CHARACTERS:
        return None
    try:
        found = orjson.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _topics(asked: Any) -> Iterable[tuple[str, int | None]]:
    """Yield the topics of a request, each with the event to go on after."""
    for one in asked[:MOST_TOPICS] if isinstance(asked, list) else ():
        name, after = (one.get("topic"), one.get("after")) if isinstance(one, dict) else (one, None)
        if isinstance(name, str):
            yield name, after if isinstance(after, int) else None


def _team(asked: Any) -> UUID | None:
    try:
        return UUID(asked) if isinstance(asked, str) else None
    except ValueError:
        return None


hub = Hub()
routes: list[BaseRoute] = [WebSocketRoute(PATH, TabSocket(hub).serve)]
