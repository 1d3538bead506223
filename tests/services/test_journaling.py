"""The journal: what is listed, what people add, and that the fold agrees."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection

from core.domain.access import SYSTEM
from core.domain.decision import Alternative
from core.domain.session import Session
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.ids import new_id
from core.services import journaling, reading
from core.services.journaling import PERSON, JournalQuery
from tests.factories import (
    Someone,
    claim,
    complete,
    events_of,
    in_parallel,
    launch,
    make_decision,
    make_someone,
)
from tests.fold_equality import difference


@pytest.fixture
def session(someone: Someone) -> Session:
    """A session with one decision of each kind."""
    made = launch(someone)
    complete(
        claim(someone, made, "architect"),
        decisions=(
            make_decision(
                text="One service",
                strategic=True,
                confidence="medium",
                alternatives=(Alternative("Two services", "100%_more work"),),
            ),
            make_decision(text="Cursor paging"),
        ),
    )
    return made


def listed(someone: Someone, **query: Any) -> list[str]:
    found = journaling.list_journal(someone.principal, JournalQuery(someone.team_id, **query))
    return [one.decision.text for one in found.entries]


def strategic(someone: Someone, session: Session) -> Any:
    decisions = reading.get_report(someone.principal, session.id).decisions
    return next(one for one in decisions if one.task_id is None)


def person(**changes: Any) -> Any:
    return make_decision(strategic=True, **({"text": "Two services"} | changes))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["Cursor paging", "One service"]),
        ({"text": "100%_more"}, ["One service"]),
        ({"text": "CURSOR decided"}, ["Cursor paging"]),
        ({"text": "_"}, ["One service"]),
        ({"kind": "strategic"}, ["One service"]),
        ({"kind": "tactical"}, ["Cursor paging"]),
        ({"confidences": frozenset({"medium"})}, ["One service"]),
        ({"roles": frozenset({"architect"})}, ["Cursor paging", "One service"]),
        ({"roles": frozenset({"dba"})}, []),
        ({"roles": frozenset({PERSON})}, []),
        ({"standing": "superseded"}, []),
        ({"session_id": new_id()}, []),
    ],
)
def test_the_journal_is_narrowed(
    someone: Someone, session: Session, query: dict[str, Any], found: list[str]
) -> None:
    assert listed(someone, **query) == found


def test_a_search_for_what_no_text_can_hold_finds_nothing_and_is_no_error(
    someone: Someone, session: Session
) -> None:
    assert listed(someone, text="\x00 nothing \ud800") == []


def test_a_person_supersedes_a_strategic_decision(
    someone: Someone, session: Session, db: Connection
) -> None:
    old = strategic(someone, session)
    made = journaling.record_decision(someone.principal, session.id, person(), supersedes_id=old.id)
    assert listed(someone, kind="strategic", standing="in_force") == ["Two services"]
    assert listed(someone, standing="superseded") == ["One service"]
    assert listed(someone, roles=frozenset({PERSON})) == ["Two services"]
    page = journaling.list_journal(someone.principal, JournalQuery(someone.team_id))
    assert (page.in_force, page.superseded, page.is_more) == (2, 1, False)
    detail = journaling.get_entry(someone.principal, made)
    assert detail.supersedes is not None
    assert detail.supersedes.decision.id == old.id
    assert detail.entry.author_name == someone.user.user_name
    recorded, superseded = events_of(someone, session)[-2:]
    assert (recorded.type, superseded.type) == ("decision_recorded", "decision_superseded")
    assert detail.entry.decision.seq == recorded.seq
    assert difference(db, session.id) == []


def test_what_starts_later_is_guided_by_the_newer_decision(
    someone: Someone, session: Session
) -> None:
    old = strategic(someone, session)
    made = journaling.record_decision(someone.principal, session.id, person(), supersedes_id=old.id)
    claimed = claim(someone, session, "backend_dev")
    assert claimed.guiding == (str(made),)
    assert journaling.get_entry(someone.principal, made).guided == ("backend_dev",)
    assert journaling.get_entry(someone.principal, old.id).guided == ()


def test_a_decision_is_superseded_once(someone: Someone, session: Session) -> None:
    old = strategic(someone, session)

    def supersede(number: int) -> str:
        try:
            journaling.record_decision(
                someone.principal, session.id, person(text=f"No {number}"), supersedes_id=old.id
            )
        except Conflict:
            return "refused"
        return "recorded"

    assert sorted(in_parallel(4, supersede)) == ["recorded", "refused", "refused", "refused"]
    assert len(listed(someone, kind="strategic", standing="in_force")) == 1


def test_a_tactical_or_foreign_decision_is_not_superseded(
    someone: Someone, session: Session
) -> None:
    tactical = reading.get_report(someone.principal, session.id).decisions[1]
    other = launch(someone)
    for supersedes_id, session_id, error in (
        (tactical.id, session.id, InvalidInput),
        (strategic(someone, session).id, other.id, NotFound),
        (new_id(), session.id, NotFound),
    ):
        with pytest.raises(error):
            journaling.record_decision(
                someone.principal, session_id, person(), supersedes_id=supersedes_id
            )
    assert len(listed(someone)) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"text": " "},
        {"rationale": ""},
        {"text": "x" * 501},
        {"rationale": "x" * 5001},
        {"category": "mood"},
        {"confidence": "certain"},
    ],
)
def test_a_decision_that_says_too_little_or_too_much_is_refused(
    someone: Someone, session: Session, changes: dict[str, Any]
) -> None:
    before = events_of(someone, session)
    with pytest.raises(InvalidInput):
        journaling.record_decision(someone.principal, session.id, person(**changes))
    assert events_of(someone, session) == before


def test_the_tree_holds_every_decision(someone: Someone, session: Session) -> None:
    tree = journaling.decision_tree(someone.principal, session.id)
    assert [one["text"] for one in tree["session_decisions"]] == ["One service"]
    architect, *others = tree["agent_tasks"]
    assert (architect["agent"], architect["status"]) == ("architect", "completed")
    assert [one["text"] for one in architect["decisions"]] == ["Cursor paging"]
    assert [one["decisions"] for one in others] == [[]] * 6


def test_the_system_decides_nothing(someone: Someone, session: Session) -> None:
    with pytest.raises(NotAllowed):
        journaling.record_decision(SYSTEM, session.id, person())


def test_a_stranger_finds_nothing(someone: Someone, session: Session) -> None:
    stranger = make_someone()
    with pytest.raises(NotFound):
        journaling.list_journal(stranger.principal, JournalQuery(someone.team_id))
    with pytest.raises(NotFound):
        journaling.get_entry(stranger.principal, strategic(someone, session).id)
