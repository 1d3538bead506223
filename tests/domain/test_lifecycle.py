"""The lifecycle as data: what is in the table is legal, everything else is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.lifecycle import (
    FINAL_SESSION,
    FINAL_TASK,
    SESSION_TRANSITIONS,
    TASK_TRANSITIONS,
    UNFINISHED_TASK,
    SessionStatus,
    TaskStatus,
    next_session_status,
    next_task_status,
    sources,
)
from core.errors import IllegalTransition
from tests.lifecycle_table import SESSION_TABLE, TASK_TABLE

SESSION_ACTS = sorted({act for _, act in SESSION_TABLE})
TASK_ACTS = sorted({act for _, act in TASK_TABLE})


def test_the_lifecycles_are_those_of_the_design() -> None:
    assert SESSION_TRANSITIONS == SESSION_TABLE
    assert TASK_TRANSITIONS == TASK_TABLE
    assert set(SessionStatus) == {
        "pending",
        "active",
        "paused",
        "completed",
        "failed",
        "cancelled",
        "expired",
    }
    assert set(TaskStatus) == {
        "blocked",
        "ready",
        "running",
        "waiting",
        "completed",
        "failed",
        "cancelled",
    }
    assert {"completed", "cancelled", "expired"} == FINAL_SESSION
    assert {"completed", "cancelled"} == FINAL_TASK
    assert {"blocked", "ready", "running", "waiting"} == UNFINISHED_TASK


@given(st.sampled_from(SessionStatus), st.sampled_from(SESSION_ACTS) | st.text(max_size=10))
def test_a_session_changes_only_as_the_table_says(status: SessionStatus, act: str) -> None:
    wanted = SESSION_TABLE.get((status, act))
    if wanted is None:
        with pytest.raises(IllegalTransition, match=status.value):
            next_session_status(status, act)
    else:
        assert next_session_status(status, act) == wanted


@given(st.sampled_from(TaskStatus), st.sampled_from(TASK_ACTS) | st.text(max_size=10))
def test_a_task_changes_only_as_the_table_says(status: TaskStatus, act: str) -> None:
    wanted = TASK_TABLE.get((status, act))
    if wanted is None:
        with pytest.raises(IllegalTransition, match=status.value):
            next_task_status(status, act)
    else:
        assert next_task_status(status, act) == wanted
        assert status in sources(act)


@pytest.mark.parametrize(("act", "word"), [("pause", "paused"), ("fail", "set to failed")])
def test_a_refused_act_on_a_session_is_a_sentence(act: str, word: str) -> None:
    with pytest.raises(IllegalTransition) as caught:
        next_session_status(SessionStatus.COMPLETED, act)
    assert caught.value.message == f"A session that is completed cannot be {word}."


def test_every_refused_act_is_named_by_its_participle() -> None:
    for act in SESSION_ACTS:
        with pytest.raises(IllegalTransition, match=r"cannot be \w") as caught:
            next_session_status(SessionStatus.EXPIRED, act)
        assert not caught.value.message.endswith(f" be {act}.")
    for act in TASK_ACTS:
        with pytest.raises(IllegalTransition, match=r"cannot be \w") as caught:
            next_task_status(TaskStatus.COMPLETED, act)
        assert not caught.value.message.endswith(f" be {act}.")


@pytest.mark.parametrize("status", sorted(FINAL_SESSION))
def test_a_final_session_has_no_way_out(status: SessionStatus) -> None:
    assert [act for act in SESSION_ACTS if (status, act) in SESSION_TRANSITIONS] == []


@pytest.mark.parametrize("status", sorted(FINAL_TASK))
def test_a_final_task_has_no_way_out(status: TaskStatus) -> None:
    assert [act for act in TASK_ACTS if (status, act) in TASK_TRANSITIONS] == []


def test_every_unfinished_session_can_be_cancelled_and_expire() -> None:
    for status in set(SessionStatus) - FINAL_SESSION - {SessionStatus.FAILED}:
        assert next_session_status(status, "cancel") == SessionStatus.CANCELLED
        assert next_session_status(status, "expire") == SessionStatus.EXPIRED


def test_every_unfinished_task_can_be_cancelled() -> None:
    assert sources("cancel") == UNFINISHED_TASK


def test_a_failed_session_is_left_by_retry_alone() -> None:
    failed = {act for status, act in SESSION_TRANSITIONS if status == SessionStatus.FAILED}
    assert failed == {"retry"}
