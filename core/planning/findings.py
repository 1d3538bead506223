"""What a clause says for a rule: the nouns and the numbers that it binds, and where they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache

from core.planning.model import Actor
from core.planning.packs import PATTERNS
from core.planning.packs.pack import Noun, Pack, RulePattern
from core.planning.reading.clauses import Clause
from core.planning.reading.comparisons import OPERATORS, SAID
from core.planning.reading.cues import Hit, find, find_all
from core.planning.reading.people import actors as people_in
from core.planning.reading.people import names_people
from core.planning.reading.phrases import compound_after, phrase_after, phrase_before
from core.planning.reading.quantities import Quantity, count_in_words, quantities
from core.planning.reading.states import states_in

_ANY_WORDS = 2  # a cue that finds no more than so many letters fits everywhere
_ANYBODY = re.compile(
    r"\b(?:persons?|people|somebody|anybody|everybody|nobody|account|household)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a clause says for a rule: what it binds, and where its words stand."""

    extra: dict[str, str]
    places: tuple[int, ...]


def findings(
    pattern: RulePattern,
    clause: Clause,
    settled: Collection[int],
    known_as: Callable[[str], str],
) -> list[Finding]:
    """Return what a clause says for a rule: once, or as often as a pack of demands reads it."""
    home = PATTERNS[pattern.slug][0]
    if not home.demands:
        spoken = _evidence_in(pattern, clause)
        return [] if spoken is None else [spoken]
    taken = set(settled)
    spoken_here: list[Finding] = []
    for cue in pattern.cues:
        for hit in find_all(cue, clause.text):
            one = _bound_by(pattern, clause, hit, taken)
            named = _named(home, hit, known_as) if one else None
            if one is None or named is None:
                continue
            places = (*one.places, *_ends_of(hit, "words"), *_ends_of(hit, "event"), hit.end - 1)
            spoken_here.append(Finding(named | one.extra, places))
            taken.update(places)
            if not pattern.quantity:
                return spoken_here
    return spoken_here


def _named(home: Pack, hit: Hit, known_as: Callable[[str], str]) -> dict[str, str] | None:
    """Return the nouns that a cue's groups name; None when one of them names nothing."""
    named: dict[str, str] = {}
    for noun in home.nouns:
        groups = hit.match.groupdict()
        said = groups.get(noun.name)
        ends_with = groups.get("before") if noun is home.nouns[0] else None
        if said is None and ends_with is None:
            continue
        value = phrase(noun, {"after": said, "before": ends_with})
        if not value and said and not noun.people:
            value = compound_after(said)
        if noun.people:
            value = value or ("person" if _ANYBODY.search(said or "") else "")
        value = value if noun.people else known_as(value)
        if not value or value in named.values():
            return None
        named[noun.name] = value
    return named


def _evidence_in(pattern: RulePattern, clause: Clause) -> Finding | None:
    """Return what the clause binds beside the pack's nouns, or None when the rule stays silent."""
    for cue in pattern.cues:
        hit = find(cue, clause.text)
        found = _bound_by(pattern, clause, hit) if hit else None
        if found is not None:
            others = (one for other in pattern.cues for one in find_all(other, clause.text))
            places = [p for one in others if len(one.words) > _ANY_WORDS for p in _ends(one)]
            return Finding(found.extra, (*found.places, *places))
    return None


def _bound_by(
    pattern: RulePattern, clause: Clause, hit: Hit, taken: Collection[int] = ()
) -> Finding | None:
    extra: dict[str, str] = {}
    places: tuple[int, ...] = _ends(hit)
    if pattern.quantity:
        near = hit.span("near")
        measured = [
            quantity
            for quantity in quantities(clause.text)
            if quantity.kind == pattern.quantity
            and (near is None or (quantity.start < near[1] and near[0] < quantity.end))
            and not any(quantity.start <= place < quantity.end for place in taken)
        ]
        if not measured and near and pattern.quantity == "count":
            spelled = count_in_words(clause.text, *near)
            measured = [spelled] if spelled else []
        if not measured:
            return None
        nearest = min(measured, key=lambda quantity: abs(quantity.start - hit.start))
        extra = _quantity_bindings(nearest, pattern)
        places = (hit.start, nearest.start, nearest.end - 1)
        if "<share>" in pattern.text:
            shares = [q for q in quantities(clause.text) if q.kind == "share"]
            extra["share"] = shares[0].value if shares else "95"
            places = (*places, *(place for q in shares[:1] for place in (q.start, q.end - 1)))
    for said in ("words", "event"):
        if hit.match.groupdict().get(said):
            extra[said] = hit.match[said].strip()
    return Finding(extra, places)


def _ends_of(hit: Hit, group: str) -> tuple[int, ...]:
    span = hit.span(group)
    return (span[0], span[1] - 1) if span else ()


def _ends(hit: Hit) -> tuple[int, int]:
    """Return where the words of a cue begin and end; what it only looks through is not its own."""
    near = hit.span("near")
    return hit.start, (near[0] if near else hit.end) - 1


def _quantity_bindings(nearest: Quantity, pattern: RulePattern) -> dict[str, str]:
    """Bind a quantity; with the side that is meant where the rule's texts say it."""
    extra = {"value": nearest.value, "unit": nearest.unit, "words": nearest.words}
    asked = _placeholders(pattern.slug)
    if "limit" in asked:
        extra["limit"] = f"{SAID.get(nearest.comparison, '')} {nearest.words}".strip()
    if "operator" in asked:
        extra["operator"] = OPERATORS.get(nearest.comparison, "<=")
    if "lower" in asked and nearest.lower:
        extra["lower"] = nearest.lower
    return extra


@cache
def _placeholders(slug: str) -> frozenset[str]:
    """Return the placeholders that the texts of a rule hold."""
    return frozenset(re.findall(r"<([a-z]+)>", repr(PATTERNS[slug][1])))


def phrase(noun: Noun, groups: Mapping[str, str | None]) -> str:
    """Return what the groups of a pattern name for a noun; empty when they name nothing."""
    if noun.name == "states":
        return ", ".join(states_in(groups.get("states") or ""))
    after, before = groups.get("after"), groups.get("before")
    if noun.people:
        people: tuple[Actor, ...] = people_in([Clause(after or before or "")])
        return people[0].name if people else ""
    named = phrase_after(after) if after else phrase_before(before or "")
    if noun.or_people and not named:
        people = people_in([Clause(" ".join((after or "").split()[:2]))])
        return people[0].name if people else ""
    return "" if names_people(named) else named
