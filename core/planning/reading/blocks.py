"""A brief's lines, joined into headings, paragraphs and list items."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from core.planning.reading.courtesy import is_ticket_line
from core.planning.reading.scenarios import begins_scenario, is_step

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
    cells: tuple[str, ...] = ()  # of a row of a table
    is_header: bool = False  # the row that names the columns
    steps: tuple[str, ...] = ()  # of a scenario

    @property
    def is_lead(self) -> bool:
        """Whether the items below it continue its sentence."""
        return bool(_CONTINUES.search(self.text)) and len(self.text) <= _MAX_LEAD


def blocks(brief: str) -> list[Block]:
    """Return the blocks of a brief in their order; wrapped lines are joined."""
    reader = _Reader()
    for raw in brief.splitlines():
        line = _QUOTE.sub("", raw)
        text = " ".join(line.split())
        if not text or _FENCE.match(line):
            reader.is_fresh = reader.is_apart = True
        elif not reader.ruled(line):
            reader.read(line, text)
    return [block for block in reader.found if block.text or block.is_heading]


@dataclass(slots=True)
class _Reader:
    """The blocks so far, and how the next line goes on from them."""

    found: list[Block] = field(default_factory=list)
    indents: list[int] = field(default_factory=list)  # of each; a paragraph stands left of lists
    is_fresh: bool = True  # the next line begins a block
    is_apart: bool = True  # a line without text stands before it
    is_ticket: bool = False

    def ruled(self, line: str) -> bool:
        """Whether a line only underlines a heading, or rules off what is above it."""
        last = self.found[-1] if self.found else None
        if last and _UNDERLINE.match(line) and not self.is_fresh and not last.is_item:
            self.found[-1] = Block(last.text, is_heading=True)
        elif _RULE.match(line):
            if last and last.cells and "|" in line:
                self.found[-1] = replace(last, is_header=True)
        else:
            return False
        self.is_fresh = True
        return True

    def read(self, line: str, text: str) -> None:
        """Take a line with words."""
        heading, bullet = _HEADING.match(line), _BULLET.match(line)
        bare = _BULLET.sub("", text)
        goes_on = bool(self.found) and bool(self.found[-1].steps) and not self.is_apart
        self.is_apart = False
        if not heading and (begins_scenario(bare) or goes_on):
            self._add_step(bare, goes_on=goes_on)
            self.is_fresh = True
            return
        self._begin_ticket_line(bare)
        if heading:
            self._add(Block(heading["text"], is_heading=True))
        elif bullet:
            indent = len(line) - len(line.lstrip())
            lead = _lead(self.found, self.indents, indent)
            self._add(Block(bare, is_item=True, lead=lead), indent)
        elif text.startswith("|"):
            cells = tuple(cell.strip() for cell in text.strip("|").split("|"))
            self._add(Block(", ".join(cell for cell in cells if cell), cells=cells))
        elif self.is_fresh or not self.found:
            self._add(Block(text))
        else:
            last = self.found[-1]
            self.found[-1] = replace(last, text=f"{last.text} {text}")
        self.is_fresh = bool(heading) or text.startswith("|")

    def _add(self, block: Block, indent: int = -1) -> None:
        self.found.append(block)
        self.indents.append(indent)

    def _begin_ticket_line(self, bare: str) -> None:
        """Let each line of a ticket's head, and what comes behind it, be a block of its own."""
        was, looks = self.is_ticket, is_ticket_line(bare)
        self.is_ticket = looks and (self.is_fresh or was)
        self.is_fresh = self.is_fresh or was

    def _add_step(self, step: str, *, goes_on: bool) -> None:
        """Add a line to the scenario above it, or begin one."""
        last = self.found[-1] if goes_on else None
        if last is None or (step.lower().startswith("given ") and len(last.steps) > 1):
            self._add(Block(step, steps=(step,)))
            return
        *before, latest = last.steps
        steps = (*before, latest, step) if is_step(step) else (*before, f"{latest} {step}")
        self.found[-1] = replace(last, text=f"{last.text} {step}", steps=steps)


def _lead(found: list[Block], indents: list[int], indent: int) -> str:
    """Return the line above an item, further left, whose sentence the item continues."""
    for block, left in zip(reversed(found), reversed(indents), strict=True):
        if block.is_heading:
            return ""
        if left == indent and block.is_item:
            return block.lead
        if left < indent:
            if not block.is_lead:
                return ""
            return f"{block.lead} {block.text}".strip()
    return ""
