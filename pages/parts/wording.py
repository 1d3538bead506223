"""Times, durations and plain text as people read them."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo

from core.domain.duration import duration_text

PIPELINES = {"seven_roles": "Standard pipeline"}
EXECUTORS = {"planner": "Rule-based planner", "llm": "Language model", "external": "Agents"}

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~:$&=])")
# Streamlit looks for icons and emoji once more after the escapes are gone: `:material/bolt:`.
_SHORTCODE = re.compile(r"(?<!\d):(?=[\w+-]+(?:/\w+)?:)")
_WORD_JOINER = "\u2060"  # no width, no break
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)  # four make a line code


def plain(text: str) -> str:
    """Return what people or agents wrote so that Markdown shows it letter by letter.

    Two things remain: addresses become links, and an arrow between spaces becomes a real one.
    """
    kept = _INDENT.sub(lambda found: "\u00a0" * len(found[0]), unread(text))
    return _MARKDOWN.sub(r"\\\1", kept).replace("\n", "  \n")


def unread(text: str) -> str:
    """Return a text in which Streamlit finds no icon and no emoji by its name."""
    return _SHORTCODE.sub(f":{_WORD_JOINER}", text)


def duration(seconds: float | None) -> str:
    """Return a duration, with a dash for none."""
    return "–" if seconds is None else duration_text(seconds)


def age(at: datetime, now: datetime) -> str:
    """Return how long ago a moment was: just now, 12 s ago, 3 min ago, 2 h ago, 5 d ago."""
    seconds = (now - at).total_seconds()
    if seconds < 2:
        return "just now"
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit} ago"
    return f"{int(seconds)} s ago"


def clock(at: datetime, now: datetime, zone: tzinfo) -> str:
    """Return a moment in the reader's zone: 14:02; yesterday 14:02; 12 Nov 14:02; 12 Nov 2025."""
    there, today = at.astimezone(zone), now.astimezone(zone)
    days = (today.date() - there.date()).days
    if days == 0:
        return f"{there:%H:%M}"
    if days == 1:
        return f"yesterday {there:%H:%M}"
    if there.year == today.year:
        return f"{there.day} {there:%b %H:%M}"
    return f"{there.day} {there:%b %Y}"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: 1 session, 2 sessions."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
