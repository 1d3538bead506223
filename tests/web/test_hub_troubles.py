"""The hub when something goes wrong: servers away, access ended, a slow reader, the end."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack
from uuid import UUID

import pytest
from sqlalchemy import text
from websockets.exceptions import ConnectionClosed

from core.services import claiming, signing_in
from core.services.transaction import transact
from core.settings import get_settings
from core.signals import logins
from core.store.database import dispose_engines
from embedded.servers import RunningServers, running_servers
from tests.conftest import migrate
from tests.factories import (
    Someone,
    add_member,
    claim,
    complete,
    complete_roles,
    events_of,
    launch,
    make_someone,
)
from tests.web.browser import real_server
from tests.web.tabs import login_as, open_tab


@pytest.fixture(scope="module")
def own_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServers]:
    """Servers that these tests may stop and start."""
    with running_servers(tmp_path_factory.mktemp("own"), durable=False) as running:
        migrate(running.database_url)
        yield running


@pytest.fixture(scope="module")
def host(own_servers: RunningServers) -> Iterator[str]:
    with real_server(
        DATABASE_URL=own_servers.database_url, REDIS_URL=own_servers.redis_url
    ) as address:
        yield address


@pytest.fixture
def owner(own_servers: RunningServers, monkeypatch: pytest.MonkeyPatch) -> Iterator[Someone]:
    monkeypatch.setenv("DATABASE_URL", own_servers.database_url)
    monkeypatch.setenv("REDIS_URL", own_servers.redis_url)
    get_settings.cache_clear()
    yield make_someone()
    get_settings.cache_clear()
    dispose_engines()


def remove_member(team_id: UUID, user_id: UUID) -> None:
    query = text("DELETE FROM team_memberships WHERE team_id = :team AND user_id = :user")
    transact(lambda db: db.execute(query, {"team": team_id, "user": user_id}))


def test_redis_may_go_and_come_back(host: str, owner: Someone, own_servers: RunningServers) -> None:
    session = launch(owner)
    with open_tab(host, owner.user) as tab:
        tab.watch(f"session:{session.id}")
        tab.hear_until("state")
        own_servers.valkey.kill()
        try:
            assert tab.hear_until("trouble")["parts"] == ["redis"]
            complete_roles(owner, session, "architect")  # the log is still read, every two seconds
            tab.hear_to(len(events_of(owner, session)), 5)
        finally:
            own_servers.valkey.start()
        assert tab.hear_until(lambda m: m["kind"] == "trouble" and not m["parts"])
        complete_roles(owner, session, "dba")
        last = len(events_of(owner, session))
        began = time.monotonic()
        tab.hear_to(last)
        assert time.monotonic() - began < 1
        assert tab.seqs == list(range(2, last + 1))


def test_the_database_may_go_and_come_back(
    host: str, owner: Someone, own_servers: RunningServers
) -> None:
    session, other = launch(owner), launch(owner)
    with open_tab(host, owner.user) as tab:
        tab.watch(f"session:{session.id}")
        tab.hear_until("state")
        own_servers.postgres.stop("immediate")
        try:
            assert tab.hear_until("trouble", 20)["parts"] == ["database"]
            tab.watch(f"session:{other.id}")
            name = f"session:{other.id}"
            assert tab.hear_until(lambda m: m.get("topic") == name, 20)["kind"] == "trouble"
        finally:
            own_servers.postgres.start()
        assert tab.hear_until(lambda m: m["kind"] == "trouble" and "parts" in m and not m["parts"])
        complete_roles(owner, session, "architect")
        tab.hear_to(len(events_of(owner, session)))


def test_leaving_a_team_ends_its_topics_at_once_and_no_others(host: str, owner: Someone) -> None:
    member = make_someone()
    add_member(owner.team_id, member.user)
    theirs, own = launch(owner), launch(member)
    with open_tab(host, member.user) as tab:
        tab.watch(f"session:{theirs.id}", f"session:{own.id}", f"team:{owner.team_id}")
        tab.hear_until("watching")
        remove_member(owner.team_id, member.user.id)
        url = get_settings().redis_url or ""
        logins.announce_removal(url, member.user.id, owner.team_id)
        revoked = tab.hear_until("access_revoked", 2)
        assert revoked["team_id"] == str(owner.team_id)
        assert set(revoked["topics"]) == {f"session:{theirs.id}", f"team:{owner.team_id}"}
        complete_roles(owner, theirs, "architect")
        assert tab.hears_nothing(0.5)
        tab.watch(f"session:{theirs.id}")
        assert tab.hear_until("not_found")
        complete_roles(member, own, "architect")
        assert tab.hear_until("patch")["topic"] == f"session:{own.id}"


def test_what_is_revoked_while_redis_is_away_is_noticed_when_it_is_back(
    host: str, owner: Someone, own_servers: RunningServers
) -> None:
    member = make_someone()
    add_member(owner.team_id, member.user)
    with open_tab(host, member.user) as tab:
        tab.watch(f"team:{owner.team_id}")
        tab.hear_until("watching")
        own_servers.valkey.stop()
        try:
            tab.hear_until("trouble")
            remove_member(owner.team_id, member.user.id)
        finally:
            own_servers.valkey.start()
        assert tab.hear_until("access_revoked")["topics"] == [f"team:{owner.team_id}"]


def test_a_team_that_is_drawn_and_not_watched_is_asked_about_too(
    host: str, owner: Someone, own_servers: RunningServers
) -> None:
    member = make_someone()
    add_member(owner.team_id, member.user)
    with open_tab(host, member.user) as tab:
        tab.send(team=str(owner.team_id), ping=1)
        tab.hear_until("pong")
        assert tab.hears_nothing(0.5)
        own_servers.valkey.stop()
        try:
            tab.hear_until("trouble")
            remove_member(owner.team_id, member.user.id)
        finally:
            own_servers.valkey.start()
        revoked = tab.hear_until("access_revoked")
        assert (revoked["team_id"], revoked["topics"]) == (str(owner.team_id), [])


@pytest.mark.parametrize("drawn", [None, 7, [], "", "not-an-id"])
def test_a_drawn_team_that_is_none_is_passed_over(host: str, owner: Someone, drawn: object) -> None:
    with open_tab(host, owner.user) as tab:
        tab.send(team=drawn)
        assert tab.hears_nothing(0.3)


def test_a_page_whose_team_was_lost_before_its_tab_opened_hears_it(
    host: str, owner: Someone
) -> None:
    member = make_someone()
    with open_tab(host, member.user) as tab:
        tab.send(team=str(owner.team_id))
        assert tab.hear_until("access_revoked")["team_id"] == str(owner.team_id)


def test_all_tabs_of_a_user_end_when_all_logins_do(host: str, owner: Someone) -> None:
    other = make_someone()
    with ExitStack() as stack:
        tabs = [stack.enter_context(open_tab(host, owner.user)) for _ in range(3)]
        bystander = stack.enter_context(open_tab(host, other.user))
        for tab in (*tabs, bystander):
            tab.send(ping=1)
            tab.hear_until("pong")
        signing_in.revoke_logins(owner.user)
        for tab in tabs:
            tab.hear_until("signed_out", 2)
            with pytest.raises(ConnectionClosed):
                tab.hear(2)
        bystander.send(ping=1)
        assert bystander.hear_until("pong")


def test_a_reader_that_is_too_slow_is_cut_off_and_holds_nobody_up(
    host: str, owner: Someone
) -> None:
    session = launch(owner)
    claimed = claim(owner, session, "architect")
    for _ in range(60):
        claiming.note_task(claimed, secrets.token_hex(250))  # cannot be compressed by much
    complete(claimed)
    topic = f"session:{session.id}"
    with open_tab(host, owner.user) as slow, open_tab(host, owner.user) as quick:
        quick.watch(topic)
        quick.hear_until("state")
        for _ in range(200):  # asks for the whole state again and again, and reads nothing
            slow.watch(*[topic] * 10)
        began = time.monotonic()
        complete_roles(owner, session, "dba")
        last = len(events_of(owner, session))
        quick.hear_to(last)
        assert time.monotonic() - began < 5
        time.sleep(8)
        with pytest.raises(ConnectionClosed):
            slow.hear_until("never", 30)
        assert len(slow.heard) < 1500
    with open_tab(host, owner.user) as back:
        back.watch({"topic": topic, "after": 2})
        back.hear_to(last)
        assert back.seqs == list(range(3, last + 1))


def test_the_server_ends_quickly_with_tabs_open(
    own_servers: RunningServers, owner: Someone
) -> None:
    with ExitStack() as stack:
        server = real_server(DATABASE_URL=own_servers.database_url, REDIS_URL=own_servers.redis_url)
        host = server.__enter__()
        session = launch(owner)
        cookie = login_as(owner.user)
        for _ in range(20):
            tab = stack.enter_context(open_tab(host, cookie))
            tab.watch(f"session:{session.id}")
            tab.hear_until("state")
        began = time.monotonic()
        server.__exit__(None, None, None)
        assert time.monotonic() - began < 4
        with pytest.raises(ConnectionClosed):
            tab.hear_until(lambda _: False, 2)
