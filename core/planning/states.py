"""The states that a thing goes through, as far as the rules say which step follows which."""

from __future__ import annotations

import re
from itertools import pairwise, product

from core.planning.model import Entity, FeatureModel, Field

_STEP = re.compile(r"_?>_?")
_OR = re.compile(r",_?|_or_")
_STATE_FIELDS = ("status", "state")


def state_fields(entity: Entity, model: FeatureModel) -> tuple[Field, ...]:
    """Return the columns that hold states: by their name, or because a rule names their steps."""
    return tuple(
        field
        for field in entity.fields
        if len(field.choices) > 1
        and (field.name in _STATE_FIELDS or steps_of(entity, field, model))
    )


def steps_of(entity: Entity, field: Field, model: FeatureModel) -> tuple[tuple[str, str], ...]:
    """Return the steps between a field's states that the rules name: from, to.

    A rule says them as `draft > submitted > approved or rejected`, several ways with semicolons
    between them; words that are no state of the field are passed over.
    """
    found: dict[tuple[str, str], None] = {}
    for rule in model.rules:
        for mechanism in rule.mechanisms:
            if mechanism.kind != "state" or mechanism.where != entity.name:
                continue
            for way in mechanism.how.replace(" ", "_").split(";_"):
                for before, after in pairwise(_stages(way)):
                    steps = product(before, after)
                    found |= dict.fromkeys(s for s in steps if set(s) <= set(field.choices))
    return tuple(found)


def _stages(way: str) -> list[list[str]]:
    return [_OR.split(stage) for stage in _STEP.split(way)]


def state_diagram(field: Field, steps: tuple[tuple[str, str], ...]) -> str:
    """Return the steps as a Mermaid state diagram; states without a known step stand alone."""
    ids = {state: f"s{number}" for number, state in enumerate(field.choices, 1)}
    lines = ["stateDiagram-v2"]
    lines += [f"    {ids[state]}: {state.replace('_', ' ')}" for state in field.choices]
    start = field.default.strip("'")
    if start in ids:
        lines.append(f"    [*] --> {ids[start]}")
    lines += [f"    {ids[before]} --> {ids[after]}" for before, after in steps]
    return "\n".join(lines)
