"""Whether enough of a brief is understood to plan it; what is open then becomes questions."""

from __future__ import annotations

from collections.abc import Sequence

from core.planning.matches import Matches
from core.planning.model import PLANNABLE, Kind
from core.planning.packs import BY_SLUG
from core.planning.questions import Topic
from core.planning.reading.clauses import Clause
from core.planning.reading.cues import find
from core.planning.reading.genre import asks_for_nothing
from core.planning.reading.patterns import Pattern
from core.planning.reading.things import is_label

# What a clause must say to count against a plan when nothing was made of it.
_DEMANDS = Pattern(
    r"\b(?:wants?|needs?|would like|'d like|should|shall|must|please|can|cannot|can't|may|never|"
    r"nobody|no one|only|at most|at least|max|min|not|unless|until|within|has to|have to|add|"
    r"build|create|introduce|allow|let)\b"
)
# What a wish asks to be built: a plan that leaves this out plans something else.
_BUILD = Pattern(
    r"^(?:please |can you |could you |we (?:want|need|would like)(?: to)? |i (?:want|need) )?"
    r"(?:add|build|introduce|implement|develop|integrate|provide)\b"
)
# The share of what is asked for that must be understood, and how many packs and rules of it: where
# a thing is clear and some of what it does is, the rest can be asked; else more must fit.
_MOST = 0.6
_OF_A_THING = ((0.5, 1), (0.25, 3), (0.2, 5))
_OF_PACKS = ((0.5, 3), (0.4, 5))
_MUCH = 4
# Where so much of what is asked for speaks of one clear thing, the rest is asked about it.
_TOLD = 0.4


def _told_of(found: Matches, asked: Sequence[Clause]) -> list[Clause]:
    """Return the clauses that are read, or that speak of what the sentences are about."""
    about = {clause for thing in found.things[:1] if thing.is_spoken for clause in thing.told}
    return [clause for clause in asked if clause in found.used or clause in about]


def is_ready(
    kind: Kind,
    parts: Sequence[Clause],
    found: Matches,
    topics: Sequence[tuple[Topic, Clause]],
) -> bool:
    """Whether a plan for what was found would be about what the brief asks for.

    It needs a clear thing, a record or what a pack is about, and rules that were understood. How
    things are and why does not count; each demand that nothing was made of will be a question.
    """
    body = [part for part in parts if part.section == "body"]
    if kind not in PLANNABLE or not body or asks_for_nothing(parts):
        return False
    if not any(BY_SLUG[matched.slug].kind == kind for matched in found.packs):
        return False
    title = " ".join(part.text for part in parts if part.section == "title")
    if not found.things and any(find(topic.cue, title) for topic, _ in topics):
        return False
    first = next((part for part in body if not is_label(part.text)), body[0])
    if first not in found.used and _BUILD.search(first.text):
        return False  # what people say first is what they are after
    read = [part for part in dict.fromkeys(body) if part in found.used]
    unread = [
        part
        for part in dict.fromkeys(body)
        if part not in found.used and _DEMANDS.search(part.text)
    ]
    share = len(read) / max(1, len(read) + len(unread))
    packs = sum(BY_SLUG[matched.slug].kind != "none" for matched in found.packs)
    spoken = sum(any(item.words for item in rule.evidence) for rule in found.rules)
    has_thing = any(matched.slug == "records" for matched in found.packs) or bool(found.things)
    if share >= _MOST:
        is_clear = not any(
            pack.kind != "none" and clause not in found.used for pack, clause in found.unbound
        )
        return is_clear or has_thing or packs + spoken >= _MUCH
    enough = _OF_A_THING if has_thing else _OF_PACKS
    asked = read + unread
    is_about_it = len(_told_of(found, asked)) >= _TOLD * len(asked)
    return (has_thing and packs > 0 and is_about_it) or any(
        share >= needed and packs + spoken >= many for needed, many in enough
    )
