"""A brief cut into clauses, so that every finding can point to its words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Section = Literal["title", "body", "non_goal"]

_BULLET = re.compile(r"^\s*(?:[-*+•]|\d{1,2}[.)])\s+")
_HEADING = re.compile(r"^\s*#{1,6}\s*(?P<text>.*?)\s*#*\s*$")
_NON_GOALS = re.compile(
    r"^\W*(?:non[- ]?goals?|out of scope|not in scope|not included|we do not need|we don't need)"
    r"\b\W*(?P<rest>.*)$",
    re.IGNORECASE,
)
# An end of sentence: not after an abbreviation, not inside a number.
_ABBREVIATION = re.compile(r"\b(?:art|e\.g|i\.e|approx|max|min|no|nr|etc|vs|incl|resp|st)\.$", re.I)
_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+|;\s+")
_MAX_TITLE_WORDS = 9


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence, a list item, or the part of a sentence before or after a semicolon."""

    text: str
    section: Section = "body"


def clauses(brief: str) -> tuple[Clause, ...]:
    """Return the clauses of a brief in their order; wrapped lines are joined."""
    found: list[Clause] = []
    section: Section = "body"
    for position, block in enumerate(_blocks(brief)):
        heading = _HEADING.match(block)
        non_goals = _NON_GOALS.match(heading["text"] if heading else block)
        if non_goals:
            section = "non_goal"
            found.extend(Clause(text, "non_goal") for text in _split(non_goals["rest"]))
            # One paragraph of its own is a short list; under a heading everything after it is.
            section = "non_goal" if heading or not non_goals["rest"].strip() else "body"
        elif heading:
            section = "body"
            if heading["text"]:
                found.append(Clause(heading["text"], "title"))
        elif position == 0 and _is_title(block, brief):
            found.append(Clause(block.rstrip(":"), "title"))
        else:
            found.extend(Clause(text, section) for text in _split(block))
    return tuple(found)


def _blocks(brief: str) -> list[str]:
    """Join wrapped lines; headings, list items and paragraphs each become one block."""
    blocks: list[str] = []
    fresh = True
    for line in brief.splitlines():
        text = " ".join(line.split())
        if not text:
            fresh = True
            continue
        bullet = _BULLET.match(line)
        heading = bool(_HEADING.match(line)) and text.startswith("#")
        if fresh or bullet or heading:
            blocks.append(text if heading else _BULLET.sub("", text))
        else:
            blocks[-1] += " " + text
        fresh = heading
    return blocks


def _is_title(block: str, brief: str) -> bool:
    words = block.split()
    return (
        len(words) <= _MAX_TITLE_WORDS
        and block[-1] not in ".!?;,"
        and len(" ".join(brief.split())) > len(block)
    )


def _split(block: str) -> list[str]:
    parts: list[str] = []
    start = 0
    for end in _END.finditer(block):
        piece = block[start : end.start()]
        if _ABBREVIATION.search(piece):
            continue
        parts.append(piece)
        start = end.end()
    parts.append(block[start:])
    return [
        part for part in (piece.strip(" .!?;") for piece in parts) if any(map(str.isalnum, part))
    ]
