"""Methods made of operations: they wait in one client, and are awaited in the other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import wraps
from typing import Any, Generic, ParamSpec, Protocol, TypeVar, overload

from sage_mode_client.call import Call

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Page(Protocol[T_co]):
    """A part of a list, and where the next one begins."""

    @property
    def items(self) -> tuple[T_co, ...]:
        """What is on it."""

    @property
    def next_cursor(self) -> str | None:
        """None on the last page."""


class Waiting:
    """A client whose methods return what was answered."""

    def send(self, call: Call[R]) -> R:
        """Send a call."""
        raise NotImplementedError

    def walk(self, call: Call[Page[T]]) -> Iterator[T]:
        """Yield everything on a page and on those after it, which are asked for when needed."""
        while True:
            page = self.send(call)
            yield from page.items
            if page.next_cursor is None:
                return
            call = call.asking(cursor=page.next_cursor)


class Awaited:
    """A client whose methods return what can be awaited."""

    async def send(self, call: Call[R]) -> R:
        """Send a call."""
        raise NotImplementedError

    async def walk(self, call: Call[Page[T]]) -> AsyncIterator[T]:
        """Yield everything on a page and on those after it, which are asked for when needed."""
        while True:
            page = await self.send(call)
            for one in page.items:
                yield one
            if page.next_cursor is None:
                return
            call = call.asking(cursor=page.next_cursor)


class Operation(Generic[P, R]):
    """A method that sends an operation's call."""

    def __init__(self, make: Callable[P, Call[R]]) -> None:
        self.make = make

    @overload
    def __get__(self, client: None, owner: Any) -> Operation[P, R]: ...
    @overload
    def __get__(self, client: Waiting, owner: Any) -> Callable[P, R]: ...
    @overload
    def __get__(self, client: Awaited, owner: Any) -> Callable[P, Awaitable[R]]: ...
    def __get__(self, client: Waiting | Awaited | None, owner: Any) -> Any:
        """Return it as a method of a client."""
        if client is None:
            return self
        make = self.make

        @wraps(make)
        def method(*args: P.args, **kwargs: P.kwargs) -> Any:
            return client.send(make(*args, **kwargs))

        return method


class Walk(Generic[P, T]):
    """A method that yields what is on all pages of an operation, from a cursor on."""

    def __init__(self, make: Callable[P, Call[Page[T]]]) -> None:
        self.make = make

    @overload
    def __get__(self, client: None, owner: Any) -> Walk[P, T]: ...
    @overload
    def __get__(self, client: Waiting, owner: Any) -> Callable[P, Iterator[T]]: ...
    @overload
    def __get__(self, client: Awaited, owner: Any) -> Callable[P, AsyncIterator[T]]: ...
    def __get__(self, client: Waiting | Awaited | None, owner: Any) -> Any:
        """Return it as a method of a client."""
        if client is None:
            return self
        make = self.make

        @wraps(make)
        def method(*args: P.args, **kwargs: P.kwargs) -> Any:
            return client.walk(make(*args, **kwargs))

        return method
