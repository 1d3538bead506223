"""Days that a brief names: 31 March, 2027-01-01, the end of Q2, next Monday."""

from __future__ import annotations

import re

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_SHORT = {name[:3]: name for name in _MONTHS} | {"sept": "september"}
_MONTH = "|".join(_MONTHS)
_ANY_MONTH = rf"{_MONTH}|(?:{'|'.join(key for key in _SHORT if key != 'may')})"
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:,?\s+(?P<year>(?:19|20)\d\d))?"
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_PERIOD = (
    rf"\b(?:the )?(?:end|start|beginning|middle) of (?:the )?(?:Q[1-4](?:\s+(?:19|20)\d\d)?|"
    rf"(?:{_MONTH})(?:\s+(?:19|20)\d\d)?|(?:this|next) (?:week|month|quarter|year))\b"
)
_RELATIVE = (
    rf"\b(?P<relative>next (?:{_WEEKDAY}|week|month|quarter|year|spring|summer|autumn|winter)|"
    rf"this coming {_WEEKDAY}|tomorrow)\b"
)
DATES = (
    rf"\b{_DAY}(?:st|nd|rd|th)?\.?\s+(?:of\s+)?(?P<month>{_ANY_MONTH})\b\.?{_YEAR}(?!\w)",
    rf"\b(?P<month>{_ANY_MONTH})\b\.?\s+{_DAY}(?:st|nd|rd|th)?\b{_YEAR}(?![\w%])",
    r"\b(?P<iso>(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?!\d)",
    r"\b(?P<dot_day>\d{1,2})\.(?P<dot_month>\d{1,2})\.(?P<dot_year>(?:19|20)\d\d)\b",
    r"\b(?P<first>\d{1,2})/(?P<second>\d{1,2})/(?P<slash_year>(?:19|20)\d\d)\b",
    _PERIOD,
    r"\bQ[1-4]\s+(?:19|20)\d\d\b",
    _RELATIVE,
)
DATES_IN_WORDS = (_PERIOD, _RELATIVE)


def dated(match: re.Match[str]) -> tuple[str, str]:
    """Return the day that a match of `DATES` names, and why it cannot be said exactly, if so.

    The day is ISO where the year is known, else such as `31 March`; `relative` depends on when it
    was written, `ambiguous` could be two days.
    """
    found = match.groupdict()
    words = match.group(0).strip()
    if found.get("iso"):
        return found["iso"], ""
    if found.get("month"):
        return _named(found["day"], found["month"], found.get("year")), ""
    day = ""
    if found.get("dot_day"):
        day = _numeric(found["dot_day"], found["dot_month"], found["dot_year"])
    elif found.get("first"):
        first, second = found["first"], found["second"]
        if int(first) > 12:
            day = _numeric(first, second, found["slash_year"])
        elif int(second) > 12:
            day = _numeric(second, first, found["slash_year"])
    elif found.get("relative") or re.search(r"\b(?:this|next)\b", words, re.IGNORECASE):
        return words, "relative"
    else:
        return words, ""
    return (day, "") if day else (words, "ambiguous")


def _named(day: str, month: str, year: str | None) -> str:
    name = month.lower()
    number = _MONTHS.index(_SHORT.get(name, name)) + 1
    if year:
        return f"{year}-{number:02d}-{int(day):02d}"
    return f"{int(day)} {_MONTHS[number - 1].capitalize()}"


def _numeric(day: str, month: str, year: str) -> str:
    """Return the day as ISO; nothing when there is no such day."""
    if not (1 <= int(day) <= 31 and 1 <= int(month) <= 12):
        return ""
    return f"{year}-{int(month):02d}-{int(day):02d}"
