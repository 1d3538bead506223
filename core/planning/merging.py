"""Contributions of several packs, merged into one set of entities and actions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from core.domain.artifact import Evidence
from core.planning.model import Action, Entity, Field

T = TypeVar("T")

_USER = Entity(
    "user",
    summary="Exists already; signs in.",
    fields=(
        Field("email", "text", unique=True, personal=True, existing=True),
        Field("display_name", "text", personal=True, existing=True),
    ),
    existing=True,
)


def merged_entities(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """Merge entities of one name: fields, choices, constraints and indexes are united.

    An entity that nobody describes (no summary) has no home and falls away, and with it the fields
    that refer to it. `user` comes along when something refers to it.
    """
    by_name: dict[str, Entity] = {}
    for entity in entities:
        known = by_name.get(entity.name)
        by_name[entity.name] = _merged(known, entity) if known else entity
    if any(field.references == "user" for entity in by_name.values() for field in entity.fields):
        known = by_name.pop("user", None)
        by_name = {"user": _merged(_USER, known) if known else _USER, **by_name}
    homes = {name for name, entity in by_name.items() if entity.summary}
    return tuple(
        without_references(entity, homes) for name, entity in by_name.items() if name in homes
    )


def without_references(entity: Entity, homes: set[str]) -> Entity:
    """Return the entity without fields that refer to none of these entities, and what uses them."""
    lost = [f.name for f in entity.fields if f.references and f.references not in homes]
    for name in lost:
        entity = without_field(entity, name)
    return entity


def without_field(entity: Entity, name: str) -> Entity:
    """Return the entity without a field, and without the constraints and indexes that name it."""
    quoted = f'"{name}"'
    return replace(
        entity,
        fields=tuple(field for field in entity.fields if field.name != name),
        constraints=tuple(c for c in entity.constraints if quoted not in c.sql),
        indexes=tuple(
            index for index in entity.indexes if quoted not in index.columns + index.where
        ),
        triggers=tuple(
            trigger for trigger in entity.triggers if not re.search(rf"\b{name}\b", trigger.body)
        ),
    )


def merged_actions(actions: Iterable[Action]) -> tuple[Action, ...]:
    """Merge actions of one name; the first one speaks, actors, body, rules and evidence unite."""
    by_name: dict[str, Action] = {}
    for action in actions:
        known = by_name.get(action.name)
        by_name[action.name] = (
            replace(
                known,
                actors=_united(known.actors, action.actors),
                body=_united(known.body, action.body),
                rules=_united(known.rules, action.rules),
                evidence=_united(known.evidence, action.evidence),
            )
            if known
            else action
        )
    addressed = {(action.method, action.path): action for action in reversed(by_name.values())}
    return tuple(
        action for action in by_name.values() if addressed[action.method, action.path] is action
    )


def _merged(first: Entity, second: Entity) -> Entity:
    fields = {field.name: field for field in _own(first, second)}
    for field in _own(second, first):
        known = fields.get(field.name)
        fields[field.name] = _merged_field(known, field) if known else field
    existing = (first.existing or not first.summary) and (second.existing or not second.summary)
    # What one pack presupposes and another one creates is created: the latter describes it.
    summary = first.summary or second.summary
    if first.existing and second.summary and not second.existing:
        summary = second.summary
    return Entity(
        first.name,
        summary=summary,
        fields=tuple(fields.values()),
        constraints=tuple({c.name: c for c in first.constraints + second.constraints}.values()),
        indexes=tuple({i.name: i for i in first.indexes + second.indexes}.values()),
        extensions=_united(first.extensions, second.extensions),
        existing=existing and (first.existing or second.existing),
        evidence=_united(first.evidence, second.evidence),
        triggers=tuple({t.name: t for t in first.triggers + second.triggers}.values()),
    )


def _own(entity: Entity, other: Entity) -> Iterable[Field]:
    """Yield an entity's fields; what it only presupposes is not made where another creates it.

    Who has an assignee needs no owner as well.
    """
    is_created = bool(other.summary) and not other.existing
    has_person = any(field.references == "user" for field in other.fields)
    for field in entity.fields:
        if not (entity.existing and field.name == "owner_id" and is_created and has_person):
            yield field


def _merged_field(known: Field, other: Field) -> Field:
    return replace(
        known,
        choices=_united(known.choices, other.choices),
        default=known.default or other.default,
        unique=known.unique or other.unique,
    )


def _united(first: tuple[T, ...], second: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(first + second))


def distinct(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return each evidence once, in order."""
    return tuple(dict.fromkeys(evidence))
