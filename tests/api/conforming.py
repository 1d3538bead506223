"""Whether an answer is what the OpenAPI document says of it."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator, FormatChecker


def schema_of(document: dict[str, Any], key: tuple[str, str], answer: Any) -> dict[str, Any] | None:
    """Return the schema that the document gives an answer; None for one without a body."""
    operation = document["paths"][key[1]][key[0].lower()]
    described = operation["responses"][str(answer.status_code)]
    content = described.get("content")
    if not content:
        return None
    media_type = answer.headers["content-type"].partition(";")[0]
    found: dict[str, Any] = content.get(media_type, content.get("*/*", {}))["schema"]
    return found


def check(document: dict[str, Any], key: tuple[str, str], answer: Any) -> None:
    """Fail unless an answer conforms."""
    schema = schema_of(document, key, answer)
    if schema is None:
        assert answer.content == b""
        return
    is_json = answer.headers["content-type"].partition(";")[0].endswith("json")
    body = answer.json() if is_json else answer.text
    whole = {**schema, "components": document["components"]}
    Draft202012Validator(whole, format_checker=FormatChecker()).validate(body)
