"""Acceptance as scenarios in Gherkin: each operation's cases, then each rule's mechanisms."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.planning.model import PERSON, Action, FeatureModel, Mechanism, Rule
from core.planning.openapi import body_fields, success_status
from core.planning.operations import cases, verb_of
from core.planning.reading.nouns import plural

_MAX_QUOTE = 200


def acceptance(model: FeatureModel, made_by: str) -> str:
    """Return the feature file of a model: what must hold before anybody calls it done."""
    lines = [
        f"# {made_by}.",
        f"Feature: {_line(model.title) or 'Feature'}",
        "  First what each operation does and whom it refuses, then how each rule is kept.",
    ]
    for action in model.actions:
        lines += ["", *_operation(action, model)]
    for rule in model.rules:
        lines += ["", *_rule(rule, model)]
    return "\n".join(lines) + "\n"


def _operation(action: Action, model: FeatureModel) -> Iterator[str]:
    if PERSON in action.evidence:
        yield "  # Added or renamed by a person."
    yield f"  Rule: {_line(action.summary)} ({action.name})"
    for case in cases(action, model):
        if not case.startswith("rule "):
            yield from _example(case, _steps(case, action, model))


def _steps(case: str, action: Action, model: FeatureModel) -> list[str]:
    who = " or ".join(name.replace("_", " ") for name in action.actors)
    caller = f"somebody signed in as {who}" if who else "somebody signed in"
    fields = [field.name for field, _ in body_fields(action, model)]
    given = f" with {', '.join(fields)}" if fields else (" with a file" if action.upload else "")
    call = f"{action.method} {action.path}"
    table = plural(action.entity)
    # Who is signed in has the right itself: only the rest of it is a condition.
    holds = re.sub(r"^signed in(?:; |$)", "", action.permission)
    is_for_all = holds != action.permission or not holds or _shows_own(action)
    if action.signed:
        caller, holds = "a system that signs what it sends", ""
    if case == "a stranger is refused":
        refused, status = "somebody who is not signed in", "401"
        if action.signed:
            refused = "a system whose signature is wrong, or too old"
        elif not is_for_all:
            refused, status = f"{caller} for whom this does not hold: {holds}", "403 or 404"
        return [
            f"Given {refused}",
            f"When they call {call}{given}",
            f"Then the answer is a problem document with {status}",
            *([f"And the rows of {table} are as before"] if action.writes else []),
        ]
    start = [f"Given {caller}", *([f"And this holds: {holds}"] if holds else [])]
    if case == "nothing foreign is shown":
        return [
            *start,
            f"And {plural(action.entity).replace('_', ' ')} that they may not see",
            f"When they call {call}",
            "Then none of those is among the items, and no count gives them away",
        ]
    if case == "a repeat is done once":
        return [
            *start,
            f"When they call {call}{given} twice with the same Idempotency-Key",
            "Then both answers are the same",
            f"And {table} holds the effect of one call",
        ]
    if case == "an outdated version is refused":
        return [
            *start,
            "And somebody else has changed the row meanwhile",
            f"When they call {call} with the version that they read before",
            "Then the answer is a problem document with 409",
            "And the change of the other person stands",
        ]
    if case == "what is gone is gone":
        return [*start, f"When they call {call} twice", "Then the second answer is 404"]
    done = [*start, f"When they call {call}{given}", f"Then the answer is {success_status(action)}"]
    if action.writes:
        done.append(f"And the audit holds {action.entity}.{verb_of(action)} with their id")
    return done


def _shows_own(action: Action) -> bool:
    """Whether a list shows everybody what is theirs: a stranger gets an empty one."""
    return action.many and bool(
        re.match(r"(?:own|the caller's|those of the caller)\b", action.permission)
    )


def _rule(rule: Rule, model: FeatureModel) -> Iterator[str]:
    said = next((item.words for item in rule.evidence if item.words), "")
    if said:
        yield f"  # From the brief: “{_line(said)[:_MAX_QUOTE]}”"
    if PERSON in rule.evidence:
        yield "  # Changed by a person."
    yield f"  Rule: {_line(rule.text)} ({rule.slug})"
    tried = [(mechanism, steps) for mechanism in rule.mechanisms if (steps := _kept_by(mechanism))]
    for mechanism, steps in tried or [(one, _looked_at(one)) for one in rule.mechanisms]:
        yield from _example(f"{mechanism.kind} {_line(mechanism.where)}", steps)


def _kept_by(mechanism: Mechanism) -> list[str]:
    where, how = _line(mechanism.where), _line(mechanism.how)
    refused = [
        f"Given a row that {where} does not allow",
        "When it is written straight into the database, past the application",
        f"Then PostgreSQL refuses it: {how}",
    ]
    return {
        "constraint": refused,
        "trigger": refused,
        "permission": [
            f"Given somebody to whom this rule denies {where}",
            "When they call it all the same",
            f"Then it holds: {how}",
        ],
        "state": [
            f"Given one {where.replace('_', ' ')} in each of its states",
            "When somebody tries every step that is not in the rule",
            f"Then only these are taken: {how}",
        ]
        if ">" in how
        else [],
        "job": [
            f"Given rows on either side of what {where} is for",
            "When it runs twice in a row",
            f"Then it holds after the first run: {how}",
            "And the second run changes nothing more",
        ],
        "test": [f"Given {where}", f"When this is tried: {how}", "Then the rule holds"],
        "interface": [
            f"Given {where}",
            "When somebody calls it against the rule",
            f"Then it holds: {how}",
        ],
        "client": [f"Given {where} on the page", "When somebody uses it", f"Then it holds: {how}"],
        "alert": [
            f"Given {where} is watched",
            f"When this is provoked: {how}",
            "Then somebody is told",
        ],
    }.get(mechanism.kind, [])


def _looked_at(mechanism: Mechanism) -> list[str]:
    return [
        f"Given the {mechanism.kind} {_line(mechanism.where)}",
        "When somebody looks at it on a system with data",
        f"Then this is what it is: {_line(mechanism.how)}",
    ]


def _example(name: str, steps: list[str]) -> Iterator[str]:
    yield f"    Example: {name}"
    yield from (f"      {_line(step)}" for step in steps)


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
