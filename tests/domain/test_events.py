"""The catalogue of events: its names, and payloads of every age."""

import json
from dataclasses import MISSING, fields

import pytest
from hypothesis import given

from core.domain import events as ev
from core.domain.events import EVENT_TYPES, Event, decode_body, encode_body
from core.domain.session_state import _HANDLERS
from tests.domain.logs import logs

CATALOGUE = (
    *("session_launched", "session_paused", "session_resumed", "session_completed"),
    *("session_failed", "session_cancelled", "session_expired", "session_retried"),
    *("session_activated", "session_changed", "task_routed"),
    *("task_ready", "task_started", "task_note", "task_retry_scheduled", "task_lease_lost"),
    *("task_waiting", "task_completed", "task_failed", "task_cancelled"),
    *("decision_recorded", "decision_superseded", "artifact_recorded", "snapshot_recorded"),
    *("approval_requested", "approval_decided"),
)


def test_the_catalogue_is_the_one_that_was_designed() -> None:
    assert set(EVENT_TYPES) == set(CATALOGUE)


def test_the_fold_handles_every_type() -> None:
    assert set(_HANDLERS) == set(EVENT_TYPES.values())


@given(logs())
def test_every_event_reads_back_as_it_was_written(log: list[Event]) -> None:
    for event in log:
        payload = json.loads(json.dumps(encode_body(event.body)))
        assert decode_body(event.type, payload) == event.body


@given(logs())
def test_an_old_payload_without_a_later_field_takes_its_default(log: list[Event]) -> None:
    for event in log:
        defaults = {f.name: f.default for f in fields(event.body) if f.default is not MISSING}
        payload = {
            key: value for key, value in encode_body(event.body).items() if key not in defaults
        }
        read = decode_body(event.type, json.loads(json.dumps(payload)))
        assert {name: getattr(read, name) for name in defaults} == defaults


@given(logs())
def test_a_payload_of_a_later_version_is_read_without_its_new_fields(log: list[Event]) -> None:
    for event in log:
        payload = {**encode_body(event.body), "from_the_future": 1}
        assert decode_body(event.type, payload) == event.body


def test_a_missing_field_without_default_is_an_error() -> None:
    with pytest.raises(ValueError, match="task_started lacks worker"):
        decode_body("task_started", {"task_id": "t", "attempt": 1})


def test_a_type_outside_the_catalogue_is_an_error() -> None:
    with pytest.raises(KeyError):
        decode_body("task_teleported", {})


def test_bodies_are_frozen() -> None:
    with pytest.raises(AttributeError):
        ev.TaskReady("t").task_id = "other"  # type: ignore[misc]
