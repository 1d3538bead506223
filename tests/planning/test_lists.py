"""Lists, tables and scenarios: each item is read as a sentence of its own."""

from __future__ import annotations

import pytest

from core.planning import understand
from core.planning.reading.clauses import clauses


def body(text: str) -> list[str]:
    return [one.text for one in clauses(text) if one.section == "body"]


def test_an_item_that_begins_with_a_verb_goes_on_from_the_story() -> None:
    found = body(
        "As a category manager I want to change many prices at once.\n\n"
        "- filter products by brand\n- raise or lower prices by a percentage\n"
        "- preview old and new price before anything is saved\n"
        "- nothing may be sold below cost\n- search results are sorted by brand\n"
    )
    who = "As a category manager I want to"
    assert found[1:] == [
        f"{who} filter products by brand",
        f"{who} raise or lower prices by a percentage",
        f"{who} preview old and new price before anything is saved",
        "nothing may be sold below cost",
        "search results are sorted by brand",
    ]


def test_a_line_that_wants_something_is_no_title() -> None:
    parts = clauses("Parcel desk\n\nWe need:\n- scan labels\n- a list of parcels\n")
    assert [(one.section, one.text) for one in parts] == [
        ("title", "Parcel desk"),
        ("body", "We want to scan labels"),
        ("body", "a list of parcels"),
    ]


def test_items_below_people_say_what_those_do() -> None:
    assert body("Lockers of a club\n\nMembers:\n- rent a locker\n\nCaretaker:\n- opens it\n") == [
        "Members can rent a locker",
        "Caretaker opens it",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "We want: reception scans the label, picks the employee, the employee gets a message.",
            [
                "reception scans the label",
                "reception picks the employee",
                "the employee gets a message",
            ],
        ),
        (
            "What we want: filter products by brand, export them as CSV.",
            ["we want to filter products by brand, export them as CSV"],
        ),
        ("We need: a list of rooms and reminders.", ["We want a list of rooms and reminders"]),
        (
            "Parcels not fetched after 5 days: reminder, after 10 days it goes back.",
            [
                "Parcels not fetched after 5 days: reminder",
                "Parcels not fetched: after 10 days it goes back",
            ],
        ),
        # No other time, no other outcome.
        (
            "Parcels not fetched after 5 days: reminder, and a call.",
            ["Parcels not fetched after 5 days: reminder, and a call"],
        ),
    ],
)  # fmt: skip
def test_a_sentence_that_lists_is_read_by_its_parts(text: str, expected: list[str]) -> None:
    assert body(f"Desk\n\n{text}") == expected


def test_a_table_is_told_row_by_row() -> None:
    text = (
        "# Desks\n\n| Who | What | When |\n|---|---|---|\n"
        "| Employee | books a desk | up to 14 days ahead |\n"
        "| Office manager | close a desk | any time |\n"
    )
    assert body(text) == [
        "Employee books a desk, up to 14 days ahead",
        "Office manager can close a desk, any time",
    ]


def test_a_table_of_rights_and_one_of_fields() -> None:
    rights = "| Role | Read | Approve |\n|---|---|---|\n| Clerk | x | |\n| Manager | x | x |\n"
    assert body(rights) == ["Clerk may read", "Manager may read, approve"]
    fields = "| Field | Type |\n|---|---|\n| title | text |\n| due date | date |\n"
    assert body(fields) == ["Fields: title, due date"]


def test_a_table_without_a_header_keeps_its_cells() -> None:
    assert body("Prices\n\n| Hall A | 12 EUR |\n| Hall B | 9 EUR |\n") == [
        "Hall A, 12 EUR",
        "Hall B, 9 EUR",
    ]


def test_steps_of_a_scenario_name_who_acts() -> None:
    text = (
        "Defects\n\nGiven I am signed in as a tenant\n"
        "When I report a defect with a title and up to 5 photos\n"
        "Then the caretaker gets a notification\n\n"
        "- Given a defect is open\n- When it is not closed after 14 days\n"
        "- Then the caretaker gets a reminder\n- And after 21 days the owner is told\n"
    )
    assert body(text) == [
        "As a tenant I report a defect with a title and up to 5 photos",
        "When I report a defect, the caretaker gets a notification",
        "a defect is open: when it is not closed after 14 days, the caretaker gets a reminder",
        "after 21 days the owner is told",
    ]


def test_given_in_a_plain_sentence_is_no_scenario() -> None:
    text = "Given the size of our club we need a list of members.\nNobody else may see it."
    assert body(text) == [
        "Given the size of our club we need a list of members",
        "Nobody else may see it",
    ]


def test_what_is_only_nice_to_have_is_planned_and_asked_about() -> None:
    model = understand(
        "Scores of a choir\n\n## Must have\n- Members can create scores with a title\n"
        "- Members can edit scores\n\n## Could have\n- Scores can have tags\n\n"
        "## Won't have\n- chat\n"
    )
    (asked,) = [one for one in model.questions if one.slug == "optional"]
    assert "Scores can have tags" in asked.text
    assert "edit scores" not in asked.text
    assert model.non_goals == ("chat",)


def test_the_head_of_a_mail_gives_its_subject_as_the_title() -> None:
    parts = clauses("From: Nadia\nTo: dev team\nSubject: keys for flats\n\nGuests get a code.")
    assert [(one.section, one.text) for one in parts] == [
        ("courtesy", "From: Nadia"),
        ("courtesy", "To: dev team"),
        ("title", "Subject: keys for flats"),
        ("body", "Guests get a code"),
    ]
