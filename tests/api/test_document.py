"""The OpenAPI document: valid, whole, with an example of everything, and true."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate
from starlette.testclient import TestClient

from api.documentation import operations
from tests.api.conforming import check
from tests.api.operations import FOR_ADMINISTRATORS, FOR_PERSONS, OPEN, OPERATIONS
from tests.api.test_access import call, names
from tests.api.world import World, never_were


@pytest.fixture
def document(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/openapi.json").json()
    return found


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    found: dict[str, Any] = document["components"]["schemas"][reference.rpartition("/")[2]]
    return found


def examples(document: dict[str, Any], content: dict[str, Any]) -> list[Any]:
    """Return the examples that a media type has, of its own or by its schema."""
    if "example" in content:
        return [content["example"]]
    schema = content["schema"]
    schemas = schema.get("anyOf") or schema.get("oneOf") or [schema]
    return [one for schema in schemas for one in resolved(document, schema).get("examples", [])]


def test_the_document_is_valid_openapi(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_every_operation_stands_in_the_table(document: dict[str, Any]) -> None:
    found = {(method, path) for method, path, _ in operations(document)}
    assert found == set(OPERATIONS) | FOR_PERSONS | FOR_ADMINISTRATORS | OPEN


def test_every_operation_says_what_it_does_under_a_name_of_its_own(
    document: dict[str, Any],
) -> None:
    ids = [one["operationId"] for _, _, one in operations(document)]
    assert len(ids) == len(set(ids))
    assert all(one["description"] and one["tags"] for _, _, one in operations(document))


def test_every_body_has_an_example_that_its_own_schema_allows(document: dict[str, Any]) -> None:
    bodies = []
    for _, _, operation in operations(document):
        bodies += operation.get("requestBody", {}).get("content", {}).values()
        for described in operation["responses"].values():
            bodies += described.get("content", {}).values()
    assert len(bodies) > 200
    for content in bodies:
        found = examples(document, content)
        assert found, content
        whole = {**content["schema"], "components": document["components"]}
        for example in found:
            Draft202012Validator(whole, format_checker=FormatChecker()).validate(example)


def test_every_refusal_is_problem_details(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        refused = {k: v for k, v in operation["responses"].items() if k >= "400"}
        if (method, path) in OPEN | FOR_ADMINISTRATORS:
            continue
        assert {"401", "403", "404", "422", "429", "503"} <= set(refused)
        assert ("413" in refused) == (method != "GET")
        for described in refused.values():
            (content,) = described["content"].items()
            assert content[0] == "application/problem+json"
            assert content[1]["schema"]["$ref"].endswith("/Problem")


def test_every_operation_says_how_one_signs_in(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        is_open = (method, path) in OPEN
        assert operation.get("security", []) == ([] if is_open else [{"token": []}, {"login": []}])
    assert set(document["components"]["securitySchemes"]) == {"token", "login"}


@pytest.mark.parametrize("key", names(OPERATIONS))
def test_what_answers_is_what_the_document_says(
    world: World, document: dict[str, Any], key: tuple[str, str]
) -> None:
    OPERATIONS[key].needs(world)
    check(document, key, call(world, key, world.token()))
    check(document, key, call(world, key, {}))
    if OPERATIONS[key].action is not None:
        check(document, key, call(world, key, world.token(), never_were()))


def test_the_document_is_open_to_all_and_loads_nothing(client: TestClient) -> None:
    assert client.get("/api/openapi.json").status_code == 200
    for path in ("/api/docs", "/api/redoc"):
        assert client.get(path).status_code == 404


def test_an_answer_links_to_what_can_be_called_next(document: dict[str, Any]) -> None:
    launched = document["paths"]["/sessions"]["post"]["responses"]["201"]["links"]
    assert launched["get_session"] == {
        "operationId": "get_session",
        "parameters": {"session_id": "$response.body#/id"},
    }
    claimed = document["paths"]["/tasks/claim"]["post"]["responses"]["200"]["links"]
    assert claimed["complete_task"] == {
        "operationId": "complete_task",
        "parameters": {"task_id": "$response.body#/task_id"},
        "requestBody": {"attempt": "$response.body#/attempt"},
    }


def test_every_operation_that_asks_for_a_thing_of_a_team_is_linked_to(
    document: dict[str, Any],
) -> None:
    linked = {
        link["operationId"]
        for _, _, operation in operations(document)
        for answer in operation["responses"].values()
        for link in answer.get("links", {}).values()
    }
    asking = {one["operationId"] for _, path, one in operations(document) if "{" in path}
    assert asking <= linked
