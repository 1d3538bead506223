"""Which passwords are guessed first: common ones, and what is made of them without much thought."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

_LIST = Path(__file__).with_name("common_passwords.txt")
_SHORTEST_STEM = 4
_SHORTEST_RUN = 4  # of neighbours on the keyboard or in the alphabet
_LONGEST_UNIT = 6  # of what is repeated
_FEWEST_LEFT = 4  # different characters that must remain when all that is common is taken away

_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "yxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
)
_LEET = str.maketrans("013457@$!+|", "oieastasitl")
# Spaces and ASCII punctuation; a letter of any script and a picture are worth something.
_WORTHLESS = re.compile(r"[\s!-/:-@\[-`{-~\x00-\x1f]+")


def why_guessed(password: str, own: Iterable[str] = ()) -> str | None:
    """Return why a password is guessed early, as a clause, or None when it is not.

    `own` holds what is known of the user: name and e-mail address.
    """
    folded = unicodedata.normalize("NFKC", password).casefold()
    if _is_repeated(folded):
        return "it repeats the same few characters"
    mine = _parts_of(own)
    for form in _forms(folded):
        if form in _common().phrases:
            return "it is on every list of common passwords"
        if _is_poor(_without(form, mine)) and not _is_poor(form):
            return "it is made of your own name or address"
        if _is_poor(_without(_without_runs(_without(form, mine)), _common().stems)):
            return "it is made of common words, neighbouring keys or digits"
    return None


class _Common:
    """The list: whole passwords, and the stems from which longer ones are made."""

    def __init__(self, lines: Iterable[str]) -> None:
        entries = {_bare(line.casefold()) for line in lines if line and not line.startswith("#")}
        self.phrases = frozenset(one for one in entries if len(one) >= 12)
        short = (one for one in entries if _SHORTEST_STEM <= len(one) < 12)
        self.stems = tuple(sorted(short, key=len, reverse=True))


@cache
def _common() -> _Common:
    return _Common(_LIST.read_text(encoding="utf-8").split("\n"))


def _forms(folded: str) -> Iterator[str]:
    """Yield the password's letters and digits: as typed, and with digits read as letters."""
    bare = _bare(folded)
    yield bare
    spelled = _bare(folded.translate(_LEET))
    if spelled != bare:
        yield spelled


def _bare(text: str) -> str:
    return _WORTHLESS.sub("", text)


def _parts_of(own: Iterable[str]) -> tuple[str, ...]:
    """Return the words of a name and an address, the longest first."""
    parts = set()
    for one in own:
        text = one.casefold()
        parts.add(_bare(text))
        parts.update(_WORTHLESS.split(text))
        parts.update(_bare(side) for side in text.split("@"))
    return tuple(sorted((part for part in parts if len(part) >= 3), key=len, reverse=True))


def _is_repeated(text: str) -> bool:
    if len(set(text)) < _FEWEST_LEFT:
        return True
    units = range(1, min(_LONGEST_UNIT, len(text) // 2) + 1)
    return any((text[:size] * (len(text) // size + 1))[: len(text)] == text for size in units)


def _is_poor(left: str) -> bool:
    return len(set(left)) < _FEWEST_LEFT


def _without(text: str, words: Iterable[str]) -> str:
    for word in words:
        text = text.replace(word, "")
    return text


def _without_runs(text: str) -> str:
    """Take away neighbours on the keyboard or in the alphabet, forwards and backwards."""
    kept, at = [], 0
    while at < len(text):
        run = _run_at(text, at)
        if run < _SHORTEST_RUN:
            kept.append(text[at])
            run = 1
        at += run
    return "".join(kept)


def _run_at(text: str, at: int) -> int:
    longest = 1
    for row in _ROWS:
        for way in (row, row[::-1]):
            size = longest + 1
            while at + size <= len(text) and text[at : at + size] in way:
                longest, size = size, size + 1
    return longest
