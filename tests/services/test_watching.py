"""What stands above a session's pages, and which decisions come with what is new."""

from __future__ import annotations

import pytest

from core.domain.access import TeamRole, UserPrincipal
from core.domain.session import Session
from core.domain.session_state import SessionState
from core.errors import NotFound
from core.services import watching
from tests.factories import (
    Someone,
    add_member,
    claim,
    complete,
    complete_roles,
    launch,
    make_decision,
    make_someone,
    open_session,
)


def decided(someone: Someone, session: Session, role: str, text: str) -> None:
    complete(claim(someone, session, role), decisions=(make_decision(text=text),))


def test_a_head_says_who_started_it_what_works_in_it_and_what_one_may_do(someone: Someone) -> None:
    session = launch(someone)
    complete_roles(someone, session, "architect")
    for role in ("backend_dev", "dba"):
        claim(someone, session, role)
    viewer = make_someone()
    add_member(someone.team_id, viewer.user, TeamRole.VIEWER)
    head = watching.get_head(someone.principal, session.id)
    assert (head.session.id, head.started_by) == (session.id, someone.user.user_name)
    assert (head.executors, head.running, head.may_control) == (("planner",), 2, True)
    assert not watching.get_head(UserPrincipal(viewer.user.id), session.id).may_control


def test_a_session_without_task_has_a_head(someone: Someone) -> None:
    head = watching.get_head(someone.principal, open_session(someone).id)
    assert (head.executors, head.running) == ((), 0)


def test_a_head_is_for_the_team_alone(someone: Someone) -> None:
    with pytest.raises(NotFound):
        watching.get_head(make_someone().principal, launch(someone).id)


def test_decisions_come_with_the_events_that_tell_of_them(someone: Someone) -> None:
    session = launch(someone)
    decided(someone, session, "architect", "One table for all")
    first = watching.read_on(session.id, SessionState())
    decided(someone, session, "dba", "A partial index")
    then = watching.read_on(session.id, first.state)
    told = {step.event.type: step.decision.text for step in then.steps if step.decision}
    assert told == {"decision_recorded": "A partial index"}


def test_the_whole_log_comes_without_decisions(someone: Someone) -> None:
    """Pages read the journal themselves; a long one would come twice."""
    session = launch(someone)
    decided(someone, session, "architect", "One table for all")
    whole = watching.read_on(session.id, SessionState())
    assert "decision_recorded" in [step.event.type for step in whole.steps]
    assert not any(step.decision for step in whole.steps)
