"""A thing of the feature model gets another name, wherever it is mentioned."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from core.domain.artifact import Evidence
from core.errors import InvalidInput
from core.planning.model import PERSON, Entity, FeatureModel
from core.planning.reading.nouns import camel, plural


def rename_entity(model: FeatureModel, old: str, new: str) -> FeatureModel:
    """Return the model in which a thing has another name, wherever it is mentioned."""
    if model.entity(old) is None or old == new:
        return model
    if model.entity(new) is not None:
        raise InvalidInput(f"There is already an entity {new}.", hint="Choose another name.")

    def spelled(text: str) -> str:
        return _spelled(text, old, new)

    def reworded(text: str) -> str:
        return _reworded(text, old, new)

    def paired(pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((name, new if noun == old else noun) for name, noun in pairs)

    def marked(evidence: tuple[Evidence, ...], is_it: bool) -> tuple[Evidence, ...]:
        return (*evidence, PERSON) if is_it and PERSON not in evidence else evidence

    entities = tuple(
        replace(
            _map_entity(entity, spelled, reworded),
            evidence=marked(entity.evidence, entity.name == old),
        )
        for entity in model.entities
    )
    actions = tuple(
        replace(
            action,
            evidence=marked(action.evidence, action.entity == old),
            name=spelled(action.name),
            summary=reworded(action.summary),
            entity=spelled(action.entity),
            path=_repathed(action.path, old, new),
            body=tuple(spelled(name) for name in action.body),
            page=reworded(action.page),
            permission=reworded(action.permission),
        )
        for action in model.actions
    )
    rules = tuple(
        replace(
            rule,
            text=reworded(rule.text),
            evidence=marked(rule.evidence, reworded(rule.text) != rule.text),
            mechanisms=tuple(
                replace(m, where=spelled(m.where), how=reworded(m.how)) for m in rule.mechanisms
            ),
            bindings=paired(rule.bindings),
        )
        for rule in model.rules
    )
    questions = tuple(
        replace(q, text=reworded(q.text), assumption=reworded(q.assumption))
        for q in model.questions
    )
    omissions = tuple(
        replace(one, text=reworded(one.text), bindings=paired(one.bindings))
        for one in model.omissions
    )
    packs = tuple(replace(match, bindings=paired(match.bindings)) for match in model.packs)
    return replace(
        model,
        entities=entities,
        actions=actions,
        rules=rules,
        questions=questions,
        packs=packs,
        omissions=omissions,
    )


def _map_entity(
    entity: Entity, spelled: Callable[[str], str], reworded: Callable[[str], str]
) -> Entity:
    return replace(
        entity,
        name=spelled(entity.name),
        summary=reworded(entity.summary),
        fields=tuple(
            replace(f, name=spelled(f.name), references=spelled(f.references))
            for f in entity.fields
        ),
        constraints=tuple(
            replace(c, name=spelled(c.name), sql=spelled(c.sql)) for c in entity.constraints
        ),
        indexes=tuple(
            replace(
                i,
                name=spelled(i.name),
                columns=spelled(i.columns),
                where=spelled(i.where),
                serves=spelled(i.serves),
            )
            for i in entity.indexes
        ),
        triggers=tuple(
            replace(t, name=spelled(t.name), body=spelled(t.body)) for t in entity.triggers
        ),
    )


def _spelled(text: str, old: str, new: str) -> str:
    """Replace a name in identifiers: snake_case, CamelCase, and their plurals."""
    for before, after in ((plural(old), plural(new)), (old, new)):
        text = _exchange(text, before, after)
        text = re.sub(rf"{camel(before)}(?![a-z])", camel(after), text)
    return text


def _reworded(text: str, old: str, new: str) -> str:
    """Replace a name in prose, where it stands as words, or inside an operation's name."""
    for before, after in ((plural(old), plural(new)), (old, new)):
        words, others = before.replace("_", " "), after.replace("_", " ")
        text = re.sub(rf"(?<=[a-z]){camel(before)}(?![a-z])", camel(after), text)
        text = _exchange(text, words, others)
        text = _exchange(text, words.capitalize(), others.capitalize())
    article = "an" if new[:1] in set("aeio") else "a"
    named = re.escape(new.replace("_", " "))
    return re.sub(rf"\b([Aa])n? (?={named}\b)", lambda found: f"{found[1]}{article[1:]} ", text)


def _exchange(text: str, before: str, after: str) -> str:
    return re.sub(rf"(?<![A-Za-z]){re.escape(before)}(?![A-Za-z])", after, text)


def _repathed(path: str, old: str, new: str) -> str:
    """Replace a name in a path: kebab-case in its words, snake_case in its parameters."""
    segments = [
        _spelled(segment, old, new)
        if segment.startswith("{")
        else _spelled(segment.replace("-", "_"), old, new).replace("_", "-")
        for segment in path.split("/")
    ]
    return "/".join(segments)
