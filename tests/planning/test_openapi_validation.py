"""Checking each part of a document once finds what the library's own entry point finds."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate

from core.planning.openapi_validation import check_openapi
from tests.planning.plans import artifacts, plan

_NONSENSE = (17, "nonsense", None, [], {}, {"$ref": "#/nowhere"}, {"type": "strin"})


def document() -> dict[str, Any]:
    body = next(one.body for one in artifacts(plan("slow-search")) if one.kind == "openapi")
    found: dict[str, Any] = json.loads(body)
    return found


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for name, member in members:
        yield (*path, name)
        if isinstance(member, (dict, list)):
            yield from places(member, (*path, name))


def is_valid(check: Any, value: Any) -> bool:
    try:
        check(json.loads(json.dumps(value)))
    except Exception:  # each error of the library means the same here
        return False
    return True


def test_what_is_broken_at_random_is_refused_as_by_the_library() -> None:
    chance = random.Random(11)
    whole = document()
    every = list(places(whole))
    verdicts = []
    for _ in range(60):
        broken = copy.deepcopy(whole)
        *way, last = chance.choice(every)
        target = broken
        for name in way:
            target = target[name]
        if chance.random() < 0.5:
            target[last] = chance.choice(_NONSENSE)
        else:
            del target[last]
        verdicts.append(is_valid(check_openapi, broken))
        assert verdicts[-1] == is_valid(validate, broken), (way, last)
    assert 10 < sum(verdicts) < 50


def test_a_part_is_checked_wherever_another_one_stands_beside_it() -> None:
    """The first use is right and the second one is not: equal parts alone are checked once."""
    whole = document()
    check_openapi(whole)
    operations = [one for path in whole["paths"].values() for one in path.values()]
    operations[-1]["parameters"] = [
        {"name": "q", "in": "query", "schema": {"type": "string"}},
        {"name": "q", "in": "query", "schema": {"type": "string"}},
    ]
    with pytest.raises(Exception, match="Duplicate parameter 'q'"):
        check_openapi(whole)
    operations[-1]["parameters"] = [{"name": "q", "in": "query", "schema": {"type": "text"}}]
    with pytest.raises(Exception, match="text"):
        check_openapi(whole)


def test_a_default_that_its_schema_refuses_is_found() -> None:
    whole = document()
    schema = {"type": "object", "properties": {"size": {"type": "integer", "default": "ten"}}}
    whole["components"]["schemas"]["Broken"] = schema
    with pytest.raises(Exception, match="ten"):
        check_openapi(whole)


def test_another_version_is_not_taken_for_valid() -> None:
    with pytest.raises(ValueError, match=r"3\.0\.3"):
        check_openapi({**document(), "openapi": "3.0.3"})
