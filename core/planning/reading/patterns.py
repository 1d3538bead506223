"""Patterns that are tried only where a text holds what they cannot do without.

To look for a few words in a text is much quicker than to try a pattern at each of its letters, and
most patterns are not in most texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from sys import maxsize

# Lower-case texts, of each of which a match holds at least one; the most telling ones first.
Needs = tuple[frozenset[str], ...]

_LOOKAROUND = ("?=", "?!", "?<=", "?<!")
_QUANTIFIER = re.compile(r"[*+?]\??|\{(\d*),?\d*\}\??")
_NAMED = re.compile(r"\?P<\w+>|\?:")
_CAPITAL = re.compile(r"\\.|\(\?P|[A-Z]")  # or what has another meaning in lower case
_REGARDING_CASE = "(?-i:"
_MANY = 30  # so many texts take longer to look for than the expression itself
_MAX_NEEDS = 3
_TELLING = 3  # a shorter text beside the first need is in too many sentences
# Letters that `re.IGNORECASE` takes for ASCII ones, and `str.lower` does not.
_FOLDED = {"\u0130": "i", "\u0131": "i", "\u017f": "s", "\u212a": "k"}


class Pattern:
    """A regular expression that does not regard case; none of its matches is empty.

    It is first tried on the text in lower case: a search without regard to case takes several
    times as long.
    """

    def __init__(self, source: str) -> None:
        """Take the expression; what a text lacks is never compiled."""
        self.source = source

    def search(self, text: str, start: int = 0, end: int = maxsize) -> re.Match[str] | None:
        """Return where the pattern is first found in a text, or in a stretch of it."""
        lower = folded(text)
        if not self.may_be_in(lower):
            return None
        if self._lower is None:
            return self.compiled.search(text, start, end)
        first = self._lower.search(lower, start, end)
        return self.compiled.match(text, first.start(), end) if first else None

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """Return the match that begins at a place of a text."""
        lower = folded(text)
        if not self.may_be_in(lower):
            return None
        if self._lower is not None and not self._lower.match(lower, start):
            return None
        return self.compiled.match(text, start)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Return where the pattern is found, one match after the other."""
        return self.found_in(text, folded(text))

    def found_in(self, text: str, lower: str) -> Iterator[re.Match[str]]:
        """Return where the pattern is found in a text that has been folded already."""
        if not self.may_be_in(lower):
            return iter(())
        if self._lower is None:
            return self.compiled.finditer(text)
        places = (found.start() for found in self._lower.finditer(lower))
        return filter(None, (self.compiled.match(text, place) for place in places))

    def may_be_in(self, lower: str) -> bool:
        """Whether a folded text has what each match holds; loops, as this is asked most often."""
        for need in self._asked:
            for words in need:
                if words in lower:
                    break
            else:
                return False
        return True

    @cached_property
    def needs(self) -> Needs:
        """What each match holds, as a text in lower case has it."""
        return needs_of(self.source)

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The expression itself."""
        return re.compile(self.source, re.IGNORECASE)

    @cached_property
    def _lower(self) -> re.Pattern[str] | None:
        """The expression for texts in lower case; None where it asks for a capital letter."""
        if _REGARDING_CASE in self.source:
            return None
        return re.compile(
            _CAPITAL.sub(lambda one: one[0] if len(one[0]) > 1 else one[0].lower(), self.source)
        )

    @cached_property
    def _asked(self) -> tuple[tuple[str, ...], ...]:
        """The needs that are quicker to look for than the expression."""
        return tuple(tuple(sorted(need)) for need in self.needs if len(need) <= _MANY)


def folded(text: str) -> str:
    """Return a text in lower case as patterns that ignore case see it, letter by letter."""
    if not text.isascii():
        for letter, plain in _FOLDED.items():  # which are so rare that a table takes longer
            text = text.replace(letter, plain)
    return text.lower()


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
