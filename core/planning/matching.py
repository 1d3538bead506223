"""Which packs a brief calls for, what their nouns stand for, and which of their rules fire."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice

from core.domain.artifact import Evidence
from core.planning.demand_rules import match_demands, media_types_in
from core.planning.kinds import asides
from core.planning.model import Actor, PackMatch, Rule
from core.planning.packs import BY_SLUG, PACKS, PATTERNS
from core.planning.packs.binding import bind, is_open
from core.planning.packs.pack import Noun, Pack, RulePattern
from core.planning.reading.captures import THINGS, captured, captured_spans
from core.planning.reading.clauses import Clause
from core.planning.reading.comparisons import OPERATORS, SAID
from core.planning.reading.conditions import before_condition
from core.planning.reading.cues import Hit, find, find_all
from core.planning.reading.deeds import Deed
from core.planning.reading.nouns import is_thing
from core.planning.reading.people import actors as people_in
from core.planning.reading.people import names_people
from core.planning.reading.phrases import phrase_after, phrase_before
from core.planning.reading.quantities import Quantity, quantities
from core.planning.reading.states import states_in
from core.planning.reading.things import Thing, mentions, things

_MAX_RECORDS = 3
_BOUND = 5  # how much speaks for a thing because a pack is about it
_HEAVY = 6  # so much speaks for a thing that it is a record beside what another pack is about
# What somebody starts rather than writes: packs of their own know what of it is stored.
_RUNS = frozenset({"search", "import", "export"})
_ANY_WORDS = 2  # a cue that finds no more than so many letters fits everywhere
# What people call an uploaded file, whatever it shows.
_FILES = frozenset({"photo", "picture", "image", "file", "document", "attachment", "scan"})
# What packs call a thing by themselves, whatever the brief calls it.
_OWN_NAMES = frozenset(
    name
    for pack in PACKS
    for noun in pack.nouns
    if not noun.patterns
    for name in noun.fallback.split()
)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Another number for a demand that already has one: only the first is planned."""

    slug: str
    first: Clause
    second: Clause
    words: str


@dataclass(slots=True)
class Matches:
    """What matching found; filled while it goes through the packs."""

    packs: list[PackMatch] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    used: set[Clause] = field(default_factory=set)  # clauses that something was made of
    ruled: set[Clause] = field(default_factory=set)  # clauses that became a rule
    unbound: list[tuple[Pack, Clause]] = field(default_factory=list)  # called for, but about what?
    things: tuple[Thing, ...] = ()  # what the brief is about, the weightiest first
    body: tuple[Clause, ...] = ()
    claimed: set[Clause] = field(default_factory=set)  # clauses that belong to one pack alone
    # Where in a clause something found its words: a rule or a deed, or a pack or one of its nouns.
    settled: dict[Clause, set[int]] = field(default_factory=dict)
    touched: dict[Clause, set[int]] = field(default_factory=dict)
    described: set[Clause] = field(default_factory=set)  # their numbers say how things are
    conflicts: list[Conflict] = field(default_factory=list)

    @property
    def created(self) -> tuple[str, ...]:
        """The things that the brief is about, the weightiest first."""
        return tuple(thing.noun for thing in self.things)

    @property
    def main(self) -> str:
        """What the feature is mainly about; empty when nothing says so.

        What a pack has bound first, unless the brief speaks more of another thing.
        """
        bound = [dict(match.bindings).get("subject", "") for match in self.packs]
        first = next((noun for noun in bound if noun), "")
        if not self.things or not first:
            return first or next(iter(self.created), "")
        weightiest = self.things[0]
        weight = _BOUND + mentions(first, self.body)
        return weightiest.noun if weightiest.weight > weight else first

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
        if len(fuller) > 1:  # what the brief itself names comes before what a pack calls its own
            fuller = [name for name in fuller if name not in _OWN_NAMES] or fuller
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
    found = Matches(
        things=tuple(one for one in things(clauses, deeds) if one.noun not in _RUNS),
        body=tuple(clause for clause in clauses if clause.section == "body"),
    )
    for deed in deeds:
        found.settled.setdefault(deed.clause, set()).update((deed.start, deed.end))
    wanted = [clause for clause in clauses if clause.section in {"title", "body", "background"}]
    stepped_back = asides(clauses, deeds)
    is_alone = False
    for pack in PACKS:
        if pack.slug in stepped_back or (is_alone and pack.kind != "none"):
            continue
        if pack.slug == "records":
            free = [deed for deed in deeds if deed.clause not in found.claimed]
            _match_records(pack, wanted, free, found)
        elif pack.demands:
            match_demands(pack, wanted, found)
        else:
            _match_pack(pack, wanted, found)
        if any(matched.slug == pack.slug for matched in found.packs):
            stepped_back.update(pack.instead_of)
            is_alone = is_alone or pack.alone
    return found


def _match_pack(pack: Pack, clauses: Sequence[Clause], found: Matches) -> None:
    hits = [
        (clause, hit)
        for clause in clauses
        if not (pack.kind != "none" and clause in found.claimed)
        and not (pack.each_clause and clause.section == "background")
        and (hit := _calls(pack, clause))
        and not (pack.unless and find(pack.unless, clause.text))
    ]
    # A title alone says too little: something in the body must call for the pack as well.
    if not any(clause.section == "body" for clause, _ in hits):
        return
    groups = [[hit] for hit in hits] if pack.each_clause else [hits]
    for group in groups:
        # Where rules call for the pack, they have looked at all other clauses already.
        is_all = not (pack.each_clause or pack.by_rules)
        scope = clauses if is_all else [clause for clause, _ in group]
        bindings = _bindings(pack, scope, found)
        if bindings is None:
            found.unbound.extend((pack, clause) for clause, _ in group if clause.section == "body")
            continue
        evidence = tuple(
            Evidence(_quoted(hit, clause), f"pack.{pack.slug}") for clause, hit in group
        )
        _add(pack, bindings, evidence, scope, found)
        for clause, hit in group:
            found.used.add(clause)
            found.touched.setdefault(clause, set()).update((hit.start, hit.end - 1))
            if pack.claims:
                found.claimed.add(clause)


def _calls(pack: Pack, clause: Clause) -> Hit | None:
    """Return what calls for a pack in a clause: a cue, or what one of its rules reads there."""
    hit = _first(pack.cues, clause.text)
    if hit or not pack.by_rules or clause.section == "background":
        return hit
    readings = (
        hit
        for pattern in pack.rules
        for cue in pattern.cues
        for hit in find_all(cue, clause.text)
        if captured(hit) is not None and not (pattern.unless and find(pattern.unless, clause.text))
    )
    return next(readings, None)


def _quoted(hit: Hit, clause: Clause) -> str:
    """Return the words of the brief that a hit stands for."""
    return hit.words if hit.words in clause.text else clause.text[hit.start : hit.end]


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

    Where another pack already knows what the feature is about, a thing must be created for sure,
    be both created and changed, removed or looked at, or be spoken of much to become a record of
    its own. What only the title names becomes one where no pack knows better.
    """
    taken = {noun for matched in found.packs for _, noun in matched.bindings}
    free = _recordable(found)
    bound = any(
        BY_SLUG[matched.slug].kind == "interface"
        or (BY_SLUG[matched.slug].kind != "none" and dict(matched.bindings).get("subject"))
        for matched in found.packs
    )
    weights: dict[str, Thing] = {}
    for thing in found.things:
        weights.setdefault(found.known_as(thing.noun), thing)
    nouns = list(weights)
    kinds = {noun: {deed.kind for deed in deeds if deed.noun == noun} for noun in nouns}
    brought = _brought(found)
    chosen = [
        noun
        for noun in nouns
        if (noun in free and not weights[noun].is_named)
        or (
            noun not in taken
            and not any(name == noun or name.endswith(f"_{noun}") for name in brought)
            and (
                len(kinds[noun]) > 1
                or weights[noun].is_created
                or (weights[noun].is_named and not bound and "read" not in kinds[noun])
                or (not weights[noun].is_named and (not bound or weights[noun].weight >= _HEAVY))
            )
        )
    ]
    for noun in chosen[:_MAX_RECORDS]:
        mine = [deed for deed in deeds if deed.noun == noun]
        evidence = tuple(
            Evidence(deed.clause.text, "records.deed")
            for deed in {d.clause: d for d in mine}.values()
        )
        _add(pack, {"subject": noun}, evidence, clauses, found)
    known = _handled(found) | set(chosen)
    found.used.update(deed.clause for deed in deeds if deed.noun in known)


def _brought(found: Matches) -> set[str]:
    """Return the tables that the matched packs bring: a `swap_offer` is the offer of the brief."""
    return {
        entity.name
        for matched in found.packs
        for entity in BY_SLUG[matched.slug].brings.entities
        if not entity.existing
    }


def _recordable(found: Matches) -> set[str]:
    """Return the things that a pack knows and that may be records of their own."""
    return {
        dict(matched.bindings)[noun.name]
        for matched in found.packs
        for noun in BY_SLUG[matched.slug].nouns
        if noun.recordable
    }


def _handled(found: Matches) -> set[str]:
    """Return the things that a matched pack stores or acts on, not only mentions."""
    handled = set()
    for matched in found.packs:
        pack = BY_SLUG[matched.slug]
        brought = (pack.brings, *(pattern.adds for pattern in pack.rules))
        names = {action.entity for brings in brought for action in brings.actions}
        names |= {e.name for brings in brought for e in brings.entities if e.summary}
        handled |= {noun for name, noun in matched.bindings if f"<{name}>" in names}
    return handled


def _bindings(pack: Pack, clauses: Sequence[Clause], found: Matches) -> dict[str, str] | None:
    bindings: dict[str, str] = {}
    for noun in pack.nouns:
        value = found.known_as(_noun(noun, clauses))
        if not value or value in bindings.values():
            value = _fallback(noun, found, bindings)
        states = bindings.get("states", "").split(", ")
        if value and value in states:  # it is not what goes through them
            bound = (dict(matched.bindings).get("subject", "") for matched in found.packs)
            value = next((one for one in (*bound, *found.created) if one not in ("", *states)), "")
        if value and value not in bindings.values():
            bindings[noun.name] = value
        elif not noun.optional:
            return None
    return bindings


def _noun(noun: Noun, clauses: Sequence[Clause]) -> str:
    for pattern in noun.patterns:
        for clause in clauses:
            for hit in find_all(pattern, clause.text):
                value = _phrase(noun, hit.match.groupdict())
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


def _fallback(noun: Noun, found: Matches, bound_so_far: dict[str, str]) -> str:
    for candidate in noun.fallback.split():
        value = candidate
        if candidate == "@main":
            value = found.main
        elif candidate.startswith("@"):
            bound = [dict(m.bindings) for m in found.packs if m.slug == candidate[1:]]
            value = bound[0].get(noun.name, "") if bound else ""
        if value and value not in bound_so_far.values():
            return value
    return ""


def _fire(
    pattern: RulePattern,
    bindings: dict[str, str],
    clauses: Iterable[Clause],
    found: Matches,
) -> None:
    by_bindings: dict[tuple[tuple[str, str], ...], list[tuple[Clause, _Finding]]] = {}
    for clause in clauses:
        if clause.section == "background":
            continue  # how things are, not what is asked for
        for spoken in _evidence_in(pattern, clause):
            if pattern.unless and find(pattern.unless, clause.text):
                break
            extra = _resolved(spoken.extra, bindings, found)
            if extra is not None:
                pairs = tuple((bindings | extra).items())
                by_bindings.setdefault(pairs, []).append((clause, spoken))
    if pattern.always and not by_bindings:
        by_bindings[tuple(bindings.items())] = []
    # Two numbers for one demand would contradict each other: the first one counts.
    for pairs, speaking in list(by_bindings.items())[: None if pattern.each else 1]:
        bound = bind(pattern, dict(pairs))
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


@dataclass(frozen=True, slots=True)
class _Finding:
    """What a clause says for a rule: what it binds, and where its words stand."""

    extra: dict[str, str]
    places: tuple[int, ...]


def _evidence_in(pattern: RulePattern, clause: Clause) -> Iterator[_Finding]:
    """Yield what the clause binds beside the pack's nouns; nothing when the rule stays silent.

    A rule that fires for each wording finds several in one clause, none in the words of another.
    """
    taken: list[tuple[int, int]] = []
    for cue in pattern.cues:
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
            others = (one for other in pattern.cues for one in find_all(other, clause.text))
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


def _first(cues: Iterable[str], text: str) -> Hit | None:
    """Return what the first fitting cue found."""
    return next((hit for cue in cues if (hit := find(cue, text))), None)
