"""Placeholders of pack declarations, filled with what the brief calls things."""

from __future__ import annotations

import dataclasses
import operator
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from core.planning.model import Mechanism
from core.planning.packs.pack import RulePattern
from core.planning.reading.captures import PHRASES, TOLD_WORDS
from core.planning.reading.nouns import camel, plural
from core.planning.reading.states import flow

T = TypeVar("T")

_PLACEHOLDER = re.compile(r"<([A-Za-z]+[_-]?)>")
_ARTICLE = re.compile(r"\b([Aa]) <([A-Za-z]+[_-]?)>")
QUANTITY_NAMES = (
    "value",
    "unit",
    "words",
    "share",
    "limit",
    "operator",
    "lower",
    "event",
    "clock",
    "mediatypes",
)
ROLE_NAMES = ("role", "eachrole", "quotedroles")
_LISTS = (("<eachstate>",), ("<eachrole>",), ("<eachchannel>",))
STATE_NAMES = ("states", "quotedstates", "eachstate", "firststate", "laststate", "moves", "skips")


@dataclass(frozen=True, slots=True)
class BoundRule:
    """What a rule of a pack says of the things of a brief, and how it is kept."""

    text: str
    mechanisms: tuple[Mechanism, ...]


def expansions(bindings: Mapping[str, str]) -> dict[str, str]:
    """Return every spelling of the bound nouns, by placeholder without its brackets."""
    spelled: dict[str, str] = {}
    for name, noun in bindings.items():
        if name in QUANTITY_NAMES:
            spelled[name] = noun
            slug = "_".join(re.findall(r"[a-z0-9]+", noun.lower()))[:40].rstrip("_")
            spelled |= {f"{name}_": slug, f"{name}-": slug.replace("_", "-")}
            continue
        if name == "channels":
            spelled["eachchannel"] = noun
            continue
        if name in PHRASES or name in TOLD_WORDS:
            spelled |= {name: noun, name.capitalize(): noun[:1].upper() + noun[1:]}
            continue
        if name == "roles":
            spelled |= _roles(noun.split(", "))
            continue
        if name == "states":
            spelled |= _states(noun.split(", "))
            continue
        many = plural(noun)
        spelled |= {
            name: noun,
            f"{name}s": many,
            name.capitalize(): camel(noun),
            f"{name.capitalize()}s": camel(many),
            f"{name}_": noun.replace("_", " "),
            f"{name}-": noun.replace("_", "-"),
            f"{name}s_": many.replace("_", " "),
            f"{name}s-": many.replace("_", "-"),
            f"{name.capitalize()}_": noun.replace("_", " ").capitalize(),
            f"{name.capitalize()}s_": many.replace("_", " ").capitalize(),
        }
    return spelled


def _roles(roles: list[str]) -> dict[str, str]:
    """Spell a list of roles; the first one gives names of the database their own ending."""
    return {
        "role": roles[0],
        "eachrole": ", ".join(roles),
        "quotedroles": ", ".join(f"'{role}'" for role in roles),
    }


def _states(states: list[str]) -> dict[str, str]:
    """Spell a list of states; a move leads to the next, a skip to the one behind it."""
    gone_through = flow(tuple(states))
    way = gone_through.way
    skips = list(zip(way, way[2:], strict=False)) or list(gone_through.moves)
    told = [way, *((" or ".join(starts), *ends) for starts, ends in gone_through.aside)]
    return {
        "states": "; ".join(" > ".join(move) for move in told).replace("_", " "),
        "eachstate": ", ".join(states),
        "quotedstates": ", ".join(f"'{state}'" for state in states),
        "firststate": states[0],
        "laststate": way[-1],
        "moves": _pairs(gone_through.moves),
        "skips": _pairs(skips),
    }


def _pairs(moves: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"('{before}', '{after}')" for before, after in moves)


def bind(template: T, bindings: Mapping[str, str]) -> T:
    """Return a declaration with its placeholders filled.

    What mentions a noun that is not bound falls away: the item of a tuple, such as a field or an
    index, not the whole.
    """
    filled: T = _fill(template, expansions(bindings))
    return filled


def bind_rule(pattern: RulePattern, bindings: Mapping[str, str]) -> BoundRule:
    """Return what a rule says and how it is kept, with the placeholders filled."""
    spelled = expansions(bindings)
    return BoundRule(_fill(pattern.text, spelled), _fill(pattern.mechanisms, spelled))


def _fill(value: Any, spelled: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        if "<" not in value:
            return value
        value = _ARTICLE.sub(lambda found: _with_article(found, spelled), value)
        return _PLACEHOLDER.sub(lambda found: spelled.get(found[1], found[0]), value)
    if isinstance(value, tuple):
        items = [_fill(item, spelled) for item in value]
        if value in _LISTS and value[0][1:-1] in spelled:
            return tuple(items[0].split(", "))
        kept = tuple(item for item in items if not is_open(item))
        # What holds no placeholder is the same for every brief.
        return value if all(map(operator.is_, kept, value)) and len(kept) == len(value) else kept
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changes = {}
        for name in _fields(value):
            before = getattr(value, name)
            after = _fill(before, spelled)
            if after is not before:
                changes[name] = after
        return dataclasses.replace(value, **changes) if changes else value
    return value


def _fields(declaration: Any) -> tuple[str, ...]:
    kind: Any = type(declaration)
    return _fields_of(kind)


@cache
def _fields_of(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


def _with_article(found: re.Match[str], spelled: Mapping[str, str]) -> str:
    noun = spelled.get(found[2], "")
    return f"{found[1]}n {noun}" if noun.startswith((*"aeio", "hour")) else found[0]


def is_open(value: Any) -> bool:
    """Whether a text, or a text of a declaration, still mentions a noun that is not bound."""
    if isinstance(value, str):
        return "<" in value and bool(_PLACEHOLDER.search(value))
    if dataclasses.is_dataclass(value):
        texts = (getattr(value, name) for name in _fields(value))
        return any(is_open(text) for text in texts if isinstance(text, str))
    return False
