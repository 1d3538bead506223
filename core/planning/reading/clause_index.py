"""Which clauses may hold a cue: looked up for all of them at once, not asked of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from functools import cached_property

from core.planning.reading.clauses import Clause
from core.planning.reading.cues import Hit, compiled, find_all, may_find
from core.planning.reading.synonyms import wordings

_FEW = 4  # so few clauses are asked themselves
_GRAM = 3  # letters by which words are looked up


class ClauseIndex:
    """Clauses in their order, with the words that each of them holds.

    A set of clauses is a number with one bit for each: many words are united in no time.
    """

    def __init__(self, clauses: Iterable[Clause]) -> None:
        """Take the clauses; their words are looked at when they are first asked for."""
        self._clauses = tuple(clauses)
        self._words = _Words(self._clauses)
        self._all = (1 << len(self._clauses)) - 1
        self._found: dict[str, list[tuple[Clause, Hit]]] = {}

    def __iter__(self) -> Iterator[Clause]:
        """Go through all clauses."""
        return (self._clauses[place] for place in _places(self._all))

    def among(self, is_wanted: Callable[[Clause], bool]) -> ClauseIndex:
        """Return some of the clauses, with the same words."""
        part = copy(self)
        places = enumerate(self._clauses)
        part._all &= sum(1 << place for place, one in places if is_wanted(one))
        part._found = {}
        return part

    def where(self, cues: Iterable[str]) -> list[tuple[Clause, list[str]]]:
        """Return the clauses that may hold one of several cues, each with those cues."""
        if len(self._clauses) < _FEW:
            asked = ((one, [cue for cue in cues if may_find(cue, one.text)]) for one in self)
            return [(clause, held) for clause, held in asked if held]
        found: dict[int, list[str]] = {}
        for cue in cues:
            for place in _places(self._all & self._words.of_cue(cue)):
                found.setdefault(place, []).append(cue)
        return [(self._clauses[place], found[place]) for place in sorted(found)]

    def found(self, cue: str) -> Sequence[tuple[Clause, Hit]]:
        """Return where a cue is found, each with its clause; looked for once."""
        if cue not in self._found:
            said = ((clause, find_all(cue, clause.text)) for clause, _ in self.where((cue,)))
            self._found[cue] = [(clause, hit) for clause, hits in said for hit in hits]
        return self._found[cue]


def _places(clauses: int) -> Iterator[int]:
    """Yield the places of the bits of a set of clauses."""
    while clauses:
        first = clauses & -clauses
        yield first.bit_length() - 1
        clauses ^= first


class _Words:
    """The words of clauses, and what has been looked for in them."""

    def __init__(self, clauses: Sequence[Clause]) -> None:
        self._clauses = clauses
        self._known: dict[str, int] = {}

    def of_cue(self, cue: str) -> int:
        """Return the clauses that hold what a cue needs."""
        found = (1 << len(self._clauses)) - 1
        for need in compiled(cue).needs:
            holding = 0
            for text in need:
                holding |= self._holding(text)
            found &= holding
        return found

    @cached_property
    def _words(self) -> dict[str, int]:
        """Each word with the clauses that hold it, as they are written or in plain words."""
        found: dict[str, int] = {}
        for place, clause in enumerate(self._clauses):
            here = 1 << place
            texts = (wording.folded for wording in wordings(clause.text))
            for word in {word for text in texts for word in text.split()}:
                found[word] = found.get(word, 0) | here
        return found

    @cached_property
    def _by_gram(self) -> dict[str, list[str]]:
        """Each three letters with the words that hold them."""
        found: dict[str, list[str]] = {}
        for word in self._words:
            for at in range(len(word) - _GRAM + 1):
                found.setdefault(word[at : at + _GRAM], []).append(word)
        return found

    def _holding(self, text: str) -> int:
        """Return the clauses that hold each word of a text, or each piece of a word."""
        found = self._known.get(text)
        if found is None:
            found = (1 << len(self._clauses)) - 1
            for piece in text.split():
                found &= self._holding_piece(piece)
            self._known[text] = found
        return found

    def _holding_piece(self, piece: str) -> int:
        words = self._words if len(piece) < _GRAM else self._by_gram.get(piece[:_GRAM], ())
        found = 0
        for word in words:
            if piece in word:
                found |= self._words[word]
        return found
