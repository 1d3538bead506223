"""Several outcomes in one sentence: “not fetched after 5 days: reminder, after 10 it goes back”."""

from __future__ import annotations

import re

_TIME = (
    r"(?:\d+|an?|one|two|three|four|five|six|seven|eight|ten|twelve|fourteen)(?: more| further)? "
    r"(?:(?:working|calendar|business) )?(?:minutes?|hours?|days?|weeks?|months?|years?)"
)
# What happens at a time, and then what happens at a later one.
_LATER = re.compile(
    rf"(?:,|;|\.)\s+(?:and |then |but )?(?=(?:after|from) (?:another )?{_TIME}\b)", re.IGNORECASE
)
_AT_FIRST = re.compile(
    rf"^(?P<case>[^,;:]{{3,60}}?)(?: (?:for|within|after|by|since) {_TIME})(?P<mark>:| (?=gets?|"
    r"receives?|is|are|goes?|leads?|means?))",
    re.IGNORECASE,
)


def outcomes(sentence: str) -> list[str]:
    """Return a sentence cut where another time brings something else, each with what it is about.

    “Parcels not fetched after 5 days: reminder, after 10 days it goes back” are two: the second
    begins with “Parcels not fetched” too.
    """
    first = _AT_FIRST.match(sentence) if "after " in sentence else None
    if not first:
        return [sentence]
    pieces = [piece.strip() for piece in _LATER.split(sentence)]
    if len(pieces) == 1:
        return [sentence]
    case = first["case"]
    return [pieces[0], *(f"{case}: {piece}" for piece in pieces[1:])]
