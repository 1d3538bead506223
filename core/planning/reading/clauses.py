"""A brief cut into clauses, so that every finding can point to its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from core.planning.reading.blocks import Block, blocks
from core.planning.reading.cleaning import cleaned
from core.planning.reading.courtesy import (
    is_sign_off,
    is_ticket_head,
    is_ticket_line,
    signature,
)
from core.planning.reading.headings import with_headings
from core.planning.reading.leads import continued, role_before, story_before, wish_before
from core.planning.reading.scenarios import is_scenario, told_steps
from core.planning.reading.sections import Section, inline_section, is_optional, section_named
from core.planning.reading.sentences import is_story, told
from core.planning.reading.tables import told_rows

# An end of sentence: not after an abbreviation, not inside a number.
_ABBREVIATION = re.compile(
    r"\b(?:art|e\.g|i\.e|approx|max|min|nr|etc|vs|incl|resp|st|ca|fig|sec|par)\.$", re.IGNORECASE
)
_NUMBERED = re.compile(r"\bno\.$", re.IGNORECASE)
_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+|;\s+")
_WISH = re.compile(
    r"\b(?:can|must|should|shall|may|want|wants|need|needs|would like)\b", re.IGNORECASE
)
_NEGATED = re.compile(r"\b(?:not|no|don't|won't|never)\b", re.IGNORECASE)
_MAX_TITLE_WORDS = 9
_SUBJECT = re.compile(r"^subject\s*:\s*\S.{2,100}$", re.IGNORECASE)
# What stands so at the beginning alone is a title: “Re: moving house”, “Title: the slow page”.
_HEAD = re.compile(
    r"^(?:re|fwd?|aw|title)\s*:\s*(?!.*\b(?:must|may|can|never|nobody|only|should)\b)\S.{2,100}$",
    re.IGNORECASE,
)
_MAX_HEAD = 4  # blocks
# A demand among what is only told: it holds for what is built.
_STAYS = re.compile(
    r"\b(?:must|shall|may (?:not|only)|stays?(?: exactly)? (?:as (?:it|they|is)|the way|untouched|"
    r"unchanged|the same))\b",
    re.IGNORECASE,
)
_MAX_CLAUSE = 800
_MAX_LEAD_WORDS = 5


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence, a list item, or the part of a sentence before or after a semicolon.

    An item of a list that continues a sentence (“Users can:”) begins with that sentence's words.
    """

    text: str
    section: Section = "body"
    is_optional: bool = False  # “could have”, “nice to have”


def clauses(brief: str) -> tuple[Clause, ...]:
    """Return the clauses of a brief in their order; wrapped lines are joined."""
    found: list[Clause] = []
    place = _Place()
    all_blocks = blocks(cleaned(with_headings(brief)))
    around = _around_the_wish(all_blocks)
    for position, block in enumerate(all_blocks):
        following = all_blocks[position + 1] if position + 1 < len(all_blocks) else None
        if position in around:
            found.append(Clause(block.text, "courtesy"))
        elif block.cells:
            place.rows.append(block)
            if following is None or not following.cells:
                found.extend(_rows(place))
        elif block.steps and is_scenario(block.steps):
            found.extend(Clause(text, place.section) for text in told_steps(block.steps))
        else:
            found.extend(_of_block(block, following, place, position, len(all_blocks)))
    return tuple(found)


@dataclass(slots=True)
class _Place:
    """Where in a brief a block stands: below which heading, story or line."""

    section: Section = "body"
    is_optional: bool = False
    lead: str = ""  # how an item without a subject begins
    role: str = ""  # who does what the items say
    rows: list[Block] = field(default_factory=list)


def _of_block(
    block: Block, following: Block | None, place: _Place, position: int, count: int
) -> list[Clause]:
    named = section_named(block.text) if _could_be_heading(block, following) else None
    inline = None if named else inline_section(block.text)
    found: list[Clause] = []
    if named:
        place.section, place.role = named, ""
        place.is_optional = is_optional(block.text)
    elif inline:
        found = _clauses(inline[1], inline[0])
    elif block.is_heading:
        place.section, place.is_optional = "body", False
        place.lead, place.role = "", role_before(block.text)
        found = [Clause(block.text, "title")] if any(map(str.isalnum, block.text)) else []
    elif (position == 0 and _is_title(block.text, count)) or _names(block.text, position):
        found = [Clause(block.text.rstrip(":"), "title")]
    elif _leads(block, following):
        place.role = role_before(block.text)
        wish = wish_before(block.text)
        place.lead = wish or place.lead
        if not (block.is_lead or wish):  # else its words come with each item
            found = [Clause(block.text.rstrip(": "), "title")]
    else:
        found = _clauses(_continued(block, place), place.section)
    return [replace(one, is_optional=place.is_optional) for one in found]


def _continued(block: Block, place: _Place) -> str:
    """Return a block with the words that it goes on from; note where items go on from it."""
    lead = "" if section_named(block.lead) else block.lead  # “Must:” names a section
    text = f"{lead} {block.text}".strip()
    if is_story(text) or not block.is_item:
        place.lead = story_before(text)
    elif not lead:
        text = continued(text, place.lead, place.role)
    if not block.is_item:
        place.role = ""
    return text


def _rows(place: _Place) -> list[Clause]:
    """Return what a table says that has come to its end."""
    header = next((block.cells for block in place.rows if block.is_header), ())
    rows = [block.cells for block in place.rows if not block.is_header]
    place.rows = []
    return [one for text in told_rows(header, rows) for one in _clauses(text, place.section)]


def _around_the_wish(all_blocks: Sequence[Block]) -> set[int]:
    """Return the places of the blocks that are the head of a ticket, or a signature."""
    around: set[int] = set()
    head: list[int] = []
    for position, block in enumerate([*all_blocks, Block("")]):
        if block.text and is_ticket_line(block.text):
            head.append(position)
            continue
        if is_ticket_head([all_blocks[place].text for place in head]):
            around.update(head)
        head = []
        if is_sign_off(block.text):
            behind = signature([other.text for other in all_blocks], position)
            around.update(range(position, position + 1 + behind))
    return around


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


def _names(text: str, position: int) -> bool:
    """Whether a line is the subject of a mail, or the title of a ticket."""
    return bool(_SUBJECT.match(text) or (position < _MAX_HEAD and _HEAD.match(text)))


def _is_title(block: str, count: int) -> bool:
    return len(block.split()) <= _MAX_TITLE_WORDS and block[-1] not in ".!?;," and count > 1


def _clauses(text: str, section: Section) -> list[Clause]:
    found: list[Clause] = []
    for sentence in _split(text):
        if section == "body":
            inline = inline_section(sentence)  # “… Now: paper lists.”
            is_other = inline is not None and inline[0] in {"background", "open"}
            said = [(inline[1], inline[0])] if inline and is_other else told(sentence)
            found.extend(Clause(*one) for one in said)
        elif section == "non_goal" and _WISH.search(sentence) and not _NEGATED.search(sentence):
            # A list of what is left out seldom says what somebody can do: better plan it or ask.
            wished = [Clause(*one) for one in told(sentence)]
            found.extend(wished if found else [Clause(sentence, section)])
        elif section == "background" and _STAYS.search(sentence):
            found.extend(Clause(*one) for one in told(sentence))
        else:
            found.append(Clause(sentence, section))
    return found


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
