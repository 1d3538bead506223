"""What kind of work a brief asks for, and what it only mentions on the way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from core.domain.artifact import Evidence
from core.planning.asked_kind import Asked
from core.planning.model import Kind, PackMatch
from core.planning.packs import BY_SLUG, PACKS
from core.planning.packs.pack import Pack
from core.planning.reading.clause_index import ClauseIndex
from core.planning.reading.clauses import Clause
from core.planning.reading.cues import find
from core.planning.reading.deed import Deed
from core.planning.reading.genre import asks_for_nothing

# What decides, where packs of several kinds match: the one that shapes the work most.
_WEIGHT: tuple[Kind, ...] = ("migration", "integration", "performance", "data", "interface")
# So many clauses at the beginning say what a brief is after.
_BEGINNING = 4
# Packs of another kind that a stated kind of work needs.
_JOINING: dict[Kind, set[str]] = {"performance": {"search"}}
# Aspects whose words mean something else there: two sums agree, nobody sees more than before.
_APART: dict[Kind, set[str]] = {
    "migration": {"consent", "visibility"},
    "performance": {"consent"},
    "interface": {"consent"},
}
_QUOTED = 3  # so many words are quoted as the reason for a kind
# Words that hint at a kind where no pack could be bound. A thing must stand beside “slow”: that
# something is slow somewhere is a mood, no demand.
_HINTS: tuple[tuple[Kind, str], ...] = (
    (
        "migration",
        r"\b(?:migrat\w+|move from|moving from|switch(?:ing)? (?:from|to)|cut ?over)\b"
        r"|\b(?:switch|move) (?:our|the|all) .{1,60}?\bfrom (?-i:[A-Z])\w+ to\b|"
        r"\bwe(?:'re| are)? leav(?:e|ing) (?-i:[A-Z])\w+|"
        r"\bold (?:[a-z]+ )?(?:system|software|server) (?:is|will be|gets) switched off\b",
    ),
    (
        "integration",
        r"\b(?:webhooks?|integrat(?:e|es|ed|ing|ion)|third[- ]party api|data feed|"
        r"(?:sync|synchroni[sz])\w* (?:\w+ ){0,4}(?:with|to|from|between))\b",
    ),
    (
        "performance",
        r"\b(?:app|site|website|pages?|lists?|reports?|search|screens?|quer(?:y|ies)|load(?:s|"
        r"ing)?|"
        r"opens?|opening)\b.{0,60}\b(?:slow|slower|faster|latency|takes? too long)\b|"
        r"\bspeed up\b|\b\d+ ?ms\b|\bneeds? \d+ (?:seconds?|minutes?) (?:until|to)\b",
    ),
    ("interface", r"\b(?:dark mode|layout|font|colou?rs?|theme|responsive|look and feel)\b"),
)


def kind_of(
    parts: Sequence[Clause], matched: Sequence[PackMatch], asked: Asked | None = None
) -> tuple[Kind, tuple[Evidence, ...]]:
    """Name the kind: what the brief states, else by the packs that matched, else by a hint.

    An integration that a data feature speaks of late is a part of it. What asks for nothing is of
    no kind, whatever it praises.
    """
    if asks_for_nothing(parts):
        return "none", ()
    if asked:
        why = {hit.words: Evidence(hit.words, f"kind.{asked.kind}") for _, hit in asked.said}
        return asked.kind, tuple(why.values())[:_QUOTED]
    kinds: dict[Kind, tuple[Evidence, ...]] = {}
    for one in matched:
        kinds.setdefault(BY_SLUG[one.slug].kind, one.evidence)
    if "data" in kinds and "integration" in kinds and not _begins_with("integration", parts):
        return "data", kinds["data"]
    for kind in _WEIGHT:
        if kind in kinds:
            return kind, kinds[kind]
    for kind, hint in _HINTS:
        for part in parts:
            hit = re.search(hint, part.text, re.IGNORECASE)
            if hit and part.section in {"title", "body"} and not _only_named(kind, part.text):
                return kind, (Evidence(hit.group(0), f"kind.{kind}"),)
    return "none", ()


def _only_named(kind: Kind, text: str) -> bool:
    """Whether a sentence names what hints at a kind as something else: a webhook as a channel."""
    return kind == "integration" and bool(find(BY_SLUG["integration"].unless, text))


def asides(clauses: ClauseIndex, deeds: Iterable[Deed], asked: Asked | None = None) -> set[str]:
    """Return the packs that step back for an aspect, since the brief only mentions what they do.

    A brief that begins with a slow page, or with how a page looks, is about that. One that comes
    to it after other wishes, or that creates more things than it calls slow, is about those.
    """
    made = {deed.clause for deed in deeds if deed.kind == "create"}
    body = [clause for clause in clauses if clause.section == "body"]
    passing: set[str] = set()
    for pack in PACKS:
        if asked and asked.kind == pack.kind:
            continue
        called = set(_calling(pack, clauses)) if pack.aside else set()
        if not called or any(clause.section == "title" for clause in called):
            continue
        first = min(body.index(clause) for clause in called)
        if first >= _BEGINNING or len(made - called) > len(called):
            passing.add(pack.slug)
    return passing


def _begins_with(kind: Kind, parts: Sequence[Clause]) -> bool:
    """Whether the title or one of the first clauses calls for a pack of that kind."""
    first = [part for part in parts if part.section == "body"][:_BEGINNING]
    index = ClauseIndex(parts)
    return any(
        clause.section == "title" or clause in first
        for pack in PACKS
        if pack.kind == kind
        for clause in _calling(pack, index)
    )


def _calling(pack: Pack, clauses: ClauseIndex) -> list[Clause]:
    """Return the clauses that call for a pack."""
    return [
        clause
        for clause, cues in clauses.where(pack.cues)
        if clause.section in {"title", "body"}
        and any(find(cue, clause.text) for cue in cues)
        and not (pack.unless and find(pack.unless, clause.text))
    ]


def beside_the_kind(asked: Asked | None) -> set[str]:
    """Return the packs that have no part in work of the kind that a brief states.

    Pages that are shown otherwise, a list that becomes faster or a move make nothing new, whatever
    exists there already: a checkout, bookings, tags. What only two systems exchange is not made.
    """
    if asked is None:
        return set()
    joins = {asked.kind, "none"}
    apart = {pack.slug for pack in PACKS if pack.kind not in joins}
    return (apart | _APART.get(asked.kind, set())) - _JOINING.get(asked.kind, set())
