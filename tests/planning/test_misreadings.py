"""What is easily read as its opposite or as something else: each with a near miss."""

from __future__ import annotations

import pytest

from core.planning import understand
from core.planning.reading.clauses import clauses


def slugs(brief: str) -> set[str]:
    return {rule.slug for rule in understand(brief).rules}


FORUM = "Members comment on recipes and report comments; moderators decide. "
SHELF = "Editors can create and edit articles with a title. Readers search articles. "


@pytest.mark.parametrize(
    "sentence",
    [
        "After three removed comments a member is blocked for a week.",
        "Two false alarms in a month = blocked until the board has decided.",
    ],
)
def test_a_suspension_is_no_block_between_two_people(sentence: str) -> None:
    assert "moderation.block" not in slugs(FORUM + sentence)


def test_people_can_still_block_each_other() -> None:
    assert "moderation.block" in slugs(FORUM + "A member can block another member.")


@pytest.mark.parametrize(
    "sentence", ["Correcting a typo needs no note.", "A typo is corrected without a note."]
)
def test_a_corrected_typo_is_not_a_tolerant_search(sentence: str) -> None:
    assert "search.typos" not in slugs(SHELF + sentence)


def test_a_search_that_forgives_typos_is_still_found() -> None:
    assert "search.typos" in slugs(SHELF + "The search forgives typos.")


@pytest.mark.parametrize(
    "sentence", ["No external search service, please.", "We run no search server of our own."]
)
def test_a_service_that_is_not_wanted_is_not_what_is_searched(sentence: str) -> None:
    model = understand(SHELF + sentence)
    bound = {noun for matched in model.packs for _, noun in matched.bindings}
    assert not {"service", "server"} & bound
    assert "article" in bound


@pytest.mark.parametrize(
    "sentence",
    [
        "After our workshop on Thursday we promised a summary",
        "Here's what I think we agreed on in the call",
        "Hi crew, following the meeting on Monday I wrote this down",
    ],
)
def test_how_a_brief_came_about_is_background(sentence: str) -> None:
    (first, *_) = clauses(f"{sentence}. Members can create notes. Nobody else sees them.")
    assert first.section == "background"


@pytest.mark.parametrize(
    "sentence",
    [
        "After the meeting the minutes must be sent within 2 days",
        "After the audit the records are closed",
        "Here is a list of tools that members borrow",
    ],
)
def test_a_wish_about_meetings_is_a_wish(sentence: str) -> None:
    (first, *_) = clauses(f"{sentence}. Members can create notes. Nobody else sees them.")
    assert first.section == "body"


@pytest.mark.parametrize(
    "sentence", ["A visitor photographs the damage.", "Photographs of each room are uploaded."]
)
def test_a_picture_that_is_handed_in_is_an_upload(sentence: str) -> None:
    model = understand("Visitors can report a broken bench with its place. " + sentence)
    assert "upload" in {matched.slug for matched in model.packs}


def test_photographs_in_an_archive_are_no_upload() -> None:
    model = understand(
        "Volunteers can describe 40,000 old photographs with a title and a place. They can edit "
        "descriptions."
    )
    assert "upload" not in {matched.slug for matched in model.packs}
