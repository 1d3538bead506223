"""A brief becomes a feature model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.domain.artifact import Evidence
from core.planning.consistency import with_choices_left
from core.planning.demand_words import STRONG
from core.planning.doers import booked_things, doers_of, with_doers
from core.planning.edits import edited, switched_off
from core.planning.gaps import gap_questions, left_over
from core.planning.kinds import kind_of
from core.planning.matches import Matches
from core.planning.matching import match
from core.planning.merging import merged_actions, merged_entities
from core.planning.model import (
    FeatureModel,
    Question,
)
from core.planning.omissions import Drops, rule_names, without_qualities, without_rules
from core.planning.packs import PATTERNS
from core.planning.plan import contributions
from core.planning.question_order import ordered
from core.planning.questions import (
    Topic,
    homeless_questions,
    language_questions,
    open_questions,
    optional_questions,
    topics_in,
    unplanned_questions,
)
from core.planning.readiness import is_ready
from core.planning.reading.clauses import Clause, clauses
from core.planning.reading.deed import Deed
from core.planning.reading.deeds import deeds
from core.planning.reading.language import language_of
from core.planning.reading.people import actors
from core.planning.reading.status_quo import is_volume
from core.planning.record_fields import with_fields
from core.planning.rule_changes import asked, changed_rules, marked, not_read, with_sentences
from core.planning.taken_up import not_taken_up
from core.planning.titles import title_of
from core.planning.unread import missed, only_told, unasked


def understand(brief: str, edits: Mapping[str, Any] | None = None) -> FeatureModel:
    """Return what the brief asks for, with a person's corrections on top."""
    drops = switched_off(edits or {})
    parts = clauses(brief)
    language = language_of(brief)
    if language != "English":
        model = FeatureModel(
            kind="other_language",
            title=title_of(parts),
            questions=language_questions(language),
            not_understood=tuple(part.text for part in parts if part.section == "body"),
            kind_evidence=(Evidence(language, "language"),),
        )
    else:
        model = _english(parts, drops)
        changes = changed_rules(edits or {})
        if changes:
            model = _with_changes(model, parts, drops, changes)
    whole = with_choices_left(edited(model, edits) if edits else model)
    return replace(whole, questions=ordered(whole.questions)) if whole.plannable else whole


def _with_changes(
    model: FeatureModel, parts: Sequence[Clause], drops: Drops, changes: Mapping[str, str]
) -> FeatureModel:
    """Read the brief again with a person's sentences; what cannot be read so is asked."""
    said = {*rule_names(model.rules), *(rule.slug for rule in model.rules)}
    changes = {name: text for name, text in changes.items() if name in said}
    again = _english(with_sentences(parts, model.rules, changes), drops)
    lost = not_read(again, model.rules, changes)
    if lost:
        understood = {
            name: text
            for name, text in changes.items()
            if name.partition(":")[0] not in {rule.slug for rule in lost}
        }
        gone = Drops(drops.rules | {rule.slug for rule in lost}, drops.qualities)
        again = asked(_english(with_sentences(parts, model.rules, understood), gone), lost, changes)
        changes = understood
    return marked(again, changes)


def _english(parts: Sequence[Clause], drops: Drops) -> FeatureModel:
    body = [part for part in parts if part.section == "body"]
    people = actors(parts)
    done = deeds(parts, people)
    found = match(parts, done)
    kind, why = kind_of(parts, found.packs, found.asked)
    model = FeatureModel(
        kind=kind,
        title=title_of(parts),
        actors=people,
        rules=tuple(found.rules),
        non_goals=_non_goals(parts),
        packs=tuple(found.packs),
        not_understood=missed(body, found),
        background=only_told(parts, found),
        kind_evidence=why,
    )
    model = without_rules(model, drops)
    topics = topics_in(body or list(parts), found.used)
    if not (body and is_ready(model.kind, parts, found, topics)):
        unused = [part for part in body if part not in found.used and not is_volume(part.text)]
        questions = unplanned_questions(body or list(parts), topics, unused)
        questions = (*questions, *open_questions(parts))
        parts_left = not_taken_up(body, found, model, done)
        left = left_over(body, found, found.rules, parts_left)
        return replace(model, questions=questions, not_understood=left)
    if found.asked:
        topics = ()  # what exists there already is mentioned, not asked for
    return without_qualities(_filled(model, parts, body, found, topics, done), drops)


def _filled(
    model: FeatureModel,
    parts: Sequence[Clause],
    body: Sequence[Clause],
    found: Matches,
    topics: Sequence[tuple[Topic, Clause]],
    done: Sequence[Deed],
) -> FeatureModel:
    """Add what the matched packs bring: entities, actions, qualities and questions."""
    gathered = contributions(model)
    entities = merged_entities(
        replace(entity, evidence=evidence) for entity, evidence in gathered.entities
    )
    filled = with_fields(entities, model, parts, done)
    entities, listing = filled.entities, filled.read
    found.used |= listing
    found.ruled |= {clause for clause in listing if not STRONG.search(clause.text)}
    names = {entity.name for entity in entities}
    told = found.index.among(lambda one: one.section == "body")
    acting = told, model.actors, booked_things(model)
    actions = merged_actions(
        replace(
            action,
            actors=action.actors or doers_of(action, done, *acting),
            evidence=evidence,
        )
        for action, evidence in gathered.actions
        if action.entity in names
    )
    # First what nothing is built for, then what the plan takes an answer for granted.
    reasons = [part for part in parts if part.section == "reason"]
    questions = list(gap_questions([*body, *reasons], found, found.rules, actions))
    questions += [*homeless_questions(model, names), *optional_questions(parts)]
    questions += open_questions(parts)
    spoken = [rule.slug for rule in model.rules if any(e.words for e in rule.evidence)]
    answered = {*spoken, *(slug for rule in spoken for slug in PATTERNS[rule][1].answers)}
    questions += [
        replace(question, evidence=evidence)
        for question, evidence in gathered.questions
        if question.slug not in answered
    ]
    questions += [
        Question(
            f"topic.{topic.slug}",
            topic.question,
            "Left out of this plan.",
            (Evidence(clause.text, "topic"),),
        )
        for topic, clause in topics
    ]
    read = {clause.text for clause in listing}
    not_read_yet = [text for text in model.not_understood if text not in read]
    whole = replace(
        model,
        actors=with_doers(model.actors, actions),
        entities=entities,
        actions=actions,
        qualities=tuple(
            replace(quality, evidence=evidence) for quality, evidence in gathered.qualities
        ),
        questions=tuple({question.slug: question for question in questions}.values()),
        plannable=True,
    )
    parts_left = [
        words for said in not_taken_up(body, found, whole, done).values() for words in said
    ]
    left = dict.fromkeys((*not_read_yet, *parts_left, *found.unmade))
    return replace(whole, not_understood=unasked(left, questions))


def _non_goals(parts: Sequence[Clause]) -> tuple[str, ...]:
    texts = [part.text for part in parts if part.section == "non_goal"]
    return tuple(
        piece.strip(" .") for text in texts for piece in text.split(",") if piece.strip(" .")
    )
