"""Frozen dataclasses as plain JSON values, and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from core.errors import InvalidInput

T = TypeVar("T")


def to_plain(value: object) -> Any:
    """Return dicts, lists and scalars for a dataclass; fields at their default are left out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: to_plain(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if getattr(value, field.name) != field.default
        }
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    return value


def from_plain(cls: type[T], plain: Mapping[str, Any]) -> T:
    """Return the dataclass that `to_plain` wrote.

    Raises `InvalidInput` when a key is unknown, is missing, or holds another type.
    """
    built = _build(cls, plain)
    assert isinstance(built, cls)
    return built


@lru_cache(maxsize=64)
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def _build(expected: Any, value: Any) -> Any:
    if dataclasses.is_dataclass(expected) and isinstance(expected, type):
        return _build_dataclass(expected, value)
    origin = get_origin(expected)
    if origin is tuple:
        if not isinstance(value, (list, tuple)):
            raise _mismatch(expected, value)
        inner = get_args(expected)
        if len(inner) == 2 and inner[1] is Ellipsis:
            return tuple(_build(inner[0], item) for item in value)
        if len(inner) != len(value):
            raise _mismatch(expected, value)
        return tuple(_build(kind, item) for kind, item in zip(inner, value, strict=True))
    if origin is Literal:
        if value not in get_args(expected):
            raise _mismatch(expected, value)
        return value
    if not isinstance(value, expected):
        raise _mismatch(expected, value)
    return value


def _build_dataclass(cls: type, value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise _mismatch(cls, value)
    hints = _hints(cls)
    unknown = sorted(str(key) for key in value if key not in hints)
    if unknown:
        raise InvalidInput(f"{cls.__name__} has no field {unknown[0]!r}.")
    try:
        return cls(**{key: _build(hints[key], item) for key, item in value.items()})
    except TypeError as error:
        raise InvalidInput(f"{cls.__name__} is not complete: {error}.") from error


def _mismatch(expected: Any, value: Any) -> InvalidInput:
    name = getattr(expected, "__name__", str(expected))
    return InvalidInput(f"Expected {name}, got {type(value).__name__}.")
