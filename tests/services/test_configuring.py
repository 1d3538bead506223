"""A team's own roles and pipelines, as people and programs send them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, text

from core.domain.pipeline import SEVEN_ROLES
from core.domain.role import BUILT_IN_PROFILES
from core.errors import Conflict, InvalidInput, NotFound
from core.services import configuring, previewing
from core.settings import get_settings
from tests.factories import Someone, claim, launch, make_someone, statuses

ROLE: dict[str, Any] = {
    "role": "scribe",
    "title": "Scribe",
    "capabilities": ["document"],
    "instructions": "Write it down.",
}


def test_a_role_and_a_pipeline_of_the_team_run(someone: Someone) -> None:
    configuring.define_role(someone.principal, someone.team_id, ROLE)
    steps = [{"role": "scribe"}, {"role": "database_administrator", "after": ["scribe"]}]
    definition = {"name": "short", "steps": steps}
    configuring.define_pipeline(someone.principal, someone.team_id, definition)
    session = launch(someone, pipeline="short")
    assert statuses(someone, session) == {"scribe": "ready", "dba": "blocked"}
    assert claim(someone, session, "scribe").work.instructions == "Write it down."


@pytest.mark.parametrize(
    "changes",
    [
        {"role": ""},
        {"role": "\x00"},
        {"role": "Größe"},
        {"role": "x" * 51},
        {"role": None},
        {"title": "\x00"},
        {"instructions": "\ud800"},
        {"capabilities": ["fly"]},
        {"capabilities": None},
        {"executor": "wizard"},
        {"executor": "llm"},
        {"executor": "recorded"},
        {"executor": "\ud800"},
        {"timeout_seconds": 0},
        {"timeout_seconds": -1},
        {"timeout_seconds": "soon"},
        {"timeout_seconds": float("nan")},
        {"timeout_seconds": float("inf")},
    ],
)
def test_what_is_no_role_is_refused(someone: Someone, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        configuring.define_role(someone.principal, someone.team_id, ROLE | changes)
    assert "scribe" not in configuring.list_roles(someone.principal, someone.team_id)


def test_what_can_be_chosen_is_one_list_wherever_it_is_asked_for(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = '{"own": "x:X", "recorded": "x:X", "planner": "x:X"}'
    monkeypatch.setenv("SAGE_EXTRA_EXECUTORS", own)
    get_settings.cache_clear()
    assert configuring.list_executors() == ("planner", "external", "own")
    choices = previewing.prepare_launch(someone.principal, someone.team_id)
    assert choices.executors == configuring.list_executors()
    for executor in choices.executors:
        configuring.define_role(someone.principal, someone.team_id, ROLE | {"executor": executor})
        launch(someone, executor=executor)
    with pytest.raises(InvalidInput) as refused:
        configuring.define_role(someone.principal, someone.team_id, ROLE | {"executor": "wizard"})
    assert refused.value.hint_text == "Use one of: planner, external, own."


def test_a_roles_text_is_stored_cleaned(someone: Someone) -> None:
    dirty = ROLE | {"title": "Scri\x00be\ud800", "instructions": "Write\x00 it."}
    configuring.define_role(someone.principal, someone.team_id, dirty)
    scribe = configuring.list_roles(someone.principal, someone.team_id)["scribe"]
    assert (scribe.title, scribe.instructions) == ("Scribe", "Write it.")


@pytest.mark.parametrize("name", ["", "\x00", "\ud800", " \n", "x" * 300])
def test_a_pipeline_needs_a_name_that_can_be_stored(
    someone: Someone, db: Connection, name: str
) -> None:
    definition = {"name": name, "steps": [{"role": "dba"}]}
    with pytest.raises(InvalidInput):
        configuring.define_pipeline(someone.principal, someone.team_id, definition)
    assert db.execute(text("SELECT count(*) FROM pipelines")).scalar_one() == 0


@pytest.mark.parametrize(
    "steps",
    [
        [{"role": "dba", "after": ["ui_ux"]}, {"role": "ui_ux", "after": ["dba"]}],
        [{"role": "wizard"}],
        [{"role": "\x00"}],
        [{"role": "\ud800"}],
        [],
    ],
)
def test_a_pipeline_with_a_cycle_or_an_unknown_role_is_refused(
    someone: Someone, steps: list[Any]
) -> None:
    with pytest.raises(InvalidInput):
        configuring.define_pipeline(
            someone.principal, someone.team_id, {"name": "p", "steps": steps}
        )


def test_what_a_team_deletes_is_the_built_in_one_again_or_none(someone: Someone) -> None:
    who, team_id = someone.principal, someone.team_id
    configuring.define_role(who, team_id, ROLE | {"role": "dba"})
    configuring.define_pipeline(who, team_id, {"name": "seven_roles", "steps": [{"role": "dba"}]})
    session = launch(someone)
    configuring.delete_role(who, team_id, "database_administrator")
    configuring.delete_pipeline(who, team_id, " seven_roles ")
    assert configuring.list_roles(who, team_id) == BUILT_IN_PROFILES
    assert configuring.list_pipelines(who, team_id) == [SEVEN_ROLES]
    assert claim(someone, session, "dba").work.instructions == "Write it down."
    with pytest.raises(NotFound):
        configuring.delete_role(who, team_id, "dba")
    with pytest.raises(NotFound):
        configuring.delete_pipeline(who, team_id, "seven_roles")


def test_a_role_that_a_pipeline_needs_stays(someone: Someone) -> None:
    who, team_id = someone.principal, someone.team_id
    configuring.define_role(who, team_id, ROLE)
    configuring.define_pipeline(who, team_id, {"name": "short", "steps": [{"role": "scribe"}]})
    with pytest.raises(Conflict) as refused:
        configuring.delete_role(who, team_id, "scribe")
    assert refused.value.message == "The pipeline 'short' needs the role 'scribe'."
    configuring.delete_pipeline(who, team_id, "short")
    configuring.delete_role(who, team_id, "scribe")


def test_one_team_deletes_nothing_of_another(someone: Someone) -> None:
    other = make_someone()
    configuring.define_role(other.principal, other.team_id, ROLE)
    configuring.define_pipeline(
        other.principal, other.team_id, {"name": "short", "steps": [{"role": "dba"}]}
    )
    with pytest.raises(NotFound):
        configuring.delete_role(someone.principal, someone.team_id, "scribe")
    with pytest.raises(NotFound):
        configuring.delete_pipeline(someone.principal, someone.team_id, "short")
    assert "scribe" in configuring.list_roles(other.principal, other.team_id)
