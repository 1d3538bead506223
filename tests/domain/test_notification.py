"""Whom a target means, and what may be sent."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from core.domain.access import TeamRole
from core.domain.news import News, NewsKind, kind_of, words_of
from core.domain.notification import (
    MOST_CHARACTERS,
    check_message,
    check_priority,
    find_recipients,
)
from core.domain.role import BUILT_IN_PROFILES
from core.domain.team import Member
from core.errors import InvalidInput, NotFound

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ROLES = {*BUILT_IN_PROFILES, "legal"}


def member(number: int, name: str, role: TeamRole, *approves_as: str) -> Member:
    return Member(UUID(int=number), name, f"{name}@example.org", role, approves_as, NOW)


MEMBERS = [
    member(1, "mara", TeamRole.OWNER),
    member(2, "ben", TeamRole.MEMBER, "dba", "finance"),
    member(3, "security", TeamRole.MEMBER),
    member(4, "cleo", TeamRole.VIEWER, "security"),
]


def names(target: str) -> list[str]:
    found = find_recipients(target, MEMBERS, ROLES)
    return [one.user_name for one in MEMBERS if one.user_id in found]


@pytest.mark.parametrize(
    ("target", "meant"),
    [
        ("team", ["mara", "ben", "security", "cleo"]),
        (" Team ", ["mara", "ben", "security", "cleo"]),
        ("ben", ["ben"]),
        ("user:BEN", ["ben"]),
        ("user: ben", ["ben"]),
        ("finance", ["ben"]),
        ("database_administrator", ["ben"]),
        ("role:dba", ["ben"]),
        ("security", ["security"]),  # a member's name comes first
        ("role:security", ["cleo"]),
        ("role:owner", ["mara"]),
        ("member", ["ben", "security"]),
        ("viewer", ["cleo"]),
        ("architect", ["mara"]),  # nobody holds it
        ("role:legal", ["mara"]),  # the team's own, and nobody holds it
    ],
)
def test_a_target_reaches_the_members_that_it_means(target: str, meant: list[str]) -> None:
    assert names(target) == meant


@pytest.mark.parametrize(
    "target", ["", "nobody", "user:", "user:finance", "role:", "role:ben", "team:ben", "user:team"]
)
def test_what_means_nobody_is_not_found(target: str) -> None:
    with pytest.raises(NotFound):
        names(target)


def test_a_message_says_something_and_not_too_much() -> None:
    assert check_message(" a\x00b\n") == "ab"
    assert check_message("x" * MOST_CHARACTERS)
    for bad in ("", " \n", "\x00", "x" * (MOST_CHARACTERS + 1)):
        with pytest.raises(InvalidInput):
            check_message(bad)


def test_there_are_three_priorities() -> None:
    assert [check_priority(word).value for word in ("low", "normal", "high")]
    for bad in ("", "urgent", "HIGH"):
        with pytest.raises(InvalidInput):
            check_priority(bad)


@pytest.mark.parametrize(
    ("event", "payload", "kind"),
    [
        ("session_completed", {"outcome": "planned"}, NewsKind.FINISHED),
        ("session_completed", {"outcome": None}, NewsKind.FINISHED),
        ("session_completed", {"outcome": "needs_input"}, NewsKind.NEEDS_INPUT),
        ("session_failed", {}, NewsKind.FAILED),
        ("approval_requested", {}, NewsKind.APPROVAL_WAITING),
        ("session_paused", {}, None),
        ("never_heard_of", {}, None),
    ],
)
def test_some_events_are_news(event: str, payload: dict[str, object], kind: NewsKind) -> None:
    assert kind_of(event, payload) is kind


@pytest.mark.parametrize("kind", NewsKind)
@pytest.mark.parametrize(
    "payload",
    [{}, {"error_message": "It broke.", "approver_role": "dba", "task_id": str(UUID(int=1))}],
    ids=["empty", "full"],
)
def test_all_news_have_words(kind: NewsKind, payload: dict[str, object]) -> None:
    news = News(kind, UUID(int=1), UUID(int=2), 3, NOW, "Export", UUID(int=4), payload)
    assert words_of(news).startswith("Export ")
    assert (news.task_id is None) == (not payload)
