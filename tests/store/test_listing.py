"""Whichever way leads to a page of the list, its rows are those of the plain question."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, text

from core.domain.lifecycle import SessionStatus
from core.ids import new_id
from core.services import browsing
from core.services.browsing import SessionQuery, browse_sessions
from core.services.transaction import current_engine, transact
from core.settings import get_settings
from core.store import listing
from core.store.tables import execution_sessions, session_heads
from embedded.servers import RunningServers
from tests.conftest import empty_tables
from tests.factories import Someone, make_someone
from tests.profiles import WITH_SERVERS
from tests.sent_statements import sent_by

SESSIONS = 400
WALKED, COUNTED = 40, 30
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Row:
    id: UUID
    words: tuple[str, ...]
    status: SessionStatus
    created_at: datetime
    took: timedelta | None


@dataclass(frozen=True)
class Crowd:
    """A team's sessions beside those of another team, with the same words."""

    someone: Someone
    other: Someone
    rows: tuple[Row, ...]


def words_at(place: int, chance: random.Random) -> list[str]:
    """Return words of every kind; `place` counts from the oldest."""
    words = ["employees", chance.choice(["expense", "expenses", "shift", "swap"])]
    words += ["ancient"] * (place < 60)  # common, but only at the far end
    words += ["recent"] * (place >= SESSIONS - 60)
    words += ["seldom"] * (place % 97 == 5)
    words += ["first"] * (place == 0)
    return [*words, f"number{place}"]


def make_rows(chance: random.Random) -> Iterator[Row]:
    for place in range(SESSIONS):
        # Several have the same time and the same duration, so that ids decide.
        created_at = FIRST + HOUR * (place // 3)
        took = chance.choice([None, timedelta(minutes=chance.randrange(20))])
        status = SessionStatus.EXPIRED if place < 50 else chance.choice(list(SessionStatus)[:6])
        yield Row(new_id(), tuple(words_at(place, chance)), status, created_at, took)


def store(db: Connection, someone: Someone, rows: tuple[Row, ...]) -> None:
    db.execute(
        insert(execution_sessions),
        [
            {
                "id": row.id,
                "team_id": someone.team_id,
                "user_id": someone.user.id,
                "feature_name": " ".join(row.words[:2]).title(),
                "brief": ", ".join(row.words[2:]) + ".",
                "pipeline": {"name": "seven_roles"},
                "launch_key": str(row.id),
                "created_at": row.created_at,
                "started_at": row.created_at,
                "ended_at": None if row.took is None else row.created_at + row.took,
            }
            for row in rows
        ],
    )
    db.execute(
        insert(session_heads),
        [
            {
                "session_id": row.id,
                "team_id": someone.team_id,
                "status": row.status.value,
                "updated_at": row.created_at,
            }
            for row in rows
        ],
    )


@pytest.fixture(scope="module")
def crowd(servers: RunningServers, database_url: str) -> Iterator[Crowd]:
    """Hundreds of sessions, and bounds so low that all ways to them are taken."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", database_url)
        patch.setenv("REDIS_URL", servers.redis_url)
        patch.setattr(listing, "WALKED", WALKED)
        patch.setattr(browsing, "COUNTED", COUNTED)
        get_settings.cache_clear()
        empty_tables()
        made = Crowd(make_someone(), make_someone(), tuple(make_rows(random.Random(7))))
        transact(lambda db: store(db, made.someone, made.rows))
        transact(lambda db: store(db, made.other, tuple(make_rows(random.Random(8)))))
        with current_engine().connect() as db:
            db.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
        yield made
        empty_tables()
    get_settings.cache_clear()


TEXTS = (
    *("", " ", "employees", "empl", "expense", "expenses", "EXPENSE empl", "e", "number", "!"),
    *("ancient", "recent", "seldom", "first", "number7", "number399", "ancient expense"),
    *("recent ancient", "expense swap", "nobody", "employees nobody", "deadbeef0000"),
)
QUERIES = st.fixed_dictionaries(
    {
        "text": st.sampled_from(TEXTS) | st.integers(0, SESSIONS - 1),
        "statuses": st.frozensets(st.sampled_from(SessionStatus), max_size=2),
        "since": st.none() | st.integers(0, SESSIONS // 3 + 1).map(lambda n: FIRST + HOUR * n),
        "until": st.none() | st.integers(0, SESSIONS // 3 + 1).map(lambda n: FIRST + HOUR * n),
        "sort": st.sampled_from(["newest", "oldest", "longest"]),
    }
)


def asked(crowd: Crowd, values: dict[str, Any]) -> SessionQuery:
    """Return a query; a number instead of a text looks for that session's id."""
    typed = values["text"]
    wanted = str(crowd.rows[typed].id) if isinstance(typed, int) else typed
    return SessionQuery(crowd.someone.team_id, **values | {"text": wanted})


def expected(crowd: Crowd, query: SessionQuery) -> list[UUID]:
    """Return the ids of all that match, in order, without the database."""
    typed = query.text.lower().split()

    def has_text(row: Row) -> bool:
        if query.text == str(row.id):
            return True
        return all(any(word.startswith(part) for word in row.words) for part in typed)

    rows = [
        row
        for row in crowd.rows
        if has_text(row)
        and (not query.statuses or row.status in query.statuses)
        and (query.since is None or row.created_at >= query.since)
        and (query.until is None or row.created_at < query.until)
    ]
    if query.sort == "oldest":
        rows.sort(key=lambda row: (row.created_at, row.id))
    elif query.sort == "newest":
        rows.sort(key=lambda row: (row.created_at, row.id), reverse=True)
    else:
        none = timedelta(-1)
        rows.sort(key=lambda row: (none if row.took is None else row.took, row.id), reverse=True)
    return [row.id for row in rows]


@settings(max_examples=WITH_SERVERS * 5)
@given(QUERIES, st.integers(0, SESSIONS), st.integers(1, 60), st.booleans())
def test_a_page_has_the_rows_of_the_plain_question_whatever_is_thought_of_their_number(
    crowd: Crowd, values: dict[str, Any], offset: int, limit: int, is_few: bool
) -> None:
    query, who = asked(crowd, values), crowd.someone.principal
    rows = transact(
        lambda db: listing.list_page(db, who, query, offset=offset, limit=limit, is_few=is_few)
    )
    every = expected(crowd, query)
    assert [row.session.id for row in rows] == every[offset : offset + limit]
    number = transact(lambda db: listing.count_matching(db, who, query, limit))
    assert number == min(limit, len(every))


@settings(max_examples=WITH_SERVERS * 5)
@given(QUERIES, st.integers(1, 30), st.integers(1, 60))
def test_every_page_of_a_search_has_its_rows_and_its_number(
    crowd: Crowd, values: dict[str, Any], page: int, rows: int
) -> None:
    query = asked(crowd, values)
    every = expected(crowd, query)
    found = browse_sessions(crowd.someone.principal, query, page=page, rows=rows)
    most = page * rows + COUNTED
    assert (found.total, found.is_more) == (min(len(every), most), len(every) > most)
    assert found.number == min(page, max(1, -(-len(every) // rows)))
    first = (found.number - 1) * rows
    assert [row.session.id for row in found.rows] == every[first : first + rows]
    assert found.first == (first + 1 if every else 0)
    of_team = Counter(row.status for row in crowd.rows)
    assert found.of_team == {one: min(n, COUNTED + 1) for one, n in of_team.items()}


@pytest.mark.parametrize("typed", ["employees", "ancient", "seldom", "recent"])
@pytest.mark.parametrize("sort", ["newest", "oldest", "longest"])
def test_the_pages_of_a_word_are_all_its_sessions_once(
    crowd: Crowd, typed: str, sort: browsing.Sort
) -> None:
    query = SessionQuery(crowd.someone.team_id, text=typed, sort=sort)
    shown: list[UUID] = []
    for page in range(1, SESSIONS):
        found = browse_sessions(crowd.someone.principal, query, page=page, rows=7)
        shown += [row.session.id for row in found.rows]
        if not found.is_more and page >= found.pages:
            break
    assert shown == expected(crowd, query)


def statements_for(crowd: Crowd, typed: str) -> list[str]:
    """Return the statements that read a page of a word's sessions."""
    query = SessionQuery(crowd.someone.team_id, text=typed)
    sent = sent_by(lambda: browse_sessions(crowd.someone.principal, query, rows=5))
    return [statement for statement, _ in sent if "agent_tasks" in statement]


def is_walk(statement: str) -> bool:
    return " AS words" in statement


@pytest.mark.parametrize(
    ("typed", "walks"),
    [
        ("employees", [True]),  # common: the newest sessions fill the page
        ("ancient", [True, False]),  # as many, but none among the newest
        ("seldom", [False]),
        ("nobody", []),
    ],
)
def test_each_word_takes_its_way(crowd: Crowd, typed: str, walks: list[bool]) -> None:
    assert [is_walk(one) for one in statements_for(crowd, typed)] == walks


def test_another_teams_member_finds_none_by_any_way(crowd: Crowd) -> None:
    query = SessionQuery(crowd.someone.team_id, text="employees")
    for is_few in (False, True):
        rows = transact(
            lambda db, few=is_few: listing.list_page(
                db, crowd.other.principal, query, offset=0, limit=9, is_few=few
            )
        )
        assert rows == []
