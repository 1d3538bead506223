"""Looking for the patterns of packs in clauses, quickly enough for long briefs.

Most patterns are not in most clauses. Each one is searched for only where a clause holds one of
the words that it cannot do without.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from core.planning.reading.synonyms import Wording, wordings

_LOOKAROUND = ("?=", "?!", "?<=", "?<!")
_QUANTIFIER = re.compile(r"[*+?]\??|\{(\d*),?\d*\}\??")
_NAMED = re.compile(r"\?P<\w+>|\?:")


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a pattern was found; positions are those of the clause as it was written."""

    match: re.Match[str]
    wording: Wording
    start: int
    end: int

    @property
    def words(self) -> str:
        """The words that were found."""
        return self.match.group(0)

    def span(self, group: str) -> tuple[int, int] | None:
        """Return where a named group stands in the clause as written; None without it."""
        if self.match.groupdict().get(group) is None:
            return None
        start, end = self.match.span(group)
        return self.wording.origin(start), self.wording.origin(max(start, end - 1)) + 1


def find(pattern: str, text: str) -> Hit | None:
    """Return where a pattern is first found in a text, as it stands or in plain words."""
    compiled, needed = _compiled(pattern)
    for wording in wordings(text):
        if _may_hold(wording.folded, needed) and (match := compiled.search(wording.text)):
            return _hit(match, wording)
    return None


def find_all(pattern: str, text: str) -> Sequence[Hit]:
    """Find a pattern everywhere in a text; in plain words only where the text itself has none."""
    compiled, needed = _compiled(pattern)
    for wording in wordings(text):
        if _may_hold(wording.folded, needed):
            hits = [_hit(match, wording) for match in compiled.finditer(wording.text)]
            if hits:
                return hits
    return ()


def may_find(patterns: tuple[str, ...], text: str) -> bool:
    """Whether any of several patterns may be found in a text: False says that none is."""
    needed = _needed_by_any(patterns)
    written, *plain = wordings(text)
    return _may_hold(written.folded, needed) or (bool(plain) and _may_hold(plain[0].folded, needed))


@cache
def _needed_by_any(patterns: tuple[str, ...]) -> tuple[str, ...]:
    each = [_compiled(pattern)[1] for pattern in patterns]
    return tuple(sorted({one for needed in each for one in needed})) if all(each) else ()


def _may_hold(folded: str, needed: tuple[str, ...]) -> bool:
    """Whether a text has what a pattern cannot do without; a loop, as this is asked most often."""
    for literal in needed:
        if literal in folded:
            return True
    return not needed


def _hit(match: re.Match[str], wording: Wording) -> Hit:
    start, end = match.span()
    return Hit(match, wording, wording.origin(start), wording.origin(max(start, end - 1)) + 1)


@cache
def _compiled(pattern: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    return re.compile(pattern, re.IGNORECASE), needed_words(pattern)


@cache
def needed_words(pattern: str) -> tuple[str, ...]:
    """Return lower-case texts of which each match holds at least one; none when that is unknown."""
    literals, end = _alternatives(pattern, 0)
    if end != len(pattern) or literals is None:
        return ()
    return tuple(sorted(literals))


def _alternatives(pattern: str, at: int) -> tuple[frozenset[str] | None, int]:
    """Read alternatives up to the closing parenthesis or the end; all must need something."""
    together: frozenset[str] | None = frozenset()
    while True:
        needed, at = _sequence(pattern, at)
        together = together | needed if together is not None and needed else None
        if at >= len(pattern) or pattern[at] != "|":
            return together, at
        at += 1


def _sequence(pattern: str, at: int) -> tuple[frozenset[str] | None, int]:
    """Read a sequence; of all that it needs, the longest is the best to look for."""
    best: frozenset[str] | None = None
    run = ""
    while at < len(pattern) and pattern[at] not in "|)":
        item, literal, at = _item(pattern, at)
        quantifier = _QUANTIFIER.match(pattern, at)
        optional = False
        if quantifier:
            at = quantifier.end()
            optional = quantifier[0][0] in "*?" or quantifier[1] in {"", "0"}
        if literal and not optional:
            run += literal
            if quantifier:
                best, run = _better(best, run), ""
            continue
        best, run = _better(best, run), ""
        if item and not optional and (best is None or _worth(item) > _worth(best)):
            best = item
    return _better(best, run), at


def _better(best: frozenset[str] | None, run: str) -> frozenset[str] | None:
    found = frozenset({run.lower()}) if run else None
    if found is None or (best is not None and _worth(best) >= _worth(found)):
        return best
    return found


def _worth(literals: frozenset[str]) -> int:
    return min(map(len, literals))


def _item(pattern: str, at: int) -> tuple[frozenset[str] | None, str, int]:
    """Read one item: what a group needs, or a literal character, and where the next begins."""
    character = pattern[at]
    if character == "(":
        inside = pattern[at + 1 :]
        if inside.startswith(_LOOKAROUND):
            _, end = _alternatives(pattern, at + 1 + len(_look(inside)))
            return None, "", end + 1
        named = _NAMED.match(pattern, at + 1)
        needed, end = _alternatives(pattern, named.end() if named else at + 1)
        is_known = bool(named) or not inside.startswith("?")
        return needed if is_known else None, "", end + 1
    if character == "[":
        end = pattern.index("]", at + 2 if pattern[at + 1] != "^" else at + 3)
        return None, "", end + 1
    if character == "\\":
        escaped = pattern[at + 1]
        return None, "" if escaped.isalnum() else escaped, at + 2
    if character in ".^$":
        return None, "", at + 1
    # How other letters fold is left to the pattern itself.
    return None, character if character.isascii() else "", at + 1


def _look(inside: str) -> str:
    return next(mark for mark in _LOOKAROUND if inside.startswith(mark))
