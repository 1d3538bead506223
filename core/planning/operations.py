"""What an operation owes beside its answer: an audit rule, a metric, cases to test, its tables."""

from __future__ import annotations

import re

from core.planning.model import Action, Entity, FeatureModel
from core.planning.openapi import body_fields
from core.planning.reading.nouns import plural

_WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_PARAMETER = re.compile(r"\{(\w+)_id\}")
# How long an operation may take for 95 of 100 calls, in milliseconds; a file takes its own time.
READ_BUDGET_MILLISECONDS = 200
WRITE_BUDGET_MILLISECONDS = 300


def verb_of(action: Action) -> str:
    """Return the first word of an operation's name: `submit` of `submitExpense`."""
    words = _WORDS.findall(action.name)
    return words[0].lower() if words else "call"


def caller_of(action: Action) -> str:
    """Return who calls an operation: a person through a page, or another system."""
    return "a system" if action.signed else "a person"


def audit_rule(action: Action, model: FeatureModel) -> str:
    """Return what the audit stores of a write, by column; nothing for an operation that reads.

    Values that may say something about a person are named and not stored: an audit lives longer
    than what it is about.
    """
    if not action.writes:
        return ""
    entity = model.entity(action.entity)
    ids = list(dict.fromkeys([*_PARAMETER.findall(action.path), action.entity]))
    stored = [f"id of the {name.replace('_', ' ')}" for name in ids]
    named: list[str] = []
    if action.upload:
        stored.append("byte count and SHA-256 of the file")
    else:
        for field, _ in body_fields(action, model):
            (named if field.personal or field.type in {"long_text", "json"} else stored).append(
                field.name
            )
    if entity is not None and entity.field("status") is not None:
        stored = [name for name in stored if name != "status"]
        stored.append("status before and after")
    text = f"{action.entity}.{verb_of(action)}: person, time, {', '.join(stored)}"
    if named:
        text += f"; without the value: {', '.join(named)}"
    return f"{text}. Same transaction as the write, inserted only."


def metric(action: Action) -> str:
    """Return what is counted and timed of an operation, and the time that 95 of 100 calls keep."""
    counted = f'operations_total{{operation="{action.name}", outcome="done|refused|failed"}}'
    if action.upload:
        return f"{counted}; operation_seconds without the transfer of the file, p95 below 2 s"
    budget = WRITE_BUDGET_MILLISECONDS if action.writes else READ_BUDGET_MILLISECONDS
    return f"{counted}; operation_seconds, p95 below {budget} ms"


def cases(action: Action, model: FeatureModel) -> tuple[str, ...]:
    """Return the cases that an operation is tested with, by name; see acceptance."""
    found = ["it is done", "a stranger is refused"]
    if not action.writes:
        return (*found, "nothing foreign is shown") if action.many else tuple(found)
    if action.method == "POST" and caller_of(action) == "a person":
        found.append("a repeat is done once")
    if any(field.name == "version" for field, _ in body_fields(action, model)):
        found.append("an outdated version is refused")
    if action.method == "DELETE":
        found.append("what is gone is gone")
    known = {rule.slug for rule in model.rules}
    return (*found, *(f"rule {slug}" for slug in action.rules if slug in known))


def tables_of(action: Action, model: FeatureModel) -> tuple[str, ...]:
    """Return the tables that an operation reads or writes: its own, and those of its path."""
    names = [action.entity, *_PARAMETER.findall(action.path)]
    return tuple(plural(name) for name in dict.fromkeys(names) if model.entity(name) is not None)


def parent_of(entity: Entity, model: FeatureModel) -> Entity | None:
    """Return the thing that an entity is a part of: its rows go when that one's do."""
    for field in entity.fields:
        if field.references and field.on_delete == "CASCADE" and field.references != entity.name:
            return model.entity(field.references)
    return None
