"""Both clients behind one face, so that a test of one is a test of the other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sage_mode_client import AsyncSageClient, SageClient
from sage_mode_client.work import Made

CLIENTS = ("sync", "async")


class Driven:
    """The client that is awaited, driven by calls that wait."""

    def __init__(self, client: AsyncSageClient, runner: asyncio.Runner) -> None:
        self._client = client
        self._runner = runner

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            made = method(*args, **kwargs)
            if hasattr(made, "__anext__"):
                return self._walk(made)
            return self._runner.run(self._awaited(made))

        return call

    def work(self, role: str, handler: Callable[[Any], Made], **options: Any) -> int:
        """Work with a handler that waits for nothing."""

        async def handle(assignment: Any) -> Made:
            return handler(assignment)

        return self._runner.run(self._client.work(role, handle, **options))

    def _walk(self, made: Any) -> Iterator[Any]:
        ended = object()
        while (one := self._runner.run(self._awaited(anext(made, ended)))) is not ended:
            yield one

    async def _awaited(self, made: Awaitable[Any]) -> Any:
        return await made


@contextmanager
def client_of(kind: str, address: str, token: str | None, **options: Any) -> Iterator[Any]:
    """Make a client of either kind; closed at the end of the block."""
    if kind == "sync":
        with SageClient(address, token, **options) as client:
            yield client
        return
    with asyncio.Runner() as runner:
        client_awaited = AsyncSageClient(address, token, **options)
        yield Driven(client_awaited, runner)
        runner.run(client_awaited.close())
