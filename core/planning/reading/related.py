"""Which other things a thing refers to: what a brief counts, repeats or says rules of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from core.planning.reading.clauses import Clause
from core.planning.reading.deeds import CARRIED
from core.planning.reading.nouns import plural, snake, words
from core.planning.reading.patterns import folded
from core.planning.reading.people import names_people
from core.planning.reading.phrases import phrase_after

# How people speak of a thing that there are several of: “a bin is counted”, “the same bin”,
# “41 rooms”, “belongs to a department”, “per project”.
_SPOKEN = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:^|[,:;]\s|\b(?:when|while|if|once|until|that)\s)(?:an?|each|every|no|one) "
        r"(?P<what>[a-z]+(?: [a-z]+)?)(?= (?:can|can't|cannot|may|must|is|are|has|whose|belongs|"
        r"gets|with|that|comes|never|without)\b)",
        r"\b(?:the|an?) same (?P<what>[a-z]+(?: [a-z]+)?)",
        r"\bbelongs to an? (?P<what>[a-z]+)",
        r"\b\d[\d,]* (?P<what>[a-z]+s)\b",
        r"\b(?:per|(?:for|at|to|on) an?) (?:\w+ )?(?P<what>[a-z]+)\b",
    )
)
_WORD = re.compile(r"[a-z]+")
_FOR_THEIRS = re.compile(r"\bfor (?:their|his|her|my) (?:own )?(?P<what>[a-z]+)", re.IGNORECASE)
# What packs bring, what happens rather than is, and what is no row of a table.
_NOT_RELATED = words(
    """
    request download upload report import export order payment booking appointment reservation
    version session token key tag label value entry line row click attempt retry decision answer
    result figure piece unit kilometre metre character hit star point vote copy page slot
    """
)
_MAX_RELATED = 4
_OFTEN = 2  # so many clauses speak of what is related
# Whom a thing is for: those whom a service serves, not those who work there.
_SERVED = words(
    """
    member guest donor tenant reader patron customer patient student pupil resident citizen
    subscriber supporter client borrower passenger policyholder householder supplier
    """
)


def related(noun: str, clauses: Sequence[Clause], known: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the things that a thing refers to, besides those that are `known`.

    Each must be spoken of in two clauses, and once together with the thing itself.
    """
    body = [clause.text for clause in clauses if clause.section == "body"]
    together = _naming(noun.rpartition("_")[2], body)
    found = {
        what: None
        for what in _spoken_of(tuple(body))
        if _naming(what, together) and _is_determined_often(what, body)
    }
    found |= dict.fromkeys(_spoken(_FOR_THEIRS, together))
    found |= dict.fromkeys(_spoken(_one_per(noun.rpartition("_")[2]), together))
    found |= dict.fromkeys(_in_its_name(noun, clauses, body))
    return tuple(what for what in found if _may_be(what, noun, known))[:_MAX_RELATED]


@lru_cache(maxsize=4)
def _spoken_of(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return what the texts speak of as several; each record of a brief asks for it."""
    return tuple(dict.fromkeys(what for pattern in _SPOKEN for what in _spoken(pattern, texts)))


def _one_per(noun: str) -> re.Pattern[str]:
    """Return how a brief counts a thing by another one: “one submission per assignment”."""
    return re.compile(
        rf"\b(?:one|a single|exactly one|\d+) (?:{noun}|{plural(noun)}) (?:per|for each|for every) "
        rf"(?P<what>(?!day|week|month|year|night|hour|minute|person|user|season)[a-z]+)\b",
        re.IGNORECASE,
    )


def belongs_to(noun: str, others: Sequence[str], clauses: Sequence[Clause]) -> dict[str, bool]:
    """Return to which other records of the brief one belongs, and whether it always does.

    “An update belongs to an incident”, “a lesson has a child”, “each trip has several stops”, “they
    open an incident and post updates”: an update is nothing without its incident.
    """
    one = _names(noun.rpartition("_")[2])
    many = plural(noun.rpartition("_")[2]).replace("_", " ")
    found: dict[str, bool] = {}
    said = dict.fromkeys(clause.text for clause in clauses if clause.section == "body")
    own = _speaking_of(noun, said)
    for other in others:
        texts = [] if other == noun else _speaking_of(other, own)
        if not texts:
            continue
        whole = _names(other.rpartition("_")[2])
        always = (
            rf"\b(?:{one}) (?:always )?belongs? to (?:an? |the |one |its |exactly one "
            rf")?(?:{whole})\b",
            rf"\b(?:an?|each|every|the) (?:{one}) (?:has|have|is for|needs) "
            rf"(?:[^.;:]{{0,60}}?\b)?(?:an?|the|one|exactly one) (?:{whole})\b",
            rf"\b(?:an?|each|every|the) (?:{whole}) (?:has|have|contains?|consists? of|gets) "
            rf"(?:[^.;:]{{0,40}}?\b)?(?:several|many|multiple|its|one or more|at least one|any "
            rf"number of|some|\d+|\w+) {many}\b",
            rf"\b(?:{whole})['\u2019]s (?:{many})\b",
            rf"\bfor (?:an?|the|each|every|one) (?:{whole}),? (?:\w+ ){{1,3}}(?:an? |the |several "
            rf")?(?:{one})\b",
        )
        sometimes = (
            rf"\b(?:{one}) (?:of|on|for|to|about|per|in|at) (?:an?|the|each|every|this|that|their|"
            rf"its|one|his|her) (?:{whole})\b",
            rf"\b(?:an?|the|each|this) (?:{whole})\b[^.;:]{{0,40}}\b(?:post|add|write|enter|"
            rf"attach|record|log|give|note)\w* (?:(?:an?|several|the|its|their) )?(?:\w+ "
            rf")?(?:{one})\b",
            rf"\b(?:{whole}) (?:{one})\b",
        )
        if any(re.search(pattern, text, re.IGNORECASE) for pattern in always for text in texts):
            found[other] = True
        elif any(
            re.search(pattern, text, re.IGNORECASE) for pattern in sometimes for text in texts
        ):
            found[other] = False
    return found


def _speaking_of(noun: str, texts: Iterable[str]) -> list[str]:
    """Return the texts with the letters of the last word of a name."""
    one = noun.rpartition("_")[2]
    many = plural(one)
    return [text for text in texts if one in (lower := text.lower()) or many in lower]


def is_said_to_belong(noun: str, other: str, text: str) -> bool:
    """Whether a sentence says that one thing belongs to another, and nothing else."""
    one, whole = (_names(name.rpartition("_")[2]) for name in (noun, other))
    return bool(
        re.match(
            rf"(?:an?|each|every|the) (?:{one}) (?:always )?belongs? to (?:an?|the|one|exactly "
            rf"one) (?:{whole})$",
            text,
            re.IGNORECASE,
        )
    )


def _names(what: str) -> str:
    name = what.replace("_", " ")
    return f"{re.escape(name)}|{re.escape(plural(what).replace('_', ' '))}"


def _spoken(pattern: re.Pattern[str], texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for match in pattern.finditer(text):
            what = phrase_after(match["what"])
            if what:
                yield what


def served(noun: str, clauses: Sequence[Clause]) -> tuple[str, ...]:
    """Return the people whom a thing is for, where the brief says rules of one of them.

    Whoever enters it may be somebody else: the desk, a parent, the office.
    """
    body = [clause.text for clause in clauses if clause.section == "body"]
    together = " ".join(_naming(noun.rpartition("_")[2], body))
    return tuple(
        role
        for role in sorted(_SERVED & {snake(word) for word in _WORD.findall(together.lower())})
        if _is_determined_often(role, body)
    )[:1]


def _in_its_name(noun: str, clauses: Sequence[Clause], body: Sequence[str]) -> Iterator[str]:
    """Yield what a compound says: farm inspections are of farms, if the brief speaks of farms."""
    last = noun.rpartition("_")[2]
    compound = re.compile(rf"\b(?P<what>[a-z]+) (?:{last}|{plural(last)})\b", re.IGNORECASE)
    spoken = _spoken_of(tuple(body))
    for clause in clauses:
        for match in compound.finditer(clause.text):
            what = phrase_after(match["what"])
            if what and what in spoken:
                yield what


def _may_be(what: str, noun: str, known: Iterable[str]) -> bool:
    last = what.rpartition("_")[2]
    return (
        not names_people(what)
        and last not in CARRIED
        and last not in _NOT_RELATED
        and what not in known
        and not noun.endswith(what)
        and not what.endswith(noun)
    )


def _naming(what: str, texts: Sequence[str]) -> list[str]:
    """Return the texts that name a thing."""
    holding = _holding(what, texts)
    if not holding:  # which is quicker to see than a pattern is made
        return []
    named = re.compile(rf"\b(?:{_forms(what)})\b", re.IGNORECASE)
    return [text for text in holding if named.search(text)]


def _is_determined_often(what: str, texts: Sequence[str]) -> bool:
    """Whether several texts speak of one, of each or of a number of a thing."""
    holding = _holding(what, texts)
    if len(holding) < _OFTEN:
        return False
    determined = re.compile(
        rf"\b(?:an?|the|each|every|same|per|no|one|of|this|its|all|their|\d[\d,]*) (?:\w+ )?"
        rf"(?:{_forms(what)})\b",
        re.IGNORECASE,
    )
    return sum(bool(determined.search(text)) for text in holding) >= _OFTEN


def _forms(what: str) -> str:
    name = what.replace("_", " ")
    return f"{name}|{plural(name)}"


def _holding(what: str, texts: Sequence[str]) -> list[str]:
    """Return the texts with the letters of a thing's name."""
    one, many = _forms(what).split("|")
    return [text for text in texts if one in (lower := folded(text)) or many in lower]
