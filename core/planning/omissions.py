"""What a person switched off: rules and quality wishes that stay out of the plan."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from core.domain.artifact import Evidence
from core.planning.merging import without_field
from core.planning.model import PERSON, Entity, FeatureModel, Omission, PackMatch, Rule
from core.planning.packs import BY_SLUG, PATTERNS
from core.planning.packs.binding import bind
from core.planning.packs.pack import Choice, Contribution, Option
from core.planning.reading.captures import CAPTURED
from core.planning.reading.nouns import snake

T = TypeVar("T")
Bindings = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Drops:
    """The names of rules and of quality wishes that a person switched off."""

    rules: frozenset[str] = frozenset()
    qualities: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Gone:
    """What goes with rules that were switched off, by name, and what no longer holds in words."""

    slugs: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)  # constraints, and indexes that serve as one
    taken: set[str] = field(default_factory=set)
    unsaid: list[tuple[str, str]] = field(default_factory=list)


def rule_names(rules: Sequence[Rule]) -> tuple[str, ...]:
    """Return the name of each rule for edits: its slug, with its thing where the slug repeats.

    Rules of one slug about one thing are told apart by the words of the brief that they quote, and
    what a brief demands twice all the same is numbered from the second on.
    """
    times = Counter(rule.slug for rule in rules)
    names = [rule.slug if times[rule.slug] == 1 else f"{rule.slug}:{_noun(rule)}" for rule in rules]
    again = Counter(names)
    names = [
        f"{rule.slug}:{dict(rule.bindings)['words']}"
        if again[name] > 1 and "words" in dict(rule.bindings)
        else name
        for name, rule in zip(names, rules, strict=True)
    ]
    before = [names[:place].count(name) for place, name in enumerate(names)]
    return tuple(
        f"{name}:{count + 1}" if count else name for name, count in zip(names, before, strict=True)
    )


def rules_of(wish: str, model: FeatureModel) -> tuple[str, ...]:
    """Return the names of the rules that are the same demand as a quality wish."""
    return tuple(
        name
        for name, rule in zip(rule_names(model.rules), model.rules, strict=True)
        if wish in _taken_by(rule)
    )


def wishes_of(rule: str, model: FeatureModel) -> tuple[str, ...]:
    """Return the quality wishes that are the same demand as the rule of that name."""
    return tuple(one.slug for one in model.qualities if rule in rules_of(one.slug, model))


def without_rules(model: FeatureModel, drops: Drops) -> FeatureModel:
    """Return a model of packs and rules without the rules that a person switched off.

    A pack that brings nothing but what its rules say goes with the last of them, and so does one
    that is an aspect only.
    """
    gone = [
        rule
        for name, rule in zip(rule_names(model.rules), model.rules, strict=True)
        if {name, rule.slug} & drops.rules or drops.qualities & _taken_by(rule)
    ]
    if not gone:
        return model
    omitted = tuple(
        Omission("rule", rule.slug, rule.text, rule.bindings, _marked(rule.evidence))
        for rule in gone
    )
    model = replace(
        model,
        rules=tuple(rule for rule in model.rules if rule not in gone),
        omissions=model.omissions + omitted,
        non_goals=model.non_goals + tuple(_non_goal(rule.text) for rule in gone),
    )
    return replace(
        model,
        rules=tuple(_reworded_rule(rule, model) for rule in model.rules),
        packs=tuple(matched for matched in model.packs if not _is_emptied(matched, model)),
    )


def without_qualities(model: FeatureModel, drops: Drops) -> FeatureModel:
    """Return a model without the quality wishes that a person switched off."""
    gone = [quality for quality in model.qualities if quality.slug in drops.qualities]
    return replace(
        model,
        qualities=tuple(quality for quality in model.qualities if quality not in gone),
        omissions=model.omissions
        + tuple(Omission("quality", q.slug, q.text, (), _marked(q.evidence)) for q in gone),
        non_goals=model.non_goals + tuple(_non_goal(quality.text) for quality in gone),
    )


def remaining(
    brings: Contribution, pack: str, bindings: Bindings, model: FeatureModel
) -> Contribution:
    """Return what a pack or a rule still brings when a person has switched rules off."""
    gone = _gone(pack, bindings, model)
    if not gone.slugs:
        return brings
    brings = _reworded(brings, gone.unsaid)
    names = gone.taken
    return Contribution(
        entities=tuple(_entity(one, gone) for one in brings.entities if one.name not in names),
        actions=tuple(
            replace(one, rules=tuple(slug for slug in one.rules if slug not in gone.slugs))
            for one in brings.actions
            if one.name not in names
        ),
        jobs=tuple(one for one in brings.jobs if one.name not in names),
        threats=tuple(one for one in brings.threats if one.slug not in names),
        choices=tuple(one for one in brings.choices if one.slug not in names),
        questions=tuple(one for one in brings.questions if one.slug not in names | gone.slugs),
        qualities=tuple(one for one in brings.qualities if one.slug not in names),
        notes=tuple(one for one in brings.notes if one.slug not in names),
    )


def persons_choice(omissions: Sequence[Omission]) -> tuple[Choice, tuple[Evidence, ...]]:
    """Return the decision that a person took by switching things off, with its evidence."""
    texts = "; ".join(f"“{one.text.rstrip('.')}”" for one in omissions)
    choice = Choice(
        "person.switched-off",
        f"Leave out what a person switched off: {texts}.",
        "Somebody read what was understood of the brief before any role started, and does not "
        "want it planned.",
        "process",
        (Option("Plan it as it was understood", "a person decided against it"),),
        revisit="when somebody misses it",
    )
    said = [item for one in omissions for item in one.evidence if item.words]
    return choice, (Evidence("switched off by a person", PERSON.rule), *said)


def _gone(pack: str, bindings: Bindings, model: FeatureModel) -> _Gone:
    """Gather what goes for one pack: its own rules count where they are about the same things."""
    gone = _Gone()
    for one in model.omissions:
        if one.kind != "rule" or one.slug not in PATTERNS:
            continue
        home, pattern = PATTERNS[one.slug]
        about = dict(one.bindings)
        if home.slug == pack and any(
            about.get(noun.name) != bindings.get(noun.name) for noun in home.nouns
        ):
            continue
        bound = bind(pattern, about)
        if not any(rule.slug == one.slug for rule in model.rules):
            gone.slugs.add(one.slug)  # else another of its wordings still stands
        gone.keys |= {m.where for m in bound.mechanisms if m.kind == "constraint"}
        gone.taken |= set(bound.takes)
        gone.unsaid += bound.unsays
    if gone.keys:
        omitted = _slugs(model.omissions)
        gone.keys -= _keys_of(rule for rule in model.rules if rule.slug in omitted)
    return gone


def _keys_of(rules: Iterable[Rule]) -> set[str]:
    return {m.where for rule in rules for m in rule.mechanisms if m.kind == "constraint"}


def _slugs(omissions: Sequence[Omission]) -> set[str]:
    return {one.slug for one in omissions if one.kind == "rule"}


def _entity(entity: Entity, gone: _Gone) -> Entity:
    for one in entity.fields:
        if f"{entity.name}.{one.name}" in gone.taken:
            entity = without_field(entity, one.name)
    dropped = gone.keys | gone.taken
    return replace(
        entity,
        constraints=tuple(
            one
            for one in entity.constraints
            if one.rule not in gone.slugs and one.name not in dropped
        ),
        indexes=tuple(one for one in entity.indexes if one.name not in dropped),
        extensions=tuple(one for one in entity.extensions if one not in gone.taken),
        triggers=tuple(one for one in entity.triggers if one.rule not in gone.slugs),
    )


def _is_emptied(matched: PackMatch, model: FeatureModel) -> bool:
    pack = BY_SLUG[matched.slug]
    slugs = {pattern.slug for pattern in pack.rules}
    things = dict(matched.bindings).items()

    def mine(one: Rule | Omission) -> bool:
        return one.slug in slugs and things <= dict(one.bindings).items()

    return (
        (pack.kind == "none" or pack.brings == Contribution())
        and any(mine(one) for one in model.omissions)
        and not any(mine(one) for one in model.rules)
    )


def _reworded_rule(rule: Rule, model: FeatureModel) -> Rule:
    pack = PATTERNS[rule.slug][0].slug
    unsaid = _gone(pack, dict(rule.bindings), model).unsaid
    return replace(
        rule, text=_reworded(rule.text, unsaid), mechanisms=_reworded(rule.mechanisms, unsaid)
    )


def _reworded(value: T, unsaid: Sequence[tuple[str, str]]) -> T:
    filled: T = _exchange(value, unsaid)
    return filled


def _exchange(value: Any, unsaid: Sequence[tuple[str, str]]) -> Any:
    if isinstance(value, str):
        for before, after in unsaid:
            value = value.replace(before, after)
        return value
    if isinstance(value, tuple):
        return tuple(_exchange(item, unsaid) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changes = {
            one.name: _exchange(getattr(value, one.name), unsaid)
            for one in dataclasses.fields(value)
        }
        return dataclasses.replace(value, **changes)
    return value


def _taken_by(rule: Rule) -> frozenset[str]:
    return frozenset(PATTERNS[rule.slug][1].takes) if rule.slug in PATTERNS else frozenset()


def _noun(rule: Rule) -> str:
    """Return what tells a rule from others of its slug: what it read, else its first thing."""
    about = dict(rule.bindings)
    if "past" in about:
        return f"{about['subject']}_{about['past']}"
    read = {name: value for name, value in rule.bindings if name in CAPTURED}
    if "roles" in read:  # the sentence's words for the same
        read = {name: value for name, value in read.items() if name not in {"who", "needed"}}
    return snake(" ".join(read.values())) or next((noun for _, noun in rule.bindings), "")


def _marked(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    return (*(item for item in evidence if item.words), PERSON)


def _non_goal(text: str) -> str:
    return f"{text.rstrip('.')} (switched off by a person)"
