"""Demands that no rule took up: what kind each one is, and what its writer should answer.

A question says how the words were understood and what is missing to build them. Demands of one
kind share a question, so that nobody answers the same thing five times.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.domain.artifact import Evidence
from core.planning.demand_kinds import ASKINGS, ORDER, OTHER, Asking
from core.planning.model import Question
from core.planning.reading.cues import compiled
from core.planning.reading.quantities import Quantity, quantities

WAITS = "Nothing is built for it until it is answered."
_MAX_QUOTE = 140
_SCRAP = 40  # so few letters say little without the sentence around them
_MAX_TOGETHER = 4  # quotes in one question
_MAX_TOGETHER_LETTERS = 320


@dataclass(frozen=True, slots=True)
class Demand:
    """Words of a brief that demand something; `inside` is their clause, often the same."""

    words: str
    inside: str
    numbers: tuple[Quantity, ...] = ()  # those that no rule has bound; else all of the words

    @property
    def said(self) -> str:
        """The words of the brief that a question points to: a scrap says too little alone."""
        return self.inside if len(self.words) < _SCRAP else self.words

    @property
    def quote(self) -> str:
        """The words as a question quotes them: a number that is asked about stays in sight."""
        first = self.numbers[0].words if self.numbers else ""
        words = self.words
        if words.count("(") > words.count(")"):
            words += ")"
        elif words.endswith(")") and words.count(")") > words.count("("):
            words = words[:-1]
        return shortened(words, first)


_UNCOUNTABLE = re.compile(
    r"\s?(?:met(?:re|er)s?|km|px|pixels?|lux|degrees?|characters?|letters?|percent|%|points?)\b",
    re.IGNORECASE,
)


def demand_questions(demands: Sequence[Demand]) -> tuple[Question, ...]:
    """Return one question for each few demands of a kind, the most important kinds first."""
    by_kind: dict[tuple[str, str], list[tuple[Asking, Demand]]] = {}
    for demand in dict.fromkeys(demands):
        asking = asking_for(demand)
        by_kind.setdefault((asking.slug, asking.missing), []).append((asking, demand))
    asked: list[Question] = []
    for _, group in sorted(by_kind.items(), key=lambda item: ORDER.index(item[0][0])):
        for together in _packed(group):
            asking = together[0][0]
            asked.append(
                Question(
                    f"demand-{len(asked) + 1}",
                    _text(asking, [demand for _, demand in together]),
                    WAITS,
                    tuple(
                        dict.fromkeys(
                            Evidence(demand.said, f"demand.{asking.slug}") for _, demand in together
                        )
                    ),
                )
            )
    return tuple(asked)


def asking_for(demand: Demand) -> Asking:
    """Return what is to be asked about a demand."""
    return next((one for one in ASKINGS if _fits(one, demand)), OTHER)


def shortened(text: str, keep: str = "", limit: int = _MAX_QUOTE) -> str:
    """Return a text as it is quoted, at most so long; `keep` stays in it."""
    if len(text) <= limit:
        return text
    place = text.find(keep) + len(keep) if keep else 0
    if place < limit:
        return f"{text[: limit - 3].rsplit(' ', 1)[0].rstrip(' ,')}…"
    start = text.rfind(" ", 0, max(0, place - limit // 2)) + 1
    return f"…{shortened(text[start:], keep, limit)}"


def _text(asking: Asking, demands: Sequence[Demand]) -> str:
    if len(demands) > 1:
        quotes = [f"“{demand.quote}”" for demand in demands]
        listed = f"{', '.join(quotes[:-1])} and {quotes[-1]}"
        missing = _filled(asking.missing)
        return f"{listed} ({asking.several}), for each: {missing}?"
    (demand,) = demands
    number = _number(asking, demand)
    is_scrap = demand.said != demand.words
    where = f" in “{shortened(demand.inside, demand.words)}”" if is_scrap else ""
    called = _filled(asking.one, number, demand)
    named = number is not None and f"“{number.words}”" not in called + f"“{demand.quote}”"
    which = f", “{number.words}”" if number is not None and named and demand.numbers else ""
    missing = _filled(asking.missing, number, demand)
    return f"“{demand.quote}”{where} ({called}{which}): {missing}?"


def _filled(text: str, number: Quantity | None = None, demand: Demand | None = None) -> str:
    words = number.words if number else "the number"
    return text.replace("<number>", words).replace("<next>", _beyond(number, demand))


def _beyond(number: Quantity | None, demand: Demand | None) -> str:
    """Return how the first one is called that a limit does not let through."""
    if number is None or demand is None or number.kind != "count" or not number.value.isdigit():
        return "what goes beyond it"
    if _UNCOUNTABLE.match(demand.words.partition(number.words)[2]):
        return "what goes beyond it"
    if number.comparison == "below":
        return f"number {number.words}"
    return f"number {int(number.value) + 1:,}"


def _fits(asking: Asking, demand: Demand) -> bool:
    text = demand.words
    if asking.quantity and _number(asking, demand) is None:
        return False
    if asking.unless and _found(asking.unless, text):
        return False
    return not asking.cue or _found(asking.cue, text)


def _number(asking: Asking, demand: Demand) -> Quantity | None:
    """Return the first number of the kind that is asked about."""
    wanted = asking.quantity.split()
    if not wanted:
        return demand.numbers[0] if demand.numbers else None
    for quantity in demand.numbers or quantities(demand.words):
        if not demand.numbers and quantity.words[:2].lower() in {"a ", "an"}:
            continue  # “a second”, “a day”
        is_rate = quantity.per and quantity.comparison in {"", "about"}
        kind = "rate" if is_rate and quantity.kind in {"count", "duration"} else quantity.kind
        if kind not in wanted and quantity.unit not in wanted:
            continue
        if not asking.comparisons or quantity.comparison in asking.comparisons:
            return quantity
    return None


def _packed(
    group: Iterable[tuple[Asking, Demand]],
) -> Iterable[list[tuple[Asking, Demand]]]:
    """Cut demands of one kind into questions of a length that somebody reads."""
    together: list[tuple[Asking, Demand]] = []
    for asking, demand in group:
        letters = sum(len(other.quote) for _, other in together) + len(demand.quote)
        if together and (letters > _MAX_TOGETHER_LETTERS or len(together) == _MAX_TOGETHER):
            yield together
            together = []
        together.append((asking, demand))
    if together:
        yield together


def _found(pattern: str, text: str) -> bool:
    return bool(compiled(pattern).search(text))
