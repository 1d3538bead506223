"""Looking for cues in all clauses at once finds them where asking each clause finds them."""

from __future__ import annotations

import pytest

from core.planning.packs import PACKS
from core.planning.reading.clause_index import ClauseIndex
from core.planning.reading.clauses import Clause, clauses
from core.planning.reading.cues import find
from tests.planning.plans import PLANNED, brief

ALL = [clause for name in PLANNED for clause in clauses(brief(name))]
CUES = sorted({cue for pack in PACKS for rule in pack.rules for cue in (*rule.cues, *pack.cues)})


def index_of(*texts: str) -> ClauseIndex:
    return ClauseIndex(map(Clause, texts))


def test_no_clause_is_left_out_that_holds_a_cue() -> None:
    index = ClauseIndex(ALL)
    for cue in CUES:
        held = [clause for clause in ALL if find(cue, clause.text)]
        found = [clause for clause, _ in index.where((cue,))]
        assert [clause for clause in found if clause in held] == held, cue


def test_most_clauses_are_left_out() -> None:
    index = ClauseIndex(ALL)
    found = sum(len(index.where((cue,))) for cue in CUES)
    assert found < len(ALL) * len(CUES) / 5


@pytest.mark.parametrize("count", [1, 3, 4, 40])
def test_few_clauses_are_found_like_many(count: int) -> None:
    index = index_of("Members may swap shifts", *(f"Note {place}" for place in range(count)))
    found = index.where((r"\bswap\w*\b", r"\bexchang\w+\b"))
    assert [(clause.text, cues) for clause, cues in found] == [
        ("Members may swap shifts", [r"\bswap\w*\b"])
    ]


@pytest.mark.parametrize(
    "cue",
    [
        r"\bhave to pay\b",  # as it is written
        r"\bmust pay\b",  # in plain words
        r"wap",  # within a word
        r"\bshifts? of\b",  # over the end of a word
        r"\b\d+ ?(?:€|\$)",  # what no word tells
    ],
)
def test_a_clause_is_found_by_any_letters_of_its_words(cue: str) -> None:
    told = "Members have to pay 5 $ for swapped shifts of others"
    index = index_of("One", "Two", told, "Four", "Five")
    assert told in [clause.text for clause, _ in index.where((cue,))]


def test_clauses_keep_their_order_and_stand_twice_where_they_are_said_twice() -> None:
    index = index_of("b pays", "nothing", "a pays", "b pays", "nothing", "nothing")
    assert [clause.text for clause, _ in index.where(("pays", "a"))] == [
        "b pays", "a pays", "b pays",
    ]  # fmt: skip
