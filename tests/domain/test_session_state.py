"""The fold: every event is handled, patches lead where `apply` does, checkpoints change nothing."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import events as ev
from core.domain.events import EVENT_TYPES, Event
from core.domain.session_state import SessionState, apply, diff, fold, merge, to_json
from tests.domain.logs import SESSION, START, logs


@given(logs())
def test_a_merged_patch_is_the_state_after_the_event(log: list[Event]) -> None:
    state = SessionState()
    for event in log:
        after, patch = apply(state, event)
        assert merge(to_json(state), json.loads(json.dumps(patch))) == to_json(after)
        state = after


@given(logs(), st.data())
def test_one_patch_over_many_events_leads_to_the_same_state(
    log: list[Event], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(log)))
    before, after = fold(log[:cut]), fold(log)
    assert merge(to_json(before), diff(before, after)) == to_json(after)


@given(logs(), st.data())
def test_a_fold_from_a_checkpoint_equals_the_fold_from_the_start(
    log: list[Event], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(log)))
    assert fold(log[cut:], start=fold(log[:cut])) == fold(log)


@given(logs())
def test_a_state_as_json_holds_no_null_and_survives_json(log: list[Event]) -> None:
    document = to_json(fold(log))
    assert json.loads(json.dumps(document)) == document
    assert "null" not in json.dumps({**document, "name": "", "tasks": {}})


@given(logs())
def test_applying_an_event_leaves_the_earlier_state_as_it_was(log: list[Event]) -> None:
    before = fold(log[:-1])
    as_json = json.dumps(to_json(before))
    apply(before, log[-1])
    assert json.dumps(to_json(before)) == as_json


def test_random_logs_hold_every_type_of_the_catalogue() -> None:
    seen: set[str] = set()

    @given(logs())
    def look(log: list[Event]) -> None:
        seen.update(event.type for event in log)

    look()
    assert seen == set(EVENT_TYPES)


@pytest.mark.parametrize("seq", [0, 1, 3])
def test_a_fold_never_skips_or_repeats_an_event(seq: int) -> None:
    state = fold([Event(SESSION, 1, START, ev.SessionLaunched("A", "p", ()))])
    with pytest.raises(ValueError, match="does not follow"):
        apply(state, Event(SESSION, seq, START, ev.SessionPaused()))


def test_a_patch_names_only_what_changed() -> None:
    tasks = tuple(ev.TaskOrder(f"t{n}", f"r{n}", (), "planner") for n in range(7))
    state = fold([Event(SESSION, 1, START, ev.SessionLaunched("A", "p", tasks))])
    _, patch = apply(state, Event(SESSION, 2, START, ev.TaskStarted("t3", 1, "w")))
    assert patch == {
        "last_seq": 2,
        "tasks": {"t3": {"status": "running", "attempt": 1, "started_at": START.isoformat()}},
    }


def test_an_error_is_gone_from_the_card_once_a_later_attempt_completes() -> None:
    tasks = (ev.TaskOrder("t", "dba", (), "planner"),)
    bodies = [
        ev.SessionLaunched("A", "p", tasks),
        ev.TaskReady("t"),
        ev.TaskStarted("t", 1, "w"),
        ev.TaskRetryScheduled("t", 1, START.isoformat(), "broken", "It broke."),
        ev.TaskStarted("t", 2, "w"),
        ev.TaskCompleted("t", 2),
    ]
    state = fold(Event(SESSION, seq, START, body) for seq, body in enumerate(bodies, start=1))
    assert (state.tasks["t"].error_code, state.tasks["t"].error_message) == (None, None)


@given(
    st.recursive(
        st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=2),
        lambda inner: st.dictionaries(st.text(max_size=2), inner, max_size=3),
    ).filter(lambda value: isinstance(value, dict))
)
def test_merging_a_document_into_nothing_gives_the_document(document: dict) -> None:
    assert merge({}, document) == document


def test_null_in_a_patch_removes_a_key() -> None:
    assert merge({"a": {"b": 1, "c": 2}}, {"a": {"b": None}}) == {"a": {"c": 2}}


def test_a_retry_of_the_session_starts_only_the_named_tasks_bounds_anew() -> None:
    tasks = tuple(ev.TaskOrder(name, name, (), "planner") for name in ("a", "b"))
    state = fold([Event(SESSION, 1, START, ev.SessionLaunched("A", "p", tasks))])
    counted = {key: replace(task, failures=2, crashes=1) for key, task in state.tasks.items()}
    after, _ = apply(
        replace(state, tasks=counted), Event(SESSION, 2, START, ev.SessionRetried(("a",)))
    )
    assert (after.tasks["a"].failures, after.tasks["a"].crashes) == (0, 0)
    assert (after.tasks["b"].failures, after.tasks["b"].crashes) == (2, 1)
