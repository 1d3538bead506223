"""What a brief is called: its own title, else its first wish, and no longer than a title is."""

from __future__ import annotations

import pytest

from core.planning.reading.clauses import clauses
from core.planning.titles import title_of


def title(brief: str) -> str:
    return title_of(clauses(brief))


@pytest.mark.parametrize(
    ("brief", "expected"),
    [
        ("Subject: harbour fees\n\nBoats pay by their length.", "Harbour fees"),
        ("Hi all,\n\nwe need a list of borrowed tools. It is kept in a book.",
         "A list of borrowed tools"),
        ("As a beekeeper I want to record each hive visit. It takes long today.",
         "Record each hive visit"),
        ("So, what we need: a queue for the ticket office with numbers on a screen.",
         "A queue for the ticket office with numbers on a screen"),
        ("# Loan of instruments\n\nPupils borrow violins.", "Loan of instruments"),
        # A scene of some length first, then the wish.
        ("Last winter the shelter was full three nights in a row and we had to send people "
         "away. Volunteers should see at noon how many beds are free.",
         "Volunteers should see at noon how many beds are free"),
    ],
)  # fmt: skip
def test_a_title_says_what_is_wished_for(brief: str, expected: str) -> None:
    assert title(brief) == expected


def test_a_long_first_sentence_is_cut_at_its_main_clause() -> None:
    found = title(
        "The theatre needs to sell its season tickets to subscribers of last year before anybody "
        "else can buy them, which is done on the phone today."
    )
    assert found == "The theatre needs to sell its season tickets to subscribers of last year"


def test_a_sentence_without_a_seam_is_cut_at_a_word_that_can_stand_last() -> None:
    found = title(
        "Gardeners of all seven allotment associations along the northern canal may exchange "
        "their seeds with those of the neighbouring district"
    )
    assert found.endswith(" …")
    assert len(found) <= 82
    assert found.split()[-2] not in {"the", "of", "with", "their", "may"}


@pytest.mark.parametrize("wish", ["We want it to be better.", "They should be able to do that."])
def test_it_and_they_are_no_title(wish: str) -> None:
    scene = "The rehearsal plan of the orchestra hangs on a wall and changes three times a week."
    assert title(f"{scene} {wish}").startswith(
        "The rehearsal plan of the orchestra hangs on a wall"
    )


def test_a_number_is_not_cut_at_its_comma() -> None:
    found = title(
        "Volunteers transcribe our 60,000 handwritten index cards from the years between the "
        "wars and compare them with the printed register"
    )
    assert "60,000" in found


@pytest.mark.parametrize(
    ("brief", "expected"),
    [
        # Scene-setting, a greeting, a conversation are no titles.
        (
            "Hi team,\n\nparents have been asking whether they could book the tutors directly "
            "instead of phoning us. Tutors say when they are free.",
            "Book the tutors directly",
        ),
        (
            "Our dashboard is too bright at night. Please add a dark mode that follows the device, "
            "with a switch in the header.",
            "A dark mode that follows the device",
        ),
        (
            "Hey all! After yesterday's retro: can we please get rid of the spreadsheet for "
            "on-call weeks?",
            "Get rid of the spreadsheet for on-call weeks",
        ),
        (
            "As the head of a school I want parents to tell us who may pick up their child.",
            "Parents tell us who may pick up their child",
        ),
        ("Please connect our tills to the accounting software.",
         "Connect our tills to the accounting software"),
        # What a tracker or a meeting puts there is none either.
        ("# Ticket WEB-482\n\nAs a customer I want to pause my box.", "Pause my box"),
        ("# Story\n\nAs a tenant I want to report a defect.", "Report a defect"),
        ("Allotment club - notes from the board\n\nMembers see plots.", "Allotment club"),
        ("From: Nadia\nTo: devs\nSubject: keys for flats\n\nGuests get a code.", "Keys for flats"),
        # A slow page is what the brief is about.
        (
            "The order overview takes 8 seconds to open. It should open in under a second.",
            "The order overview takes 8 seconds to open",
        ),
    ],
)  # fmt: skip
def test_a_title_names_the_feature(brief: str, expected: str) -> None:
    assert title(brief) == expected
