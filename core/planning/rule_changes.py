"""A person puts a sentence of their own in the place of what the brief said about a rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.domain.artifact import Evidence
from core.errors import InvalidInput
from core.planning.model import PERSON, FeatureModel, Question, Rule
from core.planning.omissions import rule_names
from core.planning.reading.clauses import Clause

_LONGEST_SENTENCE = 400


def changed_rules(edits: Mapping[str, Any]) -> dict[str, str]:
    """Return the sentences that a person put in the place of rules, by the rules' names.

    Raises `InvalidInput` when they have another shape.
    """
    part = edits.get("rules", {})
    changes = part.get("change", {}) if isinstance(part, Mapping) else {}
    if not isinstance(changes, Mapping):
        raise InvalidInput("'change' in the edits is not an object.", hint=_HINT)
    found = {}
    for name, sentence in changes.items():
        text = " ".join(sentence.split()) if isinstance(sentence, str) else ""
        if not text or len(text) > _LONGEST_SENTENCE:
            raise InvalidInput(f"{name} is not changed to a sentence.", hint=_HINT)
        found[str(name)] = text.rstrip(".")
    return found


_HINT = 'Changed rules look like {"rules": {"change": {"approval.threshold": "Above 800 EUR …"}}}.'


def with_sentences(
    parts: Sequence[Clause], rules: Sequence[Rule], changes: Mapping[str, str]
) -> tuple[Clause, ...]:
    """Return a brief's clauses with a person's sentences in the place of those rules' own.

    A clause that other rules stand on as well stays, behind the sentence: what comes first counts.
    """
    clauses = list(parts)
    for name, rule in zip(rule_names(rules), rules, strict=True):
        sentence = changes.get(name, changes.get(rule.slug))
        if sentence is None:
            continue
        words = {item.words for item in rule.evidence if item.words}
        shared = {
            item.words for other in rules if other.slug != rule.slug for item in other.evidence
        }
        at = next(
            (i for i, clause in enumerate(clauses) if clause.text in words),
            len(clauses),
        )
        clauses.insert(at, Clause(sentence))
        clauses = [
            clause
            for clause in clauses
            if clause.text == sentence or clause.text not in words - shared
        ]
    return tuple(clauses)


def not_read(
    model: FeatureModel, rules: Sequence[Rule], changes: Mapping[str, str]
) -> tuple[Rule, ...]:
    """Return the rules that the person's sentences were to replace and that no longer fire."""
    read = {
        rule.slug
        for rule in model.rules
        if any(item.words in changes.values() for item in rule.evidence)
    }
    return tuple(
        rule
        for name, rule in zip(rule_names(rules), rules, strict=True)
        if {name, rule.slug} & set(changes) and rule.slug not in read
    )


def marked(model: FeatureModel, changes: Mapping[str, str]) -> FeatureModel:
    """Return the model in which rules that stand on a person's sentence bear their mark."""
    sentences = set(changes.values())

    def mark(rule: Rule) -> Rule:
        if not any(item.words in sentences for item in rule.evidence):
            return rule
        evidence = tuple(
            Evidence(item.words, PERSON.rule) if item.words in sentences else item
            for item in rule.evidence
        )
        return replace(rule, evidence=(*evidence, PERSON))

    return replace(model, rules=tuple(mark(rule) for rule in model.rules))


def asked(model: FeatureModel, lost: Sequence[Rule], changes: Mapping[str, str]) -> FeatureModel:
    """Return the model with questions about sentences that could not be read as their rules."""
    questions = [
        Question(
            f"changed.{rule.slug}",
            f"Instead of “{rule.text.rstrip('.')}”, a person wrote “{sentence}”. It was not "
            "understood as a rule: what exactly must hold, with which number, for whom?",
            "Neither of the two is planned.",
            (Evidence(sentence, PERSON.rule), PERSON),
        )
        for rule in lost
        if (sentence := _sentence(rule, changes))
    ]
    return replace(
        model,
        questions=(*model.questions, *questions),
        not_understood=(
            *model.not_understood,
            *dict.fromkeys(item.evidence[0].words for item in questions),
        ),
    )


def _sentence(rule: Rule, changes: Mapping[str, str]) -> str:
    named = (text for name, text in changes.items() if name.partition(":")[0] == rule.slug)
    return next(named, "")
