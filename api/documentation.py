"""The OpenAPI document: what every operation shares is said here once."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Literal

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from api.links import link_answers
from api.payloads.payload import Answer, Request
from api.payloads.problem import MEDIA_TYPE, FieldProblem, Problem
from core.services.signing_in import cookie_name
from core.version import VERSION

TITLE = "Sage Mode"
DESCRIPTION = """Sessions of a simulated development team: launch them, steer them, read what they
decided and made.

A program signs in with an API token (`Authorization: Bearer sage_…`), a browser of the dashboard
with its login. What is refused is told in problem details (RFC 9457), whose `code` is stable.
Lists are read on with `cursor`. A thing of a team that you are not in is not found.
"""
REPEATED = "x-repeated"  # marks operations on their way into the document
# How a POST is answered that is sent again under its key: as it was first, or done again.
Repeated = Literal["alike", "anew"]
ANEW = "An `Idempotency-Key` must be a UUID and keeps nothing here: sent again, it is done again."
SECURITY: list[dict[str, list[str]]] = [{"token": []}, {"login": []}]

# What each refusal looks like, by status: code, sentence, hint.
_SAID: dict[int, tuple[str, str, str]] = {
    400: ("malformed", "The request cannot be read.", "Send JSON in UTF-8."),
    401: ("token_refused", "This token is unknown, expired or revoked.", "Make a new one."),
    403: ("not_allowed", "As viewer of this team you may not launch here.", "Ask an owner."),
    404: ("not_found", "There is no such session in your teams.", "Check the id and the team."),
    409: ("conflict", "It was changed by somebody else in the meantime.", "Look at it again."),
    410: (
        "details_gone",
        "Retention took this session's events, snapshots and artifacts.",
        "Its decisions, tasks and times are kept. Pin a session to keep everything.",
    ),
    413: ("too_large", "The request is too large.", "Send at most 1 MB."),
    422: (
        "illegal_transition",
        "A session that is completed cannot be paused.",
        "Look at its state.",
    ),
    429: ("too_many_tries", "Too many tries in a short time.", "Try again in 12 seconds."),
    503: ("database_unavailable", "The database does not answer.", "Try again in a moment."),
}
_HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    429: {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}},
    503: {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}},
}
OPEN = (400, 422, 503)
READ = (400, 401, 403, 404, 422, 429, 503)
WRITE = (*READ, 409, 413)


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of the refusals with these status codes."""
    return {status: _refusal(status) for status in statuses}


def _refusal(status: int) -> dict[str, Any]:
    code, detail, hint = _SAID[status]
    example = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "hint": hint,
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    }
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": schema, "example": example}},
        "headers": _HEADERS.get(status, {}),
    }


# What operations of somebody say of themselves, who reads and who writes.
READS: dict[str, Any] = {"responses": refusals(*READ), "openapi_extra": {"security": SECURITY}}
# Of those that need what retention may have taken.
PINS: dict[str, Any] = {"responses": refusals(*WRITE, 410), "openapi_extra": {"security": SECURITY}}
FOLDS: dict[str, Any] = {"responses": refusals(*READ, 410), "openapi_extra": {"security": SECURITY}}
WRITES: dict[str, Any] = {"responses": refusals(*WRITE), "openapi_extra": {"security": SECURITY}}


def document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of an app, made once."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=TITLE,
            version=VERSION,
            openapi_version="3.1.0",
            description=DESCRIPTION,
            routes=app.routes,
            servers=[{"url": "/api"}],
        )
        components = made.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        for model in (Problem, FieldProblem):
            template = "#/components/schemas/{model}"
            shape = model.model_json_schema(ref_template=template, mode="serialization")
            shape.pop("$defs", None)
            schemas[model.__name__] = shape
        schemas.pop("HTTPValidationError", None)
        schemas.pop("ValidationError", None)
        for name, shape in schemas.items():
            if found := _examples().get(name):
                shape["examples"] = found  # whole: FastAPI leaves out what is null
        for _, _, operation in operations(made):
            repeated = operation.pop(REPEATED, None)
            if repeated == "alike":
                _describe_repeats(operation)
            elif repeated == "anew":
                operation["description"] += f"\n\n{ANEW}"
        link_answers(made, [operation for _, _, operation in operations(made)])
        components["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer", "description": "an API token"},
            "login": {
                "type": "apiKey",
                "in": "cookie",
                "name": cookie_name(),
                "description": "a browser's login; its requests must come from the same origin",
            },
        }
        app.openapi_schema = made
    return app.openapi_schema


def _describe_repeats(operation: dict[str, Any]) -> None:
    """Say that an operation takes a key, and what it answers when it was done before."""
    operation.setdefault("parameters", []).append(
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "schema": {"type": "string", "format": "uuid"},
            "description": "sent again with it, a request is done once and answered alike",
        }
    )
    answers = operation["responses"]
    first = next(one for status, one in answers.items() if status.startswith("2"))
    again = {"Idempotency-Replayed": {"schema": {"type": "string"}}}
    status = {"Idempotency-First-Status": {"schema": {"type": "string"}}}
    known = answers.setdefault("200", {**first, "description": "What was answered before"})
    known["headers"] = {**known.get("headers", {}), **again, **status}


def _examples() -> dict[str, Any]:
    """Return the examples of every payload that has some, by its name."""
    found: dict[str, Any] = {}
    models: list[type[BaseModel]] = [Answer, Request]
    while models:
        model = models.pop()
        models += model.__subclasses__()
        extra = model.model_config.get("json_schema_extra")
        # A model has its parent's settings too; what stands in its own class counts.
        if isinstance(extra, dict) and "model_config" in vars(model):
            found[model.__name__] = extra.get("examples")
    return found


def operations(made: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield method, path and definition of each operation of a document."""
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation
