"""Compares the types of the client with the schemas of the OpenAPI document."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import datetime
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from sage_mode_client.call import Call

NO_DEFAULT = object()
_PLAIN = {
    **{str: "string", int: "integer", float: "number", bool: "boolean"},
    **{UUID: "uuid", datetime: "date-time", NoneType: "null", Any: "anything"},
}


@dataclass(frozen=True)
class Field:
    """A field of either side: its type in words, and what it is when it is not given."""

    type: str
    default: Any = NO_DEFAULT


def words_of_schema(schema: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    """Return a schema as words; objects by their names."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        target = document["components"]["schemas"][name]
        return name if "properties" in target else words_of_schema(target, document)
    if "enum" in schema or "const" in schema:
        return _one_of(schema.get("enum") or [schema["const"]])
    if "anyOf" in schema:
        return " or ".join(sorted(words_of_schema(one, document) for one in schema["anyOf"]))
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"list of {words_of_schema(schema['items'], document)}"
    if kind == "object":
        inner = schema.get("additionalProperties", True)
        inner = inner if isinstance(inner, dict) else {}
        return f"names to {words_of_schema(inner, document)}"
    return schema.get("format", kind)


def words_of_type(kind: Any) -> str:
    """Return a type of the client in the same words."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        is_id = {UUID, str} <= set(inner)  # either will do
        others = [one for one in inner if not (is_id and one is str)]
        return " or ".join(sorted(map(words_of_type, others)))
    if origin is Literal:
        return _one_of(inner)
    if origin in (tuple, Sequence):
        return f"list of {words_of_type(inner[0])}"
    if origin in (dict, Mapping):
        return f"names to {words_of_type(inner[1])}"
    return kind.__name__ if is_dataclass(kind) else _PLAIN[kind]


def _one_of(words: Sequence[str | None]) -> str:
    named = f"one of {sorted(one for one in words if one is not None)}"
    return f"null or {named}" if None in words else named


def fields_of_schema(schema: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Field]:
    """Return the properties of an object."""
    required = schema.get("required", ())
    return {
        name: Field(
            words_of_schema(one, document),
            NO_DEFAULT if name in required else one.get("default"),
        )
        for name, one in schema["properties"].items()
    }


def fields_of_model(kind: Any) -> dict[str, Field]:
    """Return the fields of a dataclass."""
    hints = get_type_hints(kind)
    found = {}
    for one in fields(kind):
        default = one.default if one.default is not MISSING else NO_DEFAULT
        if one.default_factory is not MISSING:
            default = one.default_factory()
        found[one.name] = Field(words_of_type(hints[one.name]), default)
    return found


def fields_of_function(function: Callable[..., Any]) -> dict[str, Field]:
    """Return the parameters of a function."""
    hints = get_type_hints(function)
    return {
        name: Field(
            words_of_type(hints[name]),
            NO_DEFAULT if one.default is inspect.Parameter.empty else one.default,
        )
        for name, one in inspect.signature(function).parameters.items()
    }


def disagreement(ours: Field, theirs: Field) -> str | None:
    """Tell where a field that is sent differs; None where it does not.

    What need not be given may be None with us, which is not sent.
    """
    if (ours.default is NO_DEFAULT) != (theirs.default is NO_DEFAULT):
        return "is needed on one side only"
    is_left_out = theirs.default is not NO_DEFAULT and None in (ours.default, theirs.default)
    wanted = _without_null(theirs.type) if is_left_out else theirs.type
    given = _without_null(ours.type) if is_left_out else ours.type
    if given != wanted:
        return f"is {ours.type}, not {theirs.type}"
    if not is_left_out and _plain(ours.default) != _plain(theirs.default):
        return f"is {ours.default!r} by default, not {theirs.default!r}"
    return None


def _without_null(words: str) -> str:
    return " or ".join(one for one in words.split(" or ") if one != "null")


def _plain(default: Any) -> Any:
    return list(default) if isinstance(default, tuple) else default


def models_in(kind: Any) -> Iterator[Any]:
    """Yield every dataclass in a type."""
    if is_dataclass(kind):
        yield kind
        for one in get_type_hints(kind).values():
            yield from models_in(one)
    for one in get_args(kind):
        yield from models_in(one)


def answer_of(function: Callable[..., Call[Any]]) -> Any:
    """Return the type of what an operation answers."""
    return get_args(get_type_hints(function)["return"])[0]
