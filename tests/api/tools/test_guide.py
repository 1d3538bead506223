"""docs/agents.md: what it tells to copy can be read by who copies it, and names what there is."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from api.tools.catalogue import TOOLS
from api.tools.door import PATH
from api.tools.resources import RESOURCES
from core.domain.access import Scope
from core.domain.role import profile_from_json
from core.services.configuring import list_executors
from tests.conftest import ROOT

GUIDE = (ROOT / "docs" / "agents.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    """Return the blocks of a language, as who copies them has them."""
    found = BLOCK.findall(GUIDE)
    return [
        "".join(line.removeprefix(indent) for line in text.splitlines(keepends=True))
        for indent, name, text in found
        if name == language
    ]


def extensions() -> list[dict[str, Any]]:
    return [one for text in blocks("yaml") for one in yaml.safe_load(text)["extensions"]]


def servers() -> list[dict[str, Any]]:
    found = [json.loads(text) for text in blocks("json")]
    return [one for each in found for one in each.get("mcpServers", {}).values()]


def test_the_recipe_has_what_goose_asks_for() -> None:
    recipe = yaml.safe_load(blocks("yaml")[0])
    assert {"version", "title", "description", "instructions", "prompt"} <= set(recipe)
    keys = {one["key"] for one in recipe["parameters"]}
    assert set(re.findall(r"\{\{ (\w+) \}\}", recipe["instructions"] + recipe["prompt"])) == keys
    for one in recipe["parameters"]:
        assert {"input_type", "requirement", "description", "default"} <= set(one)
    named = {name for name in TOOLS if name in recipe["instructions"]}
    assert named <= set(recipe["extensions"][0]["available_tools"])


def test_every_tool_that_a_configuration_names_exists() -> None:
    allowed = [one for each in extensions() for one in each.get("available_tools", [])]
    settings = [json.loads(text) for text in blocks("json")]
    rules = [one for each in settings for one in each.get("permissions", {}).get("allow", [])]
    allowed += [one.removeprefix("mcp__sage__") for one in rules]
    called = re.findall(r"^(?:ORDER=\$\()?mcp (\w+) ", "\n".join(blocks("sh")), re.MULTILINE)
    assert len(called) == 3
    assert allowed
    assert set(allowed + called) <= set(TOOLS)


def test_every_tool_and_resource_is_in_the_guide() -> None:
    table = GUIDE.partition("## Tools")[2].partition("## Goose")[0]
    assert {name for name in TOOLS if f"`{name}`" not in table} == set()
    assert {one.name for one in RESOURCES.values() if one.address("{id}") not in table} == set()


@pytest.mark.parametrize("way", ["goose", "claude code"])
def test_each_agent_is_told_both_ways_to_us(way: str) -> None:
    if way == "goose":
        (over_http, by_program) = extensions()
        assert over_http["type"] == "streamable_http"
        address, command = over_http["uri"], [by_program["cmd"], *by_program["args"]]
        assert over_http["env_keys"] == by_program["env_keys"] == ["SAGE_TOKEN"]
    else:
        (over_http, by_program) = servers()
        address = over_http["url"]
        command = [by_program["command"], *by_program["args"]]
        assert by_program["env"] == {"SAGE_TOKEN": "${SAGE_TOKEN}"}
    assert over_http["headers"] == {"Authorization": "Bearer ${SAGE_TOKEN}"}
    assert address == f"http://127.0.0.1:8501{PATH}"
    assert command == ["/path/to/sage-mode/sage", "mcp"]


def test_the_role_can_be_defined_and_the_token_made() -> None:
    role = profile_from_json(json.loads(blocks("json")[0]), list_executors())
    assert (role.role, role.executor) == ("architect", "external")
    scopes = set(re.findall(r"--scope (\w+)", GUIDE))
    assert scopes <= {scope.value for scope in Scope}
