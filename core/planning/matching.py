"""Which packs a brief calls for, and what their nouns stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set

from core.domain.artifact import Evidence
from core.planning.asked_kind import asked_kind
from core.planning.demand_rules import match_demands
from core.planning.firing import fire
from core.planning.kinds import asides, beside_the_kind
from core.planning.matches import Matches
from core.planning.model import Actor, PackMatch
from core.planning.packs import BY_SLUG, PACKS
from core.planning.packs.pack import Noun, Pack
from core.planning.reading.captures import captured
from core.planning.reading.clause_index import ClauseIndex
from core.planning.reading.clauses import Clause
from core.planning.reading.cues import Hit, find, find_all
from core.planning.reading.deed import Deed
from core.planning.reading.nouns import plural, singular
from core.planning.reading.people import actors as people_in
from core.planning.reading.people import names_people
from core.planning.reading.phrases import phrase_after, phrase_before
from core.planning.reading.states import states_in
from core.planning.reading.things import Thing, things
from core.planning.stepping import match_steps

_MAX_RECORDS = 5
_HEAVY = 6  # so much speaks for a thing that it is a record beside what another pack is about
_PLACED = re.compile(r"(?<=[a-z]) (?:in|on|at) (?:the |an? )?$", re.IGNORECASE)
# The kinds of feature that work on what is stored already.
_OF_WHAT_IS_THERE = frozenset({"interface", "performance", "migration", "integration"})
_NUMBER = r"\b(?:\d{1,3}(?:,\d{3})+|\d{3,}|\d[\d.,]* ?(?:k|million|thousand))\b"
_PLAIN = r"(?P<many>accounts|pages|entries|users|records|profiles|customers|employees|members)\b"
_MANY = rf"{_NUMBER} (?:[a-z]+ )?{_PLAIN}"
_MANY_FIRST = rf"^\D*{_NUMBER} {_PLAIN}"
# What somebody starts rather than writes: packs of their own know what of it is stored.
_RUNS = frozenset({"search", "import", "export"})
# The rules whose words call for a pack as its own cues do, and the cues of both.
_CALLING = {
    pack.slug: tuple(one for one in pack.rules if pack.by_rules or one.slug in pack.called_by)
    for pack in PACKS
}
_CUES = {
    pack.slug: (*pack.cues, *(cue for one in _CALLING[pack.slug] for cue in one.cues))
    for pack in PACKS
}


def match(clauses: Sequence[Clause], deeds: Sequence[Deed]) -> Matches:
    """Return the packs that match, with their rules, in the order of the packs."""
    index = ClauseIndex(clauses)
    found = Matches(
        things=tuple(one for one in things(clauses, deeds) if one.noun not in _RUNS),
        body=tuple(clause for clause in clauses if clause.section == "body"),
        asked=asked_kind(index, deeds),
        index=index,
    )
    done = [deed for deed in deeds if deed.is_act]
    deeds = [deed for deed in deeds if not deed.is_act]
    for deed in deeds:
        found.settled.setdefault(deed.clause, set()).update((deed.start, deed.end))
    wanted = found.index.among(lambda one: one.section in {"title", "body", "background"})
    stepped_back = asides(index, deeds, found.asked) | beside_the_kind(found.asked)
    is_alone = False
    for pack in PACKS:
        if pack.slug in stepped_back or (is_alone and pack.kind != "none"):
            continue
        if pack.slug == "records":
            free = [deed for deed in deeds if deed.clause not in found.claimed]
            _match_records(pack, wanted, free, found)
        elif pack.slug == "steps":
            match_steps(pack, done, found)
        elif pack.demands:
            match_demands(pack, wanted, found)
        else:
            _match_pack(pack, wanted, found)
        if any(matched.slug == pack.slug for matched in found.packs):
            stepped_back.update(pack.instead_of)
            is_alone = is_alone or pack.alone
    return found


def _match_pack(pack: Pack, clauses: ClauseIndex, found: Matches) -> None:
    hits = [
        (clause, hit)
        for clause, hit in _called(pack, clauses)
        if not (pack.kind != "none" and clause in found.claimed)
        and not (pack.each_clause and clause.section == "background")
        and not (pack.unless and find(pack.unless, clause.text))
    ]
    calling = clauses
    # A title alone says too little: something in the body must call for the pack as well.
    if not any(clause.section == "body" for clause, _ in hits):
        if found.asked is None or pack.slug != found.asked.kind:
            return
        hits = list(found.asked.said)  # the brief states it in words that no cue knows
        calling = ClauseIndex(clause for clause, _ in hits)
    groups = [[hit] for hit in hits] if pack.each_clause else [hits]
    for group in groups:
        # Where rules call for the pack, they have looked at all other clauses already.
        is_all = not (pack.each_clause or pack.by_rules)
        scope = clauses if is_all else _only(group, calling)
        bindings = _bindings(pack, scope, found)
        if found.asked and pack.slug == found.asked.kind and "subject" in _nouns(pack):
            bindings = _counted(pack, scope, bindings)
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
            found.called.setdefault(clause, []).append((hit.start, hit.end))
            if pack.claims:
                found.claimed.add(clause)


def _only(group: Sequence[tuple[Clause, Hit]], calling: ClauseIndex) -> ClauseIndex:
    """Return the clauses of a group."""
    if len(group) == 1:
        return ClauseIndex([group[0][0]])
    chosen = {id(clause) for clause, _ in group}  # another one may say the same
    return calling.among(lambda one: id(one) in chosen)


def _called(pack: Pack, clauses: ClauseIndex) -> Iterator[tuple[Clause, Hit]]:
    """Yield the clauses that call for a pack; what is said several times is read once."""
    read: dict[Clause, Hit | None] = {}
    for clause, held in clauses.where(_CUES[pack.slug]):
        if clause not in read:
            read[clause] = _calls(pack, clause, set(held))
        if hit := read[clause]:
            yield clause, hit


def _calls(pack: Pack, clause: Clause, held: Set[str]) -> Hit | None:
    """Return what calls for a pack in a clause: a cue, or what one of its rules reads there."""
    hit = _first([cue for cue in pack.cues if cue in held], clause.text)
    if hit or clause.section == "background":
        return hit
    readings = (
        hit
        for pattern in _CALLING[pack.slug]
        for cue in pattern.cues
        if cue in held
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
    clauses: ClauseIndex,
    found: Matches,
) -> None:
    pairs = tuple(bindings.items())
    if any(known.slug == pack.slug and known.bindings == pairs for known in found.packs):
        return
    found.packs.append(PackMatch(pack.slug, pairs, evidence))
    for pattern in pack.rules:
        fire(pattern, bindings, clauses, found)
    for slug in pack.implies:
        implied = BY_SLUG[slug]
        names = {noun.name for noun in implied.nouns}
        shared = {name: noun for name, noun in bindings.items() if name in names}
        _add(implied, shared, evidence, clauses, found)


def _match_records(pack: Pack, clauses: ClauseIndex, deeds: Sequence[Deed], found: Matches) -> None:
    """Match records by deeds: things that somebody creates.

    Where another pack already knows what the feature is about, a thing must be created for sure,
    be both created and changed, removed or looked at, or be spoken of much to become a record of
    its own. What only the title names becomes one where no pack knows better.
    """
    taken = {noun for matched in found.packs for _, noun in matched.bindings}
    taken -= _only_presupposed(found)
    free = _recordable(found)
    bound = any(
        BY_SLUG[matched.slug].kind == "interface"
        or (BY_SLUG[matched.slug].kind != "none" and dict(matched.bindings).get("subject"))
        for matched in found.packs
    )
    weights: dict[str, Thing] = {}
    kinds_matched = {BY_SLUG[matched.slug].kind for matched in found.packs}
    is_data = "data" in kinds_matched or any(not thing.is_spoken for thing in found.things)
    for thing in found.things:
        if thing.is_spoken and kinds_matched & _OF_WHAT_IS_THERE:
            continue
        if not thing.is_created and _is_there(thing, found):
            continue
        if thing.is_spoken and not (thing.is_asked_for or is_data):
            continue
        if thing.is_handled and "interface" in kinds_matched:
            continue  # how it looks is meant, not what people do with it
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
        evidence += tuple(Evidence(one.text, "records.told") for one in weights[noun].told)
        _add(pack, {"subject": noun}, evidence, clauses, found)
    known = _handled(found) | set(chosen)
    found.used.update(deed.clause for deed in deeds if deed.noun in known)


def _is_there(thing: Thing, found: Matches) -> bool:
    """Whether a thing is there already.

    So many of it beside what people create, “we have 12 kennels”; or its changes are logged.
    """
    logged = rf"\bchanges? (?:to|of) (?:an?|the|each|every) {thing.noun.replace('_', ' ')}\b"
    if any(find(logged, clause.text) for clause in found.body):
        return True
    owned = rf"\bwe have \d+ (?:\w+ )?{plural(thing.noun).replace('_', ' ')}\b"
    return any(one.is_created for one in found.things) and any(
        find(owned, clause.text) for clause in found.body
    )


def _only_presupposed(found: Matches) -> set[str]:
    """Return the things that people create and that the packs only take for granted."""
    made = {thing.noun for thing in found.things if thing.is_created}
    presupposed: set[str] = set()
    for matched in found.packs:
        for entity in BY_SLUG[matched.slug].brings.entities:
            noun = dict(matched.bindings).get(entity.name.strip("<>"), "")
            if noun in made and entity.summary:
                (presupposed.add if entity.existing else made.discard)(noun)
    return presupposed & made


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


def _bindings(pack: Pack, clauses: ClauseIndex, found: Matches) -> dict[str, str] | None:
    bindings: dict[str, str] = {}
    for noun in pack.nouns:
        taken = set(bindings.values()) if noun.optional else set()
        value = found.known_as(_noun(noun, clauses, taken))
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


def _nouns(pack: Pack) -> set[str]:
    return {noun.name for noun in pack.nouns}


def _counted(
    pack: Pack, clauses: ClauseIndex, bindings: dict[str, str] | None
) -> dict[str, str] | None:
    """Return what a pack is bound to, with what the brief counts first as its subject.

    Accounts, pages or people say too little for a new table; what moves or is slow may be just
    these. Where nothing is bound yet, they may also be counted further behind.
    """
    cue = _MANY if bindings is None else _MANY_FIRST
    numbers = [clause for clause in clauses if find(_NUMBER, clause.text)]
    hits = (
        hit
        for clause in (numbers if bindings is None else numbers[:1])
        for hit in find_all(cue, clause.text)
    )
    counted = next((singular(hit.match.group("many").lower()) for hit in hits), "")
    if not counted or counted in (bindings or {}).values():
        return bindings
    bound = bindings or {}
    named = bound.get("subject", "")
    beside = {"besides": named} if named and "besides" in _nouns(pack) else {}
    return {**beside, **bound, "subject": counted}


def _noun(noun: Noun, clauses: ClauseIndex, taken: Set[str]) -> str:
    for pattern in noun.patterns:
        for clause, _ in clauses.where((pattern,)):
            for hit in find_all(pattern, clause.text):
                value = _phrase(noun, hit.match.groupdict())
                if value and value not in taken:
                    return value
    return ""


def _phrase(noun: Noun, groups: dict[str, str | None]) -> str:
    if noun.name == "states":
        return ", ".join(states_in(groups.get("states") or ""))
    after, before = groups.get("after"), groups.get("before")
    if noun.people:
        people: tuple[Actor, ...] = people_in([Clause(after or before or "")])
        named = phrase_after(after) if after else phrase_before(before or "")
        return people[0].name if people else named if names_people(named) else ""
    phrase = phrase_after(after) if after else phrase_before(before or "")
    if noun.or_people and names_people(phrase):
        return phrase
    if noun.or_people and not phrase:
        people = people_in([Clause(" ".join((after or "").split()[:2]))])
        return people[0].name if people else ""
    if before and phrase:  # “a change in prod must be approved” is about the change
        head = before[: before.lower().rfind(phrase.split("_")[0])]
        phrase = phrase if not _PLACED.search(head) else phrase_before(_PLACED.sub("", head))
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


def _first(cues: Sequence[str], text: str) -> Hit | None:
    """Return what the first fitting cue found."""
    return next((hit for cue in cues if (hit := find(cue, text))), None)
