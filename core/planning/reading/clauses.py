"""A brief cut into clauses, so that every finding can point to its words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.planning.reading.blocks import Block, blocks
from core.planning.reading.cleaning import cleaned
from core.planning.reading.sections import Section, inline_section, is_unwanted, section_named

# An end of sentence: not after an abbreviation, not inside a number.
_ABBREVIATION = re.compile(
    r"\b(?:art|e\.g|i\.e|approx|max|min|nr|etc|vs|incl|resp|st|ca|fig|sec|par)\.$", re.IGNORECASE
)
_NUMBERED = re.compile(r"\bno\.$", re.IGNORECASE)
_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+|;\s+")
_STORY = re.compile(r"^\W*as (?:an?|the) .{2,80}?\b(?:i|we) \w+", re.IGNORECASE)
_REASON = re.compile(
    r",?\s+(?:so that|so (?=i |we |they )|in order (?:to|that))\b\s*", re.IGNORECASE
)
_REASON_FIRST = re.compile(
    r"^\W*in order to (?P<reason>.{3,200}?),\s+(?P<wish>as (?:an?|the) .+)$", re.IGNORECASE
)
_COURTESY = re.compile(
    r"^(?:hi|hello|hey|dear|good (?:morning|afternoon)|thanks|thank you|cheers|best|"
    r"(?:kind |best )?regards|yours|greetings)\b[^.:]{0,40}$",
    re.IGNORECASE,
)
# How people came to write it: “after the call on Tuesday here is what I think we agreed on”.
_CONVERSATION = re.compile(
    r"\bhere(?:'s| is| are| comes?) (?:what|the|a|my|our) .{0,60}\b(?:agreed|discussed|"
    r"talked|decided|summary|notes|wrote|collected)\b|"
    r"\bas (?:agreed|discussed|promised) (?:in|on|at|with|during|last|after)\b|"
    r"^(?:\W*\w+,? ){0,4}(?:after|following|since) (?:the|our|last|yesterday's|this) (?:\w+ )?"
    r"(?:call|meeting|workshop|audit|chat|talk|session|round)\b.{0,60}\b(?:I|we|you)\b",
    re.IGNORECASE,
)
_DEMANDING = re.compile(
    r"\b(?:must|shall|may not|at most|at least|never|nobody|within \d+)\b", re.IGNORECASE
)
_MAX_COURTESY_WORDS = 5
_WISH = re.compile(
    r"\b(?:can|must|should|shall|may|want|wants|need|needs|would like)\b", re.IGNORECASE
)
_NEGATED = re.compile(r"\b(?:not|no|don't|won't|never)\b", re.IGNORECASE)
_MAX_TITLE_WORDS = 9
_MAX_CLAUSE = 800
_MAX_LEAD_WORDS = 5


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence, a list item, or the part of a sentence before or after a semicolon.

    An item of a list that continues a sentence (“Users can:”) begins with that sentence's words.
    """

    text: str
    section: Section = "body"


def clauses(brief: str) -> tuple[Clause, ...]:
    """Return the clauses of a brief in their order; wrapped lines are joined."""
    found: list[Clause] = []
    section: Section = "body"
    all_blocks = blocks(cleaned(brief))
    for position, block in enumerate(all_blocks):
        following = all_blocks[position + 1] if position + 1 < len(all_blocks) else None
        named = section_named(block.text) if _could_be_heading(block, following) else None
        if named:
            section = named
            continue
        inline = inline_section(block.text)
        if inline:
            found.extend(_clauses(inline[1], inline[0]))
        elif block.is_heading:
            section = "body"
            if any(map(str.isalnum, block.text)):
                found.append(Clause(block.text, "title"))
        elif position == 0 and _is_title(block.text, len(all_blocks)):
            found.append(Clause(block.text.rstrip(":"), "title"))
        elif _leads(block, following):
            if block.is_lead:
                continue  # its words come with each item
            found.append(Clause(block.text.rstrip(": "), "title"))
        else:
            found.extend(_clauses(f"{block.lead} {block.text}".strip(), section))
    return tuple(found)


def _could_be_heading(block: Block, following: Block | None) -> bool:
    """Whether a block may name a section: a heading, or a short line with something below it."""
    if block.is_heading:
        return True
    return (
        following is not None and not block.is_item and len(block.text.split()) <= _MAX_LEAD_WORDS
    )


def _leads(block: Block, following: Block | None) -> bool:
    """Whether a line only announces the list below it."""
    if not block.text.endswith(":") or following is None or not following.is_item:
        return False
    if block.is_lead:
        return bool(following.lead)
    words = block.text.split()
    return len(words) <= _MAX_LEAD_WORDS and not any(map(str.isdigit, block.text))


def _is_title(block: str, count: int) -> bool:
    return len(block.split()) <= _MAX_TITLE_WORDS and block[-1] not in ".!?;," and count > 1


def _clauses(text: str, section: Section) -> list[Clause]:
    found: list[Clause] = []
    for sentence in _split(text):
        if section == "body":
            found.extend(_of_sentence(sentence))
        elif section == "non_goal" and _WISH.search(sentence) and not _NEGATED.search(sentence):
            # A list of what is left out seldom says what somebody can do: better plan it or ask.
            found.extend(_of_sentence(sentence) if found else [Clause(sentence, section)])
        else:
            found.append(Clause(sentence, section))
    return found


def _of_sentence(sentence: str) -> list[Clause]:
    """Take the reason out of a user story, and tell what is not wanted from what is."""
    if _CONVERSATION.search(sentence) and not _DEMANDING.search(sentence):
        return [Clause(sentence, "background")]
    if _COURTESY.match(sentence) and len(sentence.split()) <= _MAX_COURTESY_WORDS:
        return [Clause(sentence, "background")]
    if is_unwanted(sentence):
        return [Clause(sentence, "non_goal")]
    first = _REASON_FIRST.match(sentence)
    if first:
        return [Clause(first["reason"].strip(" ,"), "reason"), *_of_sentence(first["wish"])]
    if _STORY.match(sentence):
        reason = _REASON.search(sentence)
        if reason and sentence[reason.end() :].strip():
            return [
                Clause(sentence[: reason.start()].strip(" ,")),
                Clause(sentence[reason.end() :].strip(" ,"), "reason"),
            ]
    return [Clause(sentence)]


def _split(block: str) -> list[str]:
    parts: list[str] = []
    start = 0
    for end in _END.finditer(block):
        piece = block[start : end.start()]
        if _ABBREVIATION.search(piece[-12:]):
            continue
        if _NUMBERED.search(piece[-6:]) and block[end.end() : end.end() + 1].isdigit():
            continue
        parts.append(piece)
        start = end.end()
    parts.append(block[start:])
    parts = [cut for part in parts for cut in _cut(part)]
    return [
        part for part in (piece.strip(" .!?;") for piece in parts) if any(map(str.isalnum, part))
    ]


def _cut(part: str) -> list[str]:
    """Cut what is longer than any sentence: text without punctuation, pasted tables."""
    if len(part) <= _MAX_CLAUSE:
        return [part]
    pieces: list[str] = []
    rest = part
    while len(rest) > _MAX_CLAUSE:
        comma = rest.rfind(", ", _MAX_CLAUSE // 2, _MAX_CLAUSE)
        space = rest.rfind(" ", 0, _MAX_CLAUSE)
        end = next((place for place in (comma + 1, space, _MAX_CLAUSE) if place > 0), _MAX_CLAUSE)
        pieces.append(rest[:end])
        rest = rest[end:].lstrip(" ,")
    return [*pieces, rest]
