"""The records of a feature with the fields that the brief names, and what they refer to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.planning.model import Constraint, Entity, FeatureModel, Field
from core.planning.reading.clauses import Clause
from core.planning.reading.deed import Deed
from core.planning.reading.deed_fields import fields_set
from core.planning.reading.fields import Told, fields_told
from core.planning.reading.nouns import plural
from core.planning.reading.related import belongs_to, is_said_to_belong, related, served

# The packs whose subject people fill in with what the brief lists.
_ENTERED = ("records", "scheduling", "reservation")


@dataclass(frozen=True, slots=True)
class Filled:
    """Entities with their fields, and the clauses that say nothing but these."""

    entities: tuple[Entity, ...]
    read: frozenset[Clause]


def with_fields(
    entities: tuple[Entity, ...],
    model: FeatureModel,
    parts: Sequence[Clause],
    done: Sequence[Deed],
) -> Filled:
    """Add what the brief tells of its records; what they refer to comes along as existing."""
    stored = {entity.name for entity in entities}
    referred = {entity.name: _referred(entity, model, parts, stored) for entity in entities}
    whole = _belonging(entities, model, parts, done)
    records = [entity.name for entity in entities if _is_record(entity, model)]
    told = {
        name: fields_told(name, parts, is_main=place == 0) for place, name in enumerate(records)
    }
    for name in records[1:]:  # what a sentence says of the first is not said of the others too
        told[name] = _beside(told[name], told[records[0]])
    filled = tuple(
        _with_fields(
            entity,
            told[entity.name],
            referred[entity.name],
            whole.get(entity.name, {}),
            done,
        )
        if entity.name in told
        else entity
        for entity in entities
    )
    ones = {noun: one for one, nouns in referred.items() for noun in nouns}
    filled += tuple(
        Entity(
            noun,
            summary=f"Exists already; what a {one.replace('_', ' ')} refers to.",
            existing=True,
        )
        for noun, one in ones.items()
        if noun not in stored
    )
    read = {clause for one in told.values() for clause in one.read}
    read |= {
        clause
        for name, others in whole.items()
        for other in others
        for clause in parts
        if is_said_to_belong(name, other, clause.text)
    }
    return Filled(filled, frozenset(read))


def _beside(told: Told, first: Told) -> Told:
    """Return what is told of a record without what the same sentence tells of the first one."""
    if not set(told.read) & set(first.read):
        return told
    known = {field.name for field in first.fields}
    return replace(told, fields=tuple(f for f in told.fields if f.name not in known))


def _is_record(entity: Entity, model: FeatureModel) -> bool:
    """Whether an entity is a record that the feature creates."""
    return not entity.existing and any(
        matched.slug in _ENTERED and dict(matched.bindings).get("subject") == entity.name
        for matched in model.packs
    )


def _referred(
    entity: Entity, model: FeatureModel, parts: Sequence[Clause], stored: set[str]
) -> tuple[str, ...]:
    """Return the things that a record of the feature refers to."""
    if not _is_record(entity, model):
        return ()
    own = {field.references for field in entity.fields} | {entity.name}
    said = tuple(dict.fromkeys(parts))
    found = (*related(entity.name, said), *served(entity.name, said))
    return tuple(noun for noun in found if noun not in own | stored)


def _belonging(
    entities: Sequence[Entity],
    model: FeatureModel,
    parts: Sequence[Clause],
    done: Sequence[Deed],
) -> dict[str, dict[str, bool]]:
    """Return which record of the feature belongs to which other one; never both to each other."""
    records = [entity.name for entity in entities if _is_record(entity, model)]
    known = {entity.name: {field.references for field in entity.fields} for entity in entities}
    found: dict[str, dict[str, bool]] = {}
    for name in reversed(records):  # what the brief is mainly about belongs to nothing, if it can
        posted = {deed.of: False for deed in done if deed.noun == name and deed.of in known}
        whole = posted | belongs_to(name, records, parts)
        found[name] = {
            other: always
            for other, always in whole.items()
            if other not in known[name] and not _reaches(other, name, found, known)
        }
    return found


def _reaches(
    start: str, end: str, found: Mapping[str, Mapping[str, bool]], known: Mapping[str, set[str]]
) -> bool:
    """Whether references lead from one record to another: one more would close a circle."""
    seen: set[str] = set()
    left = [start]
    while left:
        name = left.pop()
        if name == end:
            return True
        if name not in seen:
            seen.add(name)
            left += [*found.get(name, {}), *known.get(name, set())]
    return False


def _other_names(name: str) -> set[str]:
    """Return under which names a field may stand there already: a stock as its count."""
    return {name, f"{name}_id", name.removesuffix("_id"), f"{name}_count"}


def _with_fields(
    entity: Entity,
    told: Told,
    referred: Sequence[str],
    whole: Mapping[str, bool],
    done: Sequence[Deed],
) -> Entity:
    """Add the fields that the brief names for a record of the feature, and what it refers to."""
    known = {field.name for field in entity.fields} | {*referred, *whole}
    named = tuple(
        field
        for field in told.fields
        if not _other_names(field.name) & known
        # What has a begin and an end has its length from them.
        and not (field.name.endswith("_minutes") and "ends_at" in known)
    )
    named += fields_set(entity.name, done, {*known, *(field.name for field in named)})
    is_entered = any(map(_is_entered, (*named, *entity.fields)))
    is_part = bool(whole) or any(deed.of for deed in done if deed.noun == entity.name)
    if not is_entered and not is_part and "owner_id" in known:
        named += (Field("description", "long_text"),)
    listed = {field.name for field in told.fields}
    named += tuple(
        Field(f"{noun}_id", "ref", required=noun in listed, references=noun) for noun in referred
    )
    named += tuple(
        Field(f"{noun}_id", "ref", required=always or noun in listed, references=noun)
        for noun, always in whole.items()
    )
    entity = replace(entity, fields=named + entity.fields)
    status = entity.field("status")
    return _with_drafts(entity) if status and "draft" in status.choices else entity


def _with_drafts(entity: Entity) -> Entity:
    """Let a draft be incomplete; what people enter is mandatory once it is submitted."""
    entered = [field.name for field in entity.fields if _is_entered(field)]
    if not entered:
        return entity
    complete = " AND ".join(f'"{name}" IS NOT NULL' for name in entered)
    return replace(
        entity,
        fields=tuple(
            replace(field, required=False) if field.name in entered else field
            for field in entity.fields
        ),
        constraints=(
            *entity.constraints,
            Constraint(
                f"{plural(entity.name)}_complete",
                "check",
                f"\"status\" = 'draft' OR ({complete})",
            ),
        ),
    )


def _is_entered(field: Field) -> bool:
    """Whether people enter a field, rather than the system setting it."""
    return (
        field.required
        and not field.default
        and not field.references
        and field.type != "choice"
        and not field.name.endswith(("_at", "_until"))
        and field.name != "status"
    )
