"""Agents from outside taking up work."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from core.domain.access import SYSTEM, Principal, Scope, TeamRole
from core.domain.agent import WorkQuery
from core.domain.pipeline import Step
from core.domain.role import RoleProfile
from core.errors import InvalidInput, NotAllowed, NotFound
from core.ids import new_id
from core.services import agents, dispatching, journaling, reading, reporting
from core.settings import get_settings
from tests.factories import (
    Someone,
    claim,
    complete_roles,
    define_role,
    launch,
    launch_pipeline,
    make_artifact,
    make_decision,
    make_someone,
    make_team_of,
    task_of,
)
from tests.fold_equality import difference
from tests.services.working import (
    external_architect,
    finds_nothing,
    joined,
    launch_external,
    make_agent,
    make_result,
    take,
)


def test_an_external_architect_works_beside_built_in_roles(
    someone: Someone, db: Connection
) -> None:
    external_architect(someone)
    session = launch(someone)
    assert dispatching.take_due_tasks() == []  # it never enters the queue
    agent = make_agent(someone)
    order = take(agent)
    assert order.claim.work.role == "architect"
    reporting.complete_task(
        agent,
        order.claim.task_id,
        order.claim.attempt,
        make_result(
            output={"components": ["form"]},
            artifacts=(make_artifact("overview", media_type="text/markdown"),),
            decisions=(make_decision(),),
            usage={"tokens": 7},
        ),
    )
    freed = set(dispatching.take_due_tasks())
    assert freed == {task_of(someone, session, role).id for role in ("backend_dev", "dba")}
    assert claim(someone, session, "dba").work.upstream == {"architect": {"components": ["form"]}}
    report = reading.get_report(someone.principal, session.id)
    assert [one.slug for one in report.artifacts] == ["overview"]
    assert [(one.author_role, one.task_id) for one in report.decisions] == [
        ("architect", order.claim.task_id)
    ]
    snapshot = reading.get_snapshot(someone.principal, order.claim.snapshot_id)
    assert snapshot.execution["worker"] == f"agent {agent.token_id}"
    assert snapshot.execution["usage"] == {"tokens": 7}
    assert difference(db, session.id) == []


def test_a_whole_team_of_agents_finishes_a_session(someone: Someone, db: Connection) -> None:
    session = launch(someone, executor="external")
    crew = [make_agent(someone) for _ in range(3)]
    done = []
    while (order := agents.find_work(crew[len(done) % 3], WorkQuery())) is not None:
        assert set(order.claim.work.upstream) <= set(done)
        done.append(order.claim.work.role)
        reporting.complete_task(
            crew[(len(done) - 1) % 3], order.claim.task_id, order.claim.attempt, make_result()
        )
    assert len(done) == 7
    found = reading.get_session(someone.principal, session.id)
    assert (found.status, found.outcome) == ("completed", "planned")
    assert difference(db, session.id) == []


def test_an_order_tells_what_a_worker_would_be_told(someone: Someone) -> None:
    define_role(
        someone.team_id,
        RoleProfile("dba", "DBA", ("design", "audit"), "Derive.", executor="external"),
    )
    session = launch_pipeline(
        someone, Step("architect"), Step("dba", ("architect",)), input={"edits": {"a": ["b"]}}
    )
    journaling.record_decision(
        someone.principal, session.id, make_decision(text="Use one table", strategic=True)
    )
    complete_roles(someone, session, "architect")
    order = take(make_agent(someone))
    work = order.claim.work
    assert (work.role, work.feature_name, work.instructions) == (
        "dba",
        "Expense approval",
        "Derive.",
    )
    assert work.brief.startswith("Employees submit")
    assert work.capabilities == ("design", "audit")
    assert work.upstream == {"architect": {}}
    assert work.edits == {"a": ["b"]}
    assert [one.text for one in order.decisions] == ["Use one table"]
    snapshot = reading.get_snapshot(someone.principal, order.claim.snapshot_id)
    assert snapshot.context["instructions"] == "Derive."
    assert snapshot.decisions == tuple(str(one.id) for one in order.decisions)


def test_lease_and_deadline_are_those_of_agents(
    someone: Someone, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAGE_AGENT_LEASE_SECONDS", "90")
    get_settings.cache_clear()
    define_role(
        someone.team_id,
        RoleProfile("dba", "DBA", (), "Derive.", executor="external", timeout_seconds=30.0),
    )
    launch_pipeline(someone, Step("architect"), Step("dba"), executor="external")
    agent = make_agent(someone)
    for role, seconds, lease in (("architect", 3600, 90), ("dba", 30, 30)):
        order = take(agent, roles=(role,))
        began = order.claim.started_at
        assert (order.claim.deadline_at - began).total_seconds() == pytest.approx(seconds, abs=0.1)
        assert (order.lease_until - began).total_seconds() == pytest.approx(lease, abs=0.1)
        query = text("SELECT lease_until, lease_owner FROM agent_tasks WHERE id = :id")
        stored = db.execute(query, {"id": order.claim.task_id}).one()
        assert tuple(stored) == (order.lease_until, f"agent {agent.token_id}")


def test_a_second_agent_gets_nothing(someone: Someone) -> None:
    launch_external(someone)
    take(make_agent(someone))
    assert finds_nothing(make_agent(someone))


def test_what_workers_do_is_not_for_agents(someone: Someone) -> None:
    launch(someone)
    define_role(someone.team_id, RoleProfile("dba", "DBA", (), "Derive.", executor="recorded"))
    launch_pipeline(someone, Step("dba"))
    assert finds_nothing(make_agent(someone))


def test_the_oldest_due_comes_first_across_teams(someone: Someone) -> None:
    other = make_team_of(someone.user)
    launched = [launch_external(team) for team in (someone, other, someone)]
    agent = make_agent(someone)
    taken = [take(agent).claim.session_id for _ in launched]
    assert taken == [session.id for session in launched]


def test_a_query_narrows_to_team_session_and_roles(someone: Someone) -> None:
    other = make_team_of(someone.user)
    first = launch_external(someone, "architect", "dba")
    second = launch_external(other, "architect")
    agent = make_agent(someone)
    assert finds_nothing(agent, roles=("ui_ux",))
    assert finds_nothing(agent, session_id=second.id, roles=("dba",))
    assert take(agent, team_id=other.team_id).claim.session_id == second.id
    order = take(agent, session_id=first.id, roles=("database_administrator",))
    assert order.claim.work.role == "dba"
    with pytest.raises(NotFound):
        take(agent, team_id=other.team_id, session_id=first.id)


@pytest.mark.parametrize("roles", [("x" * 51,), ("Dba",), ("a\x00b",), ("dba",) * 51])
def test_what_is_no_role_is_refused(someone: Someone, roles: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput):
        take(make_agent(someone), roles=roles)


def refused(someone: Someone) -> list[tuple[Principal, type[Exception]]]:
    elsewhere = make_team_of(someone.user).team_id
    return [
        (joined(someone, TeamRole.VIEWER).principal, NotAllowed),
        (make_agent(joined(someone, TeamRole.VIEWER)), NotAllowed),
        (make_someone().principal, NotFound),
        (make_agent(make_someone()), NotFound),
        (make_agent(someone, team_id=elsewhere), NotFound),
        (make_agent(someone, scopes=frozenset(Scope) - {Scope.EXECUTE}), NotAllowed),
        (SYSTEM, NotAllowed),
    ]


def test_only_who_may_execute_there_takes_up_work(someone: Someone) -> None:
    session = launch_external(someone)
    for principal, error in refused(someone):
        for wanted in (WorkQuery(session.team_id), WorkQuery(session_id=session.id)):
            for ask in (agents.find_work, agents.next_work_in):
                with pytest.raises(error):
                    ask(principal, wanted)
    assert task_of(someone, session, "architect").status == "ready"
    assert take(make_agent(joined(someone, TeamRole.MEMBER)))


def test_without_a_team_named_an_agent_gets_only_what_it_may_execute(someone: Someone) -> None:
    launch_external(someone)
    for principal, _ in refused(someone)[:5]:
        assert finds_nothing(principal)
    assert take(make_agent(someone, team_id=someone.team_id))


def test_a_token_without_the_scope_hears_so_also_where_there_is_no_work(someone: Someone) -> None:
    for ask in (agents.find_work, agents.next_work_in):
        with pytest.raises(NotAllowed, match="scope execute"):
            ask(make_agent(someone, scopes=frozenset({Scope.LAUNCH})), WorkQuery())


def test_a_viewer_finds_the_work_of_another_team_of_theirs(someone: Someone) -> None:
    launch_external(someone)
    viewer = joined(someone, TeamRole.VIEWER)
    own = launch_external(viewer)
    assert agents.next_work_in(viewer.principal, WorkQuery()) == 0
    assert take(viewer.principal).claim.session_id == own.id


def test_a_session_that_never_was_is_not_found(someone: Someone) -> None:
    agent = make_agent(someone)
    for wanted in (WorkQuery(new_id()), WorkQuery(session_id=new_id())):
        with pytest.raises(NotFound):
            agents.find_work(agent, wanted)
