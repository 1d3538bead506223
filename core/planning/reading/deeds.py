"""Who does what to which thing: deeds that a brief describes with everyday verbs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from core.planning.model import Actor, Field
from core.planning.reading.clauses import Clause
from core.planning.reading.nouns import plural, snake
from core.planning.reading.people import names_people
from core.planning.reading.phrases import phrase_after

DeedKind = Literal["create", "read", "update", "delete"]

_VERBS: dict[DeedKind, str] = {
    "create": "create add submit record register enter write publish report draft save store log "
    "track manage maintain collect define",
    "read": "see view read browse list open look find",
    "update": "edit update change correct modify rename adjust",
    "delete": "delete remove archive discard",
}
_KIND_OF = {verb: kind for kind, verbs in _VERBS.items() for verb in verbs.split()}
# “Report a comment” complains about one, “report a defect” records one.
_REPORTED_TO_MODERATORS = frozenset(
    {"comment", "post", "review", "message", "conversation", "profile", "listing", "photo"}
)
_IRREGULAR = {"stores": "store", "tracks": "track"}
_ALTERNATIVES = "|".join(sorted(_KIND_OF, key=len, reverse=True))
_VERB = re.compile(rf"\b(?P<verb>{_ALTERNATIVES})(?:e?s)?\b", re.IGNORECASE)
_JOINED = re.compile(rf"^(?:\s*,\s*|\s+)(?:(?:and|or|then)\s+)?(?:{_ALTERNATIVES})(?:e?s)?\b", re.I)
_WILLING = re.compile(
    r"\b(?:can|may|should|shall|must|could|has to|have to|want|wants|need|needs|able|lets?|"
    r"allow|allows|to|they|i|we|"
    r"users?|everybody|everyone|people|anyone)\b",
    re.IGNORECASE,
)

# What a head word says about a field's type.
_TYPES = {
    "date": "date", "day": "date", "time": "moment", "name": "text", "title": "text",
    "amount": "money", "price": "money", "cost": "money", "fee": "money", "budget": "money",
    "quantity": "integer", "capacity": "integer", "stock": "integer", "seats": "integer",
    "description": "long_text", "notes": "long_text", "text": "long_text", "body": "long_text",
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
_NEGATED = re.compile(r"\b(?:without|never|not|nobody|no)\b", re.IGNORECASE)
_NAME_STOPS = re.compile(r"^(?:the|an?|its|their|and|or|with|both|of|any|same|per|each|every) ")
_MAX_FIELDS = 12


@dataclass(frozen=True, slots=True)
class Deed:
    """Somebody does something with a thing."""

    kind: DeedKind
    noun: str
    words: str
    clause: Clause
    start: int = 0  # where the verb stands in the clause
    end: int = 0  # and its thing, about


def deeds(clauses: Iterable[Clause], actors: Iterable[Actor]) -> tuple[Deed, ...]:
    """Return the deeds of a brief, where a willing word or an actor stands before the verb."""
    people = "|".join(re.escape(actor.title) for actor in actors)
    actor_word = re.compile(rf"\b(?:{people})s?\b", re.IGNORECASE) if people else None
    found: list[Deed] = []
    for clause in clauses:
        if clause.section != "body":
            continue
        waiting: list[DeedKind] = []
        for match in _VERB.finditer(clause.text):
            before, after = clause.text[: match.start()], clause.text[match.end() :]
            if not (_WILLING.search(before) or (actor_word and actor_word.search(before))):
                continue
            waiting.append(_KIND_OF[_IRREGULAR.get(match["verb"].lower(), match["verb"].lower())])
            if _JOINED.match(after):
                continue
            noun = phrase_after(after)
            if match["verb"].lower() == "report" and noun in _REPORTED_TO_MODERATORS:
                noun = ""
            if noun and not names_people(noun):
                found.extend(
                    Deed(kind, noun, match.group(0), clause, match.start(), match.end())
                    for kind in waiting
                )
            waiting = []
    return tuple(found)


def fields_of(noun: str, clauses: Iterable[Clause]) -> tuple[Field, ...]:
    """Return the fields that the brief names for a thing, typed by their last word."""
    words = noun.replace("_", " ")
    about = re.compile(rf"\b(?:{words}|{plural(words)}|they|each|it)\b", re.IGNORECASE)
    found: dict[str, Field] = {}
    for clause in clauses:
        if (
            clause.section != "body"
            or _NEGATED.search(clause.text)
            or not about.search(clause.text)
        ):
            continue
        for match in _FIELD.finditer(clause.text):
            label = _NAME_STOPS.sub("", match["name"].lower())
            head = label.rpartition(" ")[2]
            name = snake(label) if label not in {"date", "day", "time"} else f"{noun}_{label}"
            if label.split()[0] in _KIND_OF or name == noun:
                continue  # “and delete notes” is a deed, not a field
            if len(found) < _MAX_FIELDS and name:
                found.setdefault(name, Field(name, _TYPES[head]))
    return tuple(found.values())
