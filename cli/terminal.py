"""The way to the terminal. What others wrote is made harmless before it is shown.

Nothing is ever read as Rich markup, and text for programs goes out as one JSON object.
"""

from __future__ import annotations

import json
import os
import re
import sys
from functools import cache
from typing import Any

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from core.errors import AppError

PIPE_COLUMNS = 160  # a pipe has no width of its own


class ReaderLeft(Exception):
    """Whoever read our output has enough of it, as `head` has."""


class _Console(Console):
    """A console that leaves it to us what a closed pipe means."""

    def on_broken_pipe(self) -> None:
        raise ReaderLeft


# Escape sequences go as a whole, so that no remains of them are left to read.
_SEQUENCES = re.compile(
    # colours, cursor movements
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    # titles, links, and what else goes to the terminal's own ears
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
# Controls but tab and line feed, and what turns the direction of writing around.
_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]")
# In JSON all of these would be escaped anyway, but for those beyond ASCII.
_HARMFUL_IN_JSON = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]")


def plain(text: str) -> str:
    """Return a text without control sequences, control characters and bidi overrides."""
    return _HARMFUL.sub("", _SEQUENCES.sub("", text))


def plain_line(text: str) -> str:
    """Return a text as `plain` does, on one line."""
    return " ".join(plain(text).split())


@cache
def out() -> Console:
    """Return the console on standard output."""
    return _console(stderr=False)


@cache
def err() -> Console:
    """Return the console on standard error."""
    return _console(stderr=True)


def say(text: str = "", style: str = "") -> None:
    """Print a text on standard output; long lines are the terminal's to break."""
    out().print(plain(text), style=style or None, soft_wrap=True)


def remark(text: str, style: str = "") -> None:
    """Print a text on standard error: what is not the command's result."""
    err().print(plain(text), style=style or None, soft_wrap=True)


def put_json(document: dict[str, Any]) -> None:
    """Print a document on standard output, as one JSON object."""
    is_unicode = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    text = json.dumps(document, ensure_ascii=not is_unicode, indent=2, default=str)
    try:
        sys.stdout.write(_HARMFUL_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise ReaderLeft from None


def put_failure(error: AppError, *, as_json: bool) -> None:
    """Tell what went wrong and what to do about it."""
    if as_json:
        failure = {"code": error.code, "message": error.message, "hint": error.hint_text}
        put_json({"error": failure})
        return
    remark(error.message, style="bold red")
    remark(error.hint_text)


def fit(table: Table, console: Console) -> Table:
    """Let a table's flexible column give way where the terminal is too narrow for all."""
    unbounded = console.options.update(width=10_000)
    table.expand = Measurement.get(console, unbounded, table).maximum > console.width
    return table


def write_what_can_be_shown() -> None:
    """Let a terminal of another encoding show `?` where it lacks a character."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    has_width = stream.isatty() or "COLUMNS" in os.environ
    return _Console(
        stderr=stderr,
        markup=False,
        highlight=False,
        emoji=False,
        width=None if has_width else PIPE_COLUMNS,
    )
