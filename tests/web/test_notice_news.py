"""How much is unread, as open tabs hear it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from core.domain.access import SYSTEM
from core.services import members, notifying
from embedded.servers import RunningServers
from tests.factories import Someone, add_member, make_someone
from tests.web.browser import real_server
from tests.web.tabs import open_tab
from web import notice_news
from web.notice_news import NoticeNews
from web.topics import Topic


@pytest.fixture(scope="module")
def host(servers: RunningServers, database_url: str) -> Iterator[str]:
    with real_server(DATABASE_URL=database_url, REDIS_URL=servers.redis_url) as address:
        yield address


def tell(someone: Someone, number: int = 1) -> None:
    for _ in range(number):
        notifying.notify(SYSTEM, "team", "Look.", team_id=someone.team_id)


def test_a_tab_hears_how_much_is_unread_and_whenever_that_changes(
    host: str, someone: Someone
) -> None:
    tell(someone, 2)
    with open_tab(host, someone.user) as tab:
        tab.watch("notices")
        first = tab.hear()
        assert first.pop("process"), "by which a tab knows that the server was restarted"
        assert first == {"topic": "notices", "kind": "unread", "unread": 2}
        tell(someone)
        assert tab.hear_until("unread")["unread"] == 3
        notifying.mark_all_read(someone.principal)
        assert tab.hear_until("unread")["unread"] == 0


def test_every_tab_of_a_person_hears_it_and_nobody_else(host: str, someone: Someone) -> None:
    other = make_someone()
    with (
        open_tab(host, someone.user) as first,
        open_tab(host, someone.user) as second,
        open_tab(host, other.user) as foreign,
    ):
        for tab in (first, second, foreign):
            tab.watch("notices")
            assert tab.hear_until("unread")["unread"] == 0
        tell(someone)
        for tab in (first, second):
            assert tab.hear_until("unread")["unread"] == 1
        assert foreign.hears_nothing(0.5)


def test_many_at_once_are_few_words(host: str, someone: Someone) -> None:
    with open_tab(host, someone.user) as tab:
        tab.watch("notices")
        tab.hear_until("unread")
        tell(someone, 20)
        tab.hear_until(lambda said: said.get("unread") == 20)
        assert len(tab.heard) < 15


class Ear:
    """Whoever watches, without a socket."""

    def __init__(self) -> None:
        self.topics: dict[str, Topic] = {}
        self.heard: list[str] = []

    def offer(self, text: str) -> None:
        self.heard.append(text)


async def listen(user_id: UUID, ear: Ear) -> None:
    """Watch for somebody until a look has found something."""

    async def call(work: Callable[[], Any]) -> Any:
        return await asyncio.to_thread(work)

    news = NoticeNews(call, failures.append)
    news.topic(user_id).watchers.add(ear)
    running = asyncio.create_task(news.run())
    async with asyncio.timeout(10):
        while not ear.heard:
            await asyncio.sleep(0.05)
    running.cancel()


failures: list[Exception] = []


def test_a_word_that_was_lost_is_found_by_a_look(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notice_news, "LOOK_SECONDS", 0.3)
    tell(someone)
    ear = Ear()
    asyncio.run(listen(someone.user.id, ear))
    assert ear.heard == ['{"topic":"notices","kind":"unread","unread":1}']
    assert failures == []


def test_who_loses_a_team_has_less_to_read(host: str, someone: Someone) -> None:
    other = make_someone()
    add_member(someone.team_id, other.user)
    tell(someone)
    with open_tab(host, other.user) as tab:
        tab.watch("notices")
        assert tab.hear_until("unread")["unread"] == 1
        members.remove_member(someone.principal, someone.team_id, other.user.id)
        assert tab.hear_until("unread")["unread"] == 0


def test_who_does_not_watch_any_more_hears_nothing(host: str, someone: Someone) -> None:
    with open_tab(host, someone.user) as tab:
        tab.watch("notices")
        tab.hear_until("unread")
        tab.send(unwatch=["notices"])
        tab.send(ping=1)
        tab.hear_until("pong")
        tell(someone)
        assert tab.hears_nothing(0.5)
