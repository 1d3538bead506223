"""The hub through the app as uvicorn serves it, with a real PostgreSQL and a real Redis."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from core.domain.session_state import fold, to_json
from core.ids import new_id
from core.services import claiming, control, signing_in
from core.settings import get_settings
from core.signals.wakeups import announce
from embedded.servers import RunningServers
from tests.factories import (
    Someone,
    claim,
    complete,
    complete_roles,
    events_of,
    in_parallel,
    launch,
    make_decision,
    make_someone,
)
from tests.web.browser import real_server
from tests.web.tabs import login_as, open_tab
from web.tab_socket import NOT_UNDERSTOOD, SIGNED_OUT

ROLES = ("architect", "backend_dev", "dba", "frontend_dev", "ui_ux", "security", "it_admin")


@pytest.fixture(scope="module")
def host(servers: RunningServers, database_url: str) -> Iterator[str]:
    with real_server(DATABASE_URL=database_url, REDIS_URL=servers.redis_url) as address:
        yield address


def topic_of(session: object) -> str:
    return f"session:{session.id}"  # type: ignore[attr-defined]


def test_a_tab_hears_the_state_and_then_every_event(host: str, someone: Someone) -> None:
    session = launch(someone)
    with open_tab(host, someone.user) as tab:
        tab.watch(topic_of(session))
        state = tab.hear_until("state")
        assert [event["type"] for event in state["events"]] == ["session_launched", "task_ready"]
        assert not state["ended"]
        complete_roles(someone, session, *ROLES)
        tab.hear_until("ended")
        events = events_of(someone, session)
        assert tab.seqs == list(range(2, len(events) + 1))
        assert tab.state == to_json(fold(events))


def test_a_decision_comes_with_its_event(host: str, someone: Someone) -> None:
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    with open_tab(host, someone.user) as tab:
        tab.watch(topic_of(session))
        tab.hear_until("state")
        complete(claimed, decisions=(make_decision(text="One table for all"),))
        said = tab.hear_until(lambda message: "decision" in message.get("event", {}))
        line = said["event"]["decision"]
        assert (line["text"], line["kind"], line["role"], line["superseded"]) == (
            "One table for all",
            "tactical",
            "architect",
            False,
        )
        assert (line["id"], line["task_id"]) == (
            said["event"]["decision_id"],
            str(claimed.work.task_id),
        )


def test_nothing_is_missing_or_out_of_order_under_load(host: str, someone: Someone) -> None:
    session = launch(someone)
    complete_roles(someone, session, "architect")
    claims = [claim(someone, session, role) for role in ("backend_dev", "dba")]
    with open_tab(host, someone.user) as first, open_tab(host, someone.user) as second:
        first.watch(topic_of(session))
        first.hear_until("state")

        def talk(number: int) -> None:
            for step in range(60):
                claiming.note_task(claims[number % 2], f"{number}: {step}")
                if number == 3 and step == 30:
                    second.watch(topic_of(session))  # in the middle of it

        in_parallel(4, talk)
        events = events_of(someone, session)
        for tab in (first, second):
            tab.hear_to(len(events))
            assert tab.seqs == list(range(tab.seqs[0], len(events) + 1))
            assert tab.state == to_json(fold(events))


def test_who_comes_back_gets_what_was_missed_and_how_much_that_is(
    host: str, someone: Someone
) -> None:
    session = launch(someone)
    with open_tab(host, someone.user) as tab:
        tab.watch(topic_of(session))
        tab.hear_until("state")
        state = tab.state
    complete_roles(someone, session, "architect")
    last = len(events_of(someone, session))
    with open_tab(host, someone.user) as tab:
        tab.state = state
        tab.watch({"topic": topic_of(session), "after": 2})
        assert tab.hear() == {
            "topic": topic_of(session),
            "kind": "catching_up",
            "catching_up": last - 2,
        }
        tab.hear_to(last)
        assert tab.seqs == list(range(3, last + 1))
        assert tab.state == to_json(fold(events_of(someone, session)))


@pytest.mark.parametrize("after", [10_000, -1])
def test_after_a_number_that_never_was_the_whole_state_comes(
    host: str, someone: Someone, after: int
) -> None:
    session = launch(someone)
    with open_tab(host, someone.user) as tab:
        tab.watch({"topic": topic_of(session), "after": after})
        assert tab.hear()["kind"] == "state"


def test_who_was_away_for_too_long_gets_the_whole_state(host: str, someone: Someone) -> None:
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    for number in range(510):
        claiming.note_task(claimed, str(number))
    with open_tab(host, someone.user) as tab:
        tab.watch({"topic": topic_of(session), "after": 2})
        state = tab.hear()
        assert (state["kind"], state["seq"], len(state["events"])) == ("state", 513, 50)


def test_an_ended_session_is_told_once_and_forgotten(host: str, someone: Someone) -> None:
    session = launch(someone)
    control.cancel_session(someone.principal, session.id)
    with open_tab(host, someone.user) as tab:
        tab.watch(topic_of(session))
        assert tab.hear()["ended"] is True
        assert tab.hears_nothing(0.5)


def test_another_teams_session_is_not_found_like_one_that_never_was(
    host: str, someone: Someone
) -> None:
    stranger = make_someone()
    session = launch(stranger)
    with open_tab(host, someone.user) as tab:
        nowhere = [f"session:{new_id()}", "session:", "x"]
        asked = [topic_of(session), f"team:{stranger.team_id}", *nowhere]
        tab.watch(*asked)
        answers = [tab.hear() for _ in asked]
        assert answers == [{"topic": name, "kind": "not_found"} for name in asked]
        complete_roles(stranger, session, "architect")
        assert tab.hears_nothing(0.5)


def test_a_lost_wakeup_costs_a_moment(
    host: str, someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = launch(someone)
    with open_tab(host, someone.user) as tab:
        tab.watch(topic_of(session))
        tab.hear_until("state")
        monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
        get_settings.cache_clear()
        complete_roles(someone, session, "architect")
        tab.hear_to(len(events_of(someone, session)), 4)


def test_progress_and_signs_of_life_come_beside_the_log(host: str, someone: Someone) -> None:
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    task_id = str(claimed.task_id)
    with open_tab(host, someone.user) as tab:
        tab.watch(topic_of(session))
        tab.hear_until("state")
        for step in range(100):
            claiming.report_progress(claimed, step / 100)
        claiming.report_progress(claimed, 1.0)
        tab.hear_until(lambda m: m["kind"] == "progress" and m["signs"][task_id]["fraction"] == 1.0)
        assert len(tab.heard) < 50  # many are told as one
        time.sleep(1.2)
        claiming.extend_lease(claimed)
        sign = tab.hear_until("progress")["signs"][task_id]
        assert sign["age"] < 3
        complete(claimed)
        tab.hear_to(len(events_of(someone, session)))


def test_a_team_hears_that_something_changed_at_most_twice_a_second(
    host: str, someone: Someone
) -> None:
    stranger = make_someone()
    with open_tab(host, someone.user) as tab, open_tab(host, stranger.user) as other:
        for client, who in ((tab, someone), (other, stranger)):
            client.watch(f"team:{who.team_id}")
            client.hear_until("watching")
        session = launch(someone)
        tab.hear_until("changed")
        began, before = time.monotonic(), len(tab.heard)
        complete_roles(someone, session, *ROLES)
        while not tab.hears_nothing(1.5):
            pass
        changes = len(tab.heard) - before
        assert 1 <= changes <= 2 * (time.monotonic() - began) + 1
        assert other.hears_nothing(0.1)


def test_signing_out_ends_the_tab_and_says_so(host: str, someone: Someone) -> None:
    cookie = login_as(someone.user)
    session = launch(someone)
    with open_tab(host, cookie) as tab:
        tab.watch(topic_of(session))
        tab.hear_until("state")
        signing_in.sign_out(cookie)
        assert tab.hear_until("signed_out", 2)
        with pytest.raises(ConnectionClosed) as closed:
            tab.hear(2)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == SIGNED_OUT


def test_what_cannot_be_understood_ends_the_tab(host: str, someone: Someone) -> None:
    for nonsense in ("{", "[]", '"x"', "x" * 70_000, b"{}", b"\xff"):
        with open_tab(host, someone.user) as tab:
            tab.connection.send(nonsense)
            with pytest.raises(ConnectionClosed) as closed:
                tab.hear(5)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == NOT_UNDERSTOOD


def test_odd_requests_do_no_harm(host: str, someone: Someone) -> None:
    session = launch(someone)
    announce(get_settings().redis_url, sessions=[(session.id, 99_999)])
    with open_tab(host, someone.user) as tab:
        tab.send(watch=5)
        tab.send(watch=[None, 5, {"topic": None}, {"after": 1}], unwatch={"a": 1})
        tab.send(unwatch=["session:never"])
        tab.send(ping=1)
        assert tab.hear()["kind"] == "pong"


@pytest.mark.parametrize("cookie", ["", "forged"])
def test_an_anonymous_browser_gets_no_tab(host: str, system: None, cookie: str) -> None:
    with pytest.raises(InvalidStatus) as refused, open_tab(host, cookie):
        pass
    assert refused.value.response.status_code == 403
