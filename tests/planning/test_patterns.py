"""A pattern that is tried only where it may match finds what the bare expression finds."""

from __future__ import annotations

import re
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.planning.packs import PACKS
from core.planning.reading.clauses import clauses
from core.planning.reading.patterns import Pattern, folded
from tests.planning.plans import EXPECTED, brief

SENTENCES = sorted({clause.text for name in EXPECTED for clause in clauses(brief(name))})
CUES = sorted({cue for pack in PACKS for rule in pack.rules for cue in (*rule.cues, *pack.cues)})
# Letters that fold to others, that grow in lower case, that are wider than a byte.
ODD = ("ſhall “NOT”", "Kept", "İts ıd", "STRASSE ẞ", "5 € – 10 €", "Ünless", "MAY NOT")
READERS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value
    for module in list(sys.modules.values())
    if module.__name__.startswith("core.planning")
    for name, value in vars(module).items()
    if isinstance(value, Pattern)
}


def spans(source: str, text: str) -> list[tuple[int, int]]:
    return [found.span() for found in re.compile(source, re.IGNORECASE).finditer(text)]


def written(text: str) -> list[str]:
    return [text, text.upper(), f"{text} – “{ODD[len(text) % len(ODD)]}”"]


@pytest.mark.parametrize("name", sorted(READERS))
def test_a_reader_finds_what_its_expression_finds(name: str) -> None:
    pattern = READERS[name]
    for sentence in SENTENCES[::7]:
        for text in written(sentence):
            expected = spans(pattern.source, text)
            assert [found.span() for found in pattern.finditer(text)] == expected, text
            first = pattern.search(text)
            assert (first.span() if first else None) == (expected[0] if expected else None), text
            assert bool(pattern.match(text)) == bool(pattern.compiled.match(text)), text


def test_a_cue_finds_what_its_expression_finds() -> None:
    for place, cue in enumerate(CUES):
        for text in SENTENCES[place % 40 :: 40]:
            pattern = Pattern(cue)
            assert [found.span() for found in pattern.finditer(text)] == spans(cue, text), (
                cue, text,
            )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(ODD))
def test_a_folded_text_is_as_patterns_see_it(text: str, odd: str) -> None:
    for pattern in (r"\b(?:shall|its?|id)\b", r"[a-z]+", r"\bk\w+", r"[^a-z ]"):
        whole = f"{text} {odd} {text}"
        found = [one.span() for one in Pattern(pattern).finditer(whole)]
        assert found == spans(pattern, whole)


def test_a_folded_letter_stays_one() -> None:
    letters = "".join(map(chr, range(0x110000)))
    assert len(folded(letters)) == len(letters)


def test_a_stretch_of_a_text_is_searched_with_what_stands_around_it() -> None:
    pattern = Pattern(r"\bnot\b(?! only)")
    text = "cannot NOT only Not"
    for start in range(len(text)):
        for end in range(start, len(text) + 1):
            expected = pattern.compiled.search(text, start, end)
            found = pattern.search(text, start, end)
            assert (found and found.span()) == (expected and expected.span()), (start, end)


def test_a_capital_letter_that_is_asked_for_is_one() -> None:
    pattern = Pattern(r"\bfrom (?-i:[A-Z])\w+")
    assert pattern.search("FROM Jira")
    assert not pattern.search("from jira")
