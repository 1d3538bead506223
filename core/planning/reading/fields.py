"""Which fields a brief names for a thing: known by their last word, or listed behind the thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from core.planning.model import Field
from core.planning.reading.clauses import Clause
from core.planning.reading.deeds import TOLD_OF, VERBS
from core.planning.reading.nouns import plural, singular, snake, words
from core.planning.reading.people import names_people

# What a head word says about a field's type.
_TYPES = {
    "date": "date", "day": "date", "time": "moment", "name": "text", "title": "text",
    "amount": "money", "price": "money", "cost": "money", "fee": "money", "budget": "money",
    "quantity": "integer", "capacity": "integer", "stock": "integer", "seats": "integer",
    "description": "long_text", "notes": "long_text", "note": "long_text",
    "text": "long_text", "body": "long_text",
    "address": "long_text", "number": "text", "code": "text", "sku": "text", "category": "text",
    "priority": "text", "location": "text", "postcode": "text", "country": "text", "weight":
    "integer", "colour": "text", "color": "text", "link": "text", "url": "text", "subject": "text",
}  # fmt: skip
_HEADS = "|".join(_TYPES)
_FIELD = re.compile(
    r"(?:\b(?:the|an?|its|their|with|has|have|and|of)\s+|,\s*)"
    rf"(?P<name>(?:[a-z]+ )?(?:{_HEADS}))\b",
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

# A list behind its thing: “a loan: object, period, value”, “a topic with a title and a text”.
_LISTED = (
    r"\b(?:{thing})\b(?: (?!(?:is|are|was|were|be|gets?)\b)[\w-]+){{0,4}}? ?"
    r"(?P<mark>:|\(|with|has|have|gets|consists of|contains) ?(?P<list>[^:;]{{3,300}})"
)
# A colon may stand further behind: “report a fault from their phone: a place, a sentence”.
_BEHIND = r"\b(?:{thing})\b[^:;]{{1,90}}(?P<mark>:) ?(?P<list>[^:;]{{3,300}})"
_GIVEN = (
    r"\b(?:assign|give|set)s? (?:each|every|an?|the)? ?(?:{thing}|it) (?P<list>an? [^:;]{{3,200}})"
)
_PER = (
    r"\b(?:enter|record|log|submit|report|hand in|register|note)s? (?:their |the |your )?(?:\w+ )?"
    r"(?:{thing}) (?:per|for each|for every|by) "
    r"(?P<list>[a-z]+(?: (?!and\b)[a-z]+)?(?:, [a-z]+)*(?:,? and [a-z]+)?)"
)
# “scope read, publish or yank”: a choice without brackets.
_CHOICE = re.compile(
    r"\b(?P<name>scope|type|kind|priority|severity|urgency|size|level)s?:? "
    r"(?P<list>[a-z]+(?:, [a-z]+)+,? or [a-z]+)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\s*\((?P<inside>[^()]{1,120})\)?")
_ITEM_END = re.compile(
    r"\s+(?:for|on|in|at|from|to|by|when|if|as|that|which|who|so|until|before|after|is|are|can|"
    r"must|may|should|per|without|up|plus|instead|attached|enclosed|whenever|where)\b.*$",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"^(?:and |or |optionally |also )*(?:an? |the |its |their |his |her |one |some |optional |"
    r"required |several |\d+ )*",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r",\s*(?:and |or )?|\s+(?:and|or)\s+|\s*[/+]\s*")
_FILES = words(
    "photo picture image file document attachment pdf scan video tag comment cv receipt finding"
)
_NO_FIELD = words(
    """
    they it he she we you i this that these those everything something nothing anybody nobody
    who all any more less only just also then there here not no yes never always must can
    may should will is are be has have does do who what when where e.g i.e etc my our your
    """
)
_LONG = words("sentence description condition explanation reason remark comment instruction")
_IS_SENTENCE = re.compile(
    r"\b(?:is|are|can|must|may|should|shall|will|has|have|needs?|wants?|gets?)\b", re.IGNORECASE
)
_STATES = words("status state stage statuses states stages")
_MOMENTS = {"start": "starts_at", "beginning": "starts_at", "end": "ends_at"}
_COUNTS = words("number maximum minimum count")
_LENGTHS = words("duration length")
_MAX_ITEM_WORDS = 4


def fields_of(noun: str, clauses: Iterable[Clause]) -> tuple[Field, ...]:
    """Return the fields that the brief names for a thing, typed by their last word."""
    told = TOLD_OF.get(noun) or "|".join(
        re.escape(form)
        for short in _shorter(noun)
        for form in (plural(short).replace("_", " "), short.replace("_", " "))
    )
    about = re.compile(rf"\b(?:{told}|they|each|it)\b", re.IGNORECASE)
    lists = [
        re.compile(pattern.format(thing=told), re.IGNORECASE)
        for pattern in (_LISTED, _BEHIND, _GIVEN, _PER)
    ]
    found: dict[str, Field] = {}
    for clause in clauses:
        if clause.section != "body" or not about.search(clause.text):
            continue
        for pattern in lists:
            for match in pattern.finditer(clause.text):
                kinds = _kinds(match)
                if kinds:
                    found.setdefault("kind", Field("kind", "choice", choices=kinds))
                    continue
                is_closed = match.groupdict().get("mark") in {":", "("}
                for field in _listed(match["list"], noun, is_closed=is_closed):
                    found.setdefault(field.name, field)
        for match in _CHOICE.finditer(clause.text):
            name = match["name"].lower()
            choices = _choices(match["list"])
            if choices:
                found.setdefault(name, Field(name, "choice", choices=choices))
        other = _OTHERS.search(clause.text)
        if other and not re.fullmatch(told, other["what"], re.IGNORECASE):
            continue  # “every group has a budget” says nothing of its bookings
        if not _NEGATED.search(clause.text) and not _LOGGED.search(clause.text):
            for field in _known(noun, clause.text):
                if not any(name.startswith(field.name) for name in found):
                    found.setdefault(field.name, field)
    return tuple(found.values())[:_MAX_FIELDS]


def _kinds(match: re.Match[str]) -> tuple[str, ...]:
    """Return the kinds that stand in brackets behind a plural: “tags (place, person)”."""
    if match.groupdict().get("mark") != "(":
        return ()
    named = match.group(0).partition("(")[0].split()
    if not named or singular(named[-1].lower()) == named[-1].lower():
        return ()
    return _choices(match["list"].partition(")")[0])


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
        yield Field(name, _TYPES[head])


def _listed(text: str, noun: str, *, is_closed: bool) -> Iterator[Field]:
    """Yield the fields of a list, up to its first item that is no name of something.

    Behind a colon or in brackets every item must be one: it may be a list of something else.
    """
    if is_closed and text.count(")") > text.count("("):
        text = text[: text.rindex(")")]
    named: list[tuple[str, str]] = []
    for item, aside in _items(text):
        label = None if is_closed and _IS_SENTENCE.search(item) else _label(item)
        if label is None:
            if is_closed:
                return
            break
        named.append((label, aside))
    if named and named[0][0].split()[0] in _STATES:
        return
    if len(named) < 2 and not any(_choices(aside) for _, aside in named):
        return
    for label, aside in named:
        field = _field(label, aside, noun)
        if field:
            yield field


def _items(text: str) -> Iterator[tuple[str, str]]:
    """Yield the items of a list, each with what stands in brackets behind it."""
    depth_zero = re.sub(r"\([^()]*\)?", lambda hit: "\x00" * len(hit[0]), text)
    start = 0
    for cut in [*_SEPARATOR.finditer(depth_zero), None]:
        end = cut.start() if cut else len(text)
        aside = _ASIDE.search(text, start, end)
        item = text[start : aside.start() if aside else end]
        if item.strip():
            yield item.strip(), aside["inside"] if aside else ""
        start = cut.end() if cut else end


def _label(item: str) -> str | None:
    """Return the name that an item is; None when it is something else: the list ends there."""
    name = _ITEM_END.sub("", _LEADING.sub("", item.lower())).strip(" .!?'\"“”*`")
    parts = name.replace("-", " ").split()
    if not parts or len(parts) > _MAX_ITEM_WORDS:
        return None
    if set(parts) & _NO_FIELD or not re.fullmatch(r"[a-z][a-z' ]*", " ".join(parts)):
        return None
    if len(parts) > 1 and names_people(singular(parts[0])):
        return None
    if len(parts) > 1 and {parts[0], parts[0].removesuffix("s")} & VERBS:
        return None
    return name.replace("-", " ").replace("'", "")


def _choices(aside: str) -> tuple[str, ...]:
    """Return the words in brackets when they are what may be chosen: (routine, urgent)."""
    pieces = re.split(r",\s*(?:or |and )?|\s+(?:or|and)\s+|/", aside.strip())
    plain = all(re.fullmatch(r"\s*[A-Za-z]+(?: [A-Za-z]+)?\s*", piece) for piece in pieces)
    found = [snake(piece) for piece in pieces]
    return tuple(dict.fromkeys(found)) if len(found) > 1 and plain and all(found) else ()


def _field(label: str, aside: str, noun: str) -> Field | None:
    """Return the field that an item of a list stands for; files and tags have packs."""
    head, _, rest = label.partition(" of ")
    last = singular(head.split()[-1])
    if last in _FILES or re.search(r"\b(?:MB|KB|PDF|JPE?G|PNG)\b", aside):
        return None
    name = "_".join(label.replace(" of the ", " of ").split()) if rest else snake(label)
    if not name or name == noun:
        return None
    choices = _choices(aside)
    if choices:
        return Field(name, "choice", choices=choices)
    if names_people(snake(head)) and not rest:
        return Field(f"{snake(head)}_id", "ref", references="user")
    return _typed(name, label, head, noun)


def _typed(name: str, label: str, head: str, noun: str) -> Field:
    """Return the field with what its last word says about its type."""
    word = head.rsplit(maxsplit=1)[-1]
    last = singular(word)
    if head in _MOMENTS:
        return Field(_MOMENTS[head], "moment")
    if last in _LENGTHS:
        return Field(f"{snake(head)}_minutes", "integer")
    if label in {"date", "day", "time"}:
        return Field(f"{noun}_{label}", _TYPES[label])
    if last in _COUNTS and head != label:
        return Field(name, "integer")
    is_long = last in _LONG or last != word
    return Field(name, "long_text" if is_long else _TYPES.get(last, "text"))
