"""Launching: once for each key, whatever is sent."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from core.domain.access import SYSTEM
from core.domain.artifact import Evidence
from core.domain.decision import Alternative
from core.domain.pipeline import Step
from core.domain.role import RoleProfile
from core.domain.session import LaunchRequest
from core.errors import InvalidInput, NotAllowed
from core.services import launching, reading, recording
from tests.factories import (
    Someone,
    claim,
    complete,
    define_role,
    events_of,
    in_parallel,
    launch,
    launch_pipeline,
    make_artifact,
    make_decision,
    make_someone,
    task_of,
)
from tests.fold_equality import difference

AWKWARD = [
    "Robert'); DROP TABLE execution_sessions;--",
    '<script>alert("x")</script><img src=x onerror=alert(1)>',
    "🚀 Überweisung für 日本",
    "موافقة على النفقات \u202e gnirts",
    "%s %(name)s :name {0} $1 \\ \\u0000",
    "e\u0301clair",
]


def count(db: Connection, table: str) -> int:
    return db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def test_a_repeated_launch_finds_the_first_session(someone: Someone, db: Connection) -> None:
    first = launch(someone, launch_key="key")
    again = launch(someone, launch_key="key", feature_name="Another", brief="Another brief.")
    assert again == first
    assert count(db, "execution_sessions") == 1
    assert count(db, "agent_tasks") == 7


def test_parallel_launches_with_one_key_give_one_session(someone: Someone, db: Connection) -> None:
    request = LaunchRequest(someone.team_id, "Name", "A brief.", launch_key="key")
    launched = in_parallel(8, lambda _: launching.launch_session(someone.principal, request))
    assert len({one.session.id for one in launched}) == 1
    assert [one.is_new for one in launched].count(True) == 1
    assert count(db, "execution_sessions") == count(db, "session_heads") == 1
    assert difference(db, launched[0].session.id) == []


def test_a_launch_key_is_the_teams_own(someone: Someone) -> None:
    other = make_someone()
    assert launch(someone, launch_key="key").id != launch(other, launch_key="key").id


def test_launches_without_a_key_are_never_the_same(someone: Someone) -> None:
    assert launch(someone).id != launch(someone).id


def test_a_launched_session_reads_as_it_was_returned(someone: Someone) -> None:
    session = launch(someone)
    assert reading.get_session(someone.principal, session.id) == session


def test_a_sessions_pipeline_is_frozen_at_its_launch(someone: Someone) -> None:
    define_role(someone.team_id, RoleProfile("scribe", "Scribe", ("document",), "Write."))
    session = launch_pipeline(someone, Step("scribe"))
    define_role(someone.team_id, RoleProfile("scribe", "Scribe", (), "Never write."))
    work = claim(someone, session, "scribe").work
    assert (work.instructions, work.capabilities) == ("Write.", ("document",))


def test_the_systems_principal_launches_nothing(someone: Someone) -> None:
    with pytest.raises(NotAllowed):
        launching.launch_session(SYSTEM, LaunchRequest(someone.team_id, "Name", "A brief."))


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_names_and_briefs_come_back_as_they_were_sent(
    someone: Someone, db: Connection, name: str
) -> None:
    session = launch(someone, feature_name=name, brief=f"{name}\n{name}", launch_key=name)
    found = reading.get_session(someone.principal, session.id)
    assert found.feature_name == (name if "e\u0301" not in name else "éclair")
    assert reading.get_brief(someone.principal, session.id) == f"{name}\n{name}"
    assert difference(db, session.id) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"feature_name": ""}, "no name"),
        ({"feature_name": "x" * 10_000}, "10000 characters"),
        ({"feature_name": "\ud800\x00"}, "no name"),
        ({"brief": ""}, "empty"),
        ({"brief": "x" * 70_000}, "64 KB"),
        ({"brief": "\x00\x01\x02" * 9}, "binary"),
        ({"launch_key": ""}, "launch key"),
        ({"launch_key": "\x00"}, "launch key"),
        ({"launch_key": "x" * 201}, "launch key"),
        ({"executor": "wizard"}, "no executor 'wizard'"),
        ({"executor": "llm"}, "no executor 'llm'"),
        ({"executor": "recorded"}, "no executor 'recorded'"),
        ({"executor": "\x00\ud800"}, "no executor"),
        ({"pipeline": "nowhere"}, "no pipeline 'nowhere'"),
        ({"pipeline": ""}, "no pipeline"),
        ({"pipeline": "\x00"}, "no pipeline"),
        ({"pipeline": "\ud800"}, "no pipeline"),
        ({"pipeline": "'; DROP TABLE users; --"}, "no pipeline"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_stored(
    someone: Someone, db: Connection, changes: dict, message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        launch(someone, **changes)
    assert count(db, "execution_sessions") == count(db, "session_events") == 0


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        ('{"name": "p", "steps": [{"role": "dba", "after": ["dba"]}]}', "wait for each other"),
        ('{"name": "p", "steps": [{"role": "wizard"}]}', "not known"),
        ('{"name": "p", "steps": []}', "no roles"),
        ('{"name": "p"}', "cannot be read"),
        ("[]", "cannot be read"),
    ],
)
def test_a_stored_pipeline_that_cannot_run_is_refused_at_launch(
    someone: Someone, db: Connection, definition: str, message: str
) -> None:
    db.execute(
        text(
            "INSERT INTO pipelines (id, team_id, name, definition)"
            " VALUES (gen_random_uuid(), :team, 'p', CAST(:definition AS jsonb))"
        ),
        {"team": someone.team_id, "definition": definition},
    )
    with pytest.raises(InvalidInput, match=message):
        launch(someone, pipeline="p")


def test_input_with_nul_and_surrogates_is_stored_cleaned(someone: Someone) -> None:
    session = launch(someone, input={"edits": {"na\x00me": "a\ud800b"}})
    assert claim(someone, session, "architect").work.edits == {"name": "ab"}


def test_everything_that_an_executor_says_is_stored_cleaned(
    someone: Someone, db: Connection
) -> None:
    dirty, clean = "a\x00b\ud800c", "abc"
    session = launch(someone)
    complete(
        claim(someone, session, "architect"),
        output={dirty: [dirty]},
        artifacts=(
            make_artifact(
                dirty, kind=dirty, title=dirty, body=dirty, evidence=(Evidence(dirty, dirty),)
            ),
        ),
        decisions=tuple(
            make_decision(
                text=dirty,
                rationale=dirty,
                category=dirty,
                alternatives=(Alternative(dirty, dirty),),
                evidence=(dirty,),
                revisit_trigger=dirty,
                strategic=strategic,
            )
            for strategic in (True, False)
        ),
        usage={dirty: dirty},
    )
    report = reading.get_report(someone.principal, session.id)
    for decision in report.decisions:
        assert decision.text == decision.rationale == decision.category == clean
        assert decision.alternatives == (Alternative(clean, clean),)
        assert decision.evidence == (clean,)
        assert decision.revisit_trigger == clean
    (artifact,) = reading.list_artifacts(someone.principal, session.id)
    assert (artifact.slug, artifact.kind, artifact.title) == (clean, clean, clean)
    assert (artifact.body, artifact.evidence) == (clean, (Evidence(clean, clean),))
    assert claim(someone, session, "dba").work.upstream == {"architect": {clean: [clean]}}
    assert difference(db, session.id) == []


def test_an_error_is_stored_cleaned_and_cut(someone: Someone, db: Connection) -> None:
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    recording.fail_attempt(
        claimed, code="bro\x00ken\ud800", message="It\x00 broke\ud800.\n" + "x" * 9000
    )
    task = task_of(someone, session, "architect")
    assert task.error_code == "broken"
    assert task.error_message.startswith("It broke. xxx")
    assert len(task.error_message) == recording.MAX_ERROR_CHARACTERS
    assert difference(db, session.id) == []


def test_an_error_without_a_message_shows_its_code(someone: Someone) -> None:
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    recording.fail_attempt(claimed, code="broken", message=" \x00 ")
    assert task_of(someone, session, "architect").error_message == "broken"


def test_a_launch_tells_the_session_and_its_roots(someone: Someone) -> None:
    session = launch_pipeline(someone, Step("architect"), Step("dba", ("architect",)))
    assert [event.type for event in events_of(someone, session)] == [
        "session_launched",
        "task_ready",
    ]
