"""What the things of deeds are called: by their own names, not by how they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from core.planning.reading.clauses import Clause
from core.planning.reading.deed import Deed
from core.planning.reading.nouns import is_thing, plural, words
from core.planning.reading.verbs import FORMS

_LATER = re.compile(r"_(?:online|again|back)$")  # no part of a name: “report a loss online”
# How a thing is, not which one: a broken tool is a tool.
_HOW = words("broken lost missing damaged overdue late new old empty dirty clean wrong defective")


def called_shortly(found: Iterable[Deed], clauses: Sequence[Clause]) -> Iterator[Deed]:
    """Yield the deeds with their things' own names: a damaged boat is a boat.

    Where the brief only ever says the longer name, the thing is called so.
    """
    body = " ".join(clause.text.lower() for clause in clauses if clause.section != "non_goal")
    short: dict[str, str] = {}
    for deed in found:
        if deed.noun not in short:
            whole = _LATER.sub("", deed.noun)
            how, _, rest = whole.partition("_")
            is_how = how in _HOW or any(form == "past" for form, _ in FORMS.get(how, ()))
            short[deed.noun] = whole
            if rest and is_how and is_thing(rest):
                name = re.escape(rest.replace("_", " "))
                alone = re.search(rf"(?<!\b{how} )\b(?:{name}|{plural(name)})\b", body)
                short[deed.noun] = rest if alone or how in _HOW else whole
        yield replace(deed, noun=short[deed.noun])
