"""Reading: clauses, quantities, nouns, people and languages."""

from __future__ import annotations

import pytest

from core.planning.reading.clauses import clauses
from core.planning.reading.language import language_of
from core.planning.reading.nouns import plural, singular, snake
from core.planning.reading.people import actors
from core.planning.reading.phrases import phrase_after
from core.planning.reading.quantities import quantities


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
    ],
)
def test_numbers_with_units(text: str, kind: str, value: str, unit: str) -> None:
    found = quantities(text)[0]
    assert (found.kind, found.value, found.unit) == (kind, value, unit)
    assert found.words in text


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
def test_languages(text: str, language: str) -> None:
    assert language_of(text) == language
