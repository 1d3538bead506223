"""Packs that are their rules: what a brief demands by a number, wherever the sentence stands.

Each rule is read as often as a brief says it, in the words of each sentence, and takes only a
number that no rule before it took. What a sentence is about is named by the sentence itself; only
a pronoun, or a sentence without a subject, stands for what the feature is mainly about.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.domain.artifact import Evidence
from core.planning.model import PackMatch, Rule
from core.planning.packs.binding import bind, bind_rule, is_open
from core.planning.packs.pack import Noun, Pack, RulePattern
from core.planning.reading.captures import lowered
from core.planning.reading.clause_index import ClauseIndex
from core.planning.reading.clauses import Clause
from core.planning.reading.cues import Hit, find, find_all
from core.planning.reading.media_types import quoted_media_types
from core.planning.reading.people import actors, names_people
from core.planning.reading.phrases import compound_after, phrase_before
from core.planning.reading.quantities import Quantity, count_in_words, kinds_of_numbers, quantities

if TYPE_CHECKING:
    from core.planning.matches import Matches

QUOTED = ("words", "event", "clock")  # groups that quote the clause
_MOST = 20  # of one rule in one brief; what comes after that is asked about
_ANYBODY = re.compile(
    r"\b(?:persons?|people|somebody|anybody|everybody|nobody|account|household)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Demand:
    """What a clause says for a rule: what it binds, and where its words stand."""

    said: dict[str, str]
    places: tuple[int, ...]


def match_demands(pack: Pack, clauses: ClauseIndex, found: Matches) -> None:
    """Add the rules of a pack that the clauses call for, and the pack when there is one."""
    given = {
        noun.name: found.main if noun.fallback == "@main" else noun.fallback for noun in pack.nouns
    }
    bindings = {name: value for name, value in given.items() if value}
    known = len(found.rules)
    for pattern in pack.rules:
        spoken = clauses.where(pattern.cues)
        speaking = {clause: cues for clause, cues in spoken if clause.section == "body"}
        _fire(pack, pattern, bindings, speaking, found)
    evidence = tuple(dict.fromkeys(one for rule in found.rules[known:] for one in rule.evidence))
    if evidence:
        found.packs.append(PackMatch(pack.slug, tuple(bindings.items()), evidence))


def _fire(
    pack: Pack,
    pattern: RulePattern,
    bindings: dict[str, str],
    clauses: Mapping[Clause, Sequence[str]],
    found: Matches,
) -> None:
    spoken: dict[tuple[tuple[str, str], ...], list[Clause]] = {}
    for clause, cues in clauses.items():
        if pattern.quantity and pattern.quantity not in kinds_of_numbers(clause.text):
            continue
        taken = found.settled.setdefault(clause, set())
        for demand in _demands(pack, pattern, cues, clause, taken, found):
            pairs = tuple((bindings | demand.said).items())
            if pattern.unless and find(pattern.unless, clause.text):
                break
            if pattern.already and _is_told(pattern.already, clause, found):
                break
            if is_open(bind(pattern.text, dict(pairs))):
                continue
            if pairs not in spoken and len(spoken) == _MOST:
                break
            taken.update(demand.places)
            spoken.setdefault(pairs, []).append(clause)
            found.used.add(clause)
            found.ruled.add(clause)
    for pairs, said_in in spoken.items():
        bound = bind_rule(pattern, dict(pairs))
        evidence = tuple(Evidence(clause.text, pattern.slug) for clause in dict.fromkeys(said_in))
        found.rules.append(Rule(pattern.slug, bound.text, bound.mechanisms, pairs, evidence))


def _is_told(pattern: str, clause: Clause, found: Matches) -> bool:
    """Whether a rule that was made of a clause says already what a pattern finds."""
    return any(
        find(pattern, rule.text)
        for rule in found.rules
        if any(one.words == clause.text for one in rule.evidence)
    )


def _demands(
    pack: Pack,
    pattern: RulePattern,
    cues: Sequence[str],
    clause: Clause,
    taken: Collection[int],
    found: Matches,
) -> Iterator[_Demand]:
    """Yield what a clause says for a rule; one without a number is said once in a clause."""
    for cue in cues:
        for hit in find_all(cue, clause.text):
            measured = _measured(pattern, clause, hit, taken)
            if pattern.quantity and measured is None:
                continue
            named = _named(pack, hit, found)
            if named is None:
                continue
            places = {hit.start, hit.end - 1}
            for group in QUOTED:
                span = hit.span(group)
                places |= {span[0], span[1] - 1} if span else set()
            said = named
            if measured:
                places |= {measured.start, measured.end - 1}
                said |= {"value": measured.value, "unit": measured.unit, "words": measured.words}
                said |= {"lower": measured.lower} if measured.lower else {}
            yield _Demand(said | _quoted(hit), tuple(sorted(places)))
            if not pattern.quantity:
                return


def _measured(
    pattern: RulePattern, clause: Clause, hit: Hit, taken: Collection[int]
) -> Quantity | None:
    """Return the number that a rule takes: in the group `near`, free, of its kind."""
    near = hit.span("near")
    if near is None or not pattern.quantity:
        return None
    fitting = [one for one in quantities(clause.text) if one.kind == pattern.quantity]
    spelled = count_in_words(clause.text, *near) if pattern.quantity == "count" else None
    return next(
        (
            one
            for one in (*fitting, *([spelled] if spelled else []))
            if one.start < near[1]
            and near[0] < one.end
            and not any(one.start <= place < one.end for place in taken)
        ),
        None,
    )


def _named(pack: Pack, hit: Hit, found: Matches) -> dict[str, str] | None:
    """Return the nouns that a cue's groups name; None when one of them names nothing."""
    groups = hit.match.groupdict()
    named: dict[str, str] = {}
    for noun in pack.nouns:
        said = groups.get(noun.name)
        ending = groups.get("before") if noun is pack.nouns[0] else None
        if said is None and ending is None:
            continue
        value = _name(noun, said, ending, found)
        if not value or value in named.values():
            return None
        named[noun.name] = value
    return named


def _name(noun: Noun, said: str | None, ending: str | None, found: Matches) -> str:
    if noun.people:
        people = actors([Clause(said or "")])
        anybody = "person" if _ANYBODY.search(said or "") else ""
        return people[0].name if people else anybody
    phrase = compound_after(said) if said is not None else phrase_before(ending or "")
    return "" if not phrase or names_people(phrase) else _thing(phrase, found)


def _thing(noun: str, found: Matches) -> str:
    """Return the known thing that is meant: an `urgent_referral` is a `referral` too."""
    name = found.known_as(noun)
    known = {value for matched in found.packs for _, value in matched.bindings}
    wider = [one for one in sorted(known.union(found.created)) if name.endswith(f"_{one}")]
    return name if name in known or not wider else max(wider, key=len)


def _quoted(hit: Hit) -> dict[str, str]:
    """Return what the cue's groups quote of the clause."""
    groups = hit.match.groupdict()
    quoted = {
        name: groups[name].strip() if hit.match.start(name) else lowered(groups[name].strip())
        for name in QUOTED
        if groups.get(name)
    }
    return quoted | media_types_in(hit)


def media_types_in(hit: Hit) -> dict[str, str]:
    """Return the kinds of file that a cue found, in the brief's words and as media types."""
    kinds = hit.match.groupdict().get("mediatypes")
    return {"words": kinds, "mediatypes": quoted_media_types(kinds)} if kinds else {}
