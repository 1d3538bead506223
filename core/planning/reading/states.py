"""Lists of states that a thing goes through: “from draft to review to published”."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from core.planning.reading.nouns import words

# One of these must be among the words, or “from home to work” would be a list of states.
_KNOWN = words(
    """
    draft drafted open opened new todo planned submitted received pending waiting review reviewed
    published done closed progress resolved archived approved rejected accepted declined shipped
    delivered active inactive cancelled canceled ready paid completed complete finished started
    confirmed assigned triaged backlog testing live retired expired sent returned repaired
    scheduled signed ordered packed granted refused withdrawn incomplete hired announced delivered
    prepared measured released disposed rejected failed lapsed
    """
)
_FOR = words("out ready waiting up")  # “out for delivery”, “ready for pickup”
# Where a thing may end instead of at the last of its states, and from where: a draft is withdrawn,
# not refused.
_REFUSED = words("refused rejected declined denied failed dismissed disapproved invalid")
_ABANDONED = words("withdrawn cancelled canceled aborted abandoned lapsed void discarded")
# Where a thing waits and comes back from: to the state before, or to any that it was in.
_WAITING = words("incomplete returned queried clarification")
_HELD = words("exception held hold paused blocked suspended disputed")
_DRAFTS = words("draft new open planned announced")
_BETWEEN = re.compile(
    r"\s*(?:,|/|->|→|>)\s*(?:(?:and|or|then|finally)\s+)?|\s+(?:to|and|or|then)\s+"
)
_REMARK = re.compile(r"\([^()]{0,80}\)")
_ENDS = words(
    """
    when if by with after before until till unless while where which who that so because and or
    then only is are can may must should for of the a an as it they at on from has have
    """
)
_LEADING = words(
    "a an the either first then finally be to into goes go moves move passes pass runs run from via"
)
_MAX_STATES = 8
_MAX_WORDS = 3

# What a pattern takes for a list of states: words with signs or small words between them.
_WORD = r"[a-z][a-z-]{1,20}"
_SMALL = r"(?!(?:to|then|and|or|finally)\b)"
_ASIDE = r"(?: ?\([^()]{1,60}\))?"  # “legal check (only if it is sensitive)”
_STATE = rf"(?:(?:in|on) )?{_SMALL}{_WORD}(?: {_SMALL}{_WORD}){{0,2}}{_ASIDE}"
_MARK = r"(?:,? ?(?:->|→|>|/) ?|,? (?:to|then|and|or) |, (?:and |or |then |finally )?)"
STATE_LIST = rf"(?P<states>{_STATE}(?:{_MARK}{_STATE}){{1,7}})"


def states_in(text: str) -> tuple[str, ...]:
    """Return the states that a list names, in order, as snake_case; nothing if it names none."""
    found: dict[str, None] = {}
    for piece in _BETWEEN.split(_REMARK.sub("", text.lower())):
        name = _state(piece.split())
        if not name:
            break
        found.setdefault(name)
    states = tuple(found)[:_MAX_STATES]
    known = any(part in _KNOWN for state in states for part in state.split("_"))
    return states if len(states) > 1 and known else ()


def _state(parts: list[str]) -> str:
    while parts and parts[0] in _LEADING and len(parts) > 1:
        parts = parts[1:]
    kept: list[str] = []
    for part in parts:
        if part in _ENDS and kept and not (part == "for" and kept == parts[:1] and kept[0] in _FOR):
            break
        kept.append(part)
    name = "_".join(re.sub(r"[^a-z]", "", part) for part in kept[:_MAX_WORDS])
    return name.strip("_")


@dataclass(frozen=True, slots=True)
class Flow:
    """How a list of states is gone through: the way to its end, and the moves beside it."""

    way: tuple[str, ...]
    aside: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()  # from each of these, to these

    @property
    def moves(self) -> tuple[tuple[str, str], ...]:
        """Every move that there is, as from and to."""
        moves = dict.fromkeys(pairwise(self.way))
        for starts, ends in self.aside:
            for start in starts:
                moves |= dict.fromkeys(pairwise((start, *ends)))
        return tuple(moves)


def flow(states: tuple[str, ...]) -> Flow:
    """Return how these states follow each other.

    A list names them in a row, but what is refused does not follow on what was granted: such ends
    are reached from what is still open, and what waits for something goes back.
    """
    way = tuple(state for state in states if not _is_aside(state))
    if len(way) < 2 or way == states:
        return Flow(states)
    is_open = way[:-1]
    aside: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    for position, state in enumerate(states):
        head = set(state.split("_"))
        before = [one for one in states[:position] if one in is_open] or [way[0]]
        if head & _WAITING:
            aside.append(((before[-1],), (state, before[-1])))
            is_open = (*is_open, state)
        elif head & _HELD:
            begun = tuple(one for one in way[:-1] if not set(one.split("_")) & _DRAFTS) or way[:1]
            aside += [((one,), (state, one)) for one in begun]
    waiting = tuple(one for one in is_open if one not in way)
    for state in states:
        head = set(state.split("_"))
        if head & _REFUSED:
            drafts = way[:1] if "draft" in way[0] else ()
            aside.append((tuple(s for s in (*way[:-1], *waiting) if s not in drafts), (state,)))
        elif head & _ABANDONED:
            aside.append(((*way[:-1], *waiting), (state,)))
    return Flow(way, tuple(aside))


def _is_aside(state: str) -> bool:
    return bool(set(state.split("_")) & (_REFUSED | _ABANDONED | _WAITING | _HELD))
