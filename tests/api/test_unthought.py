"""The API called with what nobody thought of: it never fails, and answers as its document says."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.application import make_api
from tests.api.cases import name_real_things, named, request_of
from tests.api.operations import FOR_PERSONS, OPERATIONS
from tests.api.test_access import names
from tests.api.world import World
from tests.profiles import WITH_SERVERS

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = WITH_SERVERS // 3
SCHEMA = schemathesis.openapi.from_dict(make_api().openapi())


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("key", names(OPERATIONS | dict.fromkeys(sorted(FOR_PERSONS))))
def test_whatever_is_sent_the_answer_is_documented(
    world: World, key: tuple[str, str], mode: GenerationMode
) -> None:
    operation = SCHEMA[key[1]][key[0]]
    headers = world.token()
    real = named(world.ids)
    if "{approval_id}" in key[1]:
        OPERATIONS[key].needs(world)
        real["approval_id"] = OPERATIONS[key].path(world.ids).split("/")[2]

    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), is_real=st.booleans())
    def call(case: Any, is_real: bool) -> None:
        if is_real:
            name_real_things(case, real)
        sent = request_of(case, headers)
        case.validate_response(world.client.request(**sent), checks=CHECKS)

    call()
