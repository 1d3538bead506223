"""Which side of a number is meant: at most, at least, above, below, until, about."""

from __future__ import annotations

import re
from typing import Literal

Comparison = Literal["", "at_most", "at_least", "above", "below", "until", "from", "about"]

_MANY = r"(?:more|greater|longer|larger|bigger|higher|older|later)"
_FEW = r"(?:less|fewer|shorter|smaller|lower|younger|earlier|faster|sooner)"
_BEFORE: tuple[tuple[Comparison, str], ...] = (
    (
        "at_most",
        rf"(?:at (?:the )?most|up to|(?:no|not|never) {_MANY} than|maximum(?: of| is)?|max\.?|"
        r"limited to|not exceed(?:ing)?|within(?: the)?|<=|≤)",
    ),
    ("at_least", rf"(?:at least|(?:no|not|never) {_FEW} than|minimum(?: of| is)?|min\.?|>=|≥)"),
    ("above", rf"(?:above|over|{_MANY} than|exceed(?:s|ing)?|beyond|in excess of|>)"),
    ("below", rf"(?:below|under|{_FEW} than|<)"),
    ("until", r"(?:until|till|by|before|no later than|not later than|up until)(?: the)?"),
    ("from", r"(?:from|since|as of|starting|after)(?: the)?"),
    ("about", r"(?:about|around|roughly|approximately|approx\.?|ca\.?|circa|some|~)"),
)
_AFTER: tuple[tuple[Comparison, str], ...] = (
    ("at_least", r"(?:\+|or (?:more|longer|older|higher|above|later|over)|and (?:more|above|"
                 r"over))"),
    ("at_most", r"(?:or (?:less|fewer|shorter|younger|lower|below|under|earlier|sooner)|"
                r"at (?:the )?most|max\b|maximum\b|tops\b)"),
)  # fmt: skip
_LEFT = tuple(
    (name, re.compile(rf"(?<![\w<>=]){words}\s*(?:an? (?:maximum|minimum) of\s*)?$", re.IGNORECASE))
    for name, words in _BEFORE
)
_RIGHT = tuple((name, re.compile(rf"\s?{words}", re.IGNORECASE)) for name, words in _AFTER)
_REACH = 24
SAID: dict[Comparison, str] = {
    "at_most": "at most", "at_least": "at least", "above": "above", "below": "below",
    "until": "until", "from": "from", "about": "about",
}  # fmt: skip
# How a value that keeps the rule compares with the number.
OPERATORS: dict[Comparison, str] = {
    "at_most": "<=", "at_least": ">=", "above": ">", "below": "<", "from": ">=", "until": "<=",
}  # fmt: skip


def comparison_around(text: str, start: int, end: int) -> Comparison:
    """Return what the words before or after a number say about its sides; often nothing."""
    left, right = text[max(0, start - _REACH) : start], text[end : end + _REACH]
    for name, pattern in _RIGHT:
        if pattern.match(right):
            return name
    return next((name for name, pattern in _LEFT if pattern.search(left)), "")
