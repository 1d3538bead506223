"""Acts on accounts whose commit's answer is lost: each has happened once, with one row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from core.domain.access import SYSTEM
from core.services import account, accounts, administering, auditing, signing_in
from core.services.auditing import AuditQuery
from core.services.signing_in import Login
from core.services.transaction import current_engine
from embedded.servers import RunningServers
from tests.services.test_account import (
    HERE,
    OTHER,
    PASSWORD,
    _cheap,  # noqa: F401
    browser,
    login_of,
    sign_up,
)
from tests.services.test_administering import link_token, reset
from tests.services.test_transactions import terminate

Act = Callable[[Login, str], object]
ACTS: dict[str, tuple[str, Act]] = {
    "own password": (
        "password.changed",
        lambda login, _: account.change_password(login, PASSWORD, OTHER, **HERE),
    ),
    "own name": (
        "account.changed",
        lambda login, _: account.change_profile(login, "alicia", "a@b.example", PASSWORD, **HERE),
    ),
    "password of somebody": (
        "password.changed",
        lambda login, _: signing_in.set_password("alice", OTHER),
    ),
    "by a link": ("password.reset", lambda login, link: reset(link)),
    "granted": (
        "administrator.granted",
        lambda login, _: administering.grant_administration(SYSTEM, "alice"),
    ),
    "withdrawn": (
        "administrator.withdrawn",
        lambda login, _: administering.withdraw_administration(SYSTEM, "second"),
    ),
    "disabled": (
        "account.disabled",
        lambda login, _: administering.disable_account(SYSTEM, "alice"),
    ),
}


@contextmanager
def lost_answer(servers: RunningServers, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the next commit that stores something go through, and its connection die with it."""
    dialect = current_engine().dialect
    commit: Callable[[object], None] = dialect.do_commit
    lost: list[int] = []

    def commit_and_die(connection: Any) -> None:
        query = "SELECT pg_current_xact_id_if_assigned()"
        (stores,) = connection.driver_connection.execute(query).fetchone()
        commit(connection)
        if stores and not lost:
            lost.append(connection.driver_connection.info.backend_pid)
            terminate(servers, lost[0])
            connection.driver_connection.execute("SELECT 1")  # finds that nobody is there

    with monkeypatch.context() as patch:
        patch.setattr(dialect, "do_commit", commit_and_die)
        yield
    assert lost


@pytest.mark.parametrize("name", ACTS)
def test_an_act_whose_answer_is_lost_is_no_error_and_one_row(
    servers: RunningServers, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    kind, act = ACTS[name]
    sign_up("chief")
    sign_up()
    accounts.create_user("second", "second@example.org", is_administrator=True)
    login = login_of(browser())
    link = link_token(administering.make_reset_link(SYSTEM, "alice"))
    with lost_answer(servers, monkeypatch):
        act(login, link)
    found = auditing.list_audit(SYSTEM, AuditQuery(None, kind=kind)).events
    assert len(found) == 1
