"""The HTTP interface of a feature model, as an OpenAPI 3.1 document."""

from __future__ import annotations

import re
from typing import Any

from core.planning.model import PERSON, Action, Entity, FeatureModel, Field
from core.planning.reading.nouns import camel

Schema = dict[str, Any]

_TYPES: dict[str, Schema] = {
    "text": {"type": "string", "maxLength": 200},
    "long_text": {"type": "string", "maxLength": 4000},
    "integer": {"type": "integer", "format": "int64"},
    "money": {"type": "string", "pattern": r"^\d{1,10}(\.\d{1,2})?$"},
    "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string", "pattern": r"^\d{2}:\d{2}$"},
    "moment": {"type": "string", "format": "date-time"},
    "flag": {"type": "boolean"},
    "uuid": {"type": "string", "format": "uuid"},
    "ref": {"type": "string", "format": "uuid"},
    "json": {"type": "object"},
    "choice": {"type": "string"},
}
_EXAMPLES: dict[str, Any] = {
    "text": "Example",
    "long_text": "A few words.",
    "integer": 1,
    "money": "129.90",
    "currency": "EUR",
    "date": "2030-01-31",
    "time": "22:00",
    "moment": "2030-01-31T08:00:00Z",
    "flag": True,
    "uuid": "0190a1b2-0000-7000-8000-000000000001",
    "ref": "0190a1b2-0000-7000-8000-000000000001",
    "json": {},
}
# What only the server knows or may set.
_INTERNAL = {"storage_key", "sha256", "secret_hash", "proof"}
_SET_BY_SERVER = re.compile(r"(?:_until|_at)$")
_PROBLEMS = {
    "400": "The request is not well formed",
    "401": "Not signed in",
    "403": "Not allowed for this person",
    "404": "Not there, or not to be seen by the caller",
    "409": "Its state has changed meanwhile, or a rule of the database refuses it",
    "413": "The file is too large",
    "422": "A value breaks a rule",
    "429": "Too many requests",
}


def document(model: FeatureModel, made_by: str) -> Schema:
    """Return the OpenAPI document of a feature's actions, with a line about who made it."""
    paths: dict[str, Schema] = {}
    for action in model.actions:
        paths.setdefault(action.path, {})[action.method.lower()] = _operation(action, model)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": model.title or "Feature",
            "version": "0.1.0",
            "description": f"{made_by}.",
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"session": []}],
        "paths": paths,
        "components": {
            "securitySchemes": _schemes(model),
            "parameters": _PARAMETERS,
            "schemas": _schemas(model),
            "responses": {
                f"Problem{status}": {
                    "description": text,
                    **({"headers": _RETRY_AFTER} if status == "429" else {}),
                    "content": {
                        "application/problem+json": {
                            "schema": {"$ref": "#/components/schemas/Problem"},
                            "example": {
                                "type": "about:blank",
                                "title": text,
                                "status": int(status),
                            },
                        }
                    },
                }
                for status, text in _PROBLEMS.items()
            },
        },
    }


_RETRY_AFTER: Schema = {
    "Retry-After": {
        "description": "Seconds until another request is worth trying.",
        "schema": {"type": "integer", "minimum": 1},
    }
}
_PARAMETERS: Schema = {
    "Cursor": {
        "name": "cursor",
        "in": "query",
        "description": "Where the previous page ended; opaque.",
        "schema": {"type": "string"},
    },
    "Limit": {
        "name": "limit",
        "in": "query",
        "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "description": "Chosen by the client; a repeat with the same key gets the same answer.",
        "schema": {"type": "string", "format": "uuid"},
    },
}


def success_status(action: Action) -> str:
    """Return the status with which an operation answers when it is done."""
    return {"POST": "201", "DELETE": "204"}.get(action.method, "200")


def body_fields(action: Action, model: FeatureModel) -> tuple[tuple[Field, bool], ...]:
    """Return the fields of an action's request, each with whether it must be given."""
    entity = model.entity(action.entity)
    if entity is None:
        return ()
    found: dict[str, tuple[Field, bool]] = {}
    for name in action.body:
        optional = name.endswith("?")
        plain, _, unstored = name.removesuffix("?").partition(":")
        chosen = _writable(entity) if plain == "*" else [entity.field(plain)]
        if unstored:
            chosen = [Field(plain, unstored)]
        for field in chosen:
            if field is not None:
                found[field.name] = (field, not optional)
    return tuple(found.values())


def _writable(entity: Entity) -> list[Field | None]:
    return [
        field
        for field in entity.fields
        if field.references != "user"
        and field.type != "choice"
        and field.name not in _INTERNAL
        and not _SET_BY_SERVER.search(field.name)
        and (not field.default or field.type in {"currency", "flag"})
    ]


def _operation(action: Action, model: FeatureModel) -> Schema:
    rules = {rule.slug: rule.text for rule in model.rules}
    lines = [f"Permission: {action.permission or 'signed in'}."]
    lines += [rules[slug] for slug in action.rules if slug in rules]
    operation: Schema = {
        "operationId": action.name,
        "summary": action.summary,
        "description": "\n\n".join(lines),
        "tags": [action.entity],
        "parameters": _parameters(action),
    }
    request = _request(action, model)
    if request:
        operation["requestBody"] = request
    operation["responses"] = _responses(action, model)
    if action.signed:
        operation["security"] = [{"signature": []}]
    if PERSON in action.evidence:
        operation["x-person-edit"] = True
    if action.actors:
        operation["x-actors"] = list(action.actors)
    known = [slug for slug in action.rules if slug in rules]
    if known:
        operation["x-rules"] = known
    return operation


def _schemes(model: FeatureModel) -> Schema:
    schemes: Schema = {"session": {"type": "apiKey", "in": "cookie", "name": "login"}}
    if any(action.signed for action in model.actions):
        schemes["signature"] = {"type": "apiKey", "in": "header", "name": "Signature"}
    return schemes


def _parameters(action: Action) -> list[Schema]:
    found: list[Schema] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "format": "uuid"},
        }
        for name in re.findall(r"\{(\w+)\}", action.path)
    ]
    found += [
        {"name": name, "in": "query", "schema": {"type": "string"}} for name in action.filters
    ]
    if action.many:
        found += [_ref("parameters", "Cursor"), _ref("parameters", "Limit")]
    if action.method == "POST" and not action.signed:
        found.append(_ref("parameters", "IdempotencyKey"))
    return found


def _request(action: Action, model: FeatureModel) -> Schema | None:
    if action.upload:
        schema: Schema = {
            "type": "object",
            "required": ["file"],
            "properties": {
                "file": {"type": "string", "contentMediaType": "application/octet-stream"}
            },
        }
        return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
    if action.signed:
        schema = {"type": "object", "description": "As the other system sends it."}
        return {"required": True, "content": {"application/json": {"schema": schema}}}
    fields = body_fields(action, model)
    if not fields:
        return None
    schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {field.name: _field_schema(field) for field, _ in fields},
        "required": [field.name for field, must in fields if must and not field.default],
    }
    example = {field.name: _example(field) for field, _ in fields}
    return {
        "required": True,
        "content": {"application/json": {"schema": schema, "example": example}},
    }


def _responses(action: Action, model: FeatureModel) -> Schema:
    success = success_status(action)
    answer: Schema = {"description": "Done"}
    entity = model.entity(action.entity)
    if success != "204" and entity is not None:
        shape: Schema = _ref("schemas", camel(action.entity))
        example: Any = _entity_example(entity)
        if action.many:
            shape = {
                "type": "object",
                "required": ["items", "next_cursor"],
                "properties": {
                    "items": {"type": "array", "items": shape},
                    "next_cursor": {"type": ["string", "null"]},
                },
            }
            example = {"items": [example], "next_cursor": None}
        answer["content"] = {"application/json": {"schema": shape, "example": example}}
    statuses = ["400", "401", "403", "404"]
    if action.writes:
        statuses += ["409", "422", "429"]
    if action.upload:
        statuses.insert(-2, "413")
    return {success: answer} | {
        status: _ref("responses", f"Problem{status}") for status in statuses
    }


def _schemas(model: FeatureModel) -> Schema:
    used = {action.entity for action in model.actions}
    schemas: Schema = {
        camel(entity.name): _entity_schema(entity)
        for entity in model.entities
        if entity.name in used
    }
    schemas["Problem"] = {
        "type": "object",
        "required": ["type", "title", "status"],
        "properties": {
            "type": {"type": "string", "description": "The rule that refused, as a slug"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
        },
        "example": {"type": "about:blank", "title": "Not allowed", "status": 403},
    }
    return schemas


def _entity_schema(entity: Entity) -> Schema:
    fields = [field for field in entity.fields if field.name not in _INTERNAL]
    properties: Schema = {"id": {"type": "string", "format": "uuid"}}
    properties |= {
        field.name: _field_schema(field, nullable=not field.required) for field in fields
    }
    properties["created_at"] = {"type": "string", "format": "date-time"}
    required = ["id", *(field.name for field in fields if field.required), "created_at"]
    return {
        "type": "object",
        "description": entity.summary,
        "required": required,
        "properties": properties,
    }


def _entity_example(entity: Entity) -> Schema:
    fields = [field for field in entity.fields if field.name not in _INTERNAL]
    return {
        "id": _EXAMPLES["uuid"],
        **{field.name: _example(field) for field in fields},
        "created_at": _EXAMPLES["moment"],
    }


def _field_schema(field: Field, nullable: bool = False) -> Schema:
    schema = dict(_TYPES[field.type])
    if field.choices:
        schema["enum"] = [*field.choices, None] if nullable else list(field.choices)
    if nullable:
        schema["type"] = [schema["type"], "null"]
    return schema


def _example(field: Field) -> Any:
    return field.choices[0] if field.choices else _EXAMPLES[field.type]


def _ref(kind: str, name: str) -> Schema:
    return {"$ref": f"#/components/{kind}/{name}"}
