"""Which fields a brief names for a thing: known by their last word, or listed behind the thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.planning.model import Field
from core.planning.reading.clauses import Clause
from core.planning.reading.deeds import TOLD_OF, VERBS
from core.planning.reading.field_items import (
    FIELD_TYPES,
    LIKE,
    choices_in,
    field_for,
    flag_in,
    items_of,
    label_of,
    listed,
)
from core.planning.reading.nouns import plural, singular, snake

_HEADS = "|".join(FIELD_TYPES)
_FIELD = re.compile(
    rf"(?:\b(?:the|an?|its|their|with|has|have|and|of)\s+|,\s*)(?P<name>(?:[a-z]+ "
    rf")?(?:{_HEADS}))\b",
    re.IGNORECASE,
)
_IN_A_LIST = re.compile(r"(?:with|has|have|and)\b|,", re.IGNORECASE)
_LOGGED = re.compile(r"\b(?:logged|recorded|stored) with\b", re.IGNORECASE)
_OTHERS = re.compile(r"\b(?:each|every|an?) (?P<what>[a-z]+) (?:has|gets)\b", re.IGNORECASE)
_NEGATED = re.compile(r"\b(?:without|never|not|nobody|no)\b", re.IGNORECASE)
_NAME_STOPS = re.compile(
    r"^(?:the|an?|its|their|and|or|with|both|of|any|same|per|each|every|old|new|other) "
)
_MAX_FIELDS = 12
# “Fields: brand, model, price”: of what the brief is mainly about.
_OF_THE_MAIN = re.compile(
    r"^(?:the )?(?:fields|data|attributes|details|properties|columns)(?: (?:are|needed|we need))?"
    r"(?P<mark>:) ?(?P<list>[^:;]{3,300}(?:\([^()]*\)[^:;]*)?)",
    re.IGNORECASE,
)

# A list behind its thing: “a loan: object, period, value”, “a topic with a title and a text”.
_LISTED = (
    r"\b(?:{thing})\b(?: (?!(?:is|are|was|were|be|gets?)\b)[\w-]+){{0,4}}? ?"
    r"(?P<mark>:|=|\(|with|has|have|gets|needs|consists of|contains) ?(?P<list>[^:;]{{3,300}})"
)
# A colon may stand further behind: “report a fault from their phone: a place, a sentence”.
_BEHIND = r"\b(?:{thing})\b[^:;]{{1,90}}(?P<mark>:) ?(?P<list>[^:;]{{3,300}})"
_GIVEN = (
    r"\b(?:assign|give|set)s? (?:each|every|an?|the)? ?(?:{thing}|it) (?P<list>an? [^:;]{{3,200}})"
)
_PER = (
    r"\b(?:enter|record|log|submit|report|hand in|register|note)s? (?:their |the |your )?(?:\w+ )?"
    r"(?:{thing}) (?:per|for each|for every|by) (?P<list>[a-z]+(?: (?!and\b)[a-z]+)?(?:, "
    r"[a-z]+)*(?:,? and [a-z]+)?)"
)
# “For each visit we note the name and the company”, “when a bike comes in we enter its colour”.
_NOTED = (
    r"\b(?:{thing})\b(?: (?!and\b)[\w-]+){{0,4}}?,? (?:we|they|i|you|people|staff|[a-z]+s?) "
    r"(?:need|note(?: down)?|write down|record|enter|store|keep|save|register|ask for|collect)s? "
    r"(?P<list>[^:;]{{3,300}})"
)
# “A service is operational, degraded or down”, “the condition of a book is good, worn or lost”.
_STATE = (
    r"(?<!if )(?<!when )(?<!once )(?<!that )(?:(?:^|[,:] |\bshows? |\bsee |\band )(?:an? |each |"
    r"every |the )|\bthe (?P<name>[a-z]+) of (?:an? |each |every |the |its ))(?:{thing}) (?:is|"
    r"can be|may be|must be|as) (?:either |always )?(?P<list>[a-z]+(?: [a-z]+)?(?:, [a-z]+(?: "
    r"[a-z]+)?)+,? or [a-z]+(?: [a-z]+)?)\b(?! by\b)"
)
# Each with the words of which a text needs one.
_LISTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (_LISTED, ()),
    (_BEHIND, (":",)),
    (_GIVEN, ("assign", "give", "set ", "sets ")),
    (_PER, (" per ", " for each ", " for every ", " by ")),
    (_NOTED, (" need", " note", " write down", " record", " enter", " store", " keep", " save",
              " register", " ask for", " collect")),
)  # fmt: skip
# “scope read, publish or yank”: a choice without brackets.
_CHOICE = re.compile(
    r"\b(?P<name>scope|type|kind|priority|severity|urgency|size|level)s?:? "
    r"(?P<list>[a-z]+(?:, [a-z]+)+,? or [a-z]+)\b",
    re.IGNORECASE,
)
_FEW_WORDS = 4
_FEW_CHOICES = 2  # “lost or stolen” is how a thing may be, not what its state is one of
_HEADING = (
    r"^(?:(?:fields|data|attributes|properties|details|information|columns)(?: (?:of|for|about|"
    r"per) (?:an? |the |each |every |our )?(?:{thing}))?|(?:an? |each |every |the )?(?:{thing})"
    r"(?: (?:has|have|fields|data|details|needs?|attributes|table))?):?$"
)
_ANNOUNCES = re.compile(
    r"(?:fields|data|attributes|properties|details|information|columns)\b", re.IGNORECASE
)
_COLUMN_TYPES = {
    "text": "text", "string": "text", "date": "date", "datetime": "moment", "timestamp": "moment",
    "number": "integer", "integer": "integer", "int": "integer", "yes/no": "flag",
    "boolean": "flag", "bool": "flag", "money": "money", "amount": "money", "eur": "money",
    "long text": "long_text", "time": "time",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """What a brief tells of a thing: its fields, and the clauses that say nothing else."""

    fields: tuple[Field, ...]
    read: tuple[Clause, ...]


def fields_told(noun: str, clauses: Sequence[Clause], *, is_main: bool = False) -> Told:
    """Return the fields of a thing, typed by their last word, and which clauses say only them."""
    told = TOLD_OF.get(noun) or "|".join(
        re.escape(form)
        for short in _shorter(noun)
        for form in (plural(short).replace("_", " "), short.replace("_", " "))
    )
    about = _pattern(r"\b(?:{thing}|they|each|it)\b", told)
    found: dict[str, Field] = {}
    read: list[Clause] = []
    for field, clause in _below_headings(noun, told, clauses):
        found.setdefault(field.name, field)
        read.append(clause)
    for clause in clauses:
        is_open = is_main and bool(_OF_THE_MAIN.match(clause.text))
        if clause.section != "body" or not (is_open or about.search(clause.text)):
            continue
        lists = list(_lists(clause.text, told, is_open=is_open))
        for field, is_whole in (*_in_lists(noun, clause, lists), *_in_choices(clause, told)):
            found.setdefault(field.name, field)
            if is_whole:
                read.append(clause)
        other = _OTHERS.search(clause.text)
        if other and not _pattern("{thing}", told).fullmatch(other["what"]):
            continue  # “every group has a budget” says nothing of its bookings
        if not _NEGATED.search(clause.text) and not _LOGGED.search(clause.text):
            for field in _known(noun, clause.text):
                if not any(_is_part(field.name, name) for name in found):
                    found.setdefault(field.name, field)
    return Told(tuple(found.values())[:_MAX_FIELDS], tuple(dict.fromkeys(read)))


@lru_cache(maxsize=512)
def _pattern(pattern: str, thing: str) -> re.Pattern[str]:
    return re.compile(pattern.format(thing=thing), re.IGNORECASE)


def _lists(text: str, told: str, *, is_open: bool) -> Iterator[re.Pattern[str]]:
    """Yield the patterns of lists that a text may hold: most texts lack the words of most."""
    low = text.lower()
    for pattern, needed in _LISTS:
        if not needed or any(word in low for word in needed):
            yield _pattern(pattern, told)
    if is_open:
        yield _OF_THE_MAIN


def _in_lists(
    noun: str, clause: Clause, lists: Iterable[re.Pattern[str]]
) -> Iterator[tuple[Field, bool]]:
    """Yield the fields of lists, and whether the clause says nothing but its list."""
    for pattern in lists:
        for match in pattern.finditer(clause.text):
            kinds = _kinds(match)
            if kinds:
                yield Field("kind", "choice", choices=kinds), False
                continue
            is_closed = match.groupdict().get("mark") in {":", "=", "("}
            is_whole = _is_whole(match, clause)
            for field in listed(match["list"], noun, is_closed=is_closed):
                yield field, is_whole


def _in_choices(clause: Clause, told: str) -> Iterator[tuple[Field, bool]]:
    """Yield what is one of several: the state of a thing, its kind, its size."""
    has_three = ", " in clause.text and " or " in clause.text
    for match in _pattern(_STATE, told).finditer(clause.text) if has_three else ():
        choices = choices_in(match["list"])
        if len(choices) > _FEW_CHOICES:
            field = Field(snake(match["name"] or "status"), "choice", choices=choices)
            yield field, match.end() == len(clause.text)
    for match in _CHOICE.finditer(clause.text):
        choices = choices_in(match["list"])
        if choices:
            yield Field(match["name"].lower(), "choice", choices=choices), False


def _is_whole(match: re.Match[str], clause: Clause) -> bool:
    """Whether a list begins with its thing, ends with its clause, and every item of it was read."""
    if match.end() < len(clause.text) or len(clause.text[: match.start()].split()) > _FEW_WORDS:
        return False
    items = list(items_of(LIKE.sub("", match["list"])))
    return all(flag_in(item, aside) or label_of(item) for item, aside in items)


def _below_headings(
    noun: str, told: str, clauses: Iterable[Clause]
) -> Iterator[tuple[Field, Clause]]:
    """Yield the fields of a list below a heading that announces them: “Fields of a plant:”."""
    is_below = False
    last = noun.rpartition("_")[2]
    for clause in clauses:
        if clause.section == "title":
            is_named = last in clause.text.lower() or _ANNOUNCES.match(clause.text)
            is_below = bool(is_named and _pattern(_HEADING, told).search(clause.text))
            continue
        if not is_below or clause.section != "body":
            continue
        item, aside = next(items_of(clause.text), ("", ""))
        name, _, kind = clause.text.partition(", ")
        typed = _COLUMN_TYPES.get(kind.strip().lower())
        if typed and len(name.split()) <= _FEW_WORDS:
            label = label_of(name)
            if label and label not in _COLUMN_TYPES:
                yield Field(snake(label), typed), clause
            continue
        if len(clause.text.split()) > _FEW_WORDS + 2 or "," in clause.text:
            is_below = False
            continue
        flag = flag_in(item, aside)
        label = flag or label_of(item)
        field = field_for(label, "yes/no" if flag else aside, noun) if label else None
        if field:
            yield field, clause


def _is_part(name: str, other: str) -> bool:
    """Whether a name is the beginning of another one, or is in it: `seat`, `number_of_seats`."""
    parts = {singular(part) for part in other.split("_")}
    return other.startswith(name) or name in parts


def _kinds(match: re.Match[str]) -> tuple[str, ...]:
    """Return the kinds that stand in brackets behind a plural: “tags (place, person)”."""
    if match.groupdict().get("mark") != "(":
        return ()
    named = match.group(0).partition("(")[0].split()
    if not named or singular(named[-1].lower()) == named[-1].lower():
        return ()
    return choices_in(match["list"].partition(")")[0])


def _shorter(noun: str) -> Iterator[str]:
    """Yield a name and what people also call it: `permit_application`, `application`."""
    yield noun
    _, _, last = noun.rpartition("_")
    if last != noun:
        yield last


def _known(noun: str, text: str) -> Iterator[Field]:
    for match in _FIELD.finditer(text):
        label = _NAME_STOPS.sub("", match["name"].lower())
        if label in {"date", "day", "time"} and not _IN_A_LIST.match(match.group(0)):
            continue  # “on the day”, “once a day”
        head = label.rpartition(" ")[2]
        name = snake(label) if label not in {"date", "day", "time"} else f"{noun}_{label}"
        if (" " in label and label.split()[0] in VERBS) or name == noun or not name:
            continue  # “and delete notes” is a deed, not a field
        yield Field(name, FIELD_TYPES[head])
