"""Who does what an operation stands for, as the brief tells it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from core.planning.model import Action, Actor, FeatureModel
from core.planning.reading.clause_index import ClauseIndex
from core.planning.reading.deed import Deed
from core.planning.reading.nouns import plural, words
from core.planning.reading.patterns import folded

_BOOKING = ("scheduling", "reservation")
_BOOK = r"\b(?:book|reserve|cancel|confirm)\b"
_BY = re.compile(r"\W*by ", re.IGNORECASE)
_ARTICLE_LAST = re.compile(r"\b(?:the|an?|their|second|this) $", re.IGNORECASE)
# By which verb of the brief an operation is named, to find who does it.
_VERBS = (
    (r"Import$|ColumnMapping$|^listRejectedRows$", r"\bimport\w*"),
    (r"Refund$", r"\brefund\w*"),
    (r"Payment$|Deposit$|Subscription$", r"\b(?:pay|subscrib)\w*"),
    (r"Comment$", r"\b(?:comment|repl(?:y|ies)|check)\w*"),
    (r"Tag(?:$|To|From)", r"\b(?:tag(?:s|ged)?|merge)\b"),
    (r"^move", r"\b(?:move|publish|advance)\w*"),
    (r"^release|NoShow$", r"\b(?:give|mark|note|release)\b"),
    (r"(?:Booking|Reservation|Appointment)$", r"\b(?:book|reserve|cancel|confirm)\b"),
    (r"^decide|ToApprove$", r"\b(?:approv|confirm|declin|reject)\w*"),
    (r"^submit", r"\bsubmit\w*"),
    (r"Exports?$", r"\bexport\w*"),
    (r"^offer", r"\boffer\w*"),
    (r"^(?:accept|listSwapOffers)", r"\baccept\w*"),
    (r"^upload", r"\b(?:photograph|upload|attach)\w*"),
    (r"^listOwn", r"\b(?:see|view)\w*"),
    (r"^create", r"\b(?:submit|create|add|enter|manage)\w*"),
    (r"^update", r"\b(?:enter|correct|edit|change|manage)\w*"),
    (r"^delete", r"\b(?:delete|remove|manage)\w*"),
    (r"^(?:start|send(?!Waiting))", r"\bmessag\w*"),
    (r"^(?:grant|change|revoke)Role$", r"\b(?:assign|grant|give|revoke|manage)\w*"),
    (r"^invite", r"\b(?:invit|shar)\w*"),
    (r"^list(?:Audit|Metric)", r"\b(?:audit(?! (?:log|trail))|see|view|read|check)\w*"),
    (r"^search", r"\b(?:search|find|filter)\w*"),
    (r"^scheduleReport$", r"\bschedul\w*"),
    (r"^sendWaitingWrites$", r"\b(?:record|fill|enter|sync)\w*"),
)
_DECIDING = re.compile(r"^decide|ToApprove$")
_TAKING_IN = words("scan receive take_in book_in check_in weigh_in admit")
_DECISIONS = words("approve reject decline refuse release accept confirm sign_off")
_KIND_OF = {
    "create": "create",
    "update": "update",
    "delete": "delete",
    "list": "read",
    "get": "read",
}


def doers_of(
    action: Action,
    done: Sequence[Deed],
    body: ClauseIndex,
    people: Sequence[Actor],
    booked: Mapping[str, str],
) -> tuple[str, ...]:
    """Return who does what an operation stands for: as the deeds say, or the sentences.

    `booked` names what is booked, each with whose time or which thing it takes.
    """
    is_booking = action.entity in booked or action.entity in booked.values()
    told = () if is_booking else _doers(action, done)
    return told or _who(action, body, people, booked)


def _doers(action: Action, done: Sequence[Deed]) -> tuple[str, ...]:
    """Return the people whom the deeds name that an operation stands for."""
    if _DECIDING.search(action.name):
        deciding = (deed for deed in done if deed.verb in _DECISIONS)
        return tuple(dict.fromkeys(name for deed in deciding for name in deed.who))
    kind = _KIND_OF.get(re.split("[A-Z]", action.name)[0])
    if kind is None:
        return ()
    kinds = {kind, "set"} if kind == "update" else {kind}
    own = [deed for deed in done if deed.noun == action.entity]
    mine = [deed for deed in own if deed.kind in kinds]
    if kind == "create" and not mine:  # whoever has it in hand first enters it
        mine = [deed for deed in own if deed.verb in _TAKING_IN][:1]
    return tuple(dict.fromkeys(name for deed in mine for name in deed.who))


def with_doers(people: tuple[Actor, ...], actions: Sequence[Action]) -> tuple[Actor, ...]:
    """Return the actors, with those who do something and that no list of roles knows."""
    known = {actor.name for actor in people}
    more = {
        name: Actor(name, action.evidence[:1])
        for action in actions
        for name in action.actors
        if name not in known
    }
    return (*people, *more.values())


def booked_things(model: FeatureModel) -> dict[str, str]:
    """Return what is booked, each with whose time or which thing it takes."""
    bound = [dict(one.bindings) for one in model.packs if one.slug in _BOOKING]
    return {names["subject"]: names["resource"] for names in bound}


def _who(
    action: Action, body: ClauseIndex, people: Sequence[Actor], booked: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the actors that stand before the operation's verb, or after it behind `by`.

    Who offers their time is not who books it.
    """
    name, verb = next((pair for pair in _VERBS if re.search(pair[0], action.name)), ("", None))
    if action.entity in booked and verb is not None:
        verb = _BOOK
        people = [actor for actor in people if actor.name != booked[action.entity]]
    if verb is None or action.entity in booked.values():
        return ()
    found: dict[str, None] = {}
    is_own = name.removeprefix("^") in _KIND_OF
    own = _itself(action.entity.rpartition("_")[2])
    for clause, hit in body.found(verb):
        before, after = clause.text[: hit.start], clause.text[hit.end :]
        if _ARTICLE_LAST.search(before):  # a noun: “the offer”, “a second approval”
            before = ""
        if is_own and not own.search(after):
            continue  # something else is entered
        for actor in _subjects(before, people):
            found.setdefault(actor.name)
        for actor in _named_in(after, people) if _BY.match(after) else ():
            if re.match(rf"\W*by (?:the |their |an? )?{actor.title}", after, re.IGNORECASE):
                found.setdefault(actor.name)
    return tuple(found)


@lru_cache(maxsize=64)
def _itself(noun: str) -> re.Pattern[str]:
    """Return how a sentence goes on about a thing; several operations stand for each."""
    return re.compile(rf"\b(?:it|them|{noun}|{plural(noun)})\b", re.IGNORECASE)


def _subjects(before: str, people: Sequence[Actor]) -> tuple[Actor, ...]:
    """Return the actor who stands last in a text, with those joined to it by `and` or `or`."""
    named = _named_in(before, people)
    nearest = max(named, key=lambda actor: _last(actor.title, before), default=None)
    if nearest is None or _last(nearest.title, before) < 0:
        return ()
    start = before[: _last(nearest.title, before)]
    joined = tuple(
        actor
        for actor in _named_in(start, people)
        if re.search(rf"\b{actor.title}s? (?:and|or) (?:the |their )?$", start, re.IGNORECASE)
    )
    return (*joined, nearest)


def _named_in(text: str, people: Sequence[Actor]) -> list[Actor]:
    """Return the actors whose names a text may hold."""
    lower = folded(text)
    return [actor for actor in people if actor.title in lower]


def _last(title: str, text: str) -> int:
    if title.lower() not in text.lower():
        return -1
    positions = [hit.start() for hit in re.finditer(rf"\b{title}s?\b", text, re.IGNORECASE)]
    return positions[-1] if positions else -1
