"""A clause as words with their places, and what has been spoken of before it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from core.planning.reading.clauses import Clause
from core.planning.reading.deed import Deed
from core.planning.reading.nouns import words
from core.planning.reading.subjects import Subject

_TOKEN = re.compile(r"[A-Za-z][A-Za-z'\u2019-]*|\d[\d.,]*")
_BREAK = re.compile(r"[,;:()]")
_MAX_BACK = 6

MODALS = words("can may must should shall will would could to")
MODAL_HEADS = words("wants want needs need has have is are able allowed like supposed")
BE = words("is are be been being get gets was were")
ADVERBS = words(
    "then also only always usually first finally just simply still directly later afterwards "
    "themselves himself herself now each both all often sometimes immediately automatically even "
    "either"
)
NEGATED = words("not never cannot can't don't doesn't won't isn't aren't nobody no none without")
DETERMINERS = words(
    "the a an our their its his her your my each every all any both one another this that these "
    "those some more new several two three"
)
ONE, MANY = words("it this that one"), words("them these those both they")
PRONOUNS = ONE | MANY


@dataclass(slots=True)
class Scene:
    """What has been spoken of so far: whom and what a pronoun goes back to."""

    person: Subject | None = None
    one: str = ""
    many: str = ""
    deeds: list[Deed] = field(default_factory=list)
    own: frozenset[str] = frozenset()  # parts of things that are things of this brief

    @property
    def current(self) -> str:
        """What was spoken of last; empty where the brief has not said it yet."""
        return self.one or self.many

    def meet(self, noun: str, *, is_many: bool) -> None:
        """Remember a thing: the next pronoun may be it."""
        if is_many:
            self.many = noun
        else:
            self.one = noun


@dataclass(frozen=True, slots=True)
class Word:
    """One word in lower case, and where it stands."""

    text: str
    start: int
    end: int


class Text:
    """The words of a clause."""

    def __init__(self, clause: Clause) -> None:
        """Cut a clause into its words."""
        self.clause = clause
        self.whole = clause.text
        self.words = [
            Word(_lowered(hit[0]), hit.start(), hit.end()) for hit in _TOKEN.finditer(clause.text)
        ]
        self.tokens = [word.text for word in self.words]

    def __len__(self) -> int:
        """Return how many words there are."""
        return len(self.words)

    def from_word(self, at: int) -> str:
        """Return the text from a word on."""
        return self.whole[self.words[at].start :] if at < len(self.words) else ""

    def behind(self, at: int) -> str:
        """Return the text behind a word."""
        return self.whole[self.words[at].end :]

    def gap(self, at: int) -> str:
        """Return what stands between the word before a place and the word there."""
        return self.whole[self.words[at - 1].end : self.words[at].start] if at else ""

    def piece_before(self, at: int) -> str:
        """Return what stands before a word since the last comma or colon."""
        return _BREAK.split(self.whole[: self.words[at].start])[-1]

    def back_over(self, at: int, skipped: frozenset[str]) -> int:
        """Return the place of the word before `at`, or itself, that is none of these."""
        stop = max(-1, at - _MAX_BACK)
        while at > stop:
            word = self.tokens[at]
            is_adverb = word.endswith("ly") and len(word) > 4
            if not (word in skipped or is_adverb) or _BREAK.search(self.gap(at + 1)):
                break
            at -= 1
        return at

    def past_determiners(self, at: int) -> int:
        """Return the place of the first word from `at` on that begins a noun."""
        while at < len(self.tokens) and self.tokens[at] in DETERMINERS:
            at += 1
        return at


def _lowered(word: str) -> str:
    """Return a word as it is compared; the department of computers keeps its capitals."""
    return word if word == "IT" else word.lower().replace("\u2019", "'")
