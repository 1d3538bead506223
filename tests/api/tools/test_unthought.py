"""Tools called with what nobody thought of: no failure, no foreign data, answers by the schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from api.payloads.agent import LONGEST_WAIT_SECONDS
from api.tools.catalogue import TOOLS
from api.tools.refusals import PROBLEM
from core.domain.access import Scope, TeamRole
from tests.api.tools.speaking import Caller
from tests.api.world import World
from tests.profiles import WITH_SERVERS

EXAMPLES = WITH_SERVERS // 3
REFERENCE = "#/components/schemas/{model}"


def document() -> dict[str, Any]:
    """Return the tools as operations, for whose bodies there is a generator."""
    paths, schemas = {}, {}
    for tool in TOOLS.values():
        schema = tool.takes.model_json_schema(ref_template=REFERENCE)
        schemas.update(schema.pop("$defs", {}))
        body = {"required": True, "content": {"application/json": {"schema": schema}}}
        paths[f"/{tool.name}"] = {"post": {"requestBody": body, "responses": {}}}
    info = {"title": "tools", "version": "1"}
    return {
        "openapi": "3.1.0",
        "info": info,
        "paths": paths,
        "components": {"schemas": schemas},
    }


SCHEMA = schemathesis.openapi.from_dict(document())


def ids_in(arguments: Any) -> Iterator[str]:
    """Yield the names of fields that name something."""
    return (name for name in arguments if name == "id" or name.endswith("_id"))


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("name", TOOLS)
def test_whatever_a_tool_is_called_with_it_answers(
    world: World, name: str, mode: GenerationMode
) -> None:
    operation = SCHEMA[f"/{name}"]["POST"]
    inside = [world.token(), world.token(scopes=[Scope.READ]), world.token_of(TeamRole.VIEWER)]
    outside = [world.token_of(None), world.bound_elsewhere()]
    callers = [(Caller(world.client, one), one in inside) for one in inside + outside]
    real = {
        "team_id": world.ids.team,
        "session_id": world.ids.session,
        "task_id": world.ids.task,
        "supersedes_id": world.ids.decision,
        "id": world.ids.session,
    }
    own = {str(one) for one in vars(world.ids).values()} | {"Expense approval"}

    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=operation.as_strategy(generation_mode=mode),
        is_real=st.booleans(),
        who=st.sampled_from(range(len(callers))),
    )
    def call(case: Any, is_real: bool, who: int) -> None:
        arguments = case.body if isinstance(case.body, dict) else {}
        if is_real:
            arguments |= {one: str(real[one]) for one in ids_in(arguments) if one in real}
        if _is_a_wait(arguments.get("wait_seconds")):
            arguments["wait_seconds"] = 0
        caller, is_inside = callers[who]
        answer = caller.ask("tools/call", name=name, arguments=arguments)
        assert "result" in answer, answer
        result = caller.checked(name, answer["result"])
        if result["isError"]:
            assert result["_meta"][PROBLEM]["status"] < 500
            assert "What to do: " in result["content"][0]["text"]
        if not is_inside:
            sent = str(arguments)
            seen = {one for one in own if one in str(result) and one not in sent}
            assert not seen

    call()


def _is_a_wait(value: Any) -> bool:
    return isinstance(value, int | float) and 0 < value <= LONGEST_WAIT_SECONDS
