"""Downloads: made when the browser asks, and noted with who asked from where."""

from __future__ import annotations

import pytest

from core.domain.origin import Origin, coming_from
from core.errors import NotFound
from core.services import auditing, members, reading
from core.services.auditing import AuditQuery
from pages.parts.taking import body_of, noted_list
from tests.factories import (
    Someone,
    add_member,
    claim,
    complete,
    launch,
    make_artifact,
    make_someone,
)
from tests.pages.visiting import Visitor

HERE = Origin("192.0.2.7", "4bf92f3577b34da6a3ce929d0e0e4736")


def artifact_of(someone: Someone):
    session = launch(someone)
    complete(claim(someone, session, "architect"), artifacts=(make_artifact(),))
    (artifact,) = reading.list_artifacts(someone.principal, session.id)
    return artifact


def kinds(someone: Someone) -> list[str]:
    found = auditing.list_audit(someone.principal, AuditQuery(someone.team_id)).events
    return [event.kind for event in found if event.kind.endswith(".exported")]


def test_showing_a_document_is_no_export_and_asking_for_it_is(visits: Visitor) -> None:
    artifact = artifact_of(visits.someone)
    page = visits.open("work", session=str(artifact.session_id))
    (button,) = page.get("download_button")
    assert button.proto.deferred_file_id  # the text is fetched, and noted, on demand
    assert kinds(visits.someone) == []
    with coming_from(HERE):
        body = body_of(visits.someone.principal, artifact.id)
    assert body() == artifact.body
    assert kinds(visits.someone) == ["artifact.exported"]
    event = auditing.list_audit(
        visits.someone.principal, AuditQuery(visits.someone.team_id, kind="artifact.exported")
    ).events[0]
    assert Origin(event.address, event.trace_id) == HERE


def test_whoever_was_removed_since_the_page_was_drawn_takes_nothing(someone: Someone) -> None:
    artifact, member = artifact_of(someone), make_someone()
    add_member(someone.team_id, member.user)
    body = body_of(member.principal, artifact.id)
    members.remove_member(someone.principal, someone.team_id, member.user.id)
    with pytest.raises(NotFound):
        body()


def test_a_list_is_noted_with_its_rows(someone: Someone) -> None:
    taken = noted_list(
        someone.principal, someone.team_id, "sessions.exported", lambda: (b"a\nb\n", 2)
    )
    assert kinds(someone) == []
    assert taken() == b"a\nb\n"
    assert kinds(someone) == ["sessions.exported"]
