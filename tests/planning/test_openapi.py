"""The interface of a plan: examples that fit their schemas, problem shapes, paging, repeats."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.planning.plans import PLANNED, artifact, plan

Document = dict[str, Any]


def document(name: str) -> Document:
    found: Document = json.loads(artifact(plan(name), "api").body)
    return found


def operations(spec: Document) -> Iterator[tuple[str, Document]]:
    for path in spec["paths"].values():
        yield from path.items()


def contents(spec: Document) -> Iterator[Document]:
    """Yield every body with a schema: requests, answers, problems."""
    for _, operation in operations(spec):
        yield from operation.get("requestBody", {}).get("content", {}).values()
        for answer in operation["responses"].values():
            yield from answer.get("content", {}).values()
    for problem in spec["components"]["responses"].values():
        yield from problem["content"].values()


@pytest.mark.parametrize("name", PLANNED)
def test_every_body_has_an_example_that_fits(name: str) -> None:
    spec = document(name)
    for body in contents(spec):
        if "file" in body["schema"].get("properties", {}):
            continue  # a file has no example in JSON
        schema = {**body["schema"], "components": spec["components"]}
        Draft202012Validator(schema).validate(body["example"])


@pytest.mark.parametrize("name", PLANNED)
def test_operations_have_problems_paging_and_repeats(name: str) -> None:
    spec = document(name)
    for method, operation in operations(spec):
        named = {one.get("$ref", "").rpartition("/")[2] for one in operation["parameters"]}
        assert ("IdempotencyKey" in named) == (method == "post")
        assert {"401", "403", "404"} <= set(operation["responses"])
        answer = operation["responses"].get("200", {}).get("content", {})
        items = answer.get("application/json", {}).get("schema", {}).get("properties", {})
        assert ({"Cursor", "Limit"} <= named) == ("items" in items)
        if method != "get":
            assert {"409", "422", "429"} <= set(operation["responses"])
    for status, problem in spec["components"]["responses"].items():
        (body,) = problem["content"].values()
        assert body["example"]["status"] == int(status.removeprefix("Problem"))
    assert "Retry-After" in spec["components"]["responses"]["Problem429"]["headers"]
