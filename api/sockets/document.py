"""The AsyncAPI document of the socket, made from the payloads themselves."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api.payloads.event import Event
from api.payloads.problem import Problem
from api.payloads.socket import AccessRevoked, Connected, Ping, Pong
from api.rendering import PUBLIC_NAMES
from api.sockets.codes import Closed
from core.domain.events import EVENT_TYPES
from core.services.signing_in import cookie_name
from core.version import VERSION

_DESCRIPTION = """A session's events as they come, the very documents of
`GET /api/sessions/{session_id}/events`. First comes `connected`, then in order what was missed
after the number `after`, then what is new.

Who shows neither token, ticket nor login, and who may not hear the session, is refused with plain
HTTP and problem details, as everywhere in the API: 400, 401, 403, 404 (also for another team's
session), 429, 503.
"""
_SCHEMA = "#/components/schemas/{model}"
_MODELS: tuple[type[BaseModel], ...] = (Connected, Event, Pong, AccessRevoked, Ping, Problem)
_SENT: dict[str, type[BaseModel]] = {
    "event": Event,
    "connected": Connected,
    "pong": Pong,
    "access_revoked": AccessRevoked,
}


def public_types() -> list[str]:
    """Return every type that an event may have on the socket."""
    named = {body.type: name for body, name in PUBLIC_NAMES.items()}
    return sorted(named.get(name, name) for name in EVENT_TYPES)


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """Return the document."""
    _, definitions = models_json_schema(
        [(model, "serialization") for model in _MODELS], ref_template=_SCHEMA
    )
    schemas = definitions["$defs"]
    schemas["Event"]["properties"]["type"]["enum"] = public_types()
    messages = {name: _message(name, model) for name, model in _SENT.items()}
    messages["ping"] = _message("ping", Ping)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Sage Mode: sockets", "version": VERSION, "description": _DESCRIPTION},
        "defaultContentType": "application/json",
        "servers": {
            "here": {
                "host": "{host}",
                "protocol": "ws",
                "description": "the dashboard's own address; wss behind https",
                "variables": {"host": {"default": "127.0.0.1:8501"}},
                "security": [{"$ref": f"#/components/securitySchemes/{name}"} for name in _SHOWN],
            }
        },
        "channels": {
            "session": {
                "address": "/api/ws/{session_id}",
                "title": "A session's log",
                "description": _closing(),
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
                "parameters": {"session_id": {"description": "a UUID"}},
                "bindings": {"ws": {"method": "GET", "query": _QUERY}},
            }
        },
        "operations": {
            "tell": _operation("send", _SENT, "What Sage Mode sends."),
            "hear": _operation(
                "receive",
                ["ping"],
                "All that a program may send, as text of at most 200 characters. Of several pings "
                "at once the latest is answered. Pings of the protocol itself are answered too, "
                "and Sage Mode sends some.",
            ),
        },
        "components": {"messages": messages, "schemas": schemas, "securitySchemes": _SHOWN},
    }


_QUERY: dict[str, Any] = {
    "type": "object",
    "properties": {
        "after": {
            "type": "integer",
            "minimum": 0,
            "maximum": 2**31 - 1,
            "default": 0,
            "description": "the last number one has",
        },
        "ticket": {
            "type": "string",
            "description": "from POST /api/ws/tickets, for who cannot send a header; once",
        },
    },
}
_SHOWN: dict[str, Any] = {
    "token": {"type": "http", "scheme": "bearer", "description": "an API token, in a header"},
    "ticket": {
        "type": "httpApiKey",
        "in": "query",
        "name": "ticket",
        "description": "opens one socket, once, within half a minute",
    },
    "login": {
        "type": "httpApiKey",
        "in": "cookie",
        "name": cookie_name(),
        "description": "a browser's login; Origin must be the dashboard's",
    },
}


def _message(name: str, model: type[BaseModel]) -> dict[str, Any]:
    extra = model.model_config.get("json_schema_extra")
    examples = extra.get("examples", []) if isinstance(extra, dict) else []
    assert isinstance(examples, list)
    return {
        "name": name,
        "title": name,
        "summary": (model.__doc__ or "").partition("\n")[0],
        "contentType": "application/json",
        "payload": {"$ref": _SCHEMA.format(model=model.__name__)},
        "examples": [{"payload": one} for one in examples],
    }


def _operation(action: str, names: Any, summary: str) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": "#/channels/session"},
        "summary": summary,
        "messages": [{"$ref": f"#/channels/session/messages/{name}"} for name in names],
    }


def _closing() -> str:
    lines = (f"- {code.value}: {code.meaning}" for code in Closed)
    return "Sage Mode closes a socket with one of these codes:\n\n" + "\n".join(lines)
