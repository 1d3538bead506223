"""The items of a list as fields: what each one is called, and what type it has."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.planning.model import Field
from core.planning.reading.deeds import VERBS
from core.planning.reading.nouns import singular, snake, words
from core.planning.reading.people import names_people

# What a head word says about a field's type.
FIELD_TYPES = {
    "date": "date", "day": "date", "time": "moment", "name": "text", "title": "text",
    "amount": "money", "price": "money", "cost": "money", "fee": "money", "budget": "money",
    "quantity": "integer", "capacity": "integer", "stock": "integer", "seats": "integer",
    "description": "long_text", "notes": "long_text", "note": "long_text",
    "text": "long_text", "body": "long_text",
    "address": "long_text", "number": "text", "code": "text", "sku": "text", "category": "text",
    "priority": "text", "location": "text", "postcode": "text", "country": "text", "weight":
    "integer", "colour": "text", "color": "text", "link": "text", "url": "text", "subject": "text",
}  # fmt: skip
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
LIKE = re.compile(r" (?:like|such as|e\.g\.|for example) [^,;]*", re.IGNORECASE)
_WHETHER = re.compile(
    r"^(?:and |also )*(?:whether|if) (?:it|they|(?:the|an?) [a-z]+|he|she) (?:is|are|was|has) "
    r"(?:an? )?(?P<what>[a-z]+(?: [a-z]+)?)",
    re.IGNORECASE,
)
_YES_NO = re.compile(r"\b(?:yes ?(?:/|or) ?no|y/n|true/false)\b", re.IGNORECASE)
_IDENTIFIERS = frozenset(
    {"barcode", "qr code", "serial number", "inventory number", "name", "title"}
)
_UNIQUE = frozenset({"barcode", "qr_code", "inventory_number"})
_IN_CHARGE = re.compile(
    r"^(?:person (?:in charge|responsible)|responsible person|contact person|contact)$"
)
_WHO_DID = re.compile(r"^(?:and )?who [a-z]+ (?:it|them|this)$")
_MEASURES = words(
    "km kg g mg t cm mm m l ml kwh kw hours hour minutes days weeks months years percent points"
)
_UNIT = re.compile(
    rf"^(?P<label>.+?) in (?P<unit>{'|'.join(sorted(_MEASURES))}|eur|usd|gbp|chf|euros?|dollars?|"
    rf"%)$"
)
_MONEY = frozenset(
    {"eur", "usd", "gbp", "chf", "euro", "euros", "dollar", "dollars", "€", "$", "£"}
)
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
_MOMENTS = {
    "start": "starts_at", "beginning": "starts_at", "end": "ends_at", "arrival": "arrival_at",
    "departure": "departure_at",
}  # fmt: skip
_COUNTS = words("number maximum minimum count")
_LENGTHS = words("duration length")
_MAX_ITEM_WORDS = 4


def listed(text: str, noun: str, *, is_closed: bool) -> Iterator[Field]:
    """Yield the fields of a list, up to its first item that is no name of something.

    Behind a colon or in brackets every item must be one: it may be a list of something else.
    """
    if is_closed and text.count(")") > text.count("("):
        text = text[: text.rindex(")")]
    named: list[tuple[str, str]] = []
    for item, aside in items_of(LIKE.sub("", text)):
        flag = flag_in(item, aside)
        if flag:
            named.append((flag, "yes/no"))
            continue
        label = None if is_closed and _IS_SENTENCE.search(item) else label_of(item)
        if label is None:
            if is_closed:
                return
            break
        named.append((label, aside))
    if named and named[0][0].split()[0] in _STATES:
        return
    if len(named) < 2 and not any(choices_in(aside) or _stands_alone(one) for one, aside in named):
        return
    for label, aside in named:
        field = field_for(label, aside, noun)
        if field:
            yield field


def flag_in(item: str, aside: str) -> str:
    """Return what is answered with yes or no: “whether it is fragile”, “toxic (yes/no)”."""
    told = _WHETHER.match(item)
    if told:
        return told["what"].lower()
    if _YES_NO.fullmatch(aside.strip()) or _YES_NO.search(item):
        label = label_of(_YES_NO.sub("", item).strip())
        return label or ""
    return ""


def _stands_alone(label: str) -> bool:
    """Whether one item alone is a field for sure: “every asset has a barcode”."""
    return label in _IDENTIFIERS


def items_of(text: str) -> Iterator[tuple[str, str]]:
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


def label_of(item: str) -> str | None:
    """Return the name that an item is; None when it is something else: the list ends there."""
    item = _LEADING.sub("", re.sub(r"^max\.? ", "maximum ", item.lower()))
    if _IN_CHARGE.match(item) or _WHO_DID.match(item):
        return "done by" if _WHO_DID.match(item) else item
    measured = _UNIT.match(item)
    unit = f" {measured['unit']}" if measured and measured["unit"] in _MEASURES else ""
    item = measured["label"] if measured else item
    name = f"{_ITEM_END.sub('', item)}{unit}".strip(" .!?'\"“”*`")
    return name.replace("-", " ").replace("'", "") if _is_name(name) else None


def _is_name(name: str) -> bool:
    parts = name.replace("-", " ").split()
    if not parts or len(parts) > _MAX_ITEM_WORDS or parts[0] == "to" or set(parts) & _NO_FIELD:
        return False
    if not re.fullmatch(r"[a-z][a-z' ]*", " ".join(parts)):
        return False
    if len(parts) > 1 and names_people(singular(parts[0])):
        return False
    return not (len(parts) > 1 and {parts[0], parts[0].removesuffix("s")} & VERBS)


def choices_in(aside: str) -> tuple[str, ...]:
    """Return the words in brackets when they are what may be chosen: (routine, urgent)."""
    pieces = re.split(r",\s*(?:or |and )?|\s+(?:or|and)\s+|/", aside.strip())
    plain = all(re.fullmatch(r"\s*[A-Za-z]+(?: [A-Za-z]+)?\s*", piece) for piece in pieces)
    found = [snake(piece) for piece in pieces]
    return tuple(dict.fromkeys(found)) if len(found) > 1 and plain and all(found) else ()


def field_for(label: str, aside: str, noun: str) -> Field | None:
    """Return the field that an item of a list stands for; files and tags have packs."""
    head, _, rest = label.partition(" of ")
    last = singular(head.split()[-1])
    if last in _FILES or re.search(r"\b(?:MB|KB|PDF|JPE?G|PNG)\b", aside):
        return None
    name = "_".join(label.replace(" of the ", " of ").split()) if rest else snake(label)
    if not name or name == noun:
        return None
    measured = _measured(name, label, aside)
    if measured:
        return measured
    if _IN_CHARGE.match(label) or label == "done by":
        return Field(f"{name}_id", "ref", references="user")
    is_counted = head.startswith("maximum ") and last not in _LENGTHS
    if names_people(snake(head)) and not rest and not is_counted:
        return Field(f"{snake(head)}_id", "ref", references="user")
    return _typed(name, label, head, noun)


def _measured(name: str, label: str, aside: str) -> Field | None:
    """Return the field whose type stands beside its name: a unit, yes or no, choices."""
    unit = aside.lower()
    if unit == "yes/no":
        return Field(name, "flag", default="false")
    if unit in _MONEY:
        return Field(name, "money")
    if unit in _MEASURES:
        return Field(f"{name}_{unit}", "integer")
    if label.rpartition(" ")[2] in _MEASURES and " " in label:
        return Field("_".join(label.split()), "integer")
    choices = choices_in(aside)
    return Field(name, "choice", choices=choices) if choices else None


def _typed(name: str, label: str, head: str, noun: str) -> Field:
    """Return the field with what its last word says about its type."""
    word = head.rsplit(maxsplit=1)[-1]
    last = singular(word)
    if head.startswith("maximum ") and head == label and last not in _LENGTHS:
        return Field("_".join(head.split()), "integer")
    if head in _MOMENTS:
        return Field(_MOMENTS[head], "moment")
    if last in _LENGTHS:
        return Field(f"{snake(head)}_minutes", "integer")
    if label in {"date", "day", "time"}:
        return Field(f"{noun}_{label}", FIELD_TYPES[label])
    if last in _COUNTS and head != label:
        return Field(name, "integer")
    is_long = last in _LONG or last != word
    is_unique = name in _UNIQUE
    return Field(name, "long_text" if is_long else FIELD_TYPES.get(last, "text"), unique=is_unique)
