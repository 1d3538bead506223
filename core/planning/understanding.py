"""A brief becomes a feature model."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.domain.artifact import Evidence
from core.planning.consistency import with_choices_left
from core.planning.edits import edited, switched_off
from core.planning.gaps import gap_questions, left_over
from core.planning.kinds import kind_of
from core.planning.matches import Matches
from core.planning.matching import match
from core.planning.merging import merged_actions, merged_entities
from core.planning.model import (
    Action,
    Actor,
    Constraint,
    Entity,
    FeatureModel,
    Field,
    Kind,
    Question,
)
from core.planning.omissions import Drops, rule_names, without_qualities, without_rules
from core.planning.plan import contributions
from core.planning.question_order import ordered
from core.planning.questions import (
    Topic,
    homeless_questions,
    language_questions,
    optional_questions,
    topics_in,
    unplanned_questions,
)
from core.planning.readiness import is_ready
from core.planning.reading.clauses import Clause, clauses
from core.planning.reading.deeds import deeds
from core.planning.reading.fields import fields_of
from core.planning.reading.language import language_of
from core.planning.reading.nouns import plural
from core.planning.reading.people import actors
from core.planning.reading.related import related, served
from core.planning.reading.status_quo import is_volume
from core.planning.rule_changes import asked, changed_rules, marked, not_read, with_sentences
from core.planning.titles import title_of
from core.planning.unread import missed, only_told, unasked, unread

# The packs whose subject people fill in with what the brief lists.
_ENTERED = ("records", "scheduling", "reservation")
_ARTICLE_LAST = re.compile(r"\b(?:the|an?|their|second|this) $", re.IGNORECASE)
# By which verb of the brief an operation is named, to find who does it.
_VERBS = (
    (r"Import$|ColumnMapping$|^listRejectedRows$", r"\bimport\w*"),
    (r"Refund$", r"\brefund\w*"),
    (r"Payment$|Deposit$|Subscription$", r"\b(?:pay|subscrib)\w*"),
    (r"Comment$", r"\b(?:comment|repl(?:y|ies)|check)\w*"),
    (r"Tag(?:$|To|From)", r"\b(?:tag(?:s|ged)?|merge)\b"),
    (r"^move", r"\b(?:move|publish|advance)\w*"),
    (r"^release|NoShow$", r"\b(?:give|mark|note|release)\b"),
    (r"(?:Booking|Reservation|Appointment)$", r"\b(?:book|reserve|cancel|confirm)\b"),
    (r"^decide|ToApprove$", r"\b(?:approv|confirm|declin|reject)\w*"),
    (r"^submit", r"\bsubmit\w*"),
    (r"Exports?$", r"\bexport\w*"),
    (r"^offer", r"\boffer\w*"),
    (r"^(?:accept|listSwapOffers)", r"\baccept\w*"),
    (r"^upload", r"\b(?:photograph|upload|attach)\w*"),
    (r"^listOwn", r"\b(?:see|view)\w*"),
    (r"^(?:create|update|delete)", r"\b(?:submit|create|add|enter|correct|edit|manage)\w*"),
    (r"^(?:start|send(?!Waiting))", r"\bmessag\w*"),
    (r"^(?:grant|change|revoke)Role$", r"\b(?:assign|grant|give|revoke|manage)\w*"),
    (r"^invite", r"\b(?:invit|shar)\w*"),
    (r"^list(?:Audit|Metric)", r"\b(?:audit(?! (?:log|trail))|see|view|read|check)\w*"),
    (r"^search", r"\b(?:search|find|filter)\w*"),
    (r"^scheduleReport$", r"\bschedul\w*"),
    (r"^sendWaitingWrites$", r"\b(?:record|fill|enter|sync)\w*"),
)


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
    kind, why = _kind(parts, found)
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
    if not _plannable(model, parts, body, found, topics):
        unused = [part for part in body if part not in found.used and not is_volume(part.text)]
        questions = unplanned_questions(body or list(parts), topics, unused)
        left = left_over(body, found, found.rules)
        return replace(model, questions=questions, not_understood=left)
    return without_qualities(_filled(model, parts, body, found, topics), drops)


def _filled(
    model: FeatureModel,
    parts: Sequence[Clause],
    body: Sequence[Clause],
    found: Matches,
    topics: Sequence[tuple[Topic, Clause]],
) -> FeatureModel:
    """Add what the matched packs bring: entities, actions, qualities and questions."""
    gathered = contributions(model)
    entities = merged_entities(
        replace(entity, evidence=evidence) for entity, evidence in gathered.entities
    )
    stored = {entity.name for entity in entities}
    referred = {entity.name: _referred(entity, model, parts, stored) for entity in entities}
    entities = tuple(
        _with_fields(entity, model, parts, referred[entity.name]) for entity in entities
    )
    entities += tuple(
        Entity(
            noun,
            summary=f"Exists already; what a {one.replace('_', ' ')} refers to.",
            existing=True,
        )
        for noun, one in {noun: one for one, nouns in referred.items() for noun in nouns}.items()
        if noun not in stored
    )
    names = {entity.name for entity in entities}
    actions = merged_actions(
        replace(
            action,
            actors=action.actors or _who(action, body, model.actors),
            evidence=evidence,
        )
        for action, evidence in gathered.actions
        if action.entity in names
    )
    # First what nothing is built for, then what the plan takes an answer for granted.
    reasons = [part for part in parts if part.section == "reason"]
    questions = list(gap_questions([*body, *reasons], found, found.rules, actions))
    questions += [*homeless_questions(model, names), *optional_questions(parts)]
    answered = {rule.slug for rule in model.rules if any(e.words for e in rule.evidence)}
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
    return replace(
        model,
        entities=entities,
        actions=actions,
        not_understood=unasked((*model.not_understood, *unread(body, found)), questions),
        qualities=tuple(
            replace(quality, evidence=evidence) for quality, evidence in gathered.qualities
        ),
        questions=tuple({question.slug: question for question in questions}.values()),
        plannable=True,
    )


def _kind(parts: Sequence[Clause], found: Matches) -> tuple[Kind, tuple[Evidence, ...]]:
    return kind_of(parts, found.packs)


def _plannable(
    model: FeatureModel,
    parts: Sequence[Clause],
    body: Sequence[Clause],
    found: Matches,
    topics: Sequence[tuple[Topic, Clause]],
) -> bool:
    return bool(body) and is_ready(model.kind, parts, found, topics)


def _is_record(entity: Entity, model: FeatureModel) -> bool:
    """Whether an entity is a record that the feature creates."""
    return not entity.existing and any(
        matched.slug in _ENTERED and dict(matched.bindings).get("subject") == entity.name
        for matched in model.packs
    )


def _referred(
    entity: Entity, model: FeatureModel, parts: Sequence[Clause], stored: set[str]
) -> tuple[str, ...]:
    """Return the things that a record of the feature refers to."""
    if not _is_record(entity, model):
        return ()
    own = {field.references for field in entity.fields} | {entity.name}
    found = (*related(entity.name, parts), *served(entity.name, parts))
    return tuple(noun for noun in found if noun not in own | stored)


def _with_fields(
    entity: Entity, model: FeatureModel, parts: Sequence[Clause], referred: Sequence[str]
) -> Entity:
    """Add the fields that the brief names for a record of the feature, and what it refers to."""
    if not _is_record(entity, model):
        return entity
    known = {field.name for field in entity.fields} | set(referred)
    told = fields_of(entity.name, parts)
    named = tuple(
        field
        for field in told
        if not {field.name, f"{field.name}_id"} & known
        # What has a begin and an end has its length from them.
        and not (field.name.endswith("_minutes") and "ends_at" in known)
    )
    if not named and "owner_id" in known and not any(map(_is_entered, entity.fields)):
        named = (Field("description", "long_text"),)
    listed = {field.name for field in told}
    named += tuple(
        Field(f"{noun}_id", "ref", required=noun in listed, references=noun) for noun in referred
    )
    entity = replace(entity, fields=named + entity.fields)
    status = entity.field("status")
    return _with_drafts(entity) if status and "draft" in status.choices else entity


def _with_drafts(entity: Entity) -> Entity:
    """Let a draft be incomplete; what people enter is mandatory once it is submitted."""
    entered = [field.name for field in entity.fields if _is_entered(field)]
    if not entered:
        return entity
    complete = " AND ".join(f'"{name}" IS NOT NULL' for name in entered)
    return replace(
        entity,
        fields=tuple(
            replace(field, required=False) if field.name in entered else field
            for field in entity.fields
        ),
        constraints=(
            *entity.constraints,
            Constraint(
                f"{plural(entity.name)}_complete",
                "check",
                f"\"status\" = 'draft' OR ({complete})",
            ),
        ),
    )


def _is_entered(field: Field) -> bool:
    """Whether people enter a field, rather than the system setting it."""
    return (
        field.required
        and not field.default
        and not field.references
        and field.type != "choice"
        and not field.name.endswith(("_at", "_until"))
        and field.name != "status"
    )


def _who(action: Action, body: Sequence[Clause], people: Sequence[Actor]) -> tuple[str, ...]:
    """Return the actors that stand before the operation's verb, or after it behind `by`."""
    verb = next((verb for name, verb in _VERBS if re.search(name, action.name)), None)
    if verb is None:
        return ()
    found: dict[str, None] = {}
    for clause in body:
        for hit in re.finditer(verb, clause.text, re.IGNORECASE):
            before, after = clause.text[: hit.start()], clause.text[hit.end() :]
            if _ARTICLE_LAST.search(before):  # a noun: “the offer”, “a second approval”
                before = ""
            for actor in _subjects(before, people):
                found.setdefault(actor.name)
            for actor in people:
                if re.match(rf"\W*by (?:the |their |an? )?{actor.title}", after, re.IGNORECASE):
                    found.setdefault(actor.name)
    return tuple(found)


def _subjects(before: str, people: Sequence[Actor]) -> tuple[Actor, ...]:
    """Return the actor who stands last in a text, with those joined to it by `and` or `or`."""
    nearest = max(people, key=lambda actor: _last(actor.title, before), default=None)
    if nearest is None or _last(nearest.title, before) < 0:
        return ()
    start = before[: _last(nearest.title, before)]
    joined = tuple(
        actor
        for actor in people
        if re.search(rf"\b{actor.title}s? (?:and|or) (?:the |their )?$", start, re.IGNORECASE)
    )
    return (*joined, nearest)


def _last(title: str, text: str) -> int:
    positions = [hit.start() for hit in re.finditer(rf"\b{title}s?\b", text, re.IGNORECASE)]
    return positions[-1] if positions else -1


def _non_goals(parts: Sequence[Clause]) -> tuple[str, ...]:
    texts = [part.text for part in parts if part.section == "non_goal"]
    return tuple(
        piece.strip(" .") for text in texts for piece in text.split(",") if piece.strip(" .")
    )
