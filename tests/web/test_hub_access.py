"""Access that ends without a word: the hub asks by itself, from time to time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from uuid import UUID, uuid4

import orjson
import pytest
from sqlalchemy import text

from core.services import signing_in
from core.services.transaction import transact
from core.settings import get_settings
from core.signals.logins import announce_removal, login_key
from core.signals.wakeups import get_redis
from tests.factories import Someone, add_member, make_someone
from tests.web.tabs import login_as
from web import hub as hubs
from web.hub import Hub
from web.tabs import Tab

PATIENCE = 10.0
ELSEWHERE = uuid4()


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "CHECK_SECONDS", 0.1)


async def heard(tab: Tab, kind: str, *, but: UUID | None = None) -> dict[str, object]:
    """Return the next message of a kind, of another team than one."""
    async with asyncio.timeout(PATIENCE):
        while (said := await tab.next_text()) is not None:
            message: dict[str, object] = orjson.loads(said)
            if message["kind"] == kind and message.get("team_id") != str(but):
                return message
    raise AssertionError(f"the tab ended without {kind}")


async def hears_redis(member: Someone, tabs: list[Tab]) -> None:
    """Wait until the hub hears Redis, and has asked about everybody because of that."""
    for tab in tabs:
        announcing = asyncio.create_task(announce(member))
        await heard(tab, "access_revoked")
        announcing.cancel()
    await asyncio.sleep(0.5)


async def announce(member: Someone) -> None:
    while True:
        announce_removal(get_settings().redis_url or "", member.user.id, ELSEWHERE)
        await asyncio.sleep(0.1)


def told(owner: Someone, member: Someone, end: Callable[[str], None], kind: str) -> list[object]:
    """Return what two tabs of a member hear when their access has ended in silence."""

    async def watch() -> list[object]:
        hub = Hub()
        cookie = login_as(member.user)
        login = signing_in.find_login(cookie)
        assert login is not None
        tabs = [Tab(login, partial(signing_in.check_login, cookie)) for _ in range(2)]
        try:
            for tab in tabs:
                hub.enter(tab)
            await hub.draw(tabs[0], owner.team_id)
            await hub.watch(tabs[1], f"team:{owner.team_id}", None)
            await hears_redis(member, tabs)
            end(cookie)
            return [await heard(tab, kind, but=ELSEWHERE) for tab in tabs]
        finally:
            await hub.stop()

    return asyncio.run(watch())


def test_a_removal_that_was_never_announced_is_noticed(someone: Someone) -> None:
    member = make_someone()
    add_member(someone.team_id, member.user)

    def remove(_: str) -> None:
        query = text("DELETE FROM team_memberships WHERE user_id = :user AND team_id = :team")
        names = {"user": member.user.id, "team": someone.team_id}
        transact(lambda db: db.execute(query, names))

    drawn, watched = told(someone, member, remove, "access_revoked")
    team = {"kind": "access_revoked", "team_id": str(someone.team_id)}
    assert drawn == {**team, "topics": []}
    assert watched == {**team, "topics": [f"team:{someone.team_id}"]}


def test_a_login_that_ran_out_is_noticed(someone: Someone) -> None:
    def run_out(cookie: str) -> None:
        get_redis(get_settings().redis_url).delete(login_key(cookie))

    assert told(someone, someone, run_out, "signed_out") == [{"kind": "signed_out"}] * 2


def test_a_disabled_account_is_noticed_though_its_login_stands(someone: Someone) -> None:
    def disable(_: str) -> None:
        query = text("UPDATE users SET disabled_at = now() WHERE id = :user")
        transact(lambda db: db.execute(query, {"user": someone.user.id}))

    assert told(someone, someone, disable, "signed_out") == [{"kind": "signed_out"}] * 2
