"""Conditions and exceptions in a clause: unless, only if, until, before, except, as long as."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from core.planning.reading.patterns import Pattern

ConditionKind = Literal["exception", "restriction", "end", "case"]

_OPENERS: tuple[tuple[ConditionKind, str], ...] = (
    ("exception", r"unless|except(?:ing)?(?: for| when| if| that| on| in)?|with the exception of|"
                  r"other than|apart from|even if|even when"),
    ("restriction", r"only (?:if|when|after|while|once|until|for|with|on|in|between)|"
                    r"as long as|so long as|provided(?: that)?|on condition that"),
    ("end", r"until|(?<!the )(?<!a )(?<!our )till|up until|not later than|"
            r"before(?!\s*(?:$|[,;:.()]|(?:at|on|by|in) ))"),
    ("case", r"if|in case|whenever"),
)  # fmt: skip
_OPENER = Pattern("|".join(rf"(?P<{kind}>\b(?:{words})\b)" for kind, words in _OPENERS))
# Where a condition ends: a comma, a new main clause, another condition.
_END = Pattern(
    r"[,;:()]\s|\s[-–—]\s|\s(?:but|otherwise|then)\s|"
    r"\s(?:and|or)\s(?:must|may|can|never|nobody|only|are|is|will|shall|should)\b"
)
_PART = Pattern(r"(?:[,;:()]|\s[-–—])\s+|\s(?=(?:and|but|or|otherwise)\s)")


@dataclass(frozen=True, slots=True)
class Condition:
    """The part of a clause that says when the rest of it holds, or does not."""

    kind: ConditionKind
    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a clause between commas, brackets and conjunctions."""

    words: str
    start: int
    end: int


@lru_cache(maxsize=2048)
def conditions(text: str) -> tuple[Condition, ...]:
    """Return the conditions of a clause in their order."""
    openers = list(_OPENER.finditer(text))
    found = []
    for place, opener in enumerate(openers):
        limit = openers[place + 1].start() if place + 1 < len(openers) else len(text)
        stop = _END.search(text, opener.end(), limit)
        end = stop.start() if stop else limit
        words = text[opener.start() : end].strip()
        found.append(Condition(_kind(opener), words, opener.start(), end))
    return tuple(found)


def before_condition(text: str, start: int, end: int) -> int:
    """Return where a stretch of a clause ends, at the latest where a condition begins in it."""
    return min([end, *(one.start for one in conditions(text) if start < one.start < end)])


def parts(text: str) -> tuple[Part, ...]:
    """Return a clause cut at its commas, brackets and conjunctions."""
    found = []
    start = 0
    for cut in [*_PART.finditer(text), None]:
        end = cut.start() if cut else len(text)
        if text[start:end].strip():
            found.append(Part(text[start:end].strip(), start, end))
        start = cut.end() if cut else end
    return tuple(found)


def _kind(opener: re.Match[str]) -> ConditionKind:
    return next(kind for kind, _ in _OPENERS if opener[kind] is not None)
