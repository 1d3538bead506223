"""The feature model: what the planner understood of a brief, each finding with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from core.domain.artifact import Evidence
from core.planning.codec import from_plain, to_plain

Kind = Literal[
    "data", "interface", "performance", "migration", "integration", "none", "other_language"
]
ConstraintKind = Literal["check", "unique", "exclude", "foreign_key"]

PLANNABLE: tuple[Kind, ...] = ("data", "interface", "performance", "migration", "integration")
PERSON = Evidence(words="", rule="person.edit")


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts in the feature: a person's role, or a department."""

    name: str  # snake_case
    evidence: tuple[Evidence, ...] = ()

    @property
    def title(self) -> str:
        """The name as people write it."""
        return self.name.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Field:
    """A column of an entity. `references` names the entity that it points to."""

    name: str
    type: str = "text"
    required: bool = True
    references: str = ""
    choices: tuple[str, ...] = ()
    default: str = ""  # an SQL expression
    personal: bool = False
    unique: bool = False
    existing: bool = False  # presupposed, even where the entity gets new columns
    on_delete: str = ""  # what happens to this row when the referenced one goes


@dataclass(frozen=True, slots=True)
class Constraint:
    """Something that the database itself keeps true, in SQL with quoted identifiers."""

    name: str
    kind: ConstraintKind
    sql: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Index:
    """An index beyond those of keys: what it covers and which reading it serves."""

    name: str
    columns: str  # SQL between the parentheses
    where: str = ""
    method: str = "btree"
    unique: bool = False
    serves: str = ""


@dataclass(frozen=True, slots=True)
class Trigger:
    """What a table does by itself on a change, where a constraint sees too little.

    A constraint knows one new row; a trigger also knows the old one, and other rows. `body` is
    PL/pgSQL between BEGIN and END, for each row, without an empty line.
    """

    name: str
    when: str  # BEFORE UPDATE OR DELETE
    body: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing that the feature stores. `existing` ones are presupposed, not created."""

    name: str  # snake_case, singular
    summary: str = ""
    fields: tuple[Field, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    indexes: tuple[Index, ...] = ()
    extensions: tuple[str, ...] = ()
    existing: bool = False
    evidence: tuple[Evidence, ...] = ()
    triggers: tuple[Trigger, ...] = ()

    @property
    def title(self) -> str:
        """The name as people write it."""
        return self.name.replace("_", " ")

    def field(self, name: str) -> Field | None:
        """Return the field of that name, or None."""
        return next((field for field in self.fields if field.name == name), None)


@dataclass(frozen=True, slots=True)
class Action:
    """An operation: who does what to which entity, and how it is called over HTTP."""

    name: str  # camelCase, unique; the OpenAPI operationId
    summary: str
    entity: str
    method: str = "POST"
    path: str = ""
    actors: tuple[str, ...] = ()  # empty: everybody who is signed in
    # Names of the entity's fields, "name?" where optional, "name:type" for what is not stored.
    body: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    page: str = ""
    permission: str = ""  # what must hold for this person and this row
    rules: tuple[str, ...] = ()
    many: bool = False  # answers with a list
    upload: bool = False  # the body is a file
    signed: bool = False  # called by another system that signs its request; no session, no page
    evidence: tuple[Evidence, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether it changes something."""
        return self.method != "GET"


@dataclass(frozen=True, slots=True)
class Mechanism:
    """How a rule is kept: what kind of thing does it, where, and how exactly."""

    kind: str  # constraint, trigger, index, state, permission, job, interface, client, alert, test
    where: str
    how: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A demand of the brief, as something that can be checked."""

    slug: str
    text: str
    mechanisms: tuple[Mechanism, ...] = ()
    bindings: tuple[tuple[str, str], ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Quality:
    """A wish about how well, not what: speed, reception, accessibility."""

    slug: str
    text: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What the brief leaves open, and what the plan assumes until somebody answers."""

    slug: str
    text: str
    assumption: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class PackMatch:
    """A feature pack that the brief called for, and what its placeholders stand for."""

    slug: str
    bindings: tuple[tuple[str, str], ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Omission:
    """A rule or a quality wish of the brief that a person switched off: it is not planned."""

    kind: Literal["rule", "quality"]
    slug: str
    text: str
    bindings: tuple[tuple[str, str], ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class FeatureModel:
    """What the planner understood of a brief."""

    kind: Kind
    title: str
    actors: tuple[Actor, ...] = ()
    entities: tuple[Entity, ...] = ()
    actions: tuple[Action, ...] = ()
    rules: tuple[Rule, ...] = ()
    qualities: tuple[Quality, ...] = ()
    non_goals: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    packs: tuple[PackMatch, ...] = ()
    not_understood: tuple[str, ...] = ()
    background: tuple[str, ...] = ()  # how things are, and what wishes are good for
    kind_evidence: tuple[Evidence, ...] = ()
    plannable: bool = False
    omissions: tuple[Omission, ...] = ()
    corrections: tuple[str, ...] = ()  # what a person changed in it, one sentence each

    def entity(self, name: str) -> Entity | None:
        """Return the entity of that name, or None."""
        return next((entity for entity in self.entities if entity.name == name), None)

    @property
    def new_entities(self) -> tuple[Entity, ...]:
        """The entities that the feature creates."""
        return tuple(entity for entity in self.entities if not entity.existing)

    def with_entities(self, entities: tuple[Entity, ...]) -> FeatureModel:
        """Return the model with these entities instead of its own."""
        return replace(self, entities=entities)

    def to_json(self) -> dict[str, Any]:
        """Return the model as plain values that JSON can hold; defaults are left out."""
        plain = to_plain(self)
        assert isinstance(plain, dict)
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> FeatureModel:
        """Return the model that `to_json` made these plain values of.

        Raises `InvalidInput` when they have another shape.
        """
        return from_plain(cls, plain)
