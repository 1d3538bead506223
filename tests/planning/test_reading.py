"""Reading: clauses, quantities, nouns, people and languages."""

from __future__ import annotations

import pytest

from core.planning.reading.clauses import clauses
from core.planning.reading.conditions import conditions
from core.planning.reading.language import language_of
from core.planning.reading.nouns import plural, singular, snake
from core.planning.reading.patterns import needs_of
from core.planning.reading.people import actors
from core.planning.reading.phrases import phrase_after
from core.planning.reading.quantities import quantities
from core.planning.reading.synonyms import wordings


def test_wrapped_lines_lists_headings_and_non_goals() -> None:
    parts = clauses(
        "# A title\n\nOne sentence that\nis wrapped. Another (Art. 17) one; a third\n\n"
        "- an item\n- another item\n\n## Non-goals\n\n- this\n- that\n\n## More\nback in the body"
    )
    assert [(part.section, part.text) for part in parts] == [
        ("title", "A title"),
        ("body", "One sentence that is wrapped"),
        ("body", "Another (Art. 17) one"),
        ("body", "a third"),
        ("body", "an item"),
        ("body", "another item"),
        ("non_goal", "this"),
        ("non_goal", "that"),
        ("title", "More"),
        ("body", "back in the body"),
    ]


@pytest.mark.parametrize(
    ("text", "kind", "value", "unit"),
    [
        ("above 500 EUR", "money", "500.00", "EUR"),
        ("more than €1,250.50 a day", "money", "1250.50", "EUR"),
        ("within 24h", "duration", "24 hours", "hours"),
        ("Rest periods of 11 hours", "duration", "11 hours", "hours"),
        ("a 14 day grace period", "duration", "14 days", "days"),
        ("for ten years", "duration", "10 years", "years"),
        ("read for an hour", "duration", "1 hours", "hours"),
        ("under 300 ms", "duration", "300 milliseconds", "milliseconds"),
        ("max 10 MB", "size", "10485760", "bytes"),
        ("95% of queries", "share", "95", ""),
        ("up to 200k customers", "count", "200000", ""),
        ("3 million products", "count", "3000000", ""),
        ("18,000 active subscriptions", "count", "18000", ""),
        ("ends on 31 March", "date", "31 March", ""),
        ("by March 31st 2027", "date", "2027-03-31", ""),
        ("from 1 Feb. 2027", "date", "2027-02-01", ""),
        ("on 24.12.2027", "date", "2027-12-24", ""),
        ("on 12/24/2027", "date", "2027-12-24", ""),
        ("on 3/4/2027", "date", "3/4/2027", "ambiguous"),
        ("by next Monday", "date", "next Monday", "relative"),
        ("by the end of Q2 2027", "date", "the end of Q2 2027", ""),
        ("until 5 pm", "time", "17:00", ""),
        ("EUR 500", "money", "500.00", "EUR"),
        ("500 €", "money", "500.00", "EUR"),
        ("$1.5 million", "money", "1500000.00", "USD"),
        ("99.9 % of the time", "share", "99.9", ""),
        ("p99 of the calls", "share", "99", ""),
        ("the 95th percentile", "share", "95", ""),
        ("half an hour", "duration", "30 minutes", "minutes"),
        ("5 working days", "duration", "5 days", "days"),
        ("3x as many", "factor", "3", ""),
        ("a dozen users", "count", "12", ""),
    ],
)
def test_numbers_with_units(text: str, kind: str, value: str, unit: str) -> None:
    found = quantities(text)[0]
    assert (found.kind, found.value, found.unit) == (kind, value, unit)
    assert found.words in text


@pytest.mark.parametrize(
    ("text", "value", "lower"),
    [
        ("takes 6-8 seconds", "8 seconds", "6 seconds"),
        ("2 to 5 days", "5 days", "2 days"),
        ("two or three days", "3 days", "2 days"),
        ("between 9:00 and 17:00", "17:00", "09:00"),
        ("10 pm to 6 am", "06:00", "22:00"),
        ("€100-200", "200.00", "100.00"),
    ],
)
def test_a_range_has_two_ends(text: str, value: str, lower: str) -> None:
    found = quantities(text)[0]
    assert (found.value, found.lower) == (value, lower)


@pytest.mark.parametrize(
    ("text", "comparison"),
    [
        ("above 500 EUR", "above"),
        ("more than 500 EUR", "above"),
        ("500 EUR or more", "at_least"),
        ("at least 500 EUR", "at_least"),
        ("no more than 500 EUR", "at_most"),
        ("up to 10 MB", "at_most"),
        ("10 MB at most", "at_most"),
        ("under 300 ms", "below"),
        ("within 24h", "at_most"),
        ("about 500 EUR", "about"),
        ("by 31 March", "until"),
        ("500 EUR", ""),
    ],
)
def test_which_side_of_a_number_is_meant(text: str, comparison: str) -> None:
    assert quantities(text)[0].comparison == comparison


@pytest.mark.parametrize(
    ("text", "value", "per"),
    [
        ("60 requests per minute", "60", "minute"),
        ("1,000 calls/hour", "1000", "hour"),
        ("at most 3 a day", "3", "day"),
        ("5 EUR per user", "5.00", "user"),
        ("2 hours a day", "2 hours", "day"),
    ],
)
def test_a_rate_is_one_quantity(text: str, value: str, per: str) -> None:
    assert [(one.value, one.per) for one in quantities(text)] == [(value, per)]


def test_a_list_continues_the_sentence_above_it() -> None:
    parts = clauses(
        "Requirements:\n\n1. [x] Users can:\n   - create notes\n   - delete notes\n"
        "2. [ ] Admins must never:\n   a) edit notes\n\n* nothing **else**"
    )
    assert [part.text for part in parts if part.section == "body"] == [
        "Users can: create notes",
        "Users can: delete notes",
        "Admins must never: edit notes",
        "nothing else",
    ]


def test_a_user_story_leaves_its_reason_aside() -> None:
    parts = clauses("As a nurse\nI want to see my shifts\nso that I can plan my week.")
    assert [(part.section, part.text) for part in parts] == [
        ("body", "As a nurse I want to see my shifts"),
        ("reason", "I can plan my week"),
    ]
    assert [actor.name for actor in actors(parts)] == ["nurse"]


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("## Background\n\nPaper is used.", "background"),
        ("Background\n----------\nPaper is used.", "background"),
        ("Background: Paper is used.", "background"),
        ("Not now:\n- Paper is used.", "non_goal"),
        ("## Out of scope\nPaper is used.", "non_goal"),
        ("**Goals**\n\nPaper is used.", "body"),
        ("## Acceptance criteria\n\nPaper is used.", "body"),
    ],
)
def test_headings_say_what_the_sentences_below_are(text: str, section: str) -> None:
    assert [(part.section, part.text) for part in clauses(text)] == [(section, "Paper is used")]


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("We don't need reports", "non_goal"),
        ("Reports are out of scope", "non_goal"),
        ("We don't want users to see drafts", "body"),
        ("Hi all", "courtesy"),
    ],
)
def test_a_sentence_may_say_what_is_not_wanted(text: str, section: str) -> None:
    found = clauses(f"Users can create notes. {text}. Notes have a title.")
    assert [part.section for part in found] == ["body", section, "body"]


def test_what_a_screen_needs_is_no_part_of_the_words() -> None:
    parts = clauses("> **Users** can\u200b `create` [notes](https://example.org)\u202e.\n\n---")
    assert [part.text for part in parts] == ["Users can create notes"]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("Orders ship unless they are unpaid, and arrive", "exception", "unless they are unpaid"),
        ("Only if it rains may they leave", "restriction", "Only if it rains may they leave"),
        ("It can be edited until it is sent", "end", "until it is sent"),
        ("All may read except on Sundays", "exception", "except on Sundays"),
        ("It is open as long as somebody is there", "restriction", "as long as somebody is there"),
    ],
)
def test_conditions_and_exceptions(text: str, kind: str, words: str) -> None:
    found = conditions(text)[0]
    assert (found.kind, found.words) == (kind, words)
    assert text[found.start : found.end].strip() == words


def test_plain_words_know_where_they_stood() -> None:
    text = "No one has to pay more than 5 EUR"
    plain = wordings(text)[1]
    assert plain.text == "nobody must pay above 5 EUR"
    assert text[plain.origin(plain.text.index("pay")) :].startswith("pay")
    assert text[plain.origin(plain.text.index("5 EUR")) :] == "5 EUR"


@pytest.mark.parametrize(
    ("pattern", "needs"),
    [
        (r"\bslow\w*\b", [["slow"]]),
        (r"\b(?:move|moving) from\b", [[" from"], ["move", "moving"]]),
        (r"colou?rs?", [["colo"]]),
        (r"(?:abc)?def|ghi", [["def", "ghi"]]),
        (r"(?P<same>[a-z]+) by (?P=same)", [[" by "]]),
        (r"(?:a|b*)", []),
        (r"(?<!never )under", [["under"]]),
        (r"(?:at most|up to \d+) (?:files|photos)", [["at most", "up to "], ["files", "photos"]]),
        (r"only (?:if|when) .* signs|never", [["never", " signs"], ["never", "only "]]),
    ],
)
def test_a_pattern_knows_what_its_matches_hold(pattern: str, needs: list[list[str]]) -> None:
    assert [sorted(need) for need in needs_of(pattern)] == [sorted(need) for need in needs]


@pytest.mark.parametrize("text", ["damages and photos", "an idea", "a start", "version 2.0.1a"])
def test_words_that_are_no_quantities(text: str) -> None:
    assert [found for found in quantities(text) if found.kind != "count"] == []


@pytest.mark.parametrize(
    ("many", "one"),
    [
        ("expenses", "expense"),
        ("categories", "category"),
        ("addresses", "address"),
        ("boxes", "box"),
        ("people", "person"),
        ("status", "status"),
        ("buses", "bus"),
    ],
)
def test_singular_and_plural(many: str, one: str) -> None:
    assert singular(many) == one
    if many != one:
        assert plural(one) == many


def test_names_are_ascii_and_singular() -> None:
    assert snake("Vacation Requests") == "vacation_request"
    assert snake("日本") == ""
    assert len(snake("x" * 500)) <= 48


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("all approved expenses of a month", "expense"),
        ("a shift for swapping", "shift"),
        ("the phone", ""),
        ("each other about a listing", ""),
        ("their vacation request", "vacation_request"),
    ],
)
def test_noun_phrases(text: str, phrase: str) -> None:
    assert phrase_after(text) == phrase


def test_people_and_departments() -> None:
    found = actors(
        clauses("Nurses offer shifts. The ward manager confirms. Finance exports, then by legal.")
    )
    assert [actor.name for actor in found] == ["nurse", "ward_manager", "finance"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("notify people when the status of their order changes", "English"),
        ("Dark mode please!", "English"),
        ("Die Nutzer sollen ihre Daten löschen können und das ist wichtig", "German"),
        ("Le client peut voir les factures et la liste des produits", "French"),
        ("El cliente puede ver la lista de los productos", "Spanish"),
        ("顧客は注文を確認できます", "unknown script"),
        ("Клиент должен видеть свои заказы", "unknown script"),
    ],
)
def test_the_language_of_a_text_is_told(text: str, language: str) -> None:
    assert language_of(text) == language
