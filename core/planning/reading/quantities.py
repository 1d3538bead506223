"""Numbers with units in a clause: amounts, durations, sizes, shares, counts and dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

QuantityKind = Literal["money", "duration", "size", "share", "date", "count"]

_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20,
    "thirty": 30, "forty": 40, "sixty": 60, "ninety": 90,
}  # fmt: skip
_SCALES = {"k": 1_000, "thousand": 1_000, "m": 1_000_000, "mio": 1_000_000, "million": 1_000_000}
_CURRENCIES = {"€": "EUR", "$": "USD", "£": "GBP", "euro": "EUR", "euros": "EUR", "dollars": "USD"}
_UNITS = {
    "ms": "milliseconds", "millisecond": "milliseconds", "s": "seconds", "sec": "seconds",
    "second": "seconds", "min": "minutes", "minute": "minutes", "h": "hours", "hour": "hours",
    "hr": "hours", "d": "days", "day": "days", "week": "weeks", "month": "months",
    "year": "years", "yr": "years",
}  # fmt: skip
_SIZES = {"kb": 10, "kib": 10, "mb": 20, "mib": 20, "gb": 30, "gib": 30, "tb": 40, "tib": 40}
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip

_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_NUMBER_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_UNIT_WORDS = (
    r"(?:milli)?seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|yrs?"
)
_MONTH = "|".join(_MONTHS)
_SOURCES: tuple[tuple[QuantityKind, str], ...] = (
    ("date", rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month>{_MONTH})\b"),
    ("date", rf"\b(?P<month>{_MONTH})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b"),
    ("date", r"\b(?P<iso>\d{4}-\d{2}-\d{2})\b"),
    ("money", rf"(?P<unit>[€$£])\s?(?P<number>{_DIGITS})(?P<scale>k)?"),
    ("money", rf"\b(?P<number>{_DIGITS})\s?(?P<unit>€|£|EUR|USD|GBP|CHF|euros?|dollars)(?!\w)"),
    ("money", rf"\b(?P<unit>EUR|USD|GBP|CHF)\s?(?P<number>{_DIGITS})\b"),
    ("size", rf"\b(?P<number>{_DIGITS})\s?(?P<unit>[KMGT]i?B)\b"),
    ("share", rf"\b(?P<number>{_DIGITS})\s?(?:%|percent\b|per cent\b)"),
    ("duration", rf"\b(?P<number>{_DIGITS})[\s-]?(?P<unit>ms|s|h|d|{_UNIT_WORDS})\b"),
    ("duration", rf"\b(?P<number>{_NUMBER_WORD})[\s-](?P<unit>{_UNIT_WORDS})\b"),
    (
        "count",
        rf"(?<![\w.,-])(?P<number>{_DIGITS})\s?(?P<scale>k|thousand|million|mio|m)?\b(?![%€$£])",
    ),
)
_PATTERNS = tuple((kind, re.compile(source, re.IGNORECASE)) for kind, source in _SOURCES)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit.

    `value` is normalised: money with its decimals, sizes in bytes, durations as an SQL interval
    such as `24 hours`, shares in percent, dates as `31 March` or ISO.
    """

    kind: QuantityKind
    value: str
    unit: str
    words: str


def quantities(text: str) -> tuple[Quantity, ...]:
    """Return the quantities of a text in their order; each stretch of text counts once."""
    found: dict[int, Quantity] = {}
    taken: list[tuple[int, int]] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            begin, end = match.span()
            if any(begin < upper and lower < end for lower, upper in taken):
                continue
            taken.append((begin, end))
            found[begin] = _quantity(kind, match)
    return tuple(found[begin] for begin in sorted(found))


def _quantity(kind: QuantityKind, match: re.Match[str]) -> Quantity:
    groups = match.groupdict()
    words = match.group(0).strip()
    if kind == "date":
        value = groups.get("iso") or f"{int(groups['day'])} {groups['month'].capitalize()}"
        return Quantity(kind, value, "", words)
    number = _number(groups["number"], groups.get("scale"))
    unit = (groups.get("unit") or "").lower()
    if kind == "money":
        return Quantity(kind, f"{number:.2f}", _CURRENCIES.get(unit, unit.upper()), words)
    if kind == "size":
        return Quantity(kind, str(int(number * 2 ** _SIZES[unit])), "bytes", words)
    if kind == "duration":
        name = _UNITS.get(unit) or _UNITS[unit.rstrip("s")]
        return Quantity(kind, f"{_plain(number)} {name}", name, words)
    return Quantity(kind, _plain(number), unit, words)


def _number(digits: str, scale: str | None) -> Decimal:
    word = _WORDS.get(digits.lower())
    value = Decimal(word) if word is not None else Decimal(digits.replace(",", ""))
    return value * _SCALES[scale.lower()] if scale else value


def _plain(number: Decimal) -> str:
    return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"
