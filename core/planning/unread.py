"""What of a brief nothing was made of, and nobody is asked about: it is listed, never dropped."""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.planning.demand_words import CONJUNCTION
from core.planning.demands import shortened
from core.planning.matches import Matches
from core.planning.model import Question
from core.planning.reading.clauses import Clause
from core.planning.reading.conditions import Part, parts
from core.planning.reading.status_quo import is_volume

_LONG = 120  # a clause of so many letters holds more than what it called for
# Words of order and of change that a cue alone does not take up.
_ORDERED = re.compile(
    r"\bfirst$|\b(?:from zero|from scratch|new version|stops? at|doesn't|don't|pro rata)\b", re.I
)
_FEW = 3  # so few words beside a demand say nothing of their own


def missed(clauses: Iterable[Clause], found: Matches) -> tuple[str, ...]:
    """Return the clauses that nothing was made of, in their words; how much there is aside."""
    return tuple(
        dict.fromkeys(
            clause.text
            for clause in clauses
            if clause not in found.used and not is_volume(clause.text)
        )
    )


def only_told(clauses: Iterable[Clause], found: Matches) -> tuple[str, ...]:
    """Return what belongs to the background of a plan: how things are, and how much there is."""
    return tuple(
        clause.text
        for clause in clauses
        if clause.section in {"background", "reason", "courtesy"}
        or (clause.section == "body" and clause not in found.used and is_volume(clause.text))
    )


def unread(clauses: Iterable[Clause], found: Matches) -> tuple[str, ...]:
    """Return the parts of clauses that called for a pack in other words, and for nothing else.

    “We export and compare: the number of rows is equal” calls for an export; that the rows are
    counted is in no rule and no operation.
    """
    return tuple(
        dict.fromkeys(
            part.words
            for clause in clauses
            if clause in found.used
            and clause not in found.ruled
            and (len(clause.text) > _LONG or _ORDERED.search(clause.text))
            for part in parts(clause.text)
            if (len(part.words.split()) > _FEW or _ORDERED.search(part.words))
            and not is_within(part, found.settled.get(clause, set()))
            and (
                _ORDERED.search(part.words) or not is_within(part, found.touched.get(clause, set()))
            )
        )
    )


def unasked(texts: Iterable[str], questions: Iterable[Question]) -> tuple[str, ...]:
    """Return what was not understood without what a question quotes as a whole."""
    asked = "\n".join(question.text for question in questions)
    return tuple(text for text in texts if f"“{shortened(CONJUNCTION.sub('', text))}”" not in asked)


def is_within(part: Part, places: Iterable[int]) -> bool:
    """Whether one of the places lies in a part of a clause."""
    return any(part.start <= place < part.end for place in places)
