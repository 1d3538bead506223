"""What of a brief nothing was made of, and nobody is asked about: it is listed, never dropped."""

from __future__ import annotations

from collections.abc import Iterable

from core.planning.demand_words import CONJUNCTION
from core.planning.demands import shortened
from core.planning.matches import Matches
from core.planning.model import Question
from core.planning.reading.clauses import Clause
from core.planning.reading.conditions import Part
from core.planning.reading.status_quo import is_volume


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


def unasked(texts: Iterable[str], questions: Iterable[Question]) -> tuple[str, ...]:
    """Return what was not understood without what a question quotes as a whole."""
    asked = "\n".join(question.text for question in questions)
    return tuple(text for text in texts if f"“{shortened(CONJUNCTION.sub('', text))}”" not in asked)


def is_within(part: Part, places: Iterable[int]) -> bool:
    """Whether one of the places lies in a part of a clause."""
    return any(part.start <= place < part.end for place in places)
