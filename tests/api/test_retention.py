"""Retention over the API: pins, what will go when, and what is gone."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from core.services import control, retention
from core.settings import get_settings
from tests.api.world import World


@pytest.fixture
def gone(world: World, db: Connection, monkeypatch: pytest.MonkeyPatch) -> World:
    """The session has lost its details."""
    monkeypatch.setenv("DETAIL_RETENTION_DAYS", "1")
    get_settings.cache_clear()
    control.cancel_session(world.owner.principal, world.session.id)
    for query in (
        "UPDATE session_heads SET updated_at = updated_at - interval '2 days'",
        "UPDATE execution_sessions SET ended_at = ended_at - interval '2 days'",
    ):
        db.execute(text(query))
    retention.take_old_details()
    return world


def test_a_pin_shows_on_the_session_and_in_the_plan(world: World) -> None:
    at = f"/sessions/{world.session.id}/pin"
    assert world.post(at).json()["pinned_at"] is not None
    plan = world.get(f"/retention?team_id={world.ids.team}").json()
    assert [one["session_id"] for one in plan["pinned"]] == [str(world.session.id)]
    assert plan["pinned"][0]["pinned_by"] == world.owner.user.user_name
    answer = world.client.delete(f"/api{at}", headers=world.token())
    assert answer.json()["pinned_at"] is None


def test_the_plan_tells_what_expires_when(world: World) -> None:
    plan = world.get(f"/retention?team_id={world.ids.team}").json()
    assert (plan["session_days"], plan["detail_days"], plan["count_expiring"]) == (7, 0, 1)
    assert plan["expiring"][0]["due_at"] > plan["now"]


def test_what_is_gone_is_told_and_cannot_be_pinned(gone: World) -> None:
    session = gone.get(f"/sessions/{gone.session.id}").json()
    assert session["events_gone_to_seq"] == session["last_seq"] > 0
    assert session["details_gone_at"] is not None
    assert session["decisions"]
    answer = gone.post(f"/sessions/{gone.session.id}/pin")
    assert (answer.status_code, answer.json()["code"]) == (410, "details_gone")
