"""Text at the boundary: what people and agents send, made safe to store."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from core.errors import InvalidInput

MAX_BRIEF_BYTES = 64 * 1024
MAX_NAME_CHARACTERS = 200
MAX_DEPTH = 100

# Categories of what leaves no mark: formats such as zero-width joiners, separators, unassigned.
_INVISIBLE = ("Cf", "Cn", "Zl", "Zp", "Zs")

_SURROGATES = re.compile("[\ud800-\udfff]")
# C0 and C1 controls but tab, line feed and carriage return.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def clean_text(text: str) -> str:
    """Remove what PostgreSQL or UTF-8 cannot store: NUL and unpaired surrogates."""
    return _SURROGATES.sub("", text).replace("\x00", "")


def clean_json(value: Any, *, depth: int = 0) -> Any:
    """Return a value as JSON that can be stored and hashed: its texts are cleaned, keys too.

    What JSON has no word for becomes text (also integers beyond 64 bits), a float that is no
    number becomes null. Raises `InvalidInput` when it is nested more than 100 levels deep.
    """
    if depth > MAX_DEPTH:
        raise InvalidInput(
            f"The data is nested more than {MAX_DEPTH} levels deep.", hint="Send it flatter."
        )
    if isinstance(value, Mapping):
        return {
            clean_text(str(key)): clean_json(inner, depth=depth + 1) for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [clean_json(inner, depth=depth + 1) for inner in value]
    return _clean_scalar(value)


def _clean_scalar(value: Any) -> str | int | float | bool | None:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return value
    return clean_text(str(value))


def clean_line(text: str) -> str:
    """Clean a one-line text: controls and line breaks become single spaces, ends are trimmed."""
    without = _CONTROLS.sub(" ", clean_text(text))
    return " ".join(unicodedata.normalize("NFC", without).split())


def is_blank(text: str) -> bool:
    """Whether nobody would see anything of a text: nothing, or only what has no shape."""
    return all(unicodedata.category(one) in _INVISIBLE or one.isspace() for one in text)


def check_name(name: str) -> str:
    """Return the cleaned feature name.

    Raises `InvalidInput` when nothing is left or it has more than 200 characters.
    """
    cleaned = clean_line(name)
    if is_blank(cleaned):
        raise InvalidInput("The feature has no name.", hint="Give it a name of a few words.")
    if len(cleaned) > MAX_NAME_CHARACTERS:
        raise InvalidInput(
            f"The feature's name has {len(cleaned)} characters; {MAX_NAME_CHARACTERS} is the most.",
            hint="Shorten the name; the brief has room for the rest.",
        )
    return cleaned


def check_brief(brief: str, called: str = "brief") -> str:
    """Return the cleaned brief, its line ends as line feeds; errors name it as it is `called`.

    Raises `InvalidInput` when it is empty, longer than 64 KB in UTF-8, or looks binary (more than
    one control character in a hundred).
    """
    size = len(brief.encode("utf-8", "surrogatepass"))
    if size > MAX_BRIEF_BYTES:
        raise InvalidInput(
            f"The {called} has {size // 1024} KB; 64 KB is the most.",
            hint="Cut it to what the feature needs, or launch it in parts.",
        )
    if len(_CONTROLS.findall(brief)) * 100 > len(brief):
        raise InvalidInput(
            f"The {called} looks like a binary file.", hint="Send plain text or Markdown."
        )
    cleaned = _CONTROLS.sub("", clean_text(brief)).replace("\r\n", "\n").replace("\r", "\n").strip()
    if not cleaned:
        raise InvalidInput(
            f"The {called} is empty.", hint="Say in a few sentences who needs what, and why."
        )
    return cleaned


def decode_brief(raw: bytes) -> str:
    """Decode a brief read from a file or an upload, then check it as `check_brief` does.

    Raises `InvalidInput` when it is not UTF-8 (a byte-order mark is dropped).
    """
    if len(raw) > MAX_BRIEF_BYTES:
        raise InvalidInput(
            f"The brief has {len(raw) // 1024} KB; 64 KB is the most.",
            hint="Cut it to what the feature needs, or launch it in parts.",
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            "The brief is not UTF-8 text.", hint="Save it as UTF-8 plain text or Markdown."
        ) from error
    return check_brief(text)
