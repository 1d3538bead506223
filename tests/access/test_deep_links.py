"""A link into a foreign team says what a link to nothing says, element by element."""

from __future__ import annotations

import re

import pytest

from core.ids import new_id
from tests.access.asking import Shown, page_of
from tests.access.marks import Marked
from tests.access.persons import OUTSIDE, SIGNED_IN, Person

_ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# What differs between any two runs of the same address: ids made of the moment.
_MADE = re.compile(rb"\$\$ID-[0-9a-f]{32}")
LINKS: dict[str, tuple[str, tuple[str, ...]]] = {
    "team": ("", ("team",)),
    "sessions of a team": ("sessions", ("team",)),
    "decisions of a team": ("decisions", ("team",)),
    "people of a team": ("people", ("team",)),
    "audit of a team": ("audit", ("team",)),
    "webhooks of a team": ("webhooks", ("team",)),
    "notices of a team": ("notices", ("team",)),
    "launch into a team": ("launch", ("team",)),
    "launch that answers": ("launch", ("answer",)),
    "live": ("live", ("session",)),
    "replay": ("replay", ("session",)),
    "work": ("work", ("session",)),
    "work on a task": ("work", ("session", "task")),
    "decisions of a session": ("decisions", ("session",)),
    "a decision": ("decisions", ("decision",)),
    "a decision of a session": ("decisions", ("session", "decision")),
    "all of it": ("live", ("team", "session", "task", "decision")),
}


def said(shown: Shown) -> list[bytes]:
    """Return what is drawn, without ids."""
    return [_MADE.sub(b"made", _ID.sub(b"id", element)) for element in shown.elements()]


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("who", OUTSIDE)
def test_a_foreign_link_says_what_a_link_to_nothing_says(
    host: str, marked: Marked, persons: dict[str, Person], who: str, link: str
) -> None:
    page_name, parameters = LINKS[link]
    foreign = {
        name: str(marked.ids["session" if name == "answer" else name]) for name in parameters
    }
    never_was = {name: str(new_id()) for name in parameters}
    shown = []
    for address in (foreign, never_was):
        with page_of(host, persons[who].headers) as page:
            shown.append(page.open(page_name, address))
    assert not marked.seen_in(shown[0].whole)
    assert said(shown[0]) == said(shown[1])
    if "team" in parameters or "session" in parameters or "answer" in parameters:
        assert shown[0].says("Not in this team")


@pytest.mark.parametrize("who", SIGNED_IN)
def test_an_invitation_s_link_tells_nothing_of_tokens_that_are_none(
    host: str, marked: Marked, persons: dict[str, Person], who: str
) -> None:
    texts = []
    for token in ("x" * len(marked.token), marked.token[:-1] + "~", ""):
        with page_of(host, persons[who].headers) as page:
            texts.append(said(page.open("invitation", {"token": token})))
    assert texts[0] == texts[1] == texts[2]


def test_what_is_compared_is_different_for_who_is_inside(
    host: str, marked: Marked, persons: dict[str, Person]
) -> None:
    found = []
    for session_id in (marked.ids["session"], new_id()):
        with page_of(host, persons["viewer"].headers) as page:
            found.append(said(page.open("live", {"session": str(session_id)})))
    assert found[0] != found[1]
