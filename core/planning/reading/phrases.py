"""Noun phrases around a verb, found by lists of small words instead of a tagger."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.planning.reading.nouns import is_thing, singular, snake
from core.planning.reading.nouns import words as listed

_SKIPPED = listed(
    """
    a an the this that these those my your his her its our their all any each every some no
    own new existing other another same first second third next last previous current single
    approved rejected open pending one two three four five six seven eight nine ten daily weekly
    monthly digitised digitized recurring written finished several many
    more few active different various personal private public old certain
    """
)
_STOPPERS = listed(
    """
    of to in on at by for from with without within as into about above below over under after
    before until till while when where which who whom whose that than then so because if
    unless otherwise and or but nor not never only also again too very just both either
    neither during between through via per against is are was were be been being am has have
    had do does did can could may might must shall should will would cannot need needs want
    wants it they them he she we you i us me him here there how what why up down out off once
    twice they're don't doesn't themselves himself herself itself myself let lets get gets got
    see sees please collide collides come comes came arrive arrives arrived happen happens happened
    appear appears later earlier soon today tomorrow yesterday belong
    belongs exist exists expire expires lapse lapses occur occurs become becomes became
    afterwards afterward digitally remain remains disagree disagrees go goes went fail fails failed
    """
)
_ING_NOUNS = listed(
    """
    booking meeting listing setting building rating training tracking shipping billing pricing
    ticketing holding sighting finding reading posting hearing viewing filing drawing painting
    onboarding offboarding recording wedding briefing screening
    """
)
_NUMBER_FIRST = re.compile(
    r"^\s*(?:(?:the|our|all|their|up to|about|around)\s+)*\d[\d.,]*k?\s+(?=[a-z])", re.I
)
_TOKEN = re.compile(r"[A-Za-z][A-Za-z'\u2019_-]*|\d+|[^\sA-Za-z\d]")
_MAX_WORDS = 3
_MAX_BEFORE = 2


def tokens(text: str) -> Iterator[str]:
    """Yield the words and the punctuation marks of a text; few of a long one are ever asked for."""
    return (token[0] for token in _TOKEN.finditer(text))


def phrase_after(text: str) -> str:
    """Return the noun phrase that a text begins with, as a snake_case name; empty without one."""
    words: list[str] = []
    for token in tokens(_NUMBER_FIRST.sub("", text, count=1)):
        word = token.lower().replace("\u2019", "'").removesuffix("'s")
        if not words and word in _SKIPPED:
            continue
        if not _is_noun(word) or len(words) == _MAX_WORDS:
            break
        words.append(word)
        if singular(word) != word:  # a plural ends an English noun phrase
            break
    return _named(words)


def compound_after(text: str) -> str:
    """Return the noun phrase that a text begins with, also where its last word alone is no thing.

    `play times` and `bank details` say what they are by their first word.
    """
    words = [word for word in re.findall(r"[a-z-]+", text.lower()) if word not in _SKIPPED]
    is_compound = (
        (len(words) > 1 or "-" in "".join(words))
        and all(map(_is_noun, words))
        and len(words) <= _MAX_WORDS
    )
    named = snake(" ".join([*words[:-1], singular(words[-1])])) if is_compound else ""
    return phrase_after(text) or named


def phrase_before(text: str) -> str:
    """Return the noun phrase that a text ends with, as a snake_case name; empty without one."""
    words: list[str] = []
    # No token holds white space, and one more than a phrase has words ends it.
    end = text.rsplit(None, _MAX_BEFORE + 1)[-_MAX_BEFORE - 1 :]
    for token in reversed(list(tokens(" ".join(end)))):
        word = token.lower().replace("\u2019", "'").removesuffix("'s")
        if not _is_noun(word) or word in _SKIPPED or len(words) == _MAX_BEFORE:
            break
        if words and singular(word) != word:
            break
        words.insert(0, word)
    return _named(words)


def _is_noun(word: str) -> bool:
    if not word[0].isalpha() or word in _STOPPERS or len(word) < 3:
        return False
    if word.endswith("ly") and word not in {"supply", "family", "assembly", "reply"}:
        return False
    return not word.endswith("ing") or word in _ING_NOUNS


def _named(words: list[str]) -> str:
    if words and "-" in words[-1]:  # “sign-ins” are many of one sign-in
        words = [*words[:-1], singular(words[-1])]
    name = snake(" ".join(words))
    return name if name and is_thing(name) else ""
