"""What a brief says in two ways: two numbers for one rule, days that could be two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.domain.artifact import Evidence
from core.planning.demands import shortened
from core.planning.matches import Matches
from core.planning.model import Question
from core.planning.reading.clauses import Clause
from core.planning.reading.quantities import quantities


def conflict_questions(found: Matches) -> Iterator[Question]:
    """Ask which of two numbers for one rule is meant."""
    seen: set[tuple[str, str]] = set()
    for conflict in found.conflicts:
        if (conflict.slug, conflict.words) in seen or conflict.second in found.ruled:
            continue
        seen.add((conflict.slug, conflict.words))
        yield Question(
            f"conflict.{conflict.slug}.{len(seen)}",
            f"“{shortened(conflict.first.text)}” and “{shortened(conflict.second.text)}” give two "
            "numbers for one rule: which one holds, or which one for which case?",
            "The one that the brief names first.",
            (Evidence(conflict.second.text, "conflict"),),
        )


def day_questions(clauses: Sequence[Clause]) -> Iterator[Question]:
    """Ask for the dates of “next Monday” and of 03/04/2027."""
    days = [
        (clause, quantity)
        for clause in clauses
        for quantity in quantities(clause.text)
        if quantity.kind == "date" and quantity.unit in {"relative", "ambiguous"}
    ]
    for number, (said, day) in enumerate(days, 1):
        why = "depends on the day it was written" if day.unit == "relative" else "could be two days"
        yield Question(
            f"day-{number}",
            f"“{day.words}” in “{shortened(said.text, day.words)}” {why}: which date is it?",
            "No date is planned with.",
            (Evidence(said.text, "day"),),
        )
