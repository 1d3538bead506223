"""Reading a brief from a file or standard input, and finding a name for its feature."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import BinaryIO

from cli.terminal import plain_line, remark
from core.domain.text import MAX_BRIEF_BYTES, decode_brief
from core.errors import InvalidInput

STANDARD_INPUT = "-"
MAX_FOUND_NAME = 80

_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$", re.MULTILINE)
# A sentence ends where a capital letter follows: not after "Art. 17".
_SENTENCE = re.compile(r"(.{8,}?)[.!?] (?=[^\W\d_a-z])")
_FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


def read_brief(source: str) -> str:
    """Return the brief of a file, or of standard input for `-`.

    Raises `InvalidInput` when it cannot be read, is too long, binary or empty.
    """
    return decode_brief(read_bytes(source, "brief"))


def read_bytes(source: str, noun: str) -> bytes:
    """Return what a file holds, or standard input for `-`, of at most 64 KB.

    Raises `InvalidInput` when it cannot be read or is longer; `noun` says what it should be.
    """
    if source == STANDARD_INPUT:
        if sys.stdin.isatty():
            remark(f"Type the {noun}, and end it with Ctrl-D on a line of its own.", style="dim")
        return _read(sys.stdin.buffer, noun)
    path = Path(source)
    shown = plain_line(source)
    try:
        with path.open("rb") as file:
            return _read(file, noun)
    except FileNotFoundError:
        raise InvalidInput(f"There is no file '{shown}'.", hint="Check the path.") from None
    except IsADirectoryError:
        raise InvalidInput(f"'{shown}' is a folder.", hint="Name the brief's file in it.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "that is no path"
        raise InvalidInput(
            f"'{shown}' cannot be read: {reason}.", hint="Check the path and its permissions."
        ) from None


def find_name(brief: str, source: str) -> str:
    """Return a name for the feature: the first heading, the first line, or the file's name."""
    prose = _FENCED.sub("", brief)
    heading = next((found for found in _HEADING.findall(prose) if found), "")
    first_line = next((line for line in prose.splitlines() if line.strip()), "")
    stem = "" if source == STANDARD_INPUT else Path(source).stem
    for candidate in (heading, first_line, stem):
        name = _shortened(plain_line(candidate).strip("#*_`=- "))
        if any(character.isalnum() for character in name):
            return name
    return "A feature without a name"


def _shortened(name: str) -> str:
    """Cut a name where a sentence or at least a word ends."""
    if len(name) <= MAX_FOUND_NAME:
        return name
    sentence = _SENTENCE.match(name[: MAX_FOUND_NAME + 2])
    if sentence:
        return sentence[1]
    kept = name[: MAX_FOUND_NAME - 1]
    at_word = kept.rpartition(" ")[0]
    return (at_word if len(at_word) > MAX_FOUND_NAME // 2 else kept).rstrip(" ,;:.") + "…"


def _read(file: BinaryIO, noun: str) -> bytes:
    """Read a file, and never more than one byte too many: it may be endless."""
    raw = file.read(MAX_BRIEF_BYTES + 1)
    if len(raw) > MAX_BRIEF_BYTES:
        raise InvalidInput(
            f"The {noun} is longer than {MAX_BRIEF_BYTES // 1024} KB.",
            hint="Cut it to what is needed.",
        )
    return raw
