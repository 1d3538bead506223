"""A call: what is asked, and how the answer is read. It is sent by either client."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Generic, Self, TypeVar
from urllib.parse import quote
from uuid import UUID

import httpx

from sage_mode_client.coding import decode, encode
from sage_mode_client.errors import UnexpectedAnswer

T = TypeVar("T")
R_co = TypeVar("R_co", covariant=True)
Id = UUID | str
Read = Callable[[httpx.Response], T]


class Repeats(Enum):
    """Whether a call whose answer was lost may be sent again."""

    ALIKE = "sent twice, it does the same as once"
    KEYED = "an Idempotency-Key lets it be done once"
    NEVER = "it would be done twice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[R_co]):
    """A call of one operation; `path` still has names in braces, `values` what they stand for."""

    method: str
    path: str
    read: Read[R_co]
    values: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    repeats: Repeats = Repeats.ALIKE
    key: str | None = None
    waits_seconds: float = 0  # that the server takes its time on purpose
    accepts: frozenset[int] = frozenset()  # refusals that are answers too
    media_type: str = "application/json"

    @property
    def url(self) -> str:
        """The path below the address of the API."""
        return self.path.format(**{name: quote(one, safe="") for name, one in self.values.items()})

    @property
    def content(self) -> bytes | None:
        """The body as it is sent."""
        return None if self.body is None else json.dumps(self.body, allow_nan=False).encode()

    def asking(self, **query: Any) -> Self:
        """Return the same call with more in its query."""
        return replace(self, query={**self.query, **query})


def get(
    path: str,
    read: Read[T],
    *,
    query: Mapping[str, Any] | None = None,
    accepts: frozenset[int] = frozenset(),
    media_type: str = "application/json",
    **values: Id,
) -> Call[T]:
    """Return a call that reads; what is None or empty in the query is not sent."""
    return Call(
        method="GET",
        path=path,
        read=read,
        values=_texts(values),
        query=_asked(query),
        accepts=accepts,
        media_type=media_type,
    )


def post(
    path: str,
    read: Read[T],
    body: Mapping[str, Any] | None = None,
    *,
    key: Id | None,
    waits_seconds: float = 0,
    **values: Id,
) -> Call[T]:
    """Return a call that is done once, however often it is sent."""
    return Call(
        method="POST",
        path=path,
        read=read,
        values=_texts(values),
        body=_given(body),
        repeats=Repeats.KEYED,
        key=None if key is None else str(key),
        waits_seconds=waits_seconds,
    )


def post_once(
    path: str, read: Read[T], body: Mapping[str, Any] | None = None, **values: Id
) -> Call[T]:
    """Return a call that is not sent again once it may have been heard."""
    return Call(
        method="POST",
        path=path,
        read=read,
        values=_texts(values),
        body=_given(body),
        repeats=Repeats.NEVER,
    )


def change(
    method: str,
    path: str,
    read: Read[T],
    body: Mapping[str, Any] | None = None,
    *,
    query: Mapping[str, Any] | None = None,
    **values: Id,
) -> Call[T]:
    """Return a PUT, PATCH or DELETE, which does the same when it is sent twice."""
    return Call(
        method=method,
        path=path,
        read=read,
        values=_texts(values),
        query=_asked(query),
        body=_given(body),
    )


def json_of(kind: type[T]) -> Read[T]:
    """Return what reads JSON."""

    def read(answer: httpx.Response) -> T:
        try:
            value = answer.json()
        except ValueError as error:
            raise UnexpectedAnswer("The answer is no JSON.") from error
        return decode(kind, value)

    return read


def json_or_none(kind: type[T]) -> Read[T | None]:
    """Return what reads JSON, or that there is nothing."""
    read = json_of(kind)
    return lambda answer: None if answer.status_code == 204 else read(answer)


def text(answer: httpx.Response) -> str:
    """Read text."""
    return answer.text


def nothing(answer: httpx.Response) -> None:
    """Read nothing."""


def _texts(values: Mapping[str, Id]) -> dict[str, str]:
    """Return what stands in a path; ids are looked at here, before they could be another path."""
    return {
        name: str(UUID(str(one)) if name.endswith("_id") else one) for name, one in values.items()
    }


def _asked(query: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return a query without what is None or empty."""
    return {name: encode(one) for name, one in (query or {}).items() if one not in (None, "", ())}


def _given(body: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return a body without what was not given."""
    if body is None:
        return None
    return {name: encode(one) for name, one in body.items() if one is not None}
