"""Sessions without a pipeline, and the tasks that are routed to them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, text

from core.domain.access import Scope, TeamRole, TokenPrincipal
from core.domain.lifecycle import SessionStatus, TaskStatus
from core.domain.origin import Origin, coming_from
from core.domain.role import RoleProfile
from core.domain.routing import OpenRequest, Routed, RouteRequest
from core.domain.session import Session
from core.errors import (
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    SessionHasPipeline,
    TeamArchived,
    TooLarge,
)
from core.ids import new_id
from core.services import (
    claiming,
    control,
    inspecting,
    reading,
    recording,
    reporting,
    routing,
)
from core.services.transaction import transact
from tests.factories import (
    WORKER,
    Someone,
    claim,
    complete,
    define_role,
    events_of,
    in_parallel,
    launch,
    make_artifact,
    make_someone,
    open_session,
    route,
)
from tests.fold_equality import difference
from tests.services.test_late_acts import open_transaction, wait_for_waiting
from tests.services.working import archive, joined, make_result, take


def agrees(session: Session) -> bool:
    return transact(lambda db: difference(db, session.id)) == []


def types_of(someone: Someone, session: Session) -> list[str]:
    return [event.type for event in events_of(someone, session)]


def status_of(someone: Someone, session: Session) -> SessionStatus:
    return reading.get_session(someone.principal, session.id).status


def test_a_session_without_pipeline_waits_for_a_task(system: None) -> None:
    someone = make_someone()
    session = open_session(someone, role="software_architect", metadata={"ticket": 7, "no": None})
    found = reading.get_session(someone.principal, session.id)
    assert found == session
    assert (found.status, found.pipeline, found.started_at) == ("pending", None, None)
    assert (found.role, found.metadata, found.stays_open) == ("architect", {"ticket": 7}, True)
    assert reading.list_tasks(someone.principal, session.id) == []
    assert types_of(someone, session) == ["session_launched"]
    assert agrees(session)


def test_the_first_routed_task_begins_its_session(system: None) -> None:
    someone = make_someone()
    session = open_session(someone)
    routed = route(someone, session, target="database_administrator")
    assert (routed.is_new, routed.task.status, routed.task.role) == (True, "ready", "dba")
    assert routed.session.status == SessionStatus.ACTIVE
    assert routed.session.started_at is not None
    assert types_of(someone, session)[1:] == ["session_activated", "task_routed", "task_ready"]
    assert agrees(session)


def test_an_open_session_goes_on_after_its_last_task_and_takes_more(system: None) -> None:
    someone = make_someone()
    session = open_session(someone)
    for number in (1, 2):
        routed = route(someone, session, target="dba")
        claimed = claiming.claim_task(routed.task.id, WORKER)
        assert claimed is not None
        complete(claimed, output={"made": number})
        assert status_of(someone, session) == SessionStatus.ACTIVE
    control.end_session(someone.principal, session.id)
    assert status_of(someone, session) == SessionStatus.COMPLETED
    assert agrees(session)


def test_a_failed_task_leaves_an_open_session_active(system: None) -> None:
    someone = make_someone()
    session = open_session(someone)
    claimed = claiming.claim_task(route(someone, session).task.id, WORKER)
    assert claimed is not None
    recording.fail_attempt(claimed, code="broken", message="It broke.", may_retry=False)
    assert status_of(someone, session) == SessionStatus.ACTIVE
    assert route(someone, session).task.status == TaskStatus.READY
    assert agrees(session)


def test_questions_of_a_task_do_not_end_an_open_session(system: None) -> None:
    someone = make_someone()
    session = open_session(someone)
    claimed = claiming.claim_task(route(someone, session).task.id, WORKER)
    assert claimed is not None
    complete(claimed, outcome="needs_input", questions=("Who approves?",))
    assert status_of(someone, session) == SessionStatus.ACTIVE
    assert agrees(session)


def test_a_session_made_by_a_task_ends_with_it(system: None) -> None:
    someone = make_someone()
    routed = route(someone, description="Review the schema\nof expenses")
    assert routed.session.feature_name == "Review the schema"
    assert (routed.session.status, routed.session.pipeline) == ("active", None)
    claimed = claiming.claim_task(routed.task.id, WORKER)
    assert claimed is not None
    complete(claimed)
    ended = reading.get_session(someone.principal, routed.session.id)
    assert (ended.status, ended.outcome) == (SessionStatus.COMPLETED, None)
    assert agrees(routed.session)


def test_a_session_made_by_a_task_fails_with_it_and_can_be_retried(system: None) -> None:
    someone = make_someone()
    routed = route(someone)
    claimed = claiming.claim_task(routed.task.id, WORKER)
    assert claimed is not None
    recording.fail_attempt(claimed, code="broken", message="It broke.", may_retry=False)
    assert status_of(someone, routed.session) == SessionStatus.FAILED
    with pytest.raises(IllegalTransition, match="takes no task"):
        route(someone, routed.session)
    control.retry_session(someone.principal, routed.session.id)
    assert claiming.claim_task(routed.task.id, WORKER) is not None
    assert agrees(routed.session)


def test_a_routed_task_is_handed_what_was_asked(system: None) -> None:
    someone = make_someone()
    routed = route(
        someone, task_type="review", description="Look at it.", data={"pr": 7}, context={"why": "x"}
    )
    claimed = claiming.claim_task(routed.task.id, WORKER)
    assert claimed is not None
    work = claimed.work
    assert (work.task_type, work.description) == ("review", "Look at it.")
    assert work.input == {"data": {"pr": 7}, "context": {"why": "x"}}
    knew = inspecting.inspect_task(someone.principal, routed.task.id).snapshot.context
    assert (knew["task_type"], knew["input"]) == ("review", work.input)


def test_later_tasks_get_the_latest_output_of_each_role_before_them(system: None) -> None:
    someone = make_someone()
    session = open_session(someone)
    for number in (1, 2):
        claimed = claiming.claim_task(route(someone, session, target="dba").task.id, WORKER)
        assert claimed is not None
        complete(claimed, output={"number": number})
    claimed = claiming.claim_task(route(someone, session, target="security").task.id, WORKER)
    assert claimed is not None
    assert claimed.work.upstream == {"dba": {"number": 2}}


def test_documents_of_a_second_task_bear_its_number(system: None) -> None:
    someone = make_someone()
    session = open_session(someone)
    for _ in range(2):
        claimed = claiming.claim_task(route(someone, session).task.id, WORKER)
        assert claimed is not None
        complete(
            claimed,
            output={"artifacts": ["schema"]},
            artifacts=(make_artifact("schema"), make_artifact("index", links=("schema", "api"))),
        )
    found = reading.list_artifacts(someone.principal, session.id)
    assert [one.slug for one in found] == ["schema", "index", "schema-2", "index-2"]
    assert found[3].links == ("schema-2", "api")


def test_an_agent_from_outside_takes_up_a_routed_task(system: None) -> None:
    someone = make_someone()
    profile = RoleProfile("legal", "Legal", ("review",), "Read it.", executor="external")
    define_role(someone.team_id, profile)
    routed = route(someone, target="legal", task_type="contract", data={"pages": 3})
    order = take(someone.principal)
    assert order.claim.task_id == routed.task.id
    assert (order.claim.work.task_type, order.claim.work.input["data"]) == (
        "contract",
        {"pages": 3},
    )
    assert order.claim.work.timeout_seconds == 3600


def test_a_paused_session_takes_a_task_that_waits_for_its_resumption(system: None) -> None:
    someone = make_someone()
    session = open_session(someone)
    route(someone, session)
    control.pause_session(someone.principal, session.id)
    routed = route(someone, session)
    assert claiming.claim_task(routed.task.id, WORKER) is None
    control.resume_session(someone.principal, session.id)
    assert claiming.claim_task(routed.task.id, WORKER) is not None


def test_nothing_is_routed_to_a_session_with_a_pipeline(system: None) -> None:
    someone = make_someone()
    session = launch(someone)
    with pytest.raises(SessionHasPipeline):
        route(someone, session)
    assert len(reading.list_tasks(someone.principal, session.id)) == 7


@pytest.mark.parametrize("end", ["cancel", "end", "expire"])
def test_a_session_that_has_ended_takes_no_task(system: None, end: str) -> None:
    someone = make_someone()
    session = open_session(someone)
    claimed = claiming.claim_task(route(someone, session).task.id, WORKER)
    assert claimed is not None
    complete(claimed)
    if end == "expire":
        control.expire_session(session.id)
    else:
        getattr(control, f"{end}_session")(someone.principal, session.id)
    with pytest.raises(IllegalTransition, match="takes no task"):
        route(someone, session)


@pytest.mark.parametrize("into", [True, False], ids=["session", "alone"])
def test_the_same_key_routes_once(system: None, into: bool) -> None:
    someone = make_someone()
    session = open_session(someone) if into else None
    key = str(new_id())

    def send(_: int) -> Any:
        return route(someone, session, route_key=key)

    found = in_parallel(6, send)
    assert len({one.task.id for one in found}) == 1
    assert [one.is_new for one in found].count(True) == 1
    assert len(reading.list_tasks(someone.principal, found[0].session.id)) == 1


def test_an_unknown_role_is_refused_with_those_that_there_are(system: None) -> None:
    with pytest.raises(InvalidInput, match="'wizard' is not known") as told:
        route(make_someone(), target="wizard")
    assert "architect" in told.value.hint_text


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"task_type": " "}, "type"),
        ({"description": " "}, "description is empty"),
        ({"description": "x" * 70_000}, "description has"),
    ],
    ids=["no type", "no description", "long description"],
)
def test_what_cannot_be_a_task_is_refused(system: None, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        route(make_someone(), **changes)


def test_a_megabyte_of_data_is_the_most(system: None) -> None:
    with pytest.raises(TooLarge):
        route(make_someone(), data={"x": "y" * 1024 * 1024})


def test_metadata_has_a_bound(system: None) -> None:
    someone = make_someone()
    with pytest.raises(TooLarge):
        open_session(someone, metadata={"x": "y" * 17_000})


def test_without_a_team_only_the_one_that_there_can_be_is_taken(system: None) -> None:
    someone = make_someone()  # has a personal team too
    with pytest.raises(InvalidInput, match="which team"):
        routing.route_task(someone.principal, RouteRequest("dba", "review", "Look at it."))
    token = TokenPrincipal(
        someone.user.id, new_id(), frozenset({Scope.LAUNCH}), team_id=someone.team_id
    )
    routed = routing.route_task(token, RouteRequest("dba", "review", "Look at it."))
    assert routed.session.team_id == someone.team_id


def test_who_may_not_launch_may_not_route(system: None) -> None:
    someone = make_someone()
    session = open_session(someone)
    viewer, stranger = joined(someone, TeamRole.VIEWER), make_someone()
    request = RouteRequest("dba", "review", "Look at it.", session_id=session.id)
    with pytest.raises(NotAllowed):
        routing.route_task(viewer.principal, request)
    with pytest.raises(NotFound):
        routing.route_task(stranger.principal, request)
    reader = TokenPrincipal(someone.user.id, new_id(), frozenset({Scope.READ}))
    with pytest.raises(NotAllowed):
        routing.route_task(reader, request)
    with pytest.raises(NotAllowed):
        routing.open_session(viewer.principal, OpenRequest("Billing", team_id=someone.team_id))
    archive(someone.team_id)
    with pytest.raises(TeamArchived):
        routing.route_task(someone.principal, request)


def test_routing_and_opening_are_in_the_audit(system: None) -> None:
    someone = make_someone()
    session = open_session(someone)
    routed = route(someone, session)
    alone = route(someone)
    query = text("SELECT kind, details FROM audit_events WHERE team_id = :id ORDER BY id")
    rows = transact(lambda db: db.execute(query, {"id": someone.team_id}).all())
    assert [row.kind for row in rows] == ["session.opened", "task.routed", "task.routed"]
    assert [row.details.get("task_id") for row in rows] == [
        None,
        str(routed.task.id),
        str(alone.task.id),
    ]


def test_the_result_of_an_agent_is_recorded_under_numbered_slugs(system: None) -> None:
    someone = make_someone()
    session = open_session(someone)
    profile = RoleProfile("legal", "Legal", ("review",), "Read it.", executor="external")
    define_role(someone.team_id, profile)
    for _ in range(2):
        route(someone, session, target="legal")
        order = take(someone.principal)
        reporting.complete_task(
            someone.principal,
            order.claim.task_id,
            order.claim.attempt,
            make_result(artifacts=(make_artifact("opinion"),)),
        )
    found = reading.list_artifacts(someone.principal, session.id)
    assert [one.slug for one in found] == ["opinion", "opinion-2"]


def test_a_pipeline_still_has_one_task_for_each_role(system: None) -> None:
    someone = make_someone()
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    assert (claimed.work.task_type, claimed.routed_number) == (None, 0)


def test_a_task_that_is_routed_while_another_is_recorded_is_taken_along_with_its_trace(
    someone: Someone, db: Connection
) -> None:
    session = open_session(someone)
    claimed = claiming.claim_task(route(someone, session).task.id, WORKER)
    assert claimed is not None
    trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"

    def route_traced() -> Routed:
        with coming_from(Origin("", trace_id)):
            return route(someone, session)

    hold = "SELECT 1 FROM session_heads WHERE session_id = :id FOR NO KEY UPDATE"
    record = partial(recording.record_result, claimed, make_result())
    with ThreadPoolExecutor(2) as pool:
        with open_transaction(hold, id=session.id):
            routed = pool.submit(route_traced)
            wait_for_waiting(db, 1)
            recorded = pool.submit(record, take_along=frozenset({"planner"}))
            wait_for_waiting(db, 2)
        taken = recorded.result().next_claim
    assert taken is not None
    assert taken.work.task_id == routed.result().task.id
    assert taken.trace_id == trace_id
