"""What is taken along is a row in the audit: who took what, from which team."""

from __future__ import annotations

import pytest

from core.errors import NotFound
from core.services import auditing, exporting, reading
from core.services.auditing import AuditEvent, AuditQuery
from tests.factories import Someone, claim, complete, launch, make_artifact, make_someone


@pytest.fixture
def session_id(someone: Someone):
    """A session with one document."""
    session = launch(someone)
    complete(claim(someone, session, "architect"), artifacts=(make_artifact(),))
    return session.id


def exports(someone: Someone) -> list[AuditEvent]:
    found = auditing.list_audit(someone.principal, AuditQuery(someone.team_id)).events
    return [event for event in found if event.kind.endswith(".exported")]


def test_a_document_that_is_taken_along_is_noted(someone: Someone, session_id) -> None:
    (artifact,) = reading.list_artifacts(someone.principal, session_id)
    assert exports(someone) == []
    taken = exporting.export_artifact(someone.principal, artifact.id)
    assert taken.body == artifact.body
    (event,) = exports(someone)
    assert (event.kind, event.actor_id, event.subject) == (
        "artifact.exported", someone.user.id, "schema",
    )  # fmt: skip
    assert event.details == {"artifact_id": str(artifact.id), "session_id": str(session_id)}


def test_a_plan_that_is_taken_along_is_one_row(someone: Someone, session_id) -> None:
    found = exporting.export_plan(someone.principal, session_id)
    assert [one.slug for one in found] == ["schema"]
    (event,) = exports(someone)
    assert (event.kind, event.subject) == ("session.exported", "Expense approval")
    assert event.details == {"session_id": str(session_id), "artifacts": 1}


def test_a_list_that_is_taken_along_says_how_long_it_was(someone: Someone) -> None:
    exporting.note_list(someone.principal, someone.team_id, "sessions.exported", 7)
    (event,) = exports(someone)
    assert (event.kind, event.details) == ("sessions.exported", {"rows": 7})


def test_nobody_takes_along_what_is_another_teams(someone: Someone, session_id) -> None:
    stranger = make_someone()
    (artifact,) = reading.list_artifacts(someone.principal, session_id)
    for take in (
        lambda: exporting.export_artifact(stranger.principal, artifact.id),
        lambda: exporting.export_plan(stranger.principal, session_id),
        lambda: exporting.note_list(stranger.principal, someone.team_id, "sessions.exported", 1),
    ):
        with pytest.raises(NotFound):
            take()
    assert exports(someone) == []
