"""The Python client and the OpenAPI document: each operation has its method, and they agree."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Sequence
from dataclasses import is_dataclass
from typing import Any, get_args, get_origin, get_type_hints
from uuid import uuid4

import httpx
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from api.application import make_api
from api.documentation import operations
from sage_mode_client import AsyncSageClient, SageClient
from sage_mode_client.call import Call, Repeats
from sage_mode_client.coding import decode
from sage_mode_client.methods import Operation, Walk
from sage_mode_client.models.agents import Result
from sage_mode_client.models.tasks import Document
from sage_mode_client.reading import event_of
from sage_mode_client.surface import Surface
from tests.clients.agreement import (
    Field,
    answer_of,
    disagreement,
    fields_of_function,
    fields_of_model,
    fields_of_schema,
    models_in,
    words_of_schema,
    words_of_type,
)

KEY = "idempotency_key"
# Operations that the client leaves out, each with the reason.
LEFT_OUT: dict[tuple[str, str], str] = {}
# Operations that take bodies of several shapes: which of them each method sends.
SHAPES = {"launch": "Launch", "open_session": "Open"}
# Arguments that the client gives where the document wants them.
GIVEN = {("launch", "pipeline")}
DOCUMENT: dict[str, Any] = make_api().openapi()
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
DEFINED = {(method, path): one for method, path, one in operations(DOCUMENT)}
METHODS = {name: one for name, one in vars(Surface).items() if isinstance(one, Operation)}


def sample(function: Callable[..., Call[Any]], **given: Any) -> Call[Any]:
    """Return an operation's call, made of what is given and of anything for what else it needs."""
    needed = {
        name: "dba" if name == "role" else str(uuid4())
        for name, one in fields_of_function(function).items()
        if name not in given and one == Field(one.type)
    }
    some = {name: 1 if name in ("attempt",) else value for name, value in needed.items()}
    return function(**some, **given)


def place(function: Callable[..., Call[Any]]) -> tuple[str, str]:
    call = sample(function)
    return call.method, call.path


PLACES = {name: place(one.make) for name, one in METHODS.items()}
WITH_BODY = [name for name, where in PLACES.items() if "requestBody" in DEFINED.get(where, {})]


def body_schema(method: str) -> dict[str, Any] | None:
    """Return the object that a method sends."""
    operation = DEFINED[PLACES[method]]
    if "requestBody" not in operation:
        return None
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    several = schema.get("anyOf") or schema.get("oneOf") or [schema]
    names = [one["$ref"].rpartition("/")[2] for one in several if "$ref" in one]
    (name,) = [one for one in names if SHAPES.get(method, one) == one]
    found: dict[str, Any] = SCHEMAS[name]
    return found


def answers(operation: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the media types of what an operation answers when it is done, with what they are."""
    return [
        (media_type, content)
        for status, described in operation["responses"].items()
        if status.startswith("2")
        for media_type, content in described.get("content", {}).items()
    ]


def test_every_operation_has_a_method_or_a_reason_why_not() -> None:
    assert set(PLACES.values()) | set(LEFT_OUT) == set(DEFINED)
    assert not set(PLACES.values()) & set(LEFT_OUT)
    once = [where for name, where in PLACES.items() if name not in SHAPES]
    assert len(set(once)) == len(once)
    assert set(SHAPES) <= set(PLACES)


@pytest.mark.parametrize("name", PLACES)
def test_a_method_takes_what_its_operation_takes(name: str) -> None:
    function, operation = METHODS[name].make, DEFINED[PLACES[name]]
    wanted: dict[str, Field] = {}
    for one in operation.get("parameters", ()):
        if one["in"] in ("path", "query"):
            default = Field("").default if one["required"] else one["schema"].get("default")
            wanted[one["name"]] = Field(words_of_schema(one["schema"], DOCUMENT), default)
    if body := body_schema(name):
        wanted |= fields_of_schema(body, DOCUMENT)
    wanted = {one: field for one, field in wanted.items() if field.type != "null"}
    ours = fields_of_function(function)
    ours.pop(KEY, None)
    assert set(ours) == set(wanted)
    ours = {one: field for one, field in ours.items() if (name, one) not in GIVEN}
    said = {one: disagreement(ours[one], wanted[one]) for one in ours}
    assert {one: what for one, what in said.items() if what} == {}


@pytest.mark.parametrize("name", PLACES)
def test_a_method_sends_a_key_where_the_operation_takes_one(name: str) -> None:
    operation = DEFINED[PLACES[name]]
    takes = any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", ()))
    call = sample(METHODS[name].make)
    assert (call.repeats is Repeats.KEYED) == takes
    assert (KEY in inspect.signature(METHODS[name].make).parameters) == takes
    assert (call.repeats is Repeats.NEVER) == (call.method == "POST" and not takes)


@pytest.mark.parametrize("name", WITH_BODY)
def test_a_body_is_what_the_schema_allows_and_says_what_was_given(name: str) -> None:
    body = body_schema(name)
    assert body is not None
    whole = {**body, "components": DOCUMENT["components"]}
    kinds = get_type_hints(METHODS[name].make)
    for example in body["examples"]:
        given = {one: _as_models(kinds[one], value) for one, value in example.items()}
        call = sample(METHODS[name].make, **given)
        sent = json.loads(call.content or b"")
        Draft202012Validator(whole, format_checker=FormatChecker()).validate(sent)
        assert _with(example, sent) == sent


def _as_models(kind: Any, value: Any) -> Any:
    if get_origin(kind) is Sequence and is_dataclass(model := get_args(kind)[0]):
        return [model(**one) for one in value]
    return value


def _with(part: Any, whole: Any) -> Any:
    """Return a part with what the whole has more of, in objects at any depth."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return whole | {name: _with(one, whole.get(name)) for name, one in part.items()}
    if isinstance(part, list) and isinstance(whole, list) and len(part) == len(whole):
        return [_with(*pair) for pair in zip(part, whole, strict=True)]
    return part


@pytest.mark.parametrize("name", PLACES)
def test_a_method_returns_what_its_operation_answers(name: str) -> None:
    operation, kind = DEFINED[PLACES[name]], answer_of(METHODS[name].make)
    if kind is Document:
        assert [media_type for media_type, _ in answers(operation)] == ["*/*"]
        return
    wanted = {
        words_of_schema(content["schema"], DOCUMENT)
        for media_type, content in answers(operation)
        if media_type == "application/json" or media_type.startswith("text/")
    }
    if "204" in operation["responses"]:
        wanted.add("null")
    assert words_of_type(kind) == " or ".join(sorted(wanted))


MODELS = {
    model.__name__: model
    for one in METHODS.values()
    for kind in get_type_hints(one.make).values()
    for model in models_in(kind)
    if model not in (Document, Call)
}


@pytest.mark.parametrize("name", sorted(MODELS))
def test_a_model_has_the_fields_of_its_schema(name: str) -> None:
    wanted, ours = fields_of_schema(SCHEMAS[name], DOCUMENT), fields_of_model(MODELS[name])
    assert set(ours) == set(wanted)
    said = {one: disagreement(ours[one], wanted[one]) for one in ours}
    assert {one: what for one, what in said.items() if what} == {}


ANSWERED = {
    model.__name__
    for one in METHODS.values()
    for model in models_in(answer_of(one.make))
    if "examples" in SCHEMAS.get(model.__name__, ())
}


@pytest.mark.parametrize("name", sorted(ANSWERED))
def test_a_model_reads_every_example_of_its_schema(name: str) -> None:
    for example in SCHEMAS[name]["examples"]:
        read = decode(MODELS[name], example)
        assert all(hasattr(read, one) for one in example)
        decode(MODELS[name], example | {"something_new": 1})


def test_a_handler_returns_what_a_task_is_completed_with() -> None:
    wanted = fields_of_schema(SCHEMAS["Result"], DOCUMENT)
    wanted.pop("attempt")
    ours = fields_of_model(Result)
    assert {one: disagreement(ours[one], wanted[one]) for one in wanted} == dict.fromkeys(ours)


def test_a_line_of_the_log_is_read_as_an_event() -> None:
    operation = DEFINED[("GET", "/sessions/{session_id}/events")]
    (line,) = [one["example"] for kind, one in answers(operation) if kind.endswith("ndjson")]
    assert event_of(line).seq == json.loads(line)["seq"]


def test_lists_with_a_cursor_can_be_walked_through() -> None:
    walks = {one.make for one in vars(Surface).values() if isinstance(one, Walk)}
    paged = {
        one.make
        for name, one in METHODS.items()
        if "cursor" in inspect.signature(one.make).parameters
    }
    assert walks == paged
    assert walks


def test_both_clients_have_the_same_methods_with_the_same_arguments() -> None:
    sync = SageClient("http://127.0.0.1:1", "sage_x")
    for name, one in METHODS.items():
        method = getattr(sync, name)
        assert inspect.signature(method) == inspect.signature(one.make)
        assert method.__doc__ == one.make.__doc__
    public = {name for name in dir(SageClient) if not name.startswith("_")}
    other = {name for name in dir(AsyncSageClient) if not name.startswith("_")}
    assert public == other


def test_an_id_that_is_none_never_becomes_a_path() -> None:
    client = SageClient(
        "http://127.0.0.1:1", "sage_x", transport=httpx.MockTransport(lambda request: 1 / 0)
    )
    with pytest.raises(ValueError, match="badly formed"):
        client.get_session("../teams")
