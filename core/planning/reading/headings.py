"""Lines that are headings without a mark, and other shapes of mails, wikis and tickets.

Many briefs have no “#”: a line alone says “Out of scope” and the text begins right below it. Such
lines, and where one entry of a list of terms ends, are marked here so that each is read as what it
is, before wrapped lines are joined.
"""

from __future__ import annotations

import re

from core.planning.reading.courtesy import DELIMITER
from core.planning.reading.scenarios import begins_scenario, is_step
from core.planning.reading.sections import section_named

_BOLD = re.compile(r"^\s*(\*\*|__)(?P<text>[^*_\n]{2,60}?):?\1:?\s*$")
_NUMBERED = re.compile(r"^\s{0,3}(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})[.)]?\s+(?P<text>\S.*)$")
_MARKED = re.compile(r"^\s*(?:#|[-*+•◦▪–]\s|\||\(?(?:\d{1,2}|[a-z])[.)]\s|`{3}|~{3}|>)")
_QUOTED = re.compile(r"^\s{0,3}>")
_FENCE = re.compile(r"^\s*(?:`{3,}|~{3,})")
_ENDED = re.compile(r"[.!?:;)\"']\s*$")
_SPEAKING = re.compile(
    r"[.!?,;]$|\b(?:is|are|was|were|be|has|have|had|can|cannot|can't|may|must|should|shall|will|"
    r"would|never|nobody|nothing|only|no|not|need|needs|want|wants|get|gets|at most|at least|per|"
    r"within|we|they|you|i|it)\b",
    re.IGNORECASE,
)
# “Deposit: half of the price”, one of several below each other.
_TERM = re.compile(r"^[A-Z][\w/&'()-]*(?: [\w/&'()-]+){0,3}\s?:\s+\S")
_MEANING = re.compile(r"^\s{0,3}:\s+(?=\S)")
_MAX_WORDS = 6


def with_headings(brief: str) -> str:
    """Return a brief with a mark before its plain headings, and its terms each on their own."""
    lines = brief.split("\n")
    found: list[str] = []
    is_code = False
    for place, line in enumerate(lines):
        before = lines[place - 1] if place else ""
        behind = lines[place + 1] if place + 1 < len(lines) else ""
        if _FENCE.match(line):
            is_code = not is_code
        if is_code or not line.strip():
            found.append(line)
            continue
        heading = _heading(lines, place)
        if heading:
            found += [f"# {heading}", ""]
        elif _MEANING.match(line) and found and found[-1].strip() and not _MARKED.match(before):
            found[-1] = f"{found[-1].rstrip()}: {_MEANING.sub('', line)}"
        elif line.strip() == DELIMITER:
            found += ["", DELIMITER, ""]
        elif _begins_apart(line, before, behind):
            found += ["", line]
        else:
            found.append(line)
    return "\n".join(found)


def _heading(lines: list[str], place: int) -> str:
    """Return the words of a line that is a heading without a mark; empty when it is none."""
    line = lines[place]
    bold, numbered = _BOLD.match(line), _NUMBERED.match(line)
    if bold:
        text = bold["text"].strip(" :")
        is_named = section_named(text) is not None or _is_label(text)
        return text if is_named and _has_below(lines, place) else ""
    if numbered:
        return _numbered_heading(lines, place, numbered)
    if _MARKED.match(line):
        return ""
    text = line.strip()
    name = text.removesuffix(":").rstrip()
    if len(name.split()) > _MAX_WORDS or section_named(name) is None or name[-1] in ".!?,;":
        return ""
    before, behind = _around(lines, place)
    if not behind.strip() and (not before.strip() or _MARKED.match(before)):
        return ""  # it stands apart already
    is_own = text.endswith(":") or name[:1].isupper()
    is_apart = not before.strip() or bool(_MARKED.match(before) or _ENDED.search(before))
    goes_on = behind.strip()[:1].islower() and not text.endswith(":")
    return name if is_own and is_apart and not goes_on and _has_below(lines, place) else ""


def _numbered_heading(lines: list[str], place: int, numbered: re.Match[str]) -> str:
    """Return the words of “2. Scope” or “3.1 Deposits” where it heads text, and is no list item."""
    text = numbered["text"].strip().removesuffix(":")
    before, behind = _around(lines, place)
    if not _has_below(lines, place) or len(text.split()) > _MAX_WORDS:
        return ""
    follows = next((one for one in lines[place + 1 :] if one.strip()), "")
    leads = next((one for one in reversed(lines[:place]) if one.strip()), "")
    next_one, last_one = _NUMBERED.match(follows), _NUMBERED.match(leads)
    depth = numbered["number"].count(".")
    if next_one and next_one["number"].count(".") <= depth:
        return ""
    if section_named(text) is not None:
        return text
    in_list = last_one is not None and last_one["number"].count(".") == depth
    goes_on = behind.strip()[:1].islower() or bool(behind.strip() and behind[:1].isspace())
    if in_list or goes_on or before.strip() or not text[:1].isupper() or not _is_label(text):
        return ""
    return text


def _is_label(text: str) -> bool:
    return len(text.split()) <= _MAX_WORDS and not _SPEAKING.search(text)


def _around(lines: list[str], place: int) -> tuple[str, str]:
    before = lines[place - 1] if place else ""
    return before, lines[place + 1] if place + 1 < len(lines) else ""


def _has_below(lines: list[str], place: int) -> bool:
    """Whether text stands below a line."""
    return any(line.strip() for line in lines[place + 1 :])


def _begins_apart(line: str, before: str, behind: str) -> bool:
    """Whether a line begins something of its own, though no empty line stands before it."""
    if not before.strip():
        return False
    if bool(_QUOTED.match(line)) != bool(_QUOTED.match(before)):
        return True
    text = line.strip()
    if not _TERM.match(text) or begins_scenario(text) or is_step(text):
        return False
    return bool(_TERM.match(before.strip()) or _TERM.match(behind.strip())) and not re.search(
        r"(?:,|\b(?:and|or|the|an?|of|to|for|with))$", before.strip()
    )
