"""Frozen dataclasses as plain JSON values, and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
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
    built = _builder(cls)(plain)
    assert isinstance(built, cls)
    return built


# What makes a value of a type: seven roles read the same classes of every model.
_BUILDERS: dict[Any, Callable[[Any], Any]] = {}


def _builder(expected: Any) -> Callable[[Any], Any]:
    if expected not in _BUILDERS:
        _BUILDERS[expected] = _new_builder(expected)
    return _BUILDERS[expected]


def _new_builder(expected: Any) -> Callable[[Any], Any]:
    if dataclasses.is_dataclass(expected) and isinstance(expected, type):
        return _dataclass_builder(expected)
    origin = get_origin(expected)
    if origin is tuple:
        return _tuple_builder(expected)
    allowed: tuple[Any, ...] = get_args(expected) if origin is Literal else ()

    def scalar(value: Any) -> Any:
        if value not in allowed if allowed else not isinstance(value, expected):
            raise _mismatch(expected, value)
        return value

    return scalar


def _tuple_builder(expected: Any) -> Callable[[Any], Any]:
    inner = [_builder(kind) for kind in get_args(expected) if kind is not Ellipsis]
    repeats = get_args(expected)[-1] is Ellipsis

    def build(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, (list, tuple)):
            raise _mismatch(expected, value)
        if repeats:
            return tuple(map(inner[0], value))
        if len(inner) != len(value):
            raise _mismatch(expected, value)
        return tuple(build_one(item) for build_one, item in zip(inner, value, strict=True))

    return build


def _dataclass_builder(cls: type) -> Callable[[Any], Any]:
    fields: dict[str, Callable[[Any], Any]] = {}

    def build(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise _mismatch(cls, value)
        if not fields:  # at the first use: a class may hold others of its own kind
            fields.update((name, _builder(hint)) for name, hint in get_type_hints(cls).items())
        unknown = sorted(str(key) for key in value if key not in fields)
        if unknown:
            raise InvalidInput(f"{cls.__name__} has no field {unknown[0]!r}.")
        try:
            return cls(**{key: fields[key](item) for key, item in value.items()})
        except TypeError as error:
            raise InvalidInput(f"{cls.__name__} is not complete: {error}.") from error

    return build


def _mismatch(expected: Any, value: Any) -> InvalidInput:
    name = getattr(expected, "__name__", str(expected))
    return InvalidInput(f"Expected {name}, got {type(value).__name__}.")
