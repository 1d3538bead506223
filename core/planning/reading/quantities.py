"""Numbers with units in a clause: amounts, durations, sizes, shares, counts, dates and times."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from core.planning.reading.comparisons import Comparison, comparison_around
from core.planning.reading.dates import DATES, DATES_IN_WORDS, dated
from core.planning.reading.patterns import Pattern

QuantityKind = Literal["money", "duration", "size", "share", "date", "time", "factor", "count"]

_WORDS = {
    "a dozen": 12, "a hundred": 100, "a thousand": 1000, "a million": 1_000_000, "a": 1, "an": 1,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30,
    "forty": 40, "sixty": 60, "ninety": 90, "hundred": 100, "dozen": 12,
}  # fmt: skip
_SCALES = {
    "k": 1_000, "thousand": 1_000, "m": 1_000_000, "mio": 1_000_000, "million": 1_000_000,
    "bn": 1_000_000_000, "billion": 1_000_000_000,
}  # fmt: skip
_CURRENCIES = {"€": "EUR", "$": "USD", "£": "GBP", "euro": "EUR", "euros": "EUR", "dollars": "USD"}
_UNITS = {
    "ms": "milliseconds", "millisecond": "milliseconds", "s": "seconds", "sec": "seconds",
    "second": "seconds", "min": "minutes", "minute": "minutes", "h": "hours", "hour": "hours",
    "hr": "hours", "d": "days", "day": "days", "week": "weeks", "month": "months",
    "year": "years", "yr": "years",
}  # fmt: skip
_SIZES = {
    "kb": 10, "kib": 10, "mb": 20, "mib": 20, "gb": 30, "gib": 30, "tb": 40, "tib": 40,
    "kilobyte": 10, "megabyte": 20, "gigabyte": 30, "terabyte": 40,
}  # fmt: skip

_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,15}(?:\.\d{1,9})?"
_NUMBER_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_UNIT_WORDS = (
    r"(?:(?:working|business|calendar|full)[ -])?(?:(?:milli)?seconds?|secs?|minutes?|mins?|"
    r"hours?|hrs?|days?|weeks?|months?|years?|yrs?)"
)
_SCALE = r"(?:k|thousand|million|mio|billion|bn|m)"
_TO = r"\s?(?:-|–|to|or|and)\s?"
_FROM = rf"(?:(?P<lower>{_DIGITS}){_TO})?"
_FROM_WORD = rf"(?:(?P<lower>{_NUMBER_WORD}) (?:to|or) )?"
_CODE = r"EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN"
_HALF = r"\b(?P<half_a>half an? )(?P<unit>hour|day|year|minute)\b"
_SPELLED = rf"\b{_FROM_WORD}(?P<number>{_NUMBER_WORD})[\s-](?P<unit>{_UNIT_WORDS})\b"
_ROUND = r"\b(?P<number>a dozen|a hundred|a thousand|a million)\b"
_SOURCES: tuple[tuple[QuantityKind, str], ...] = (
    *(("date", source) for source in DATES),
    (
        "time",
        r"\b(?:(?P<lower>(?:[01]?\d|2[0-3]):[0-5]\d)\s?(?:-|–|to|and|until|till)\s?)?"
        r"(?P<clock>(?:[01]?\d|2[0-3]):[0-5]\d)(?::[0-5]\d)?\s?(?P<half>[ap]\.?m\b\.?)?(?!\d)",
    ),
    (
        "time",
        r"\b(?:(?P<lower>1[0-2]|[1-9])\s?(?P<lower_half>[ap]m)?\s?(?:-|–|to|and|until|till)\s?)?"
        r"(?P<clock>1[0-2]|[1-9])\s?(?P<half>[ap]\.?m)\b",
    ),
    (
        "money",
        rf"(?P<unit>[€$£])\s?(?:(?P<lower>{_DIGITS})\s?(?:-|–|to)\s?[€$£]?\s?)?"
        rf"(?P<number>{_DIGITS})(?:\s?(?P<scale>{_SCALE})\b)?",
    ),
    (
        "money",
        rf"\b{_FROM}(?P<number>{_DIGITS})(?:\s?(?P<scale>{_SCALE}))?\s?"
        rf"(?P<unit>€|£|{_CODE}|euros?|dollars)(?!\w)",
    ),
    ("money", rf"\b(?P<unit>{_CODE})\s?(?P<number>{_DIGITS})(?:\s?(?P<scale>{_SCALE})\b)?(?!\w)"),
    (
        "size",
        rf"\b{_FROM}(?P<number>{_DIGITS})[\s-]?"
        r"(?P<unit>[KMGT]i?B|(?:kilo|mega|giga|tera)bytes?)\b(?!/)",
    ),
    ("share", rf"\b{_FROM}(?P<number>{_DIGITS})\s?(?:%|percent\b|per cent\b)"),
    ("share", r"\bp(?P<number>50|75|9\d(?:\.\d{1,3})?)\b"),
    ("share", r"\b(?P<number>\d{1,2}(?:\.\d{1,3})?)th percentile\b"),
    ("duration", _HALF),
    ("duration", rf"\b{_FROM}(?P<number>{_DIGITS})[\s-]?(?P<unit>ms|s|h|d|{_UNIT_WORDS})\b"),
    ("duration", _SPELLED),
    ("factor", rf"\b(?P<number>{_DIGITS})\s?(?:x\b|times (?=faster|slower|more|less|as|bigger))"),
    (
        "count",
        rf"(?<![\w.,-]){_FROM}(?P<number>{_DIGITS})(?:\s?(?P<scale>{_SCALE}))?\b(?![%€$£])",
    ),
    ("count", _ROUND),
)
_PATTERNS = tuple((kind, Pattern(source)) for kind, source in _SOURCES)
_DIGIT = re.compile(r"\d")
_IN_WORDS = tuple(
    (kind, pattern)
    for kind, pattern in _PATTERNS
    if pattern.source in {*DATES_IN_WORDS, _HALF, _SPELLED, _ROUND}
)
# “60 requests per minute”, “3 a day”: what follows a number and says per how long, or of what.
_PER = re.compile(
    r"(?:\s+(?:[a-z-]+)){0,2}?\s*(?:/\s?|\b(?:per|an?|each|every)\s+)"
    r"(?P<unit>second|sec|s|minute|min|hour|h|day|d|week|month|year|[a-z]+)\b",
    re.IGNORECASE,
)
# “an answer within 3 days and a decision within 30”: the second number has the unit of the first.
_SHORT = re.compile(r"\b(?P<by>within|after|for) \Z", re.IGNORECASE)
_ENDS_HERE = re.compile(r"\s*(?:$|[,;.)]|and\b|or\b)")
_TIMES = {"once": 1, "twice": 2}
_COUNTED = Pattern(
    rf"\b(?:(?P<number>{'|'.join(word for word in (*_TIMES, *_WORDS) if len(word) > 2)})|"
    r"(?P<ordinal>\d{1,3})(?:st|nd|rd|th))\b"
)
_HALVES = {"hour": "30 minutes", "day": "12 hours", "year": "6 months", "minute": "30 seconds"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit.

    `value` is normalised: money with its decimals, sizes in bytes, durations as an SQL interval
    such as `24 hours`, shares in percent, dates as `31 March` or ISO, times as `22:00`. Of a range
    it is the upper end, and `lower` the other one.
    """

    kind: QuantityKind
    value: str
    unit: str  # of a date: "relative" or "ambiguous" when it is no day that can be named
    words: str
    comparison: Comparison = ""
    lower: str = ""
    per: str = ""  # of a rate: second, minute, hour, day …, or the thing that it is counted for
    start: int = 0
    end: int = 0


@lru_cache(maxsize=16384)
def quantities(text: str) -> tuple[Quantity, ...]:
    """Return the quantities of a text in their order; each stretch of text counts once."""
    found: dict[int, Quantity] = {}
    taken: list[tuple[int, int]] = []
    for kind, pattern in _PATTERNS if _DIGIT.search(text) else _IN_WORDS:
        for match in pattern.finditer(text):
            begin, end = match.span()
            if any(begin < upper and lower < end for lower, upper in taken):
                continue
            if kind == "date" and match.group(0).startswith("may "):
                continue  # “may 3 people”: the month is written May
            taken.append((begin, end))
            found[begin] = _placed(_quantity(kind, match), text, begin, begin + len(match.group(0)))
    return _rated(text, _completed(text, [found[begin] for begin in sorted(found)]))


@lru_cache(maxsize=2048)
def kinds_of_numbers(text: str) -> frozenset[QuantityKind]:
    """Return which kinds of number a text holds; counts in words are counts."""
    kinds = {quantity.kind for quantity in quantities(text)}
    return frozenset({*kinds, *(("count",) if _COUNTED.search(text) else ())})


def count_in_words(text: str, start: int, end: int) -> Quantity | None:
    """Return the count that a stretch of a text says in words: `three`, `twice`, `5th`.

    `quantities` leaves such words alone: most of them count nothing (“one of the rooms”).
    """
    match = _COUNTED.search(text, start, end)
    if match is None:
        return None
    word = str(match["number"] or match["ordinal"]).lower()
    value = {**_WORDS, **_TIMES}.get(word, word)
    return _placed(Quantity("count", str(value), "", match.group(0)), text, *match.span())


def _placed(quantity: Quantity, text: str, start: int, end: int) -> Quantity:
    compared = comparison_around(text, start, end)
    return replace(quantity, comparison=compared, start=start, end=end)


def _completed(text: str, found: list[Quantity]) -> list[Quantity]:
    """Give a number the unit of a duration before it where both follow the same small word."""
    units: dict[str, str] = {}
    kept: list[Quantity] = []
    for one in found:
        before = _SHORT.search(text[max(0, one.start - 8) : one.start])
        by = before["by"].lower() if before else ""
        if one.kind == "duration" and by:
            units[by] = one.unit
        elif one.kind == "count" and by in units and _ENDS_HERE.match(text, one.end):
            value = f"{one.value} {units[by]}"
            one = replace(one, kind="duration", value=value, unit=units[by], words=value)  # noqa: PLW2901
        kept.append(one)
    return kept


def _rated(text: str, found: list[Quantity]) -> tuple[Quantity, ...]:
    """Give rates what they are counted per; “a minute” of “60 a minute” is no duration."""
    kept: list[Quantity] = []
    for measured in found:
        quantity, previous = measured, kept[-1] if kept else None
        if previous and previous.per and quantity.kind == "duration":
            hit = _PER.match(text, previous.end)
            if hit and quantity.start < hit.end() <= quantity.end:
                continue
        if quantity.kind in {"count", "money", "duration", "size"}:
            hit = _PER.match(text, quantity.end)
            if hit:
                unit = hit["unit"].lower()
                per = _UNITS[unit].removesuffix("s") if unit in _UNITS else unit
                bare = re.match(r"\s*(?:/|per\b|each\b|every\b)", text[quantity.end :], re.I)
                if unit in _UNITS or bare:
                    quantity = replace(quantity, per=per)
        kept.append(quantity)
    return tuple(kept)


def _quantity(kind: QuantityKind, match: re.Match[str]) -> Quantity:
    groups = match.groupdict()
    words = match.group(0).strip()
    if kind == "date":
        value, unit = dated(match)
        return Quantity(kind, value, unit, words)
    if kind == "time":
        half = groups.get("half")
        lower = groups.get("lower")
        lower_half = groups.get("lower_half") or half
        return Quantity(
            kind,
            _clock(groups["clock"], half),
            "",
            words,
            lower=_clock(lower, lower_half) if lower else "",
        )
    if groups.get("half_a"):
        half = _HALVES[groups["unit"].lower()]
        return Quantity(kind, half, half.partition(" ")[2], words)
    scale, unit = groups.get("scale"), (groups.get("unit") or "").lower()
    value, name = _measured(kind, groups["number"], scale, unit)
    lower = groups.get("lower")
    return Quantity(
        kind,
        value,
        name,
        words,
        lower=_measured(kind, lower, scale, unit)[0] if lower else "",
    )


def _measured(kind: QuantityKind, digits: str, scale: str | None, unit: str) -> tuple[str, str]:
    number = _number(digits, scale)
    if kind == "money":
        return f"{number:.2f}", _CURRENCIES.get(unit, unit.upper())
    if kind == "size":
        power = _SIZES.get(unit) or _SIZES[unit.removesuffix("s")]
        return str(int(number * 2**power)), "bytes"
    if kind == "duration":
        plain = re.split(r"[ -]", unit)[-1]
        name = _UNITS.get(plain) or _UNITS[plain.rstrip("s")]
        return f"{_plain(number)} {name}", name
    return _plain(number), ""


def _clock(written: str, half: str | None) -> str:
    hour, _, minute = written.partition(":")
    number = int(hour)
    if half and half[0] in "pP" and number < 12:
        number += 12
    if half and half[0] in "aA" and number == 12:
        number = 0
    return f"{number:02d}:{minute or '00'}"


def _number(digits: str, scale: str | None) -> Decimal:
    word = _WORDS.get(digits.lower())
    value = Decimal(word) if word is not None else Decimal(digits.replace(",", ""))
    return value * _SCALES[scale.lower()] if scale else value


def _plain(number: Decimal) -> str:
    return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"
