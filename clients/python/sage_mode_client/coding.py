"""From JSON to the dataclasses of `models`, and back.

Fields that the client does not know are left out, so that a newer server can say more; one that is
missing or of another type is an `UnexpectedAnswer`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from sage_mode_client.errors import UnexpectedAnswer

T = TypeVar("T")
Decode = Callable[[Any], Any]


def decode(kind: type[T], value: Any) -> T:
    """Return JSON as what it stands for; raises `UnexpectedAnswer`."""
    try:
        decoded: T = _decoder(cast(Any, kind))(value)
    except (TypeError, ValueError, KeyError) as error:
        raise UnexpectedAnswer(f"This is no {kind.__name__}: {error}.") from error
    return decoded


def encode(value: Any) -> Any:
    """Return a value as JSON has it."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: encode(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): encode(one) for name, one in value.items()}
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Sequence | frozenset | set) and not isinstance(value, str):
        return [encode(one) for one in value]
    return value


@cache
def _decoder(kind: Any) -> Decode:
    """Return what reads a type; made once for each."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind in _SCALARS:
        return _SCALARS[kind]
    if origin is Literal:  # a newer server may know more words
        return _plain(str)
    if origin in (Union, UnionType):
        (some,) = (one for one in inner if one is not NoneType)
        return _optional(_decoder(some))
    if origin is tuple:
        return _many(_decoder(inner[0]))
    return _by_name(_decoder(inner[1])) if origin is dict else _object(kind)


def _as_it_is(value: Any) -> Any:
    return value


def _plain(kind: type) -> Decode:
    allowed = (int, float) if kind is float else (kind,)

    def read(value: Any) -> Any:
        if not isinstance(value, allowed) or (kind is not bool and isinstance(value, bool)):
            raise TypeError(f"{type(value).__name__} instead of {kind.__name__}")
        return value

    return read


_SCALARS: Mapping[Any, Decode] = {
    Any: _as_it_is,
    UUID: UUID,
    datetime: datetime.fromisoformat,
    **{kind: _plain(kind) for kind in (str, int, float, bool)},
}


def _optional(some: Decode) -> Decode:
    return lambda value: None if value is None else some(value)


def _many(one: Decode) -> Decode:
    def read(value: Any) -> Any:
        if not isinstance(value, list):
            raise TypeError(f"{type(value).__name__} instead of a list")
        return tuple(map(one, value))

    return read


def _by_name(one: Decode) -> Decode:
    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise TypeError(f"{type(value).__name__} instead of an object")
        return {name: one(inner) for name, inner in value.items()}

    return read


def _object(kind: Any) -> Decode:
    hints = get_type_hints(kind)
    readers = {one.name: _decoder(hints[one.name]) for one in fields(kind)}
    needed = {one.name for one in fields(kind) if one.default is MISSING}

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise TypeError(f"{type(value).__name__} instead of an object")
        if missing := needed - set(value):
            raise KeyError(f"without {', '.join(sorted(missing))}")
        return kind(
            **{name: reader(value[name]) for name, reader in readers.items() if name in value}
        )

    return read
