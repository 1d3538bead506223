"""Patterns that are tried only where a text holds what they cannot do without.

To look for a few words in a text is much quicker than to try a pattern at each of its letters, and
most patterns are not in most texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

# Lower-case texts, of each of which a match holds at least one; the most telling ones first.
Needs = tuple[frozenset[str], ...]

_LOOKAROUND = ("?=", "?!", "?<=", "?<!")
_QUANTIFIER = re.compile(r"[*+?]\??|\{(\d*),?\d*\}\??")
_NAMED = re.compile(r"\?P<\w+>|\?:")
_MAX_NEEDS = 3
_TELLING = 3  # a shorter text beside the first need is in too many sentences
# Letters that `re.IGNORECASE` takes for ASCII ones, and `str.lower` does not.
_FOLDED = str.maketrans({"\u0130": "i", "\u0131": "i", "\u017f": "s", "\u212a": "k"})


class Pattern:
    """A regular expression that does not regard case, and what a text needs to hold it."""

    def __init__(self, source: str) -> None:
        """Read what a pattern needs."""
        self.source = source
        self.needs = tuple(tuple(sorted(need)) for need in needs_of(source))

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The expression itself; compiling takes far longer than looking for what it needs."""
        return re.compile(self.source, re.IGNORECASE)

    def may_be_in(self, lower: str) -> bool:
        """Whether a folded text has what each match holds; loops, as this is asked most often."""
        for need in self.needs:
            for words in need:
                if words in lower:
                    break
            else:
                return False
        return True

    def search(self, text: str) -> re.Match[str] | None:
        """Return where the pattern is first found in a text."""
        return self.compiled.search(text) if self.may_be_in(folded(text)) else None

    def match(self, text: str) -> re.Match[str] | None:
        """Return the match that a text begins with."""
        return self.compiled.match(text) if self.may_be_in(folded(text)) else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yield where the pattern is found, one match after the other."""
        return self.compiled.finditer(text) if self.may_be_in(folded(text)) else iter(())


def folded(text: str) -> str:
    """Return a text in lower case as patterns that ignore case see it."""
    return text.lower() if text.isascii() else text.translate(_FOLDED).lower()


def needs_of(source: str) -> Needs:
    """Return what each match of a pattern holds; nothing where that is unknown."""
    needs, end = _alternatives(source, 0)
    return needs if end == len(source) else ()


def _alternatives(source: str, at: int) -> tuple[Needs, int]:
    """Read alternatives up to the closing parenthesis or the end; all must need something."""
    found: list[Needs] = []
    while True:
        needs, at = _sequence(source, at)
        found.append(needs)
        if at >= len(source) or source[at] != "|":
            return _of_any(found), at
        at += 1


def _of_any(found: list[Needs]) -> Needs:
    """Return what a match of any alternative holds: the first need of one of them, and so on."""
    if not all(found):
        return ()
    return tuple(
        frozenset[str]().union(*(needs[min(place, len(needs) - 1)] for needs in found))
        for place in range(max(map(len, found)))
    )


def _sequence(source: str, at: int) -> tuple[Needs, int]:
    """Read a sequence: a match holds what each of its parts needs."""
    found: list[frozenset[str]] = []
    run = ""
    while at < len(source) and source[at] not in "|)":
        needs, literal, at = _item(source, at)
        quantifier = _QUANTIFIER.match(source, at)
        optional = False
        if quantifier:
            at = quantifier.end()
            optional = quantifier[0][0] in "*?" or quantifier[1] in {"", "0"}
        if literal and not optional:
            run += literal
            if not quantifier:
                continue
        found += [frozenset({run.lower()})] if run else []
        run = ""
        found += () if optional else needs
    found += [frozenset({run.lower()})] if run else []
    return _best(found), at


def _best(found: list[frozenset[str]]) -> Needs:
    """Return the most telling needs of a sequence: the longer a text is, the rarer."""
    first, *others = sorted(found, key=_worth, reverse=True) or [frozenset[str]()]
    telling = (need for need in others if _worth(need) >= _TELLING)
    return tuple(dict.fromkeys((first, *telling)))[:_MAX_NEEDS] if first else ()


def _worth(need: frozenset[str]) -> int:
    return min(map(len, need))


def _item(source: str, at: int) -> tuple[Needs, str, int]:
    """Read one item: what a group needs, or a literal character, and where the next begins."""
    character = source[at]
    if character == "(":
        inside = source[at + 1 :]
        if inside.startswith(_LOOKAROUND):
            _, end = _alternatives(source, at + 1 + len(_look(inside)))
            return (), "", end + 1
        named = _NAMED.match(source, at + 1)
        needs, end = _alternatives(source, named.end() if named else at + 1)
        is_known = bool(named) or not inside.startswith("?")
        return needs if is_known else (), "", end + 1
    if character == "[":
        end = source.index("]", at + 2 if source[at + 1] != "^" else at + 3)
        return (), "", end + 1
    if character == "\\":
        escaped = source[at + 1]
        return (), "" if escaped.isalnum() else escaped, at + 2
    if character in ".^$":
        return (), "", at + 1
    # How other letters fold is left to the pattern itself.
    return (), character if character.isascii() else "", at + 1


def _look(inside: str) -> str:
    return next(mark for mark in _LOOKAROUND if inside.startswith(mark))
