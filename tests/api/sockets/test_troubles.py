"""Sockets when something goes wrong: servers away, wake-ups lost, a slow reader, a restart."""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import text
from websockets.exceptions import InvalidStatus

from api.sockets.codes import Closed
from api.sockets.live_log import KEPT_FRAMES
from core.domain.events import TaskNote
from core.services import claiming
from core.services.transaction import transact
from core.settings import get_settings
from core.store import heads, operations
from core.store.database import dispose_engines
from embedded.servers import RunningServers, running_servers
from tests.api.sockets.conftest import GENEROUS
from tests.api.sockets.listener import Listener, listen, refusal, token_of
from tests.conftest import migrate
from tests.factories import (
    Someone,
    add_member,
    claim,
    complete_roles,
    events_of,
    launch,
    make_someone,
)
from tests.web.browser import real_server

SLOW_SECONDS = 2.0


@pytest.fixture(scope="module")
def own_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServers]:
    """Servers that these tests may stop and start."""
    with running_servers(tmp_path_factory.mktemp("own"), durable=False) as running:
        migrate(running.database_url)
        yield running


@pytest.fixture(scope="module")
def host(own_servers: RunningServers) -> Iterator[str]:
    urls = {"DATABASE_URL": own_servers.database_url, "REDIS_URL": own_servers.redis_url}
    budgets = {"SAGE_API_SOCKETS": "6", "SAGE_API_SOCKETS_EACH": "4"}
    slow = {"SAGE_API_SOCKET_SLOW_SECONDS": str(SLOW_SECONDS)}
    with real_server(**urls, **GENEROUS, **budgets, **slow) as address:
        yield address


@pytest.fixture
def owner(own_servers: RunningServers, monkeypatch: pytest.MonkeyPatch) -> Iterator[Someone]:
    monkeypatch.setenv("DATABASE_URL", own_servers.database_url)
    monkeypatch.setenv("REDIS_URL", own_servers.redis_url)
    get_settings.cache_clear()
    yield make_someone()
    get_settings.cache_clear()
    dispose_engines()


def test_a_lost_wakeup_costs_a_moment(
    host: str, owner: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = launch(owner)
    with listen(host, session.id, token_of(owner)) as program:
        program.hear_to(2)
        monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
        get_settings.cache_clear()
        complete_roles(owner, session, "architect")
        program.hear_to(len(events_of(owner, session)), 5)


def test_redis_may_go_and_come_back(host: str, owner: Someone, own_servers: RunningServers) -> None:
    session = launch(owner)
    with listen(host, session.id, token_of(owner)) as program:
        program.hear_to(2)
        own_servers.valkey.kill()
        try:
            complete_roles(owner, session, "architect")
            program.hear_to(len(events_of(owner, session)), 8)  # found by looking
        finally:
            own_servers.valkey.start()
        time.sleep(1.5)  # until it is heard again
        complete_roles(owner, session, "dba")
        last = len(events_of(owner, session))
        program.hear_to(last, 3)
        assert program.seqs == list(range(1, last + 1))


def test_what_is_revoked_while_redis_is_away_is_noticed_when_it_is_back(
    host: str, owner: Someone, own_servers: RunningServers
) -> None:
    session, member = launch(owner), make_someone()
    add_member(owner.team_id, member.user)
    with listen(host, session.id, token_of(member)) as program:
        program.hear_to(2)
        own_servers.valkey.stop()
        try:
            query = text("DELETE FROM team_memberships WHERE user_id = :user")
            transact(lambda db: db.execute(query, {"user": member.user.id}))
        finally:
            own_servers.valkey.start()
        program.hear_type("access_revoked", 8)
        assert program.hear_close() == Closed.NO_ACCESS


def test_the_database_may_go_and_come_back(
    host: str, owner: Someone, own_servers: RunningServers
) -> None:
    session = launch(owner)
    with listen(host, session.id, token_of(owner)) as program:
        program.hear_to(2)
        own_servers.postgres.stop("immediate")
        try:
            assert program.ping()["seq"] == 2
        finally:
            own_servers.postgres.start()
        complete_roles(owner, session, "architect")
        last = len(events_of(owner, session))
        program.hear_to(last, 20)
        assert program.seqs == list(range(1, last + 1))


def test_a_session_that_is_deleted_closes_its_sockets(host: str, owner: Someone) -> None:
    session = launch(owner)
    with listen(host, session.id, token_of(owner)) as program:
        program.hear_to(2)
        transact(lambda db: db.execute(text("TRUNCATE execution_sessions CASCADE")))
        assert program.hear_close(20) == Closed.NO_ACCESS


def append_notes(owner: Someone, session_id: object, number: int, text_of_note: str) -> None:
    """Append many notes at once."""
    claimed = claim(owner, session_id, "architect")  # type: ignore[arg-type]

    def work(db: object) -> None:
        head = heads.lock_head(db, claimed.session_id)  # type: ignore[arg-type]
        assert head is not None
        for _ in range(number // 100):
            notes = [TaskNote(str(claimed.task_id), 1, text_of_note) for _ in range(100)]
            head = heads.append_events(db, head, notes, operations.clock(db))  # type: ignore[arg-type]

    transact(work)
    claiming.note_task(claimed, "the last one")


def deaf(host: str, session_id: object, headers: dict[str, str], stack: ExitStack) -> Listener:
    """Open a socket into which hardly anything fits, and read nothing from it."""
    name, _, port = host.partition(":")
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.connect((name, int(port)))
    options = {"sock": line, "max_queue": 1, "compression": None, "ping_interval": None}
    return stack.enter_context(listen(host, session_id, headers, **options))


def is_full(host: str, session_id: object, headers: dict[str, str]) -> bool:
    """Whether one more socket would be one too many."""
    try:
        with listen(host, session_id, headers, query="?after=9999"):
            return False
    except InvalidStatus:
        return True


def test_a_reader_that_is_too_slow_is_cut_off_holds_nobody_up_and_catches_up(
    host: str, owner: Someone
) -> None:
    session, headers = launch(owner), token_of(owner)
    with ExitStack() as stack:
        slow = deaf(host, session.id, headers, stack)
        quick = stack.enter_context(listen(host, session.id, headers))
        slow.hear_to(2)
        quick.hear_to(2)
        # More than the line itself holds: the system keeps up to 4 MB for who does not read.
        append_notes(owner, session, 4 * KEPT_FRAMES, secrets.token_hex(2500))
        last = len(events_of(owner, session))
        quick.hear_to(last, 20)
        assert quick.seqs == list(range(1, last + 1))
        for _ in range(2):  # as many as may be, with the slow one
            stack.enter_context(listen(host, session.id, headers, query="?after=9999"))
        while is_full(host, session.id, headers):
            time.sleep(0.2)
        # Without a code when nothing fits into the line; on a busy machine a ping may be first.
        assert slow.hear_close(30) in (Closed.TOO_SLOW, 1006, Closed.FAILED)
        got = slow.seqs
        assert got == list(range(1, len(got) + 1))
        assert len(got) < last
        with listen(host, session.id, headers, query=f"?after={got[-1]}") as back:
            back.hear_to(last, 20)
            assert got + back.seqs == list(range(1, last + 1))


def test_the_server_ends_with_sockets_open_and_says_that_it_restarts(
    own_servers: RunningServers, owner: Someone, host: str
) -> None:
    other_host = host
    urls = {"DATABASE_URL": own_servers.database_url, "REDIS_URL": own_servers.redis_url}
    session, headers = launch(owner), token_of(owner)
    with ExitStack() as stack:
        server = real_server(**urls)
        host = server.__enter__()
        programs = [stack.enter_context(listen(host, session.id, headers)) for _ in range(20)]
        for program in programs:
            program.hear_to(2)
        began = time.monotonic()
        server.__exit__(None, None, None)
        assert time.monotonic() - began < 5
        assert {program.hear_close() for program in programs} == {Closed.RESTARTING}
    complete_roles(owner, session, "architect")
    last = len(events_of(owner, session))
    with listen(other_host, session.id, headers, query="?after=2") as back:
        back.hear_to(last)
        assert back.seqs == list(range(3, last + 1))


def test_there_are_so_many_sockets_and_no_more(host: str, owner: Someone) -> None:
    other = make_someone()
    session, theirs = launch(owner), launch(other)
    headers, their_headers = token_of(owner), token_of(other)
    with ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(listen(host, session.id, headers)).hear_to(2)
        found = refusal(host, session.id, headers)
        assert (found["status"], found["code"]) == (429, "too_many_sockets")
        for _ in range(2):
            stack.enter_context(listen(host, theirs.id, their_headers)).hear_to(2)
        full = refusal(host, theirs.id, their_headers)
        assert full["detail"] == "Too many sockets are open here."
    with listen(host, session.id, headers) as again:
        again.hear_to(2)
