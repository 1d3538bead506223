"""What a brief is called: by its own title, else by its first wish."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.planning.reading.clauses import Clause

_MAX_TITLE = 80
_SHORTEST = 24  # a cut before so many letters leaves too little
_SHORT = 60  # a first sentence of so many letters is as good as a title
_FEWEST_WORDS = 4
_FIRST_WISHES = 6  # further down stand details
_LABEL = re.compile(
    r"^(?:subject|re|fw|title|product requirements?|requirements?|feature(?: request)?|request|"
    r"(?:user )?story|epic|rfc|proposal|idea|wish|brief|goal|topic)\s*:\s*",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening))\b(?: [\w']+){0,3}\s*[,!:.]*\s*|"
    r"^(?:ok|okay|so|well|right|oh|and)\b,? (?:so )?",
    re.IGNORECASE,
)
# Headings that name a part of a brief, or ask for its reading.
_NO_TITLE = re.compile(
    r"^(?:what (?:matters|we|the system|it)\b.*|the (?:rules|details|problem|situation)|details|"
    r"notes?|rules|also|must|should|could|then|today|now|numbers|roles|states|quality|limits?)$",
    re.IGNORECASE,
)
_WISH = re.compile(
    r"\b(?:i|we)(?:'d| would)? (?:really |also |just )?(?:want|need|like|wish)\b|\bshould\b|"
    r"\bplease\b",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"^(?:it|they|this|that|these|somebody|someone|please bring)\b|"
    r"\b(?:want|need|like)(?: to (?:do|have|see))? (?:it|this|that|them|something)\b",
    re.IGNORECASE,
)
# What comes before the wish itself: who wants it, and that they do.
_BEFORE_WISH = re.compile(
    r"^(?:as an? [^,]{2,60}?,? )?(?:so,? )?(?:[^,:]{0,60}, )?(?:what )?(?:i|we)(?:'d| would)? "
    r"(?:really |also |just )?(?:want|need|like|wish)(?: is)?(?: that|:)?"
    r"(?: to(?: be able to)?)?\s+(?!(?:it|this|that|them|these|you|to)\b)",
    re.IGNORECASE,
)
_END_OF_MAIN = re.compile(
    r"[,;:](?!\d)|\s\(|\s[-–—]\s|\s(?:so that|because|which|who|before|when|while|if|until|after|"
    r"without|as soon as|and (?:we|they|our|it|people|then|the|everybody))\b",
    re.IGNORECASE,
)
_SMALL_LAST = re.compile(
    r"(?:\s(?:and|or|the|an?|of|to|by|with|from|in|on|per|for|our|their|its|as|is|are|at|may|can|must|not|no))+$",
    re.IGNORECASE,
)


def title_of(parts: Sequence[Clause]) -> str:
    """Return the brief's own title, else its first wish in few words."""
    for part in parts:
        if part.section == "title":
            named = _bare(part.text)
            if named and not _NO_TITLE.match(named):
                return _capital(_shortened(named))
    told = [part.text for part in parts if part.section == "body"] or [p.text for p in parts]
    first = _bare(next(iter(told), ""))
    if len(first) <= _SHORT or _BEFORE_WISH.match(first):
        return _capital(_shortened(_BEFORE_WISH.sub("", first) or first))
    wishes = (_wish(text) for text in told[:_FIRST_WISHES])
    return _capital(_shortened(next((wish for wish in wishes if wish), first)))


def _wish(text: str) -> str:
    """Return what is wished for in a sentence; nothing where it is only “it” or “they”."""
    bare = _bare(text)
    wish = _BEFORE_WISH.sub("", bare)
    if not _WISH.search(text) or _POINTING.search(bare) or len(wish.split()) < _FEWEST_WORDS:
        return ""
    return wish


def _bare(text: str) -> str:
    """Return a text without the label or the greeting that it begins with."""
    return _GREETING.sub("", _LABEL.sub("", text.strip())).rstrip(" ,:")


def _shortened(text: str) -> str:
    """Return the first main clause of a long text; cut where that is long as well."""
    if len(text) <= _MAX_TITLE:
        return text
    ends = (hit.start() for hit in _END_OF_MAIN.finditer(text, _SHORTEST, _MAX_TITLE + 1))
    end = next(ends, None)
    if end is not None:
        return text[:end].strip()
    return f"{_SMALL_LAST.sub('', text[:_MAX_TITLE].rsplit(' ', 1)[0])} …"


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
