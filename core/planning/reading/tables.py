"""Tables of a brief, each row told as a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.planning.reading.imperatives import begins_with_verb

_WHO = re.compile(r"^(?:who|role|roles|actor|user|users|person|people|as an?|persona)$", re.I)
_WHAT = re.compile(
    r"^(?:what|action|actions|does(?: what)?|activity|task|tasks|permissions?|can|may|"
    r"wants?(?: to)?|"
    r"i want(?: to)?|right|rights|use case|function|feature)$",
    re.IGNORECASE,
)
_WHY = re.compile(r"^(?:why|so that|reason|benefit|purpose|goal)$", re.IGNORECASE)
_TEXT = re.compile(
    r"^(?:requirements?|description|story|user story|rule|rules|criteri(?:on|a)|wish|demand|text|"
    r"acceptance criteri(?:on|a)|what we need)$",
    re.IGNORECASE,
)
_SKIPPED = re.compile(
    r"^(?:#|id|no\.?|nr\.?|num(?:ber)?|prio(?:rity)?|moscow|estimate|points|sp|ref|ticket|status)$",
    re.IGNORECASE,
)
_FIELD = re.compile(r"^(?:fields?|attributes?|columns?|property|properties|data)(?: name)?$", re.I)
_YES = re.compile(r"^(?:yes|y|x|✓|✔|ok|\+|true|allowed)$", re.IGNORECASE)
_NO = re.compile(r"^(?:no|n|-|–|—|✗|✘|false|never|)$", re.IGNORECASE)
_NUMBER = re.compile(r"^(?:up to |max\.? |min\.? |at most |at least )?[\d€$£<>≤≥]")

Row = Sequence[str]


def told_rows(header: Row, rows: Sequence[Row]) -> list[str]:
    """Return what the rows of a table say; without a header their cells in a line."""
    if not header:
        return [", ".join(cell for cell in row if cell) for row in rows]
    names = [name.strip(" :*") for name in header]
    if _FIELD.match(names[0]):
        return [f"Fields: {', '.join(row[0] for row in rows if row and row[0])}"]
    if _is_matrix(rows):
        return _rights(names, rows)
    return [one for row in rows if (one := _sentence(names, row))]


def _sentence(names: Sequence[str], row: Row) -> str:
    who = what = why = ""
    rest: list[str] = []
    for name, cell in zip(names, row, strict=False):
        if not cell or _SKIPPED.match(name):
            continue
        if _TEXT.match(name):
            rest.insert(0, cell)
        elif _WHO.match(name) and not who:
            who = cell
        elif _WHAT.match(name) and not what:
            what = cell
        elif _WHY.match(name) and not why:
            why = cell
        else:
            rest.append(f"{name.lower()} {cell}" if _NUMBER.match(cell) and rest else cell)
    if who and what:
        is_bare = begins_with_verb(what)
        said = f"{who} can {what}" if is_bare else f"{who} {what}"
        said = ", ".join([said, *rest])
        return f"{said}, so that {why}" if why and why.lower().startswith(("i ", "they ")) else said
    return ", ".join([cell for cell in (who, what) if cell] + rest + ([why] if why else []))


def _is_matrix(rows: Sequence[Row]) -> bool:
    cells = [cell for row in rows for cell in row[1:]]
    said = sum(bool(_YES.match(cell)) for cell in cells)
    return bool(said) and all(_YES.match(cell) or _NO.match(cell) for cell in cells)


def _rights(names: Sequence[str], rows: Sequence[Row]) -> list[str]:
    """Return who may do what, where a table of roles and actions has a sign in each cell."""
    is_by_role = bool(_WHO.match(names[0]))
    found = []
    for row in rows:
        pairs = list(zip(names[1:], row[1:], strict=False))
        yes = [name for name, cell in pairs if _YES.match(cell)]
        if not yes or not row[0]:
            continue
        if is_by_role:
            found.append(f"{row[0]} may {', '.join(name.lower() for name in yes)}")
        else:
            found.append(f"{' and '.join(yes)} may {row[0][0].lower()}{row[0][1:]}")
    return found
