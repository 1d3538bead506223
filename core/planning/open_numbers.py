"""The numbers of a brief that no rule has bound."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from core.planning.demand_words import FACT, MEASURED, STRONG
from core.planning.matches import Matches
from core.planning.model import Rule
from core.planning.reading.clauses import Clause
from core.planning.reading.quantities import Quantity, quantities

_BEHIND = re.compile(r"(?<=[A-Za-z%€£]) ?(?:, |/ ?)")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(slots=True)
class Read:
    """What was made of the clauses, as this module looks it up."""

    found: Matches
    verbs: tuple[str, ...]  # of the operations of the plan
    rules: dict[str, list[Rule]] = field(default_factory=dict)  # by the clause they stand on


def unused_numbers(clause: Clause, read: Read) -> list[Quantity]:
    """Return the quantities of a clause that no rule made of it has bound."""
    measured = quantities(clause.text)
    if not measured:
        return []
    rules = read.rules.get(clause.text, [])
    # What stands behind a number is none of it: “18 euros, 10 on Sundays”, “4 EUR/h”.
    bound = {_BEHIND.sub(" ", value) for rule in rules for _, value in rule.bindings}
    said = numbers_in(" ".join(told_by(rule) for rule in rules))
    is_fact = bool(FACT.search(clause.text)) and not STRONG.search(clause.text)
    return [
        quantity
        for quantity in measured
        # Counts describe more often than they demand, and so does “a month”.
        if (
            quantity.kind != "count"
            or quantity.per
            or (quantity.comparison not in {"", "about"} and not _loose(quantity, clause.text))
            or MEASURED.match(clause.text, quantity.end)
        )
        and not re.match(r"(?:an?|one)\b", quantity.words, re.IGNORECASE)
        and not any(quantity.value == v or f" {quantity.words} " in f" {v} " for v in bound)
        and not (quantity.kind == "count" and _plain(quantity.value) in said)
        and not (is_fact and quantity.kind in {"count", "duration"})
    ]


def _loose(quantity: Quantity, text: str) -> bool:
    """Whether a word before a number only looks like a comparison: “from 14 groups”."""
    if quantity.comparison not in {"from", "until"}:
        return False
    before, after = text[: quantity.start].rstrip().lower(), text[quantity.end :]
    is_open = re.match(r"\s+(?:[a-z]+\s+){0,2}(?:on|up|upwards)\b", after, re.IGNORECASE)
    stands_alone = re.match(r"\s+(?:it|we|they|the|is|are)\b", after, re.IGNORECASE)
    return bool(stands_alone) or (before.endswith(" from") and not is_open)


def told_by(rule: Rule) -> str:
    """Return all that a rule says, to compare it with the words that it was made of."""
    kept = (f"{mechanism.where} {mechanism.how}" for mechanism in rule.mechanisms)
    return " ".join([rule.text, *(value for _, value in rule.bindings), *kept])


def numbers_in(text: str) -> set[str]:
    """Return the numbers of a text, however they are written: `1,000` is `1000`."""
    return {_plain(number) for number in _NUMBER.findall(text)}


def _plain(number: str) -> str:
    number = number.replace(",", "")
    return number.rstrip("0").rstrip(".") if "." in number else number
