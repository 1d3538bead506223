"""`./sage role` and `./sage pipeline`."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Here

LEGAL = {
    "role": "legal",
    "title": "Legal",
    "capabilities": ["review"],
    "instructions": "Look at contracts.",
}
WITH_LEGAL = {
    "name": "with_legal",
    "steps": [{"role": "architect"}, {"role": "legal", "after": ["architect"]}],
}


def written(folder: Path, definition: object) -> str:
    file = folder / "definition.json"
    file.write_text(definition if isinstance(definition, str) else json.dumps(definition))
    return str(file)


def test_a_defined_pipeline_runs_with_the_defined_role(
    here: Here, brief: Path, tmp_path: Path
) -> None:
    assert here.sage("role", "put", written(tmp_path, LEGAL)).code == 0
    assert here.sage("pipeline", "put", written(tmp_path, WITH_LEGAL)).code == 0
    ran = here.sage(
        "launch", str(brief), "--pipeline", "with_legal", "--executor", "empty", "--wait", "--json"
    )
    assert ran.code == 0, ran
    assert [task["agent_role"] for task in ran.json["tasks"]] == ["architect", "legal"]
    listed = here.sage("role", "list", "--json").json["roles"]
    assert {"architect", "legal"} <= {role["role"] for role in listed}


@pytest.mark.parametrize(
    ("definition", "says"),
    [
        ("no json", "no JSON"),
        ([], "no JSON object"),
        (WITH_LEGAL | {"steps": [{"role": "wizard"}]}, "not known"),
        (
            WITH_LEGAL
            | {"steps": [{"role": "dba", "after": ["ui_ux"]}, {"role": "ui_ux", "after": ["dba"]}]},
            "wait for each other",
        ),
    ],
)
def test_a_definition_that_cannot_be_used_is_bad_input(
    here: Here, tmp_path: Path, definition: object, says: str
) -> None:
    ran = here.sage("pipeline", "put", written(tmp_path, definition))
    assert ran.code == 2
    assert says in ran.err
