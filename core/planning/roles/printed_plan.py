"""The whole plan as one document to print: for a newcomer first, then for whoever builds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.domain.artifact import Artifact
from core.domain.decision import DecisionDraft
from core.planning import schema
from core.planning.consistency import Results, consistency, rows_of
from core.planning.model import PERSON, Actor, FeatureModel
from core.planning.reading.nouns import plural
from core.planning.reading.people import names_people
from core.planning.roles.report import all_evidence, callers, markdown, quote, table
from core.planning.structure import RISKS

_SPELT = frozenset({"ceo", "cfo", "cto", "gp", "hr", "it"})
_ROLES = {
    "architect": "Architect",
    "backend_dev": "Back end",
    "dba": "Database",
    "frontend_dev": "Front end",
    "ui_ux": "Design",
    "security": "Security",
    "it_admin": "Operations",
}
_MOST_THREATS = 12


def printed_plan(
    model: FeatureModel,
    results: Results,
    drafts: Sequence[DecisionDraft],
    threats: Sequence[Mapping[str, str]],
) -> Artifact:
    """Return the plan in one piece.

    `results` are what the roles handed on. `drafts` and `threats` are what the planner derives
    from the model, to tell of a decision what its short form in a result leaves out.
    """
    sections = [
        ("In short", _in_short(model)),
        ("What a person corrected", _corrected(model)),
        ("Decisions", _decisions(results, drafts)),
        ("Rules, and how they are kept", _rules(model)),
        ("Data", _data(model)),
        ("Interface", _interface(model, results)),
        ("Pages", _pages(results)),
        ("Security", _security(model, results, threats)),
        ("Operation", _operation(results)),
        ("Open questions", _questions(model)),
        ("Not understood", _bullets(f"“{text}”" for text in model.not_understood)),
    ]
    sections = [(title, body) for title, body in sections if body]
    contents = "\n".join(f"{n}. {title}" for n, (title, _) in enumerate(sections, 1))
    bodies = [f"## {n}. {title}\n\n{body}" for n, (title, body) in enumerate(sections, 1)]
    return markdown(
        "plan",
        "plan",
        f"The plan: {' '.join(model.title.split()) or 'a feature'}",
        "\n\n".join([f"**Contents**\n\n{contents}", *bodies]),
        model=model,
        evidence=all_evidence(model),
        links=("feature-model", "rules", "api", "migration-ddl", "pages", "threats", "rollout"),
    )


def _in_short(model: FeatureModel) -> str:
    who = _groups(model.actors)
    parts = [
        f"This is a plan for **{' '.join(model.title.split())}**. It is for {who}. It adds "
        f"{_count(len(model.new_entities), 'table')} and "
        f"{_count(len(model.actions), 'operation')}, and keeps {_count(len(model.rules), 'rule')}.",
        "People can:\n\n"
        + _bullets(f"{action.summary} ({callers(action)})" for action in model.actions),
    ]
    if model.rules:
        parts.append("It must always hold:\n\n" + _bullets(rule.text for rule in model.rules))
    if model.qualities:
        parts.append("It should be:\n\n" + _bullets(one.text for one in model.qualities))
    if model.non_goals:
        parts.append("It is not about:\n\n" + _bullets(model.non_goals))
    open_ones = _count(len(model.questions), "question")
    parts.append(
        f"{open_ones} {'is' if len(model.questions) == 1 else 'are'} open; the plan says what it "
        "assumes until somebody answers. Read those before anything is built."
    )
    return "\n\n".join(parts)


def _groups(actors: Sequence[Actor]) -> str:
    """Return roles as people speak of them: employees, line managers and finance."""
    titles = [
        plural(_written(actor)) if names_people(actor.name) else _written(actor) for actor in actors
    ]
    *first, last = titles or ["everybody who is signed in"]
    return f"{', '.join(first)} and {last}" if first else last


def _written(actor: Actor) -> str:
    words = (word.upper() if word in _SPELT else word for word in actor.title.split())
    return " ".join(words)


def _corrected(model: FeatureModel) -> str:
    if not model.corrections:
        return ""
    marked = [one.title for one in model.entities if PERSON in one.evidence]
    marked += [action.name for action in model.actions if PERSON in action.evidence]
    marked += [rule.slug for rule in model.rules if PERSON in rule.evidence]
    text = (
        "Somebody read what the planner understood and changed it. What they say overrides the "
        f"brief.\n\n{_bullets(model.corrections)}"
    )
    return f"{text}\n\nTheir hand is on: {', '.join(marked)}." if marked else text


def _decisions(results: Results, drafts: Sequence[DecisionDraft]) -> str:
    known = {draft.text: draft for draft in drafts}
    parts = []
    for role, name in _ROLES.items():
        texts = [_decision(one, known) for one in rows_of(results, role, "decisions")]
        if texts:
            parts.append(f"### {name}\n\n" + "\n\n".join(texts))
    return "\n\n".join(parts)


def _decision(plain: Mapping[str, Any], known: Mapping[str, DecisionDraft]) -> str:
    text = _line(plain.get("text"))
    lines = [f"**{text}**", _line(plain.get("rationale"))]
    draft = known.get(str(plain.get("text")))
    if draft is not None:
        lines += [
            f"- Instead of: {one.text.rstrip('.')}; {one.rejected_because}."
            for one in draft.alternatives
        ]
        if draft.revisit_trigger:
            lines.append(f"- Look again {_moment(draft.revisit_trigger)}.")
        lines.append(f"- {draft.category.capitalize()}, confidence {draft.confidence}.")
    bullets = "\n".join(line for line in lines[2:])
    return "\n\n".join(part for part in ("  \n".join(lines[:2]), bullets) if part)


def _moment(trigger: str) -> str:
    starts = ("when ", "above ", "below ", "as soon ", "once ", "if ", "after ", "before ")
    return trigger if trigger.startswith(starts) else f"when: {trigger}"


def _rules(model: FeatureModel) -> str:
    rows = [
        (
            rule.text,
            "; ".join(f"{m.kind} {m.where}" for m in rule.mechanisms),
            f"a person; {quote(rule.evidence)}"
            if PERSON in rule.evidence
            else quote(rule.evidence),
        )
        for rule in model.rules
    ]
    return table(("rule", "kept by", "said"), rows) if rows else ""


def _data(model: FeatureModel) -> str:
    rows = [
        (
            schema.table(entity),
            _origin(PERSON in entity.evidence, entity.existing),
            entity.summary,
            ", ".join(field.name for field in entity.fields),
        )
        for entity in model.entities
    ]
    if not rows:
        return ""
    return (
        table(("table", "is", "what", "columns"), rows)
        + "\n\nThe SQL stands in “Assumed baseline”, “Migration” and “Way back”."
    )


def _origin(is_persons: bool, exists: bool) -> str:
    text = "presupposed" if exists else "new"
    return f"{text}, by a person" if is_persons else text


def _interface(model: FeatureModel, results: Results) -> str:
    theirs = {action.name for action in model.actions if PERSON in action.evidence}
    rows = [
        (
            _line(one.get("operation")),
            _line(one.get("call")),
            _line(one.get("permission")) or "MISSING",
            "a person" if one.get("operation") in theirs else "the brief",
        )
        for one in rows_of(results, "backend_dev", "endpoints")
    ]
    return table(("operation", "call", "who may", "from"), rows) if rows else ""


def _pages(results: Results) -> str:
    pages: dict[str, list[str]] = {}
    for one in rows_of(results, "frontend_dev", "components"):
        if one.get("page"):
            pages.setdefault(_line(one["page"]), []).append(_line(one.get("operation")))
    rows = [(page, ", ".join(operations)) for page, operations in pages.items()]
    return table(("page", "operations"), rows) if rows else ""


def _security(model: FeatureModel, results: Results, threats: Sequence[Mapping[str, str]]) -> str:
    own = sorted(
        (one for one in threats if not one["rule"].startswith("general.")),
        key=lambda one: -RISKS.index(one["risk"]),
    )
    rows = [
        (one["risk"], one["operation"], one["threat"], one["mitigation"])
        for one in own[:_MOST_THREATS]
    ]
    matrix = consistency(model, {**results, "security": {"threats": list(threats)}})
    parts = [table(("risk", "operation", "threat", "mitigation"), rows)] if rows else []
    if len(own) > len(rows):
        parts.append(f"{len(own) - len(rows)} more are in the threat report.")
    parts.append(
        "Between the roles' results "
        + (
            f"there are {_count(len(matrix.holes), 'hole')}:\n\n"
            + _bullets(hole.text for hole in matrix.holes)
            if matrix.holes
            else f"no hole was found in {matrix.checked} places."
        )
    )
    return "\n\n".join(parts)


def _operation(results: Results) -> str:
    steps = results.get("it_admin", {}).get("deployment_steps")
    parts = []
    if isinstance(steps, list) and steps:
        parts.append("\n".join(f"{n}. {_line(step)}" for n, step in enumerate(steps, 1)))
    alerts = [
        (_line(one.get("name")), _line(one.get("when")), _line(one.get("means")))
        for one in rows_of(results, "it_admin", "monitoring_configuration")
    ]
    if alerts:
        parts.append(table(("alert", "when", "means"), alerts))
    return "\n\n".join(parts)


def _questions(model: FeatureModel) -> str:
    if not model.questions:
        return ""
    rows = [(one.text, one.assumption or "–", quote(one.evidence)) for one in model.questions]
    return table(("question", "assumed so far", "because of"), rows)


def _bullets(items: Iterable[str]) -> str:
    return "\n".join(f"- {_line(item)}" for item in items)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _line(value: object) -> str:
    return " ".join(str(value or "").split())
