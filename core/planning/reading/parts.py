"""What belongs to a thing and is stored beside it: reviews of a proposal, who takes part in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from core.planning.reading.clauses import Clause
from core.planning.reading.deed import Deed
from core.planning.reading.nouns import plural, singular
from core.planning.reading.patterns import Pattern
from core.planning.reading.people import names_people
from core.planning.reading.phrases import phrase_after
from core.planning.reading.spoken import may_be_table, spoken_things

_MANY = (
    r"(?:\d+|two|three|four|five|six|several|many|one or more|at least \d+|at least two|up to \d+|"
    r"any number of)"
)
# “Each proposal needs 3 reviews”, “a trip has several stops”.
_HAS_MANY = Pattern(
    rf"\b(?:an?|each|every|one) (?P<whole>[a-z]+(?: [a-z]+)?) (?:needs?|has|gets?|receives?|"
    rf"consists of|can have|may have|must have) (?:at least |at most |up to )?{_MANY} "
    r"(?P<what>[a-z]+s)\b"
)
# “Each match has goals”, where a goal is spoken of again.
_HAS_SOME = Pattern(
    r"\b(?:an?|each|every) (?P<whole>[a-z]+(?: [a-z]+)?) has (?P<what>[a-z]{3,}s)\b(?=[,;]| and|$)"
)
# “Twelve people at most in one challenge”, “before joining”.
_PEOPLE_IN = Pattern(
    r"\b(?:people|players|persons|participants|friends|colleagues)\b(?: at most| max(?:imum)?)? "
    r"(?:in|per|can join|may join|join) (?:an?|one|each|every|the)? ?(?P<whole>[a-z]+)\b"
)
_JOINED = Pattern(
    r"\b(?:joins?|takes? part in|participates? in|signs? up for) (?:an?|one|the|each|every) "
    r"(?P<whole>[a-z]+)\b"
)
# “Every worker can block a lot, with defect, machine and 2 photos”: each time has its own data.
_WITH_DETAILS = Pattern(
    r"\b(?:can|may|must|should) (?P<verb>block|inspect|check|return|repair|reject|recall|lock|"
    r"transfer|clean|test|audit|sample|quarantine) (?:an?|the|each|every) (?P<whole>[a-z]+),? with "
    r"[a-z ]+, [a-z ]+(?:,| and) "
)
_OCCASIONS = {
    "inspect": "inspection", "reject": "rejection", "clean": "cleaning",
}  # fmt: skip
# “Learners can dispute a grade once”.
_DISPUTED = Pattern(
    r"\b(?:can|may|could) (?P<verb>dispute|contest|appeal against) (?:an?|the|their|his|her|its) "
    r"(?:own )?(?P<whole>[a-z]+)\b"
)
# “Goodwill credits: agents up to 25 EUR”: what each role may give.
_GRANTED = Pattern(
    r"^(?P<what>[a-z]+(?: [a-z]+)?s): (?:[a-z]+ ){1,3}(?:up to|at most|max\.?) (?:[€$£] ?)?\d"
)
# “For each environment (dev, staging, prod) on/off and a percentage”.
_FOR_EACH = Pattern(r"\bfor (?:each|every) (?P<what>[a-z]+) \([^()]{2,60},[^()]{2,60}\)")
# “A device can't be lent to two people”.
_LENT = Pattern(
    r"\b(?:an?|each|every|the|one) (?P<whole>[a-z]+(?: [a-z]+)?) "
    r"(?:can|can't|cannot|may|must|is|are)(?: only| never| not)?(?: be)? "
    r"(?:lent|loaned|rented out|borrowed|lent out)\b"
)
_LOAN = Pattern(r"\bloans?\b")
# “Ticket: plate, customer, material, gross, tare”, where the brief goes on about tickets.
_OF_FIELDS = Pattern(
    r"^(?:an? |the |each |every |one )?(?P<what>[a-z]+(?: [a-z]+)?): [^,;:.]{2,40}"
    r"(?:, [^,;:.]{2,40}){3,11}$"
)
# “Submissions are deleted after a year; grades stay”.
_STAYS = Pattern(r"^(?:the |all |only (?:the )?)?(?P<what>[a-z]+s) (?:stay|remain|are kept)$")
_BROUGHT = frozenset({"approval", "comment", "message", "photo", "file", "payment", "point"})
_DEVICES = frozenset({"device", "laptop", "tablet", "phone"})
_OWN_WORDS = _DEVICES | {"lot", "tool"}


def with_parts(clauses: Sequence[Clause]) -> Iterator[Deed]:
    """Yield what is created beside a thing, named as the brief says, with what it belongs to."""
    body = [clause for clause in clauses if clause.section == "body"]
    for clause in body:
        yield from _counted(clause, body)
        for pattern in (_PEOPLE_IN, _JOINED):
            for match in pattern.finditer(clause.text):
                whole = singular(match["whole"].lower())
                if may_be_table(whole):
                    yield _made("participant", whole, clause, match)
        for match in _DISPUTED.finditer(clause.text):
            yield _made("dispute", singular(match["whole"].lower()), clause, match)
        for match in _FOR_EACH.finditer(clause.text):
            main = _main(clauses)
            if main and may_be_table(match["what"].lower()):
                yield _made(f"{main}_{singular(match['what'].lower())}", main, clause, match)
        for match in _WITH_DETAILS.finditer(clause.text):
            verb, whole = match["verb"].lower(), match["whole"].lower()
            if may_be_table(whole) or whole in _OWN_WORDS:
                noun = f"{whole}_{_OCCASIONS.get(verb, verb)}"
                yield _made(noun, whole, clause, match)
        yield from _of_fields(clause, body)
        yield from _lent(clause, clauses)
        yield from _named(clause)


def _counted(clause: Clause, body: Sequence[Clause]) -> Iterator[Deed]:
    """Yield what there are several of; without a number only where the brief goes on about it."""
    for match in _HAS_MANY.finditer(clause.text):
        what, whole = singular(match["what"].lower()), phrase_after(match["whole"])
        if whole and may_be_table(what) and may_be_table(whole):
            yield _made(what, whole, clause, match)
    for match in _HAS_SOME.finditer(clause.text):
        what, whole = singular(match["what"].lower()), phrase_after(match["whole"])
        again = re.compile(rf"\b(?:an?|each|every|the) {what} (?:is|has|can|must|may)\b", re.I)
        if whole and may_be_table(what) and any(again.search(other.text) for other in body):
            yield _made(what, whole, clause, match)


def _of_fields(clause: Clause, body: Sequence[Clause]) -> Iterator[Deed]:
    """Yield what a line gives its fields of, where other sentences speak of one or of many."""
    match = _OF_FIELDS.match(clause.text)
    what = phrase_after(match["what"]) if match else ""
    said = match["what"].lower() if match else ""
    if not match or singular(said) != said or not may_be_table(what):
        return
    last = what.rpartition("_")[2]
    again = re.compile(rf"\b(?:{last}|{plural(last)})\b", re.IGNORECASE)
    if any(again.search(other.text) for other in body if other != clause):
        yield _made(what, "", clause, match)


def _lent(clause: Clause, clauses: Sequence[Clause]) -> Iterator[Deed]:
    lent = _LENT.search(clause.text)
    whole = singular(lent["whole"].lower()) if lent else ""
    if lent and (may_be_table(whole) or whole in _DEVICES):
        said = any(_LOAN.search(part.text) for part in clauses)
        yield _made(whole, "", clause, lent)
        yield _made("loan" if said else f"{whole}_loan", whole, clause, lent)


def _named(clause: Clause) -> Iterator[Deed]:
    """Yield what roles may give up to an amount, and what stays when its whole is deleted."""
    granted = _GRANTED.match(clause.text)
    if granted and may_be_table(singular(granted["what"].lower().rpartition(" ")[2])):
        yield _made(phrase_after(granted["what"]), "", clause, granted)
    stays = _STAYS.match(clause.text)
    what = singular(stays["what"].lower()) if stays else ""
    if stays and what not in _BROUGHT and not names_people(what):
        yield _made(what, "", clause, stays)


def _made(noun: str, whole: str, clause: Clause, match: re.Match[str]) -> Deed:
    return Deed(
        "create", noun, match.group(), clause, match.start(), match.end(), is_weak=False, of=whole
    )


def _main(clauses: Sequence[Clause]) -> str:
    """Return what the sentences are mainly about; empty where nothing is."""
    spoken = spoken_things(clauses)
    return max(spoken, key=lambda noun: spoken[noun].points, default="")
