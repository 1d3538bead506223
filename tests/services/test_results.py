"""Results that cannot be stored, and where decisions and artifacts go."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Connection

from core.domain.pipeline import Step
from core.errors import InvalidResult
from core.services import claiming, reading
from tests.factories import (
    Someone,
    claim,
    complete,
    events_of,
    launch,
    launch_pipeline,
    make_artifact,
    make_decision,
)
from tests.fold_equality import difference


@pytest.mark.parametrize(
    "result",
    [
        {"output": {"deep": json.loads("[" * 500 + "]" * 500)}},
        {"artifacts": (make_artifact("same"), make_artifact("same"))},
        {"decisions": (make_decision(confidence="certain"),)},
        {"decisions": (make_decision(confidence="certain", strategic=True),)},
    ],
)
def test_a_result_that_cannot_be_stored_says_so_and_changes_nothing(
    someone: Someone, db: Connection, result: dict
) -> None:
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    before = events_of(someone, session)
    with pytest.raises(InvalidResult):
        complete(claimed, **result)
    assert events_of(someone, session) == before
    assert claiming.extend_lease(claimed)
    complete(claimed)
    assert difference(db, session.id) == []


def test_a_slug_that_another_role_took_is_refused(someone: Someone) -> None:
    session = launch_pipeline(someone, Step("architect"), Step("dba"))
    complete(claim(someone, session, "architect"), artifacts=(make_artifact("schema"),))
    with pytest.raises(InvalidResult):
        complete(claim(someone, session, "dba"), artifacts=(make_artifact("schema"),))


def test_a_slug_that_another_role_took_is_refused_with_questions_too(someone: Someone) -> None:
    session = launch_pipeline(someone, Step("architect"), Step("dba"))
    complete(claim(someone, session, "architect"), artifacts=(make_artifact("schema"),))
    with pytest.raises(InvalidResult):
        complete(
            claim(someone, session, "dba"),
            artifacts=(make_artifact("schema"),),
            outcome="needs_input",
            questions=("Who approves?",),
        )


def test_strategic_decisions_stand_on_the_session_and_guide_later_attempts(
    someone: Someone, db: Connection
) -> None:
    session = launch(someone)
    complete(
        claim(someone, session, "architect"),
        decisions=(make_decision(strategic=True), make_decision()),
    )
    strategic, tactical = reading.get_report(someone.principal, session.id).decisions
    assert strategic.task_id is None
    assert tactical.task_id is not None
    assert strategic.author_role == tactical.author_role == "architect"
    later = claim(someone, session, "dba")
    snapshot = reading.get_snapshot(someone.principal, later.snapshot_id)
    assert snapshot.decisions == (str(strategic.id),)
    assert difference(db, session.id) == []


def test_a_decision_names_the_event_that_recorded_it(someone: Someone) -> None:
    session = launch(someone)
    complete(
        claim(someone, session, "architect"),
        artifacts=(make_artifact("a"), make_artifact("b")),
        decisions=(make_decision(strategic=True), make_decision(), make_decision()),
    )
    events = {event.seq: event.body for event in events_of(someone, session)}
    for decision in reading.get_report(someone.principal, session.id).decisions:
        assert events[decision.seq].decision_id == str(decision.id)


def test_an_artifact_comes_back_as_it_was_recorded(someone: Someone) -> None:
    session = launch(someone)
    draft = make_artifact("schema", body="-- ünïcode\nSELECT '🚀';\n")
    complete(claim(someone, session, "architect"), artifacts=(draft,))
    (listed,) = reading.list_artifacts(someone.principal, session.id)
    found = reading.get_artifact(someone.principal, listed.id)
    assert found == listed
    assert (found.slug, found.body, found.agent_role) == ("schema", draft.body, "architect")
    (without_body,) = reading.get_report(someone.principal, session.id).artifacts
    assert without_body.body is None
