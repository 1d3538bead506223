"""Other words for the same: a clause in the words that patterns are written in.

Patterns try a clause as it stands first. Only where they find nothing they try it in these words,
so that “has to” is as good as “must” without every pattern listing both.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from core.planning.reading.patterns import Pattern, folded

_SMALL = r"an?|one|two|three|four|five|six|seven|ten|twelve"
_NUMBER = (
    r"(?=\s+(?:the\s+|an?\s+|one\b|two\b|three\b|(?:EUR|USD|GBP|CHF)\s?)?[€$£]?\s?\d|"
    rf"\s+(?:{_SMALL}) )"
)
_SYNONYMS: tuple[tuple[str, str], ...] = (
    (r"(?:is|are) (?:not allowed|not permitted|forbidden) to|shall not|mustn't|must "
     r"not", "may not"),
    (r"(?:has|have|needs?|is required|are required) to|shall", "must"),
    (r"(?:is|are) (?:allowed|permitted|entitled) to", "may"),
    (r"no[ -]one|none of (?:them|the users|our users)|not anybody|not anyone", "nobody"),
    (r"(?:no|not) (?:more|greater|longer|larger|bigger|later|higher) than", "at most"),
    (r"not exceeding|maximally|at the most|(?:with )?a maximum of|max\.?", "at most"),
    (r"(?:no|not) (?:less|fewer|shorter|smaller|lower) than|(?:with )?a minimum of|"
     r"min\.?", "at least"),
    (r"(?:more|greater|higher) than|over|in excess of|beyond|exceeding|exceeds?", "above"),
    (r"(?:less|fewer|lower|smaller) than", "below"),
    (r"kept|retained|stored", "kept for"),
    (r"(?:get|gets) rid of", "delete"),
)  # fmt: skip
_WITH_NUMBER = frozenset({"at most", "at least", "above", "below", "kept for"})
_EITHER = Pattern(
    "|".join(
        rf"(?P<s{place}>\b(?:{words}){_NUMBER if plain in _WITH_NUMBER else ''}(?!\w))"
        for place, (words, plain) in enumerate(_SYNONYMS)
    )
)


@dataclass(frozen=True, slots=True)
class Wording:
    """A text, and where each stretch of it stood in the text that it was made of."""

    text: str
    folded: str  # in lower case, as patterns that ignore case see it
    starts: tuple[int, ...] = (0,)
    origins: tuple[int, ...] = (0,)

    def origin(self, position: int) -> int:
        """Return where the character at a position stood before."""
        place = bisect_right(self.starts, position) - 1
        return self.origins[place] + position - self.starts[place]


# More than the clauses of the longest brief: each of many cues asks for all of them.
@lru_cache(maxsize=16384)
def wordings(text: str) -> tuple[Wording, ...]:
    """Return a text as it stands and, where that differs, in plain words."""
    as_written = Wording(text, folded(text))
    pieces: list[str] = []
    starts, origins = [0], [0]
    length = last = 0
    for hit in _EITHER.finditer(text):
        plain = _SYNONYMS[int((hit.lastgroup or "s0")[1:])][1]
        pieces += [text[last : hit.start()], plain]
        length += hit.start() - last + len(plain)
        last = hit.end()
        starts.append(length)
        origins.append(last)
    if not pieces:
        return (as_written,)
    plain_text = "".join([*pieces, text[last:]])
    return as_written, Wording(plain_text, folded(plain_text), tuple(starts), tuple(origins))
