"""Which packs a brief calls for, what their nouns stand for, and which of their rules fire."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from core.domain.artifact import Evidence
from core.planning.model import Actor, PackMatch, Rule
from core.planning.packs import BY_SLUG, PACKS
from core.planning.packs.binding import bind, is_open
from core.planning.packs.pack import Noun, Pack, RulePattern
from core.planning.reading.clauses import Clause
from core.planning.reading.deeds import Deed
from core.planning.reading.people import actors as people_in
from core.planning.reading.people import names_people
from core.planning.reading.phrases import phrase_after, phrase_before
from core.planning.reading.quantities import Quantity, quantities
from core.planning.reading.states import states_in

_MAX_RECORDS = 3
# What people call an uploaded file, whatever it shows.
_FILES = frozenset({"photo", "picture", "image", "file", "document", "attachment", "scan"})


@dataclass(slots=True)
class Matches:
    """What matching found; filled while it goes through the packs."""

    packs: list[PackMatch] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    used: set[Clause] = field(default_factory=set)  # clauses that something was made of
    ruled: set[Clause] = field(default_factory=set)  # clauses that became a rule
    unbound: list[tuple[Pack, Clause]] = field(default_factory=list)  # called for, but about what?
    created: tuple[str, ...] = ()  # things that somebody creates in the brief

    @property
    def main(self) -> str:
        """What the feature is mainly about; empty when nothing says so."""
        bound = [dict(match.bindings).get("subject", "") for match in self.packs]
        return next((noun for noun in (*bound, *self.created) if noun), "")

    def known_as(self, noun: str) -> str:
        """Return the fuller name of a thing: `request` is the `vacation_request` met before."""
        known = dict.fromkeys(
            [name for matched in self.packs for _, name in matched.bindings] + list(self.created)
        )
        fuller = [name for name in known if name.endswith(f"_{noun}")]
        if noun not in known:
            fuller += self._also_called(noun)
        if noun in _FILES and noun not in known:
            fuller += [dict(m.bindings)["file"] for m in self.packs if m.slug == "upload"]
        return fuller[0] if len(fuller) == 1 else noun

    def _also_called(self, noun: str) -> list[str]:
        """Return what the packs have bound to a thing that goes by this name as well."""
        called = [
            dict(matched.bindings).get(one.name, "")
            for matched in self.packs
            for one in BY_SLUG[matched.slug].nouns
            if noun in one.also
        ]
        return [name for name in dict.fromkeys(called) if name]


def match(clauses: Sequence[Clause], deeds: Sequence[Deed]) -> Matches:
    """Return the packs that match, with their rules, in the order of the packs."""
    created = dict.fromkeys(deed.noun for deed in deeds if deed.kind == "create")
    found = Matches(created=tuple(created))
    wanted = [clause for clause in clauses if clause.section != "non_goal"]
    stepped_back: set[str] = set()
    for pack in PACKS:
        if pack.slug in stepped_back:
            continue
        if pack.slug == "records":
            _match_records(pack, wanted, deeds, found)
        else:
            _match_pack(pack, wanted, found)
        if any(matched.slug == pack.slug for matched in found.packs):
            stepped_back.update(pack.instead_of)
    return found


def _match_pack(pack: Pack, clauses: Sequence[Clause], found: Matches) -> None:
    hits = [
        (clause, words)
        for clause in clauses
        if (words := _first(pack.cues, clause.text))
        and not (pack.unless and re.search(pack.unless, clause.text, re.IGNORECASE))
    ]
    # A title alone says too little: something in the body must call for the pack as well.
    if not any(clause.section == "body" for clause, _ in hits):
        return
    groups = [[hit] for hit in hits] if pack.each_clause else [hits]
    for group in groups:
        scope = [clause for clause, _ in group] if pack.each_clause else clauses
        bindings = _bindings(pack, scope, found)
        if bindings is None:
            found.unbound.extend((pack, clause) for clause, _ in group if clause.section == "body")
            continue
        evidence = tuple(Evidence(words, f"pack.{pack.slug}") for _, words in group)
        _add(pack, bindings, evidence, scope, found)
        found.used.update(clause for clause, _ in group)


def _add(
    pack: Pack,
    bindings: dict[str, str],
    evidence: tuple[Evidence, ...],
    clauses: Iterable[Clause],
    found: Matches,
) -> None:
    pairs = tuple(bindings.items())
    if any(known.slug == pack.slug and known.bindings == pairs for known in found.packs):
        return
    found.packs.append(PackMatch(pack.slug, pairs, evidence))
    clauses = list(clauses)
    for pattern in pack.rules:
        _fire(pattern, bindings, clauses, found)
    for slug in pack.implies:
        implied = BY_SLUG[slug]
        names = {noun.name for noun in implied.nouns}
        shared = {name: noun for name, noun in bindings.items() if name in names}
        _add(implied, shared, evidence, clauses, found)


def _match_records(
    pack: Pack, clauses: Sequence[Clause], deeds: Sequence[Deed], found: Matches
) -> None:
    """Match records by deeds: things that somebody creates.

    Where another pack already knows what the feature is about, a thing must be both created and
    changed, removed or looked at to become a record of its own.
    """
    taken = {noun for matched in found.packs for _, noun in matched.bindings}
    free = _recordable(found)
    bound = any(
        BY_SLUG[matched.slug].kind == "interface"
        or (BY_SLUG[matched.slug].kind != "none" and dict(matched.bindings).get("subject"))
        for matched in found.packs
    )
    nouns = list(dict.fromkeys(found.known_as(noun) for noun in found.created))
    kinds = {noun: {deed.kind for deed in deeds if deed.noun == noun} for noun in nouns}
    chosen = [
        noun
        for noun in nouns
        if noun in free or (noun not in taken and (not bound or len(kinds[noun]) > 1))
    ]
    for noun in chosen[:_MAX_RECORDS]:
        mine = [deed for deed in deeds if deed.noun == noun]
        evidence = tuple(
            Evidence(deed.clause.text, "records.deed")
            for deed in {d.clause: d for d in mine}.values()
        )
        _add(pack, {"subject": noun}, evidence, clauses, found)
    known = taken | set(chosen)
    found.used.update(deed.clause for deed in deeds if deed.noun in known)


def _recordable(found: Matches) -> set[str]:
    """Return the things that a pack knows and that may be records of their own."""
    return {
        dict(matched.bindings)[noun.name]
        for matched in found.packs
        for noun in BY_SLUG[matched.slug].nouns
        if noun.recordable
    }


def _bindings(pack: Pack, clauses: Sequence[Clause], found: Matches) -> dict[str, str] | None:
    bindings: dict[str, str] = {}
    for noun in pack.nouns:
        value = found.known_as(_noun(noun, clauses))
        if not value or value in bindings.values():
            value = _fallback(noun, found)
        if value and value not in bindings.values():
            bindings[noun.name] = value
        elif not noun.optional:
            return None
    return bindings


def _noun(noun: Noun, clauses: Sequence[Clause]) -> str:
    for pattern in noun.patterns:
        for clause in clauses:
            for hit in re.finditer(pattern, clause.text, re.IGNORECASE):
                value = _phrase(noun, hit.groupdict())
                if value:
                    return value
    return ""


def _phrase(noun: Noun, groups: dict[str, str | None]) -> str:
    if noun.name == "states":
        return ", ".join(states_in(groups.get("states") or ""))
    after, before = groups.get("after"), groups.get("before")
    if noun.people:
        people: tuple[Actor, ...] = people_in([Clause(after or before or "")])
        return people[0].name if people else ""
    phrase = phrase_after(after) if after else phrase_before(before or "")
    if noun.or_people and not phrase:
        people = people_in([Clause(" ".join((after or "").split()[:2]))])
        return people[0].name if people else ""
    return "" if names_people(phrase) else phrase


def _fallback(noun: Noun, found: Matches) -> str:
    for candidate in noun.fallback.split():
        value = candidate
        if candidate == "@main":
            value = found.main
        elif candidate.startswith("@"):
            bound = [dict(m.bindings) for m in found.packs if m.slug == candidate[1:]]
            value = bound[0].get(noun.name, "") if bound else ""
        if value:
            return value
    return ""


def _fire(
    pattern: RulePattern,
    bindings: dict[str, str],
    clauses: Iterable[Clause],
    found: Matches,
) -> None:
    by_bindings: dict[tuple[tuple[str, str], ...], list[Clause]] = {}
    for clause in clauses:
        if pattern.unless and re.search(pattern.unless, clause.text, re.IGNORECASE):
            continue
        extra = _evidence_in(pattern, clause)
        if extra is not None:
            by_bindings.setdefault(tuple((bindings | extra).items()), []).append(clause)
    if pattern.always and not by_bindings:
        by_bindings[tuple(bindings.items())] = []
    # Two numbers for one demand would contradict each other: the first one counts.
    for pairs, spoken in list(by_bindings.items())[:1]:
        bound = bind(pattern, dict(pairs))
        if is_open(bound.text):
            continue
        evidence = tuple(Evidence(clause.text, pattern.slug) for clause in spoken)
        found.rules.append(
            Rule(
                pattern.slug,
                bound.text,
                bound.mechanisms,
                pairs,
                evidence or (Evidence("", pattern.slug),),
            )
        )
        in_body = {clause for clause in spoken if clause.section == "body"}
        found.used |= in_body
        found.ruled |= in_body


def _evidence_in(pattern: RulePattern, clause: Clause) -> dict[str, str] | None:
    """Return what the clause binds beside the pack's nouns, or None when the rule stays silent."""
    for cue in pattern.cues:
        hit = re.search(cue, clause.text, re.IGNORECASE)
        extra = _bound_by(pattern, clause, hit) if hit else None
        if extra is not None:
            return extra
    return None


def _bound_by(pattern: RulePattern, clause: Clause, hit: re.Match[str]) -> dict[str, str] | None:
    extra: dict[str, str] = {}
    if pattern.quantity:
        near = hit.groupdict().get("near")
        measured = [q for q in quantities(near or clause.text) if q.kind == pattern.quantity]
        if not measured:
            return None
        extra = _quantity_bindings(measured, clause, hit)
        if "<share>" in pattern.text:
            shares = (q.value for q in quantities(clause.text) if q.kind == "share")
            extra["share"] = next(shares, "95")
    if hit.groupdict().get("words"):
        extra["words"] = hit["words"]
    return extra


def _quantity_bindings(
    measured: Sequence[Quantity], clause: Clause, hit: re.Match[str]
) -> dict[str, str]:
    """Bind the quantity that stands nearest to the cue."""

    def distance(quantity: Quantity) -> int:
        return abs(clause.text.find(quantity.words) - hit.start())

    nearest = min(measured, key=distance)
    return {"value": nearest.value, "unit": nearest.unit, "words": nearest.words}


def _first(cues: Iterable[str], text: str) -> str:
    """Return the words that the first fitting cue found, or nothing."""
    for cue in cues:
        hit = re.search(cue, text, re.IGNORECASE)
        if hit:
            return hit.group(0)
    return ""
