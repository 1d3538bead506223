"""Looking for the patterns of packs in clauses, quickly enough for long briefs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from core.planning.reading.patterns import Pattern
from core.planning.reading.synonyms import Wording, wordings


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
    return next(find_all(pattern, text), None)


def find_all(pattern: str, text: str) -> Iterator[Hit]:
    """Find a pattern everywhere in a text; in plain words only where the text itself has none."""
    cue = compiled(pattern)
    for wording in wordings(text):
        hit = None
        for match in cue.found_in(wording.text, wording.folded):
            hit = _hit(match, wording)
            yield hit
        if hit:
            return


def may_find(pattern: str, text: str) -> bool:
    """Whether a pattern may be found in a text: False says that it is not."""
    cue = compiled(pattern)
    return any(cue.may_be_in(wording.folded) for wording in wordings(text))


@cache
def compiled(pattern: str) -> Pattern:
    """Return a pattern of a pack, compiled once."""
    return Pattern(pattern)


def _hit(match: re.Match[str], wording: Wording) -> Hit:
    start, end = match.span()
    return Hit(match, wording, wording.origin(start), wording.origin(max(start, end - 1)) + 1)
