"""Lists of states that a thing goes through: “from draft to review to published”."""

from __future__ import annotations

import re

from core.planning.reading.nouns import words

# One of these must be among the words, or “from home to work” would be a list of states.
_KNOWN = words(
    """
    draft drafted open opened new todo planned submitted received pending waiting review reviewed
    published done closed progress resolved archived approved rejected accepted declined shipped
    delivered active inactive cancelled canceled ready paid completed complete finished started
    confirmed assigned triaged backlog testing live retired expired sent returned repaired
    scheduled signed ordered packed
    """
)
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
_STATE = rf"(?:(?:in|on) )?{_SMALL}{_WORD}(?: {_SMALL}{_WORD})?{_ASIDE}"
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
        if part in _ENDS and kept:
            break
        kept.append(part)
    name = "_".join(re.sub(r"[^a-z]", "", part) for part in kept[:_MAX_WORDS])
    return name.strip("_")
