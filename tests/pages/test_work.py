"""Artifacts and snapshots: what an agent knew, made and decided."""

from __future__ import annotations

import re

import pytest

from core.domain.session import Session
from core.services import claiming, demo, reading
from pages.parts.snapshot.document import file_name_of, language_of
from tests.factories import (
    WORKER,
    Someone,
    claim,
    complete,
    launch,
    make_artifact,
    make_decision,
    make_someone,
    open_session,
    route,
)
from tests.pages.visiting import Visitor, database_away, run, texts


@pytest.fixture
def planned(someone: Someone) -> Session:
    """A session that the planner worked through, its database role on the second try."""
    session = launch(someone, brief=demo.SHIFTS)
    demo._run(someone.principal, session, "dba")
    return session


def test_a_session_that_has_not_begun_says_so(visits: Visitor) -> None:
    session = launch(visits.someone)
    page = visits.open("work", session=str(session.id))
    assert "No role has begun" in page.info[0].value


def test_a_database_that_is_away_is_no_other_team(visits: Visitor) -> None:
    session = launch(visits.someone)
    page = visits.open("work", session=str(session.id))
    with database_away():
        shown = texts(run(page))
    assert "The database does not answer." in shown
    assert "Not in this team" not in shown


def test_large_values_stand_in_the_context_in_full(visits: Visitor, planned: Session) -> None:
    page = visits.open("work", session=str(planned.id), task="frontend_dev")
    shown = "\n".join(str(one.value) for one in page.json)
    assert "feature_model" in shown
    assert '{"sha256"' not in shown.replace(" ", "")
    assert "Nurses see their own roster" in texts(page)
    assert "Guided by" in texts(page)


def test_each_try_has_its_own_pill(visits: Visitor, planned: Session) -> None:
    page = visits.open("work", session=str(planned.id), task="dba:1")
    pills = page.button_group(key="work_try")
    assert pills.value == "dba:1"
    assert "This try made nothing: it failed." in texts(page)
    pills.set_value("dba:2")
    run(page)
    assert page.query_params["task"] == "dba:2"
    assert any("CREATE TABLE" in str(one.value) for one in page.code)


def test_tasks_of_one_role_have_pills_and_questions_of_their_own(visits: Visitor) -> None:
    session = open_session(visits.someone)
    for asked in ("Look at *tables*", "Look at indexes"):
        routed = route(
            visits.someone, session, task_type="review", description=asked, data={"n": asked}
        )
        claimed = claiming.claim_task(routed.task.id, WORKER)
        assert claimed is not None
        complete(claimed)
    page = visits.open("work", session=str(session.id))
    assert "Look at *tables*" in texts(page)
    assert ":gray-badge[review]" in texts(page)
    page.button_group(key="work_try").set_value("dba-2:1")
    run(page)
    assert "Look at indexes" in texts(page)
    assert "Look at indexes" in "".join(str(one.value) for one in page.json)


def test_artifacts_are_shown_as_text(visits: Visitor) -> None:
    session = launch(visits.someone)
    complete(
        claim(visits.someone, session, "architect"),
        artifacts=(make_artifact(title="<img src=x> *x*", body="<script>alert(1)</script>"),),
        decisions=(make_decision(text="[go](javascript:1)"),),
    )
    page = visits.open("work", session=str(session.id))
    assert page.code[0].value == "<script>alert(1)</script>"
    shown = "\n".join(one.value for one in page.markdown)
    assert not re.search(r"(?<!\\)<img", shown)
    assert "[go](javascript" not in shown


@pytest.mark.parametrize(
    ("media_type", "language", "name"),
    [
        ("application/sql", "sql", "a-b.sql"),
        ("application/vnd.oai.openapi+json;version=3.1", "json", "a-b.json"),
        ("application/yaml", "yaml", "a-b.yaml"),
        ("text/markdown", "markdown", "a-b.md"),
        ("text/vnd.mermaid", "mermaid", "a-b.mmd"),
        ("text/plain", None, "a-b.txt"),
    ],
)
def test_a_media_type_says_how_to_highlight_and_what_to_call_it(
    someone: Someone, media_type: str, language: str | None, name: str
) -> None:
    session = launch(someone)
    complete(
        claim(someone, session, "architect"),
        artifacts=(make_artifact("a/b", media_type=media_type),),
    )
    (artifact,) = reading.list_artifacts(someone.principal, session.id)
    assert language_of(media_type) == language
    assert file_name_of(artifact) == name


@pytest.mark.parametrize("asked", ["", "123", "not-an-id"])
def test_what_is_no_session_is_not_in_this_team(visits: Visitor, asked: str) -> None:
    assert "Not in this team" in texts(visits.open("work", session=asked))


def test_a_document_is_read_and_its_source_stands_beside_it(
    visits: Visitor, planned: Session
) -> None:
    page = visits.open("work", session=str(planned.id), task="it_admin")
    assert [tab.label for tab in page.tabs if tab.label in ("Read", "Source")][:2] == [
        "Read",
        "Source",
    ]
    assert any("## 1. In short" in one.value for one in page.markdown)
    assert any("## 1. In short" in str(one.value) for one in page.code)


def test_a_foreign_session_is_not_in_this_team(visits: Visitor) -> None:
    theirs = launch(make_someone())
    assert "Not in this team" in texts(visits.open("work", session=str(theirs.id)))


def test_a_database_that_is_away_is_a_sentence(visits: Visitor, planned: Session) -> None:
    page = visits.open("work", session=str(planned.id))
    with database_away():
        shown = texts(run(page))
    assert "does not answer" in shown or "Not in this team" in shown
