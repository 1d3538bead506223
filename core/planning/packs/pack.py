"""What a feature pack is: a declaration of what one kind of demand brings into a plan.

Strings in a declaration may hold placeholders, which stand for what the brief calls things. For a
noun `subject` bound to `swap_offer`: `<subject>` swap_offer, `<subjects>` swap_offers, `<Subject>`
SwapOffer, `<Subjects>` SwapOffers, `<subject_>` swap offer, `<subjects_>` swap offers,
`<Subject_>` Swap offer, `<Subjects_>` Swap offers, `<subjects->` swap-offers. A rule's quantity
fills `<value>`, `<unit>`, `<words>` and `<share>`; `<limit>` says the words with the side that is
meant (“at most 10 MB”), `<operator>` how a value that keeps it compares (`<=`), `<lower>` the lower
end of a range. What a group `event` of a cue finds fills `<event>`, a group `clock` `<clock>`
(`<event->` and `<value_>` are such words as names), a group `mediatypes` the media
types as `<mediatypes>`. A noun `states` stands for a list of states: `<states>` draft > review,
`<quotedstates>` 'draft', 'review', `<firststate>`, `<laststate>`, `<moves>` ('draft', 'review'),
`<skips>` the same over one between, and `("<eachstate>",)` a tuple of them. What a cue's own groups
bind is filled as it stands (`<who>`, `<what>`); of a group `roles`, `<role>` is the first one,
`<quotedroles>` 'dean', 'treasurer', `("<eachrole>",)` a tuple of them, `<needed>` how many it
takes.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.planning.model import (
    Action,
    Entity,
    Kind,
    Mechanism,
    Quality,
    Question,
)


@dataclass(frozen=True, slots=True)
class Job:
    """Something that runs by itself."""

    name: str
    schedule: str
    does: str
    alert: str  # what is watched, and when somebody is told


@dataclass(frozen=True, slots=True)
class Threat:
    """What an attacker, or an accident, could do to an operation of the pack."""

    slug: str
    operation: str
    stride: str  # one letter of STRIDE
    text: str
    mitigation: str
    likelihood: int  # 1 to 3
    impact: int  # 1 to 3


@dataclass(frozen=True, slots=True)
class Option:
    """A way that was considered, and why it was not taken."""

    text: str
    rejected_because: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision that a pack brings; `role` takes it, strategic when that is the architect."""

    slug: str
    text: str
    rationale: str
    category: str
    options: tuple[Option, ...] = ()
    revisit: str = ""
    role: str = "architect"


@dataclass(frozen=True, slots=True)
class Note:
    """A remark that a pack has for one role: a query, a token, a component, a metric."""

    role: str
    topic: str
    text: str
    slug: str = ""  # where a rule takes it along


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a pack, or one of its rules when it fires, adds to the plan."""

    entities: tuple[Entity, ...] = ()
    actions: tuple[Action, ...] = ()
    jobs: tuple[Job, ...] = ()
    threats: tuple[Threat, ...] = ()
    choices: tuple[Choice, ...] = ()
    questions: tuple[Question, ...] = ()
    qualities: tuple[Quality, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class RulePattern:
    """A demand that a pack recognises in a clause, and the mechanism that keeps it.

    It fires when one of `cues` is found in a clause that also holds a quantity of kind `quantity`
    (any clause when that is empty). `always` rules belong to the pack itself and need no words.
    Where a cue has a group `near`, the quantity must stand in it: a sentence may hold several. A
    group `words` overrides what the quantity puts there. The groups of `reading.captures` bind
    what they hold, read as people, as words or as the name of a thing; a cue whose group cannot be
    read so did not find anything.

    A person may switch a rule off. Its mechanisms and what it adds go then, with the constraints
    that bear its slug. `takes` names what else the packs bring for it alone: entities, fields (as
    `entity.field`), indexes, extensions, actions, jobs, threats, choices, questions, notes, and
    the quality wish that is the same demand. `answers` names questions, beside the one of its own
    name, that need not be asked where a brief says it. `unsays` pairs wording of the packs that
    states the rule with what stands there without it.
    """

    slug: str
    text: str
    cues: tuple[str, ...] = ()
    quantity: str = ""
    mechanisms: tuple[Mechanism, ...] = ()
    adds: Contribution = Contribution()
    always: bool = False
    unless: str = ""  # a pattern that speaks against it in the same clause
    yields_to: tuple[str, ...] = ()  # rules of which one says it already, where it took the clause
    yields: bool = False  # silent where any other rule took its words
    already: str = ""  # found in another rule of the same clause: that one says it
    each: bool = False  # fires for each number or wording, where others keep to the first
    describes: bool = False  # how things are: its clause's other numbers demand nothing
    takes: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    unsays: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Noun:
    """How a pack finds what it is about.

    In each of `patterns`, a group `after` is a text that begins with the noun phrase, `before` one
    that ends with it. The first pattern that yields a thing wins. `fallback` names nouns to
    try, `@main` being what the feature is mainly about, `@` with a pack's slug what that pack
    takes for the noun of the same name. Without any of these an `optional` noun
    takes everything that mentions it out of the pack; a pack whose other nouns are not found does
    not match.
    `people` looks for a role of people instead of a thing; `or_people` takes one for the thing
    where the words begin with it. In patterns of the noun `states` a group `states` holds the list.
    `also` are other names of what is bound: a brief says “the log” of its audit entries. A
    `recordable` noun may become a record of its own beside this pack.
    """

    name: str
    patterns: tuple[str, ...] = ()
    fallback: str = ""
    optional: bool = False
    people: bool = False
    or_people: bool = False
    also: tuple[str, ...] = ()
    recordable: bool = False


@dataclass(frozen=True, slots=True)
class Pack:
    """One kind of demand: how it is recognised, and what it brings.

    A pack of kind `none` is an aspect: it adds to a plan but is not enough to make one.
    """

    slug: str
    title: str
    cues: tuple[str, ...]
    nouns: tuple[Noun, ...] = ()
    kind: Kind = "data"
    rules: tuple[RulePattern, ...] = ()
    brings: Contribution = Contribution()
    implies: tuple[str, ...] = ()  # packs that come along, on the same nouns
    instead_of: tuple[str, ...] = ()  # packs that step back when this one matches
    unless: str = ""  # a pattern that speaks against it in the same clause
    each_clause: bool = False  # matches once for every clause, with that clause's own nouns
    claims: bool = False  # a clause that calls for it calls for no other pack but an aspect
    alone: bool = False  # when it matches, only aspects join it
    by_rules: bool = False  # what calls for one of its rules calls for the pack
    called_by: tuple[str, ...] = ()  # rules of which each calls for the pack, beside its cues
    # Recognised by its rules alone, each as often as a brief says it. They take only numbers that
    # no rule before them took; a group of a cue that bears the name of one of the pack's nouns says
    # what that sentence is about, and a rule whose group names nothing stays silent.
    demands: bool = False
    aside: str = ""  # the aspect that takes its place where a brief only mentions what it does
