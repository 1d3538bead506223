"""A brief's lines, joined into headings, paragraphs and list items."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FENCE = re.compile(r"^\s*(?:`{3,}|~{3,})\s*[\w+-]{0,20}\s*$")
_UNDERLINE = re.compile(r"^\s*(?:={3,}|-{3,})\s*$")
_RULE = re.compile(r"^\s*(?:[-*_=~]\s*){3,}$|^[\s|:+-]*-{3,}[\s|:+-]*$")
_QUOTE = re.compile(r"^\s{0,3}(?:>\s?){1,5}")
_BULLET = re.compile(
    r"^\s*(?:[-*+•◦▪–]|\(?(?:\d{1,2}(?:\.\d{1,2}){0,3}|[a-z])[.)]|\d{1,2}(?:\.\d{1,2}){1,3})\s+"
    r"(?:\[[ xX]?\]\s*)?",
)
_HEADING = re.compile(r"^\s*#{1,6}\s*(?P<text>.*?)\s*#*\s*$")
# A list under such a line continues its sentence: “Users can:” and then what they can.
_CONTINUES = re.compile(
    r"\b(?:can|may|must|should|shall|will|cannot|not|never|able to|allowed to|wants? to|"
    r"needs? to|ha(?:s|ve) to|lets? (?:us|them|people|users))\s*:$",
    re.IGNORECASE,
)
_MAX_LEAD = 120


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph or a list item; `lead` is the line that its sentence began in."""

    text: str
    is_heading: bool = False
    is_item: bool = False
    lead: str = ""

    @property
    def is_lead(self) -> bool:
        """Whether the items below it continue its sentence."""
        return bool(_CONTINUES.search(self.text)) and len(self.text) <= _MAX_LEAD


def blocks(brief: str) -> list[Block]:
    """Return the blocks of a brief in their order; wrapped lines are joined."""
    found: list[Block] = []
    indents: list[int] = []  # of each block; a paragraph stands left of every list
    fresh = True
    for raw in brief.splitlines():
        line = _QUOTE.sub("", raw)
        text = " ".join(line.split())
        if not text or _FENCE.match(line):
            fresh = True
            continue
        if _UNDERLINE.match(line) and found and not fresh and not found[-1].is_item:
            found[-1] = Block(found[-1].text, is_heading=True)
            fresh = True
            continue
        if _RULE.match(line):
            fresh = True
            continue
        heading = _HEADING.match(line)
        bullet = _BULLET.match(line)
        if heading:
            found.append(Block(heading["text"], is_heading=True))
            indents.append(-1)
        elif bullet:
            indent = len(line) - len(line.lstrip())
            found.append(
                Block(_BULLET.sub("", text), is_item=True, lead=_lead(found, indents, indent))
            )
            indents.append(indent)
        elif text.startswith("|"):
            cells = [cell.strip() for cell in text.strip("|").split("|")]
            found.append(Block(", ".join(cell for cell in cells if cell)))
            indents.append(-1)
        elif fresh or not found:
            found.append(Block(text))
            indents.append(-1)
        else:
            last = found[-1]
            found[-1] = Block(f"{last.text} {text}", is_item=last.is_item, lead=last.lead)
        fresh = bool(heading) or text.startswith("|")
    return [block for block in found if block.text or block.is_heading]


def _lead(found: list[Block], indents: list[int], indent: int) -> str:
    """Return the line above an item, further left, whose sentence the item continues."""
    for block, left in zip(reversed(found), reversed(indents), strict=True):
        if block.is_heading:
            return ""
        if left < indent:
            if not block.is_lead:
                return ""
            return f"{block.lead} {block.text}".strip()
    return ""
