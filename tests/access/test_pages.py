"""Each page x each person, asked of the running app: what is seen of the team, or nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from core.domain.access import Action, is_allowed
from pages.parts.frame import HIDDEN, SHOWN
from tests.access.asking import Shown, page_of
from tests.access.marks import MARKS, Marked
from tests.access.persons import KINDS, Kind, Person

NOT_HERE = "Not in this team"
SIGN_IN = "Make an account"
REFUSED = "you may not"
LINKED = "invites you to"
# What the frame around each page shows to whoever is in the team.
FRAME = {"team"}


@dataclass(frozen=True)
class Row:
    """A page at an address: who may open it, and which of the team's words it shows then."""

    page: str
    action: Action | None  # None: it is about the visitor, not about a team
    shows: set[str]
    address: dict[str, str] = field(default_factory=dict)  # parameter -> name of an id


_TEAM = {"team": "team"}
_SESSION = {"team": "team", "session": "session"}
READ = Action.READ
DECISIONS = {"session", "tactical decision", "strategic decision", "reason"}
ROWS: dict[str, Row] = {
    "board": Row("", READ, {"session"}, _TEAM),
    "approvals": Row("approvals", READ, {"session", "question"}, _TEAM),
    "sessions": Row("sessions", READ, {"session"}, _TEAM),
    "decisions": Row("decisions", READ, DECISIONS, _TEAM),
    "decisions of a session": Row("decisions", READ, DECISIONS, _SESSION),
    "a decision": Row("decisions", READ, DECISIONS, {**_SESSION, "decision": "decision"}),
    "people": Row("people", READ, {"description", "member"}, _TEAM),
    "webhooks": Row("webhooks", Action.MANAGE, {"webhook"}, _TEAM),
    "audit": Row("audit", Action.AUDIT, {"audit", "invited", "webhook"}, _TEAM),
    "retention": Row("retention", READ, {"session"}, _TEAM),
    "launch": Row("launch", Action.LAUNCH, {"pipeline"}, _TEAM),
    "live": Row("live", READ, {"session", "tactical decision"}, _SESSION),
    "replay": Row("replay", READ, {"session", "artifact", "tactical decision"}, _SESSION),
    "work": Row("work", READ, {"session", "brief"}, _SESSION),
    "a task's work": Row(
        "work", READ, {"session", "brief", "artifact body"}, {**_SESSION, "task": "task"}
    ),
    "notices": Row("notices", None, set()),
    "overview": Row("overview", None, set()),
    "account": Row("account", None, set()),
    "invitation": Row("invitation", None, {"team"}, {"token": "token"}),
    "reset": Row("", None, set(), {"reset": "team"}),
    "sign-in": Row("sign-in", None, set()),
}


def expected(row: Row, kind: Kind) -> str:
    """Return the words that a cell must come to; generated from `core.domain.access`."""
    if row.address.get("reset"):
        return "New password"
    if not kind.is_signed_in:
        return SIGN_IN
    if row.page == "invitation":
        return LINKED
    if row.action is None:  # for "sign-in", too: whoever is signed in gets their own board
        return ""
    if kind.role is None:
        return NOT_HERE
    return "" if is_allowed(kind.role, row.action) else REFUSED


def ask(host: str, person: Person, marked: Marked, row: Row) -> Shown:
    address = {name: str(marked.ids.get(id_, marked.token)) for name, id_ in row.address.items()}
    with page_of(host, person.headers) as page:
        return page.open(row.page, address)


def hidden_from(kind: Kind, row: Row) -> set[str]:
    """Return the words that nobody of a kind sees anywhere, whatever the page."""
    if row.page == "invitation" and kind.is_signed_in:  # the link says which team, and who invites
        return {name for name in MARKS if name not in ("team", "member")}
    if kind.is_administrator and row.page == "account":  # everybody's accounts are listed there
        return {name for name in MARKS if name != "member"}
    if kind.role is None or not kind.is_signed_in:
        return set(MARKS)
    only = {
        "message": Action.MANAGE,
        "webhook": Action.MANAGE,
        "audit": Action.AUDIT,
        "invited": Action.MANAGE,
        "pipeline": Action.LAUNCH,
    }
    return {name for name, action in only.items() if not is_allowed(kind.role, action)}


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("who", KINDS)
def test_a_page_shows_what_the_table_says(
    host: str, marked: Marked, persons: dict[str, Person], who: str, row: str
) -> None:
    kind, asked = KINDS[who], ROWS[row]
    shown = ask(host, persons[who], marked, asked)
    seen, words = marked.seen_in(shown.whole), expected(asked, kind)
    assert shown.says(words)
    assert not seen & hidden_from(kind, asked)
    if words in ("", LINKED):
        assert asked.shows <= seen
        assert not any(shown.says(one) for one in (NOT_HERE, SIGN_IN, REFUSED))
    elif words == REFUSED:
        assert seen <= FRAME | {"member"}  # the visitor's own name


def test_every_page_has_a_row() -> None:
    names = {name for shown in SHOWN.values() for name in shown} | set(HIDDEN)
    files = {"sign-in", "reset"}  # no page of the navigation: the main script draws them by itself
    rows = {"board" if row.page == "" else row.page for row in ROWS.values()}
    rows |= {"reset"} if any("reset" in row.address for row in ROWS.values()) else set()
    assert rows == names | files


def test_the_team_shows_every_word_to_its_owner(
    host: str, marked: Marked, persons: dict[str, Person]
) -> None:
    """A word that no page shows would prove nothing when others do not see it."""
    shown = b"".join(ask(host, persons["owner"], marked, row).whole for row in ROWS.values())
    assert marked.seen_in(shown) == set(MARKS)
