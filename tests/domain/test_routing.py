"""Routed tasks: what is taken, how metadata merges, and slugs that stay unique."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.lifecycle import SESSION_TRANSITIONS, SessionStatus, act_towards
from core.domain.pipeline import Step, stages_of
from core.domain.routing import (
    MAX_METADATA_BYTES,
    RouteRequest,
    check_route,
    merge_metadata,
    name_of_task,
    number_slugs,
)
from core.domain.text import MAX_NAME_CHARACTERS
from core.domain.work import RoleResult
from core.errors import IllegalTransition, TooLarge
from tests.factories import make_artifact, make_decision

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=5,
)
OBJECTS = st.dictionaries(st.sampled_from("abcd"), JSON)


@given(OBJECTS, OBJECTS)
def test_a_merge_takes_every_key_of_the_change_and_keeps_the_rest(
    metadata: dict[str, Any], change: dict[str, Any]
) -> None:
    before = merge_metadata({}, metadata)
    merged = merge_metadata(before, change)
    assert None not in merged.values()
    for key in "abcd":
        wanted = change[key] if key in change else before.get(key)
        assert key in merged if wanted is not None else key not in merged
    assert merge_metadata(merged, change) == merged


def test_metadata_is_measured_in_bytes() -> None:
    assert merge_metadata({}, {"a": "x" * (MAX_METADATA_BYTES - 9)})
    with pytest.raises(TooLarge):
        merge_metadata({}, {"a": "é" * (MAX_METADATA_BYTES // 2)})


@given(st.text())
def test_a_task_gives_a_name_that_a_session_can_have(description: str) -> None:
    name = name_of_task(description)
    assert len(name) <= MAX_NAME_CHARACTERS
    assert "\n" not in name


def test_a_request_is_cleaned() -> None:
    request = check_route(
        RouteRequest(" ui_ux_designer ", " a\tb ", " Look\r\nat it", {"a\x00": "\x00"})
    )
    assert (request.target, request.task_type) == ("ui_ux", "a b")
    assert (request.description, request.data) == ("Look\nat it", {"a": ""})


def test_documents_of_the_first_task_keep_their_slugs() -> None:
    result = RoleResult(output={"artifacts": ["schema"]}, artifacts=(make_artifact(),))
    assert number_slugs(result, 0) == number_slugs(result, 1) == result


def test_what_means_a_numbered_document_means_it_still() -> None:
    result = RoleResult(
        output={"artifacts": ["schema", 7, "other"], "schema": "schema"},
        artifacts=(make_artifact(links=("schema", "other")),),
        decisions=(make_decision(evidence=("schema", "a quote")),),
    )
    numbered = number_slugs(result, 3)
    assert numbered.output == {"artifacts": ["schema-3", 7, "other"], "schema": "schema"}
    assert numbered.artifacts[0].slug == "schema-3"
    assert numbered.artifacts[0].links == ("schema-3", "other")
    assert numbered.decisions[0].evidence == ("schema-3", "a quote")


def test_several_tasks_of_a_role_stand_beside_each_other() -> None:
    tasks = {"1": Step("dba"), "2": Step("legal"), "3": Step("dba")}
    assert stages_of(tasks) == (("1", "3", "2"),)
    assert stages_of({"a": Step("dba"), "b": Step("ui_ux", ("dba",))}) == (("a",), ("b",))
    assert stages_of({}) == ()


@given(st.sampled_from(SessionStatus), st.sampled_from(SessionStatus))
def test_an_act_towards_a_state_leads_there(status: SessionStatus, wanted: SessionStatus) -> None:
    try:
        act = act_towards(status, wanted)
    except IllegalTransition:
        led = {act for (of, act), to in SESSION_TRANSITIONS.items() if (of, to) == (status, wanted)}
        assert led <= {"expire", "retry"}
    else:
        assert status == wanted if act is None else SESSION_TRANSITIONS[status, act] == wanted
