"""The demo's sessions: really run, once, and comparable."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection

from core.domain.access import UserPrincipal
from core.domain.lifecycle import Outcome, SessionStatus
from core.services import accounts, demo, reading
from tests.fold_equality import difference


def test_seeding_gives_every_page_something_to_show(system: None, db: Connection) -> None:
    assert demo.seed_demo() == len(demo.DEMO)
    user, team = accounts.ensure_demo_team()
    principal = UserPrincipal(user.id)
    found = {one.feature_name: one for one in reading.list_sessions(principal, team_id=team.id)}
    assert {one.status for one in found.values()} == {SessionStatus.COMPLETED}
    assert Counter(one.outcome for one in found.values()) == {
        Outcome.PLANNED: 3,
        Outcome.NEEDS_INPUT: 1,
    }
    assert found["A better dashboard"].questions
    for session in found.values():
        assert difference(db, session.id) == []

    retried = reading.get_report(principal, found["Shift swap"].id)
    assert [(one.role, one.attempt) for one in retried.tasks if one.attempt > 1] == [("dba", 2)]
    assert {one.ended_as for one in retried.snapshots} == {"completed", "failed"}
    types = [event.type for event in reading.list_events(principal, found["Shift swap"].id)]
    assert {"session_failed", "session_retried", "session_completed"} <= set(types)

    one, other = (
        reading.list_artifacts(principal, found[name].id)
        for name in ("Expense approval", "Expense approval, from 1,000 EUR")
    )
    assert {artifact.slug for artifact in one} == {artifact.slug for artifact in other}
    assert [artifact.body for artifact in one] != [artifact.body for artifact in other]


def test_seeding_again_adds_nothing(system: None) -> None:
    demo.seed_demo()
    user, team = accounts.ensure_demo_team()
    before = reading.list_sessions(UserPrincipal(user.id), team_id=team.id)
    assert demo.seed_demo() == 0
    assert reading.list_sessions(UserPrincipal(user.id), team_id=team.id) == before
