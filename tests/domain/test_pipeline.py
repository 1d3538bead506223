"""Pipelines: every DAG is taken, everything else refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.pipeline import (
    MAX_STEPS,
    SEVEN_ROLES,
    Pipeline,
    Step,
    make_pipeline,
    pipeline_from_json,
)
from core.domain.role import ALIASES, BUILT_IN_PROFILES
from core.errors import InvalidInput

NAMES = [f"role_{number}" for number in range(8)]


@st.composite
def pipelines(draw: st.DrawFn) -> Pipeline:
    """A random DAG, its steps in any order."""
    roles = draw(st.permutations(NAMES))[: draw(st.integers(1, len(NAMES)))]
    steps = [
        Step(role, tuple(draw(st.sets(st.sampled_from(roles[:index])))) if index else ())
        for index, role in enumerate(roles)
    ]
    return make_pipeline("random", draw(st.permutations(steps)))


@given(pipelines())
def test_each_role_stands_in_a_later_stage_than_all_that_it_waits_for(pipeline: Pipeline) -> None:
    stage = {role: n for n, roles in enumerate(pipeline.stages()) for role in roles}
    assert set(stage) == set(pipeline.roles)
    for step in pipeline.steps:
        assert stage[step.role] == max((stage[name] + 1 for name in step.after), default=0)


@given(pipelines())
def test_upstream_is_what_must_have_completed(pipeline: Pipeline) -> None:
    after = {step.role: set(step.after) for step in pipeline.steps}
    for role in pipeline.roles:
        wanted = set(after[role])
        for _ in pipeline.roles:
            wanted |= {before for name in wanted for before in after[name]}
        assert set(pipeline.upstream(role)) == wanted
        assert list(pipeline.upstream(role)) == [n for n in pipeline.roles if n in wanted]


@given(pipelines())
def test_a_pipeline_reads_back_from_its_frozen_shape(pipeline: Pipeline) -> None:
    assert pipeline_from_json(pipeline.to_json()) == pipeline


@given(pipelines(), st.data())
def test_a_cycle_is_refused(pipeline: Pipeline, data: st.DataObject) -> None:
    role = data.draw(st.sampled_from(pipeline.roles))
    behind = data.draw(st.sampled_from([role, *pipeline.upstream(role)]))
    steps = [
        Step(step.role, (*step.after, role)) if step.role == behind else step
        for step in pipeline.steps
    ]
    with pytest.raises(InvalidInput, match="wait for each other"):
        make_pipeline("cycle", steps)


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([], "no roles"),
        ([Step("dba"), Step("dba")], "twice"),
        ([Step("dba"), Step("database_administrator")], "twice"),
        ([Step("dba", ("architect",))], "not in the pipeline"),
        ([Step("DBA")], "no name for a role"),
        ([Step("dba\n")], "no name for a role"),
        ([Step("'; DROP TABLE users; --")], "no name for a role"),
        ([Step("")], "no name for a role"),
        ([Step("a" * 51)], "no name for a role"),
        ([Step("wizard")], "not known"),
        ([Step(f"r{n}") for n in range(MAX_STEPS + 1)], "is the most"),
    ],
)
def test_what_is_no_pipeline_is_refused_with_its_reason(steps: list[Step], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        make_pipeline("p", steps, known_roles=BUILT_IN_PROFILES)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"name": "p"},
        {"name": "p", "steps": None},
        {"name": "p", "steps": 3},
        {"name": "p", "steps": ["dba"]},
        {"name": "p", "steps": [{}]},
        {"name": "p", "steps": [{"role": "dba", "after": None}]},
        {"name": "p", "steps": [{"role": "dba", "after": 1}]},
    ],
)
def test_a_definition_that_cannot_be_read_says_so(data: dict) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        pipeline_from_json(data)


def test_long_role_names_become_the_short_ones() -> None:
    steps = [Step(alias) for alias in ALIASES]
    assert make_pipeline("p", steps).roles == tuple(BUILT_IN_PROFILES)


def test_the_built_in_pipeline_has_its_four_stages() -> None:
    assert SEVEN_ROLES.stages() == (
        ("architect",),
        ("backend_dev", "dba"),
        ("frontend_dev", "ui_ux"),
        ("security", "it_admin"),
    )
