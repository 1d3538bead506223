"""What the packs and rules of a feature model contribute, bound and with its evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from core.domain.artifact import Evidence
from core.planning.model import Action, Entity, FeatureModel, Quality, Question
from core.planning.omissions import persons_choice, remaining
from core.planning.packs import BY_SLUG, PATTERNS
from core.planning.packs.binding import bind
from core.planning.packs.pack import Choice, Contribution, Job, Note, Threat

T = TypeVar("T")
Why = tuple[Evidence, ...]


@dataclass(slots=True)
class Contributions:
    """Everything that a model's packs and rules bring, each piece with why it is there."""

    entities: list[tuple[Entity, Why]] = field(default_factory=list)
    actions: list[tuple[Action, Why]] = field(default_factory=list)
    jobs: list[tuple[Job, Why]] = field(default_factory=list)
    threats: list[tuple[Threat, Why]] = field(default_factory=list)
    choices: list[tuple[Choice, Why]] = field(default_factory=list)
    questions: list[tuple[Question, Why]] = field(default_factory=list)
    qualities: list[tuple[Quality, Why]] = field(default_factory=list)
    notes: list[tuple[Note, Why]] = field(default_factory=list)


@lru_cache(maxsize=4)
def contributions(model: FeatureModel) -> Contributions:
    """Return what the model's packs bring, then what its rules add, without repetition.

    What a person switched off comes first, as their decision, and brings nothing. Every role asks
    for it several times: equal models share one answer, which nobody may change.
    """
    gathered = Contributions()
    for brings, why in _sources(model):
        _collect(gathered.entities, brings.entities, why)
        _collect(gathered.actions, brings.actions, why)
        _collect(gathered.jobs, brings.jobs, why)
        _collect(gathered.threats, brings.threats, why)
        _collect(gathered.choices, brings.choices, why)
        _collect(gathered.questions, brings.questions, why)
        _collect(gathered.qualities, brings.qualities, why)
        _collect(gathered.notes, brings.notes, why)
    return gathered


def _sources(model: FeatureModel) -> Iterator[tuple[Contribution, Why]]:
    if model.omissions:
        choice, why = persons_choice(model.omissions)
        yield Contribution(choices=(choice,)), why
    for matched in model.packs:
        if matched.slug in BY_SLUG:
            brings = _brought(matched.slug, matched.bindings)
            bindings = dict(matched.bindings)
            yield remaining(brings, matched.slug, bindings, model), matched.evidence
    for rule in model.rules:
        if rule.slug in PATTERNS:
            adds = _added(rule.slug, rule.bindings)
            home = PATTERNS[rule.slug][0]
            yield remaining(adds, home.slug, dict(rule.bindings), model), rule.evidence


# Seven roles ask for the same pieces, some of them several times.
@lru_cache(maxsize=512)
def _brought(pack: str, bindings: tuple[tuple[str, str], ...]) -> Contribution:
    return bind(BY_SLUG[pack].brings, dict(bindings))


@lru_cache(maxsize=512)
def _added(rule: str, bindings: tuple[tuple[str, str], ...]) -> Contribution:
    return bind(PATTERNS[rule][1].adds, dict(bindings))


def _collect(into: list[tuple[T, Why]], items: tuple[T, ...], why: Why) -> None:
    known = [item for item, _ in into]
    into.extend((item, why) for item in items if item not in known)
