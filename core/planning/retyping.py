"""A person gives a field of the feature model another type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.errors import InvalidInput
from core.planning.model import PERSON, Entity, FeatureModel, Question
from core.planning.reading.nouns import plural, snake

FIELD_TYPES = frozenset(
    {
        "text", "long_text", "integer", "money", "currency", "date", "time", "moment", "flag",
        "uuid", "json",
    }
)  # fmt: skip
# What can be compared with the same constants: a constraint outlives a change among these.
_ALIKE = ({"integer", "money"}, {"text", "long_text", "currency"}, {"date", "moment"})


def retype_fields(model: FeatureModel, types: Mapping[str, Any]) -> FeatureModel:
    """Return the model in which fields, named `entity.field`, have the types a person gave them.

    Constraints and indexes that another type would break go with it; which rules lose their
    place in the database by that is asked. Raises `InvalidInput` for what is no type, and for a
    field that refers to another thing.
    """
    for name, kind in types.items():
        if kind not in FIELD_TYPES:
            raise InvalidInput(
                f"{kind!r} is not a type of field.",
                hint=f"Use one of: {', '.join(sorted(FIELD_TYPES))}.",
            )
        entity_name, _, field_name = str(name).partition(".")
        entity = model.entity(snake(entity_name))
        if entity is not None:
            model = _retyped(model, entity, field_name.strip(), str(kind))
    return model


def _retyped(model: FeatureModel, entity: Entity, name: str, kind: str) -> FeatureModel:
    field = entity.field(name)
    if field is None or field.type == kind:
        return model
    if field.references:
        raise InvalidInput(
            f"{entity.name}.{name} refers to a {field.references}.",
            hint="Drop the thing that it refers to, or add a field beside it.",
        )
    keeps = any({field.type, kind} <= alike for alike in _ALIKE)
    quoted = f'"{name}"'
    lost = [c for c in entity.constraints if not keeps and quoted in c.sql]
    changed = replace(
        entity,
        fields=tuple(
            replace(f, type=kind, choices=(), default=f.default if keeps else "")
            if f.name == name
            else f
            for f in entity.fields
        ),
        constraints=tuple(c for c in entity.constraints if c not in lost),
        indexes=tuple(i for i in entity.indexes if keeps or quoted not in f"{i.columns} {i.where}"),
        evidence=tuple(dict.fromkeys((*entity.evidence, PERSON))),
    )
    model = model.with_entities(
        tuple(changed if one.name == entity.name else one for one in model.entities)
    )
    slugs = dict.fromkeys(c.rule for c in lost if c.rule)
    rules = [rule.text for rule in model.rules if rule.slug in slugs]
    if not rules:
        return model
    question = Question(
        f"retyped.{plural(entity.name)}.{name}",
        f"{entity.title.capitalize()} {name} is {kind} now, by a person's hand. How is this kept "
        f"with that: {' '.join(rules)}",
        "Only the application keeps it; the database no longer does.",
        (PERSON,),
    )
    return replace(model, questions=(*model.questions, question))
