"""What matching finds in a brief: packs and rules, and which words they took up."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.planning.asked_kind import Asked
from core.planning.model import PackMatch, Rule
from core.planning.packs import BY_SLUG, PACKS
from core.planning.packs.pack import Pack
from core.planning.reading.clause_index import ClauseIndex
from core.planning.reading.clauses import Clause
from core.planning.reading.things import Thing, mentions

_BOUND = 5  # how much speaks for a thing because a pack is about it
# What people call an uploaded file, whatever it shows.
_FILES = frozenset({"photo", "picture", "image", "file", "document", "attachment", "scan"})
# What packs call a thing by themselves, whatever the brief calls it.
_OWN_NAMES = frozenset(
    name
    for pack in PACKS
    for noun in pack.nouns
    if not noun.patterns
    for name in noun.fallback.split()
)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Another number for a demand that already has one: only the first is planned."""

    slug: str
    first: Clause
    second: Clause
    words: str


@dataclass(slots=True)
class Matches:
    """What matching found; filled while it goes through the packs."""

    packs: list[PackMatch] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    used: set[Clause] = field(default_factory=set)  # clauses that something was made of
    ruled: set[Clause] = field(default_factory=set)  # clauses that became a rule
    unbound: list[tuple[Pack, Clause]] = field(default_factory=list)  # called for, but about what?
    things: tuple[Thing, ...] = ()  # what the brief is about, the weightiest first
    body: tuple[Clause, ...] = ()
    index: ClauseIndex = field(default_factory=lambda: ClauseIndex(()))
    asked: Asked | None = None  # the kind of work that the brief states
    claimed: set[Clause] = field(default_factory=set)  # clauses that belong to one pack alone
    # Where in a clause something found its words: a rule or a deed, or a pack or one of its nouns.
    settled: dict[Clause, set[int]] = field(default_factory=dict)
    touched: dict[Clause, set[int]] = field(default_factory=dict)
    # Which words of a clause called for a pack: from where to where.
    called: dict[Clause, list[tuple[int, int]]] = field(default_factory=dict)
    # Which words of a clause a question quotes: from where to where.
    questioned: dict[Clause, list[tuple[int, int]]] = field(default_factory=dict)
    described: set[Clause] = field(default_factory=set)  # their numbers say how things are
    conflicts: list[Conflict] = field(default_factory=list)
    unmade: list[str] = field(default_factory=list)  # deeds in used clauses on no thing of the plan

    @property
    def created(self) -> tuple[str, ...]:
        """The things that the brief is about, the weightiest first."""
        return tuple(thing.noun for thing in self.things)

    @property
    def main(self) -> str:
        """What the feature is mainly about; empty when nothing says so.

        What a pack has bound first, unless the brief speaks more of another thing.
        """
        bound = [dict(match.bindings).get("subject", "") for match in self.packs]
        first = next((noun for noun in bound if noun), "")
        if not self.things or not first:
            return first or next(iter(self.created), "")
        # What only the sentences are about does not take the place of what a pack has found.
        weightiest = next((one for one in self.things if not one.is_spoken), self.things[0])
        if weightiest.is_spoken:
            return first
        weight = _BOUND + mentions(first, self.body)
        return weightiest.noun if weightiest.weight > weight else first

    def known_as(self, noun: str) -> str:
        """Return the fuller name of a thing: `request` is the `vacation_request` met before."""
        known = dict.fromkeys(
            [name for matched in self.packs for _, name in matched.bindings] + list(self.created)
        )
        fuller = [name for name in known if name.endswith(f"_{noun}")]
        if noun not in known:
            fuller += self._also_called(noun)
        if noun in _FILES and noun not in known:
            fuller += [dict(m.bindings)["file"] for m in self.packs if m.slug == "upload"]
        if len(fuller) > 1:  # what the brief itself names comes before what a pack calls its own
            fuller = [name for name in fuller if name not in _OWN_NAMES] or fuller
        return fuller[0] if len(fuller) == 1 else noun

    def _also_called(self, noun: str) -> list[str]:
        """Return what the packs have bound to a thing that goes by this name as well."""
        called = [
            dict(matched.bindings).get(one.name, "")
            for matched in self.packs
            for one in BY_SLUG[matched.slug].nouns
            if noun in one.also
        ]
        return [name for name in dict.fromkeys(called) if name]
