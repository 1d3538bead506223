"""What the operations on tasks and artifacts say."""

from __future__ import annotations

import pytest

from core.domain.artifact import Artifact
from core.services import reading
from tests.api.world import World
from tests.factories import (
    claim,
    complete,
    launch,
    make_artifact,
)


def test_a_task_says_what_it_handed_on(world: World) -> None:
    found = world.get(f"/tasks/{world.ids.task}").json()
    assert (found["role"], found["status"]) == ("architect", "completed")
    assert found["output"] == {"components": ["api"]}
    assert found["duration_seconds"] >= 0
    (decision,) = world.get(f"/tasks/{world.ids.task}/decisions").json()["items"]
    assert (decision["text"], decision["task_id"]) == ("A tactical one", str(world.ids.task))


def test_an_attempt_that_never_was_has_no_snapshot(world: World) -> None:
    assert world.get(f"/tasks/{world.ids.task}/snapshot?attempt=1").status_code == 200
    assert world.get(f"/tasks/{world.ids.task}/snapshot?attempt=2").status_code == 404
    ready = world.get(f"/sessions/{world.ids.session}").json()["tasks"][1]["id"]
    assert world.get(f"/tasks/{ready}").json()["output"] is None
    assert world.get(f"/tasks/{ready}/snapshot").status_code == 404


@pytest.mark.parametrize(
    ("artifact", "media_type", "name"),
    [
        (make_artifact("schema"), "application/sql", "schema"),
        (make_artifact("page", media_type="text/html"), "text/html; charset=utf-8", "page"),
        (
            make_artifact("api", media_type="application/vnd.oai.openapi+json;version=3.1"),
            "application/vnd.oai.openapi+json;version=3.1",
            "api",
        ),
        (make_artifact('a"\u00e9/../b'), "application/sql", "a---..-b"),
        (make_artifact("x", media_type="text/html\r\nX: y"), "application/octet-stream", "x"),
    ],
)
def test_an_artifact_is_saved_and_never_shown_in_place(
    world: World, artifact: Artifact, media_type: str, name: str
) -> None:
    session = launch(world.owner)
    complete(claim(world.owner, session, "architect"), artifacts=(artifact,))
    (stored,) = reading.list_artifacts(world.owner.principal, session.id)
    answer = world.get(f"/artifacts/{stored.id}")
    assert answer.text == artifact.body
    assert answer.headers["content-type"] == media_type
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["x-content-type-options"] == "nosniff"
