"""Which rules of a pack that matches fire, and what the words of the brief bind in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from core.domain.artifact import Evidence
from core.planning.demand_rules import media_types_in
from core.planning.matches import Conflict, Matches
from core.planning.model import Rule
from core.planning.packs import PATTERNS
from core.planning.packs.binding import bind_rule, is_open
from core.planning.packs.pack import RulePattern
from core.planning.reading.captures import THINGS, captured, captured_spans, told_places
from core.planning.reading.clause_index import ClauseIndex
from core.planning.reading.clauses import Clause
from core.planning.reading.comparisons import OPERATORS, SAID
from core.planning.reading.conditions import before_condition
from core.planning.reading.cues import Hit, find, find_all
from core.planning.reading.nouns import is_thing
from core.planning.reading.quantities import Quantity, count_in_words, quantities

_ANYTHING = "."
_ANY_WORDS = 2  # a cue that finds no more than so many letters fits everywhere


def fire(
    pattern: RulePattern,
    bindings: dict[str, str],
    clauses: ClauseIndex,
    found: Matches,
) -> None:
    """Add what a rule becomes in these clauses to what was found; nothing when it stays silent."""
    by_bindings: dict[tuple[tuple[str, str], ...], list[tuple[Clause, _Finding]]] = {}
    read: dict[str, list[_Finding]] = {}  # what is said several times is read once
    for clause, cues in clauses.where(pattern.cues):
        if clause.text not in read:
            read[clause.text] = list(_evidence_in(pattern, cues, clause))
        for spoken in _spoken_in(pattern, read[clause.text], clause, found):
            extra = _resolved(spoken.extra, bindings, found)
            if extra is not None:
                pairs = tuple((bindings | extra).items())
                by_bindings.setdefault(pairs, []).append((clause, spoken))
    if pattern.always and not by_bindings:
        by_bindings[tuple(bindings.items())] = []
    # Two numbers for one demand would contradict each other: the first one counts.
    for pairs, speaking in list(by_bindings.items())[: None if pattern.each else 1]:
        bound = bind_rule(pattern, dict(pairs))
        if is_open(bound.text):
            continue
        evidence = tuple(Evidence(clause.text, pattern.slug) for clause, _ in speaking)
        found.rules.append(
            Rule(
                pattern.slug,
                bound.text,
                bound.mechanisms,
                pairs,
                evidence or (Evidence("", pattern.slug),),
            )
        )
        in_body = {clause for clause, _ in speaking if clause.section == "body"}
        found.used |= in_body
        found.ruled |= in_body
        for clause, spoken in speaking:
            found.settled.setdefault(clause, set()).update(spoken.places)
        if pattern.describes:
            found.described |= in_body
        if pattern.each:
            continue
        found.conflicts += [
            Conflict(pattern.slug, speaking[0][0], clause, other.extra["words"])
            for others in list(by_bindings.values())[1:]
            for clause, other in others
            if speaking and speaking[0][1].extra.get("value") != other.extra.get("value")
        ]


def _spoken_in(
    pattern: RulePattern, findings: Iterable[_Finding], clause: Clause, found: Matches
) -> Iterator[_Finding]:
    """Yield what a clause says for a rule, where no other rule says it already."""
    if clause.section == "background":
        return  # how things are, not what is asked for
    if pattern.yields_to and _is_said(pattern.yields_to, clause, found):
        return
    for spoken in findings:
        if pattern.unless and find(pattern.unless, clause.text):
            return
        if not (pattern.yields and _is_taken(spoken, clause, found)):
            yield spoken


def _is_said(slugs: tuple[str, ...], clause: Clause, found: Matches) -> bool:
    return any(
        rule.slug in slugs and any(one.words == clause.text for one in rule.evidence)
        for rule in found.rules
    )


def _is_taken(spoken: _Finding, clause: Clause, found: Matches) -> bool:
    """Whether a rule has found its words where another one would find its own."""
    if clause not in found.ruled:
        return False
    places = found.settled.get(clause, set())
    return any(place in places for place in range(min(spoken.places), max(spoken.places) + 1))


@dataclass(frozen=True, slots=True)
class _Finding:
    """What a clause says for a rule: what it binds, and where its words stand."""

    extra: dict[str, str]
    places: tuple[int, ...]


def _evidence_in(pattern: RulePattern, cues: Sequence[str], clause: Clause) -> Iterator[_Finding]:
    """Yield what the clause binds beside the pack's nouns; nothing when the rule stays silent.

    A rule that fires for each wording finds several in one clause, none in the words of another.
    """
    taken: list[tuple[int, int]] = []
    for cue in cues:
        hits = find_all(cue, clause.text)
        for hit in hits if pattern.each else islice(hits, 1):
            said = captured_spans(hit) or [(hit.start, hit.end)]
            if any(first < end and start < last for first, last in said for start, end in taken):
                continue
            found = _bound_by(pattern, clause, hit)
            if found is None:
                continue
            taken += said
            if pattern.each:
                yield found
                continue
            speaking = (other for other in cues if other != _ANYTHING)
            others = (one for other in speaking for one in find_all(other, clause.text))
            places = [
                p for one in others if len(one.words) > _ANY_WORDS for p in _ends(one, clause)
            ]
            yield _Finding(found.extra, (*found.places, *places))
            return


def _resolved(
    extra: dict[str, str], bindings: dict[str, str], found: Matches
) -> dict[str, str] | None:
    """Return what a clause binds with its things called as elsewhere in the brief.

    A pronoun stands for what the pack is about; None when that is not known.
    """
    resolved = {}
    for name, value in extra.items():
        resolved[name] = value
        if name in THINGS:
            resolved[name] = found.known_as(value) or bindings.get("subject", "")
            if not is_thing(resolved[name]):
                return None
    return resolved


def _bound_by(pattern: RulePattern, clause: Clause, hit: Hit) -> _Finding | None:
    extra: dict[str, str] = {}
    places: tuple[int, ...] = _ends(hit, clause)
    if pattern.quantity:
        near = hit.span("near")
        measured = [
            quantity
            for quantity in quantities(clause.text)
            if quantity.kind == pattern.quantity
            and (near is None or (quantity.start < near[1] and near[0] < quantity.end))
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
    if hit.match.groupdict().get("words"):
        extra["words"] = hit.match["words"].strip(" ,;:")
    extra |= media_types_in(hit)
    read = captured(hit)
    if read is None:
        return None
    if read:
        # A group may run on into what its reader leaves out, such as an exception.
        said = [(*span, len(read[name])) for name in read if (span := hit.span(name))]
        last = [hit.end - 1] if all(end < hit.end for _, end, _ in said) else []
        spoken = (place for at, end, size in said for place in (at, min(end, at + size) - 1))
        places = (*(places if pattern.quantity else (hit.start, *last)), *spoken)
        places = (*places, *told_places(hit))
    return _Finding(extra | read, places)


def _ends(hit: Hit, clause: Clause) -> tuple[int, int]:
    """Return where the words of a cue begin and end; what it only looks through is not its own.

    A rule that quotes the brief does not thereby know a condition that the quote ends with.
    """
    near = hit.span("near")
    end = near[0] if near else hit.end
    if hit.match.groupdict().get("words"):
        end = before_condition(clause.text, hit.start, end)
    return hit.start, end - 1


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
