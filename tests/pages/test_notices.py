"""Notifications: what a person was told, and what they do with it."""

from __future__ import annotations

from typing import Any

import pytest

from core.domain.access import SYSTEM
from core.services import notifying, telling
from pages.parts import notices
from tests.factories import claim, complete, complete_roles, fail_for_good, launch
from tests.pages.visiting import Visitor, database_away, run, texts
from tests.services.test_telling import ROLES, ask_for_approval


def tell(visits: Visitor, *messages: str) -> None:
    for message in messages:
        notifying.notify(SYSTEM, "team", message, team_id=visits.someone.team_id)


def unread(visits: Visitor) -> int:
    return notifying.list_notices(visits.someone.principal).unread


def button(page: Any, label: str) -> Any:
    return next(one for one in page.button if one.label == label)


def labels(page: Any) -> list[str]:
    return [one.label for one in page.button]


def line_of(shown: str, word: str) -> str:
    return next(line for line in shown.splitlines() if word in line)


def test_without_notifications_it_says_what_will_come(visits: Visitor) -> None:
    page = visits.open("notices")
    assert "Nothing to read" in texts(page)
    assert "Mark all as read" not in labels(page)


def test_the_newest_stands_first_and_what_is_unread_is_marked(visits: Visitor) -> None:
    tell(visits, "The first one", "The second one")
    newest = notifying.list_notices(visits.someone.principal).items[0]
    notifying.mark_notification_read(visits.someone.principal, newest.id)
    shown = texts(visits.open("notices"))
    assert shown.index("The second one") < shown.index("The first one")
    assert ":red-badge[new]" not in line_of(shown, "second")
    assert ":red-badge[new]" in line_of(shown, "first")


def test_what_people_write_is_text(visits: Visitor) -> None:
    tell(visits, "**bold** :red[red] [link](https://evil.example) <b>x</b>\n\n    code")
    shown = texts(visits.open("notices"))
    assert r"\*\*bold\*\*" in shown
    assert "<b>" not in shown
    assert "[link](" not in shown


def test_one_is_marked_as_read_where_it_stands(visits: Visitor) -> None:
    tell(visits, "One", "Two")
    page = visits.open("notices")
    button(page, "Mark as read").click()
    page = run(page)
    assert unread(visits) == 1
    assert labels(page).count("Mark as read") == 1


def test_all_are_marked_as_read(visits: Visitor) -> None:
    tell(visits, "One", "Two")
    page = visits.open("notices")
    tell(visits, "Three")  # came while the page was open
    button(page, "Mark all as read").click()
    run(page)
    assert unread(visits) == 1


def test_only_what_is_unread_is_shown_when_that_is_asked_for(visits: Visitor) -> None:
    tell(visits, "The first one", "The second one")
    newest = notifying.list_notices(visits.someone.principal).items[0]
    notifying.mark_notification_read(visits.someone.principal, newest.id)
    page = visits.open("notices")
    page.button_group[0].set_value("Unread")
    shown = texts(run(page))
    assert "The first one" in shown
    assert "The second one" not in shown
    notifying.mark_all_read(visits.someone.principal)
    assert "You have read everything" in texts(run(page))


def test_older_ones_stand_on_further_pages(
    visits: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(visits, *(f"number {n}" for n in range(notices.PAGE_NOTICES + 1)))
    page = visits.open("notices")
    assert "number 0" not in texts(page)
    button(page, "Older").click()
    assert "number 0" in texts(run(page))
    button(page, "Newer").click()
    assert "number 0" not in texts(run(page))


@pytest.mark.parametrize("kind", ["finished", "failed", "asks", "waits"])
def test_a_notification_leads_to_what_it_is_about(visits: Visitor, kind: str) -> None:
    someone = visits.someone
    session = launch(someone)
    if kind == "finished":
        complete_roles(someone, session, *ROLES)
    elif kind == "failed":
        fail_for_good(someone, session, "architect")
    elif kind == "asks":
        complete(claim(someone, session, "architect"), outcome="needs_input", questions=("Who?",))
    else:
        ask_for_approval(session, "finance")
    telling.tell_news()
    page = visits.open("notices")
    button(page, "Open").click()
    run(page)
    name, parameter = {
        "finished": ("replay", "session"),
        "asks": ("launch", "answer"),
        "waits": ("approvals", "session"),
    }.get(kind, ("live", "session"))
    assert visits.went == [(name, {"team": str(someone.team_id), parameter: str(session.id)})]
    assert unread(visits) == 0


def test_without_the_database_it_says_so(visits: Visitor) -> None:
    page = visits.open("notices")
    with database_away():
        assert "database" in texts(run(page)).lower()
