"""In which order a plan's questions are asked, and which of them become one list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from core.domain.artifact import Evidence
from core.planning.model import Question

_MOST = 10  # more than so many nobody answers
# What nothing is built for comes first, then what two sentences contradict, then what is stored.
_FIRST = ("demand", "unread-rule", "condition", "conflict", "home.", "topic.", "day-", "open-")
_WAITS = len(_FIRST)


def ordered(questions: Sequence[Question]) -> tuple[Question, ...]:
    """Return at most ten questions, what blocks the plan first; the last one lists the rest.

    Of what a pack takes for granted its own first question comes before the second ones of others.
    """
    turns: Counter[str] = Counter()
    ranked: list[tuple[int, int, Question]] = []
    for question in questions:
        first = next(
            (place for place, slug in enumerate(_FIRST) if question.slug.startswith(slug)), _WAITS
        )
        about = question.slug.partition(".")[0]
        turn = 0
        if first == _WAITS:
            turn = turns[about]
            turns[about] += 1
        ranked.append((first, turn, question))
    found = [question for _, _, question in sorted(ranked, key=lambda one: one[:2])]
    if len(found) <= _MOST:
        return tuple(found)
    return (*found[: _MOST - 1], _listed(found[_MOST - 1 :]))


def _listed(questions: Sequence[Question]) -> Question:
    """Return one question that lists several, each with what is planned without an answer."""
    told = [
        f"{question.text} ({question.assumption.rstrip('.')}.)"
        if question.assumption
        else question.text
        for question in questions
    ]
    evidence = dict.fromkeys(item for one in questions for item in one.evidence if item.words)
    return Question(
        "others",
        f"Of less weight, each with what is planned meanwhile: {' '.join(told)}",
        "What stands in brackets.",
        tuple(evidence) or (Evidence("", "others"),),
    )
