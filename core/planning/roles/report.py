"""What all roles' results share: output, artifacts with their header, decisions from choices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from core.domain.artifact import Artifact, Evidence, Validation
from core.domain.decision import Alternative, Confidence, DecisionDraft
from core.planning.model import PERSON, Action, FeatureModel
from core.planning.packs.pack import Choice
from core.planning.plan import Why, contributions
from core.planning.validators import validate_markdown, with_links

MADE_BY = "Derived by the rule-based planner of Sage Mode, not by AI"
_MAX_EVIDENCE = 40
_MAX_CORRECTIONS = 6


def markdown(
    slug: str,
    kind: str,
    title: str,
    body: str,
    *,
    model: FeatureModel,
    evidence: Iterable[Evidence] = (),
    links: Sequence[str] = (),
) -> Artifact:
    """Return a Markdown artifact under its header."""
    text = f"# {title}\n\n> {made_by(model)}.\n\n{body.strip()}\n"
    return document(
        slug,
        kind,
        "text/markdown",
        title,
        text,
        evidence=(*persons(model), *evidence),
        links=links,
        validation=validate_markdown(text),
    )


def document(
    slug: str,
    kind: str,
    media_type: str,
    title: str,
    body: str,
    *,
    evidence: Iterable[Evidence] = (),
    links: Sequence[str] = (),
    validation: Validation,
) -> Artifact:
    """Return an artifact whose body is already complete; its links have a part in the verdict."""
    validation = with_links(validation, slug, links)
    return Artifact(slug, kind, media_type, title, body, _some(evidence), tuple(links), validation)


def made_by(model: FeatureModel) -> str:
    """Return who made an artifact, in one line: the planner, and a person who corrected it."""
    if not model.corrections:
        return MADE_BY
    shown = "; ".join(text.rstrip(".") for text in model.corrections[:_MAX_CORRECTIONS])
    more = len(model.corrections) - _MAX_CORRECTIONS
    return f"{MADE_BY}. Corrected by a person: {shown}{f'; {more} more' if more > 0 else ''}"


def persons(model: FeatureModel) -> tuple[Evidence, ...]:
    """Return the mark of what a person corrected; nothing when nobody did."""
    return (PERSON,) if model.corrections else ()


def plain_json(value: Any) -> str:
    """Return JSON for people to read, always in the same order."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; bars and line breaks in cells are kept from breaking it."""
    lines = [_row(head), _row(["---"] * len(head))]
    lines.extend(_row(row) for row in rows)
    return "\n".join(lines)


def quote(evidence: Iterable[Evidence]) -> str:
    """Return the words of the brief behind something, in quotes; a dash without any."""
    words = list(dict.fromkeys(item.words for item in evidence if item.words))
    return "; ".join(f"“{_short(text)}”" for text in words[:3]) or "–"


def confidence(why: Iterable[Evidence]) -> Confidence:
    """Say how sure something is: high when a rule found words for it, low without any words."""
    spoken = [item for item in why if item.words]
    if any(not item.rule.startswith("pack.") for item in spoken):
        return "high"
    return "medium" if spoken else "low"


def decisions(model: FeatureModel, role: str) -> tuple[DecisionDraft, ...]:
    """Return the decisions that a role takes because of the model's packs and rules."""
    return tuple(
        decision(choice, why) for choice, why in contributions(model).choices if choice.role == role
    )


def decision(choice: Choice, why: Why, *, links: Sequence[str] = ()) -> DecisionDraft:
    """Return a choice as a decision; the architect's are strategic."""
    words = dict.fromkeys(f"“{_short(item.words)}”" for item in why if item.words)
    return DecisionDraft(
        text=choice.text,
        rationale=choice.rationale,
        category=choice.category,
        confidence=confidence(why),
        alternatives=tuple(
            Alternative(option.text, option.rejected_because) for option in choice.options
        ),
        evidence=(*links, *list(words)[:3]),
        revisit_trigger=choice.revisit or None,
        strategic=choice.role == "architect",
    )


def output(
    analysis: str,
    approach: str,
    drafts: Sequence[DecisionDraft],
    concerns: Iterable[str],
    sure: Confidence,
    **fields: Any,
) -> dict[str, Any]:
    """Return a role's output: what every role says, and the fields of its own."""
    return {
        "analysis": analysis,
        "approach": approach,
        "decisions": [
            {"text": draft.text, "rationale": draft.rationale, "category": draft.category}
            for draft in drafts
        ],
        "concerns": list(concerns),
        "confidence": sure,
        **fields,
    }


def overall(model: FeatureModel) -> Confidence:
    """Say how sure the plan as a whole is, by what was left open."""
    if model.not_understood:
        return "low"
    return "medium" if model.questions else "high"


def all_evidence(model: FeatureModel) -> tuple[Evidence, ...]:
    """Return the evidence of the model's packs and rules, and the mark of a person's edits."""
    found = [item for match in model.packs for item in match.evidence]
    found += [item for rule in model.rules for item in rule.evidence]
    return (*persons(model), *(item for item in found if item.words))


def notes(model: FeatureModel, role: str, topic: str) -> list[str]:
    """Return what the packs remark for a role on a topic."""
    return [
        note.text
        for note, _ in contributions(model).notes
        if note.role == role and note.topic == topic
    ]


def people(names: Iterable[str]) -> str:
    """Return actors as people write them; everybody who is signed in when none is named."""
    return ", ".join(name.replace("_", " ") for name in names) or "signed-in users"


def callers(action: Action) -> str:
    """Return who calls an operation, as people write them; what is signed comes from a system."""
    return "another system, by its signature" if action.signed else people(action.actors)


def _row(cells: Sequence[str]) -> str:
    safe = (" ".join(cell.split()).replace("|", "\\|").replace("<", "&lt;") for cell in cells)
    return f"| {' | '.join(safe)} |"


def _some(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(evidence))[:_MAX_EVIDENCE]


def _short(text: str) -> str:
    return text if len(text) <= 160 else f"{text[:157].rstrip()}…"
