"""What a person changed in a feature model, told in one sentence each."""

from __future__ import annotations

from collections.abc import Mapping

from core.planning.model import PERSON, FeatureModel


def corrections(
    before: FeatureModel, after: FeatureModel, renamed: Mapping[str, str]
) -> tuple[str, ...]:
    """Return what a person's edits did to a model; nothing for edits that found nothing to do.

    `renamed` maps the names of things before to those after. What was switched off before the
    model was built, and which rules a person put in others' place, is read from the model itself.
    """
    found = []
    if before.title != after.title:
        found.append(f"The feature is called “{after.title}”.")
    if before.kind != after.kind:
        found.append(f"It is planned as a {after.kind} feature.")
    found += _things(before, after, renamed)
    found += _people(before, after)
    found += [f"Wished: {_line(one.text)}." for one in after.qualities if PERSON in one.evidence]
    found += [f"Switched off: “{_line(one.text).rstrip('.')}”." for one in after.omissions]
    found += [
        f"Changed a rule: “{_line(rule.text).rstrip('.')}”."
        for rule in after.rules
        if any(item.rule == PERSON.rule and item.words for item in rule.evidence)
    ]
    return tuple(found)


def operations_corrected(before: FeatureModel, after: FeatureModel) -> tuple[str, ...]:
    """Return which operations a person added and left out by name."""
    old, new = ([action.name for action in model.actions] for model in (before, after))
    added = [f"Added the operation {name}." for name in new if name not in old]
    return (*added, *(f"Left out the operation {name}." for name in old if name not in new))


def _things(before: FeatureModel, after: FeatureModel, renamed: Mapping[str, str]) -> list[str]:
    found = []
    old = {entity.name: entity for entity in before.entities}
    for name, entity in old.items():
        new = after.entity(renamed.get(name, name)) or after.entity(name)
        if new is None:
            found.append(f"Left out the {entity.title}.")
            continue
        if new.name != name:
            found.append(f"Renamed “{entity.title}” to “{new.title}”.")
        types = {field.name: field.type for field in entity.fields}
        found += [
            f"Made {new.name}.{field.name} {field.type} instead of {types[field.name]}."
            for field in new.fields
            if field.name in types and types[field.name] != field.type
        ]
        found += [
            f"Added {new.name}.{field.name}."
            for field in new.fields
            if field.name not in types and new.name == name and PERSON in new.evidence
        ]
    names = {renamed.get(name, name) for name in old}
    found += [
        f"Added the {entity.title}."
        for entity in after.entities
        if entity.name not in names and PERSON in entity.evidence
    ]
    return found


def _people(before: FeatureModel, after: FeatureModel) -> list[str]:
    old, new = ([actor.name for actor in model.actors] for model in (before, after))
    return [f"Added the role {name.replace('_', ' ')}." for name in new if name not in old] + [
        f"Left out the role {name.replace('_', ' ')}." for name in old if name not in new
    ]


def _line(text: str) -> str:
    return " ".join(text.split())
