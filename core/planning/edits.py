"""A person's corrections of the feature model: they override the parse and stay marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.errors import InvalidInput
from core.planning.corrections import corrections, operations_corrected
from core.planning.merging import merged_entities, without_references
from core.planning.model import (
    PERSON,
    PLANNABLE,
    Action,
    Actor,
    Entity,
    FeatureModel,
    Field,
    Quality,
)
from core.planning.omissions import Drops
from core.planning.reading.nouns import camel, plural, snake
from core.planning.renaming import rename_entity
from core.planning.retyping import FIELD_TYPES, retype_fields

_METHODS = {"create": "POST", "list": "GET", "get": "GET", "update": "PATCH", "delete": "DELETE"}
_HINT = (
    "Edits look like {entities: {rename: {old: new}, drop: [name], add: [{name, fields}]}, "
    "fields: {retype: {entity.field: type}}, actors: {drop: [name], add: [name]}, "
    "actions: {drop: [name], add: [{verb, entity}]}, rules: {drop: [slug], change: {slug: text}}, "
    "qualities: {drop: [slug], add: [text]}}."
)
_LONGEST_WISH = 200


def switched_off(edits: Mapping[str, Any]) -> Drops:
    """Return the rules and quality wishes that a person switched off.

    They are left out where the model is built, before anything is derived from them. Raises
    `InvalidInput` when the edits have another shape than `_HINT` says.
    """
    return Drops(
        *(
            frozenset(str(name) for name in _items(_part(edits, part), "drop"))
            for part in ("rules", "qualities")
        )
    )


def edited(model: FeatureModel, edits: Mapping[str, Any]) -> FeatureModel:
    """Return the model with a person's edits: title, kind, entities, actors, actions, wishes.

    What the edits name and the model does not have is passed over: the brief may have changed
    since. Raises `InvalidInput` when the edits have another shape than `_HINT` says.
    """
    before = model
    if isinstance(edits.get("title"), str) and edits["title"].strip():
        model = replace(model, title=" ".join(edits["title"].split())[:200])
    model = _edit_entities(model, _part(edits, "entities"))
    model = retype_fields(model, _mapping(_part(edits, "fields"), "retype"))
    model = _edit_actors(model, _part(edits, "actors"))
    whole = model
    model = _edit_actions(model, _part(edits, "actions"))
    operations = operations_corrected(whole, model)
    model = _add_qualities(model, _part(edits, "qualities"))
    model = _settled(model, edits)
    renamed = {
        snake(str(old)): snake(str(new))
        for old, new in _mapping(_part(edits, "entities"), "rename").items()
    }
    return replace(model, corrections=(*corrections(before, model, renamed), *operations))


def _settled(model: FeatureModel, edits: Mapping[str, Any]) -> FeatureModel:
    """Let the person's own entities make a plan possible that the brief alone did not."""
    kind = edits.get("kind", model.kind)
    if kind not in PLANNABLE and any(PERSON in entity.evidence for entity in model.new_entities):
        kind = "data"
    if kind not in (*PLANNABLE, "none", "other_language"):
        raise InvalidInput(f"{kind!r} is not a kind of feature.", hint=_HINT)
    # A change of looks or speed may need no table of its own.
    has_work = bool(model.entities or model.actions) or (model.plannable and kind != "data")
    return replace(model, kind=kind, plannable=has_work and kind in PLANNABLE)


def _edit_entities(model: FeatureModel, part: Mapping[str, Any]) -> FeatureModel:
    for old, new in _mapping(part, "rename").items():
        model = rename_entity(model, snake(str(old)), _name(new))
    for name in _items(part, "drop"):
        model = drop_entity(model, snake(str(name)))
    for item in _items(part, "add"):
        model = _add_entity(model, item)
    return model


def drop_entity(model: FeatureModel, name: str) -> FeatureModel:
    """Return the model without a thing, and without what refers to it."""
    if model.entity(name) is None:
        return model
    kept = tuple(entity for entity in model.entities if entity.name != name)
    homes = {entity.name for entity in kept}
    table = f'"{plural(name)}"'
    entities = tuple(
        replace(
            without_references(entity, homes),
            constraints=tuple(
                c
                for c in without_references(entity, homes).constraints
                if f"REFERENCES {table}" not in c.sql
            ),
        )
        for entity in kept
    )
    actions = tuple(
        action
        for action in model.actions
        if action.entity != name and f"{{{name}_id}}" not in action.path
    )
    return replace(model, entities=entities, actions=actions)


def _add_entity(model: FeatureModel, item: Any) -> FeatureModel:
    plain: Mapping[str, Any] = item if isinstance(item, Mapping) else {"name": item}
    name = _name(plain.get("name"))
    fields = tuple(_field(one) for one in _items(plain, "fields"))
    entity = Entity(
        name,
        summary="Named by a person.",
        fields=fields or (Field("name", "text"),),
        existing=plain.get("existing") is True,
        evidence=(PERSON,),
    )
    known = {other.name for other in model.entities} | {name, "user"}
    stray = [f.references for f in fields if f.references and f.references not in known]
    if stray:
        raise InvalidInput(f"{name} refers to {stray[0]}, which is not an entity.", hint=_HINT)
    return replace(model, entities=merged_entities((*model.entities, entity)))


def _field(item: Any) -> Field:
    plain: Mapping[str, Any] = item if isinstance(item, Mapping) else {"name": item}
    name = _name(plain.get("name"))
    references = snake(str(plain.get("references", "")))
    kind = "ref" if references else str(plain.get("type", "text"))
    if kind != "ref" and kind not in FIELD_TYPES:
        raise InvalidInput(f"{kind!r} is not a type of field.", hint=_HINT)
    return Field(name, kind, plain.get("required") is not False, references=references)


def _edit_actors(model: FeatureModel, part: Mapping[str, Any]) -> FeatureModel:
    dropped = {snake(str(name)) for name in _items(part, "drop")}
    kept = [actor for actor in model.actors if actor.name not in dropped]
    added = [Actor(_name(name), (PERSON,)) for name in _items(part, "add")]
    known = {actor.name for actor in kept}
    actions = tuple(
        replace(action, actors=tuple(name for name in action.actors if name not in dropped))
        for action in model.actions
    )
    fresh = {actor.name: actor for actor in added if actor.name not in known}
    return replace(model, actors=(*kept, *fresh.values()), actions=actions)


def _edit_actions(model: FeatureModel, part: Mapping[str, Any]) -> FeatureModel:
    dropped = {str(name) for name in _items(part, "drop")}
    actions = [action for action in model.actions if action.name not in dropped]
    for item in _items(part, "add"):
        if not isinstance(item, Mapping):
            raise InvalidInput("An added action needs a verb and an entity.", hint=_HINT)
        added = _action(model, item)
        if all(action.name != added.name for action in actions):
            actions.append(added)
    return replace(model, actions=tuple(actions))


def _action(model: FeatureModel, plain: Mapping[str, Any]) -> Action:
    verb, entity = _name(plain.get("verb")), _name(plain.get("entity"))
    if model.entity(entity) is None:
        raise InvalidInput(f"There is no entity {entity} to {verb}.", hint=_HINT)
    many = verb == "list"
    base = f"/{plural(entity).replace('_', '-')}"
    one = f"{base}/{{{entity}_id}}"
    method = _METHODS.get(verb, "POST")
    path = base if verb in {"list", "create"} else one
    if verb not in _METHODS:
        path = f"{one}/{verb.replace('_', '-')}"
    verb_name = camel(verb)
    return Action(
        verb_name[0].lower() + verb_name[1:] + camel(plural(entity) if many else entity),
        f"{verb.replace('_', ' ').capitalize()} {entity.replace('_', ' ')}",
        entity,
        method,
        path,
        actors=tuple(_name(name) for name in _items(plain, "actors")),
        body={"create": ("*",), "update": ("*?",)}.get(verb, ()),
        page=camel(plural(entity)),
        many=many,
        evidence=(PERSON,),
    )


def _add_qualities(model: FeatureModel, part: Mapping[str, Any]) -> FeatureModel:
    known = {quality.text: quality for quality in model.qualities}
    for item in _items(part, "add"):
        text = " ".join(item.split())[:_LONGEST_WISH] if isinstance(item, str) else ""
        if not text:
            raise InvalidInput(f"{item!r} is no wish.", hint="A wish is a short sentence.")
        known.setdefault(text, Quality(f"person-{len(known) + 1}", text, (PERSON,)))
    return replace(model, qualities=tuple(known.values()))


def _part(edits: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = edits.get(name, {})
    if not isinstance(part, Mapping):
        raise InvalidInput(f"The edits of {name} are not an object.", hint=_HINT)
    return part


def _items(part: Mapping[str, Any], name: str) -> Sequence[Any]:
    items = part.get(name, ())
    if isinstance(items, (str, bytes)) or not isinstance(items, Sequence):
        raise InvalidInput(f"{name!r} in the edits is not a list.", hint=_HINT)
    return items


def _mapping(part: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = part.get(name, {})
    if not isinstance(value, Mapping):
        raise InvalidInput(f"{name!r} in the edits is not an object.", hint=_HINT)
    return value


def _name(value: Any) -> str:
    name = snake(value) if isinstance(value, str) else ""
    if not name or not name[0].isalpha():
        raise InvalidInput(f"{value!r} is no name.", hint="Names begin with a letter, A to Z.")
    return name
