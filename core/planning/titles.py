"""What a brief is called: by its own title, else by its first wish."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.planning.reading.clauses import Clause
from core.planning.reading.things import is_label

_MAX_TITLE = 80
_SHORTEST = 24  # a cut before so many letters leaves too little
_SHORT = 60  # a first sentence of so many letters is as good as a title
_FEWEST_WORDS = 4
_FIRST_WISHES = 6  # further down stand details
_LEAST = 40  # a cut before a preposition leaves at least so many letters
_LABEL = re.compile(
    r"^(?:(?:subject|re|fwd?|aw|wg)\s*:\s*)+|^(?:to-?do:? )|^(?:title|solution|proposed solution|"
    r"proposal|approach|product requirements?|requirements?|feature(?: request)?|request|"
    r"(?:user )?story|epic|rfc|proposal|(?:the )?idea|(?:the |our )?wish|brief|(?:the )?goal|topic|"
    r"(?:after|following|from) [^:.]{3,40}|ticket)\s*:\s*|^\[[\w -]{2,20}\]\s*",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening))\b(?: [\w']+){0,3}\s*[,!:.]*\s*|"
    r"^(?:ok|okay|so|well|right|oh|and|but|therefore|hence|thus|that's why|now|also|ideally|"
    r"in short|basically)\b,? (?:so )?",
    re.IGNORECASE,
)
# Headings that name a part of a brief, or ask for its reading.
_NO_TITLE = re.compile(
    r"^(?:what (?:matters|we|the system|it)\b.*|the (?:rules|details|problem|situation)|details|"
    r"notes?|rules|also|must|should|could|then|today|now|numbers|roles|states|quality|limits?|"
    r"(?:ticket|story|issue|epic|task|bug)\s*(?:no\.?|#)?\s*[\w-]*\d+|from|to|"
    r"(?:user )?stor(?:y|ies)|brief|draft|ticket|task|meeting notes|questions?|wishes|page|"
    r"screens?|"
    r"fields?|data|steps?|flow|process|api|technical|tech|security|performance)$",
    re.IGNORECASE,
)
# What stands behind a title and is none: where it was written down.
_WRITTEN = re.compile(
    r"(?:\s[-–—]\s|\s*[,(:]\s*)(?:(?:meeting |short |some |my |our )*(?:notes|minutes|summary|"
    r"draft|"
    r"ideas|thoughts|wishes|wish ?list|protocol|v\d[\d.]*|version \d[\d.]*))\b.*$",
    re.IGNORECASE,
)
# What somebody would like to be able to do, told as a question that others ask.
_ASKED = re.compile(
    r"\b(?:ask|asks|asked|asking|wish|wishes|wished|hope|hopes|dream|dreams|wonder|wonders|great|"
    r"nice|"
    r"good|like it|love it|helpful|better)\b,? (?:us |for it |me )?(?:that|whether|if|when) "
    r"(?:they|people|we|you|(?:the |our )?[a-z]+) (?:could|can|would|were able to|might)(?: also)? "
    r"(?P<deed>[a-z]+ .+)$",
    re.IGNORECASE,
)
_ABLE = re.compile(
    r"^[^,:;]{2,60}? (?:should|must|shall|need to|needs to|want to|wants to|would like to|may|can)"
    r"(?: also)? be (?:able|allowed) to (?P<deed>[a-z]+ .+)$",
    re.IGNORECASE,
)
_BUILD = re.compile(
    r"^(?:please,? )?(?:(?:can|could|would) (?:you|we) (?:please )?)?(?:(?:add|build|create|"
    r"introduce|"
    r"implement|develop|provide|set up)(?: us)?|give us|make us) (?=an? |the |some )",
    re.IGNORECASE,
)
# “I want parents to tell us”: they do it.
_WANTED_OF = re.compile(
    r"^(?!to\b)(?P<who>(?:the|our|all|my) [a-z]+(?: [a-z]+)?|people|"
    r"[a-z]+s) to (?P<deed>[a-z]+ .+)$",
    re.IGNORECASE,
)
_NO_DOER = re.compile(
    r"\b(?:way|ways|able|place|tool|page|button|option|system|app|time|day|list|link|need|access|"
    r"possibility|chance|function|thing)s?$",
    re.IGNORECASE,
)
_MOVES = re.compile(
    r"^we(?:'re| are| have to| must| will|'ll)? (?:leav|mov|switch|replac|migrat|going from)\w*\b|"
    r"^(?:the|our) [^,;:]{3,60} (?:is|are|takes?|has become|gets?|loads?|opens?) [^,;:]{0,20}"
    r"\b(?:slow\w*|forever|ages|too long|\d+ (?:ms|seconds?|minutes?))\b",
    re.IGNORECASE,
)
_PLEASE = re.compile(
    r"^(?:please,? |(?:can|could) (?:we|you) (?:please )?)(?=[a-z]+ (?!it\b|this\b|that\b))", re.I
)
_INSTEAD = re.compile(r"\s(?:instead of|rather than|and not)\s.*$", re.IGNORECASE)
_BEFORE_PREPOSITION = re.compile(r"\s(?:for|with|by|at|from)\s", re.IGNORECASE)
_WISH = re.compile(
    r"\b(?:i|we)(?:'d| would)? (?:really |also |just )?(?:want|need|like|wish)\b|\bshould\b|"
    r"\bplease\b",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"^(?:it|they|this|that|these|somebody|someone|please bring)\b|"
    r"^do (?:it|this|that|so|the same)\b|"
    r"^[^,;:]{0,30}\b(?:they|it|he|she) (?:should|must|can|may|could)\b|"
    r"\b(?:want|need|like)(?: to (?:do|have|see))? (?:it|this|that|them|something)\b",
    re.IGNORECASE,
)
# What comes before the wish itself: who wants it, and that they do.
_BEFORE_WISH = re.compile(
    r"^(?:as (?:an?|the) [^,]{2,60}?,? )?(?:so,? )?(?:[^,:]{0,60}, )?(?:what )?(?:i|we)(?:'d|"
    r" would)? "
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
    r"(?:\s(?:and|or|the|an?|of|to|by|with|from|in|on|per|for|our|their|its|as|is|are|at|may|can|"
    r"must|not|no))+$",
    re.IGNORECASE,
)


def title_of(parts: Sequence[Clause]) -> str:
    """Return the brief's own title, else its first wish in few words."""
    for part in parts:
        if part.section == "title":
            named = _WRITTEN.sub("", _bare(part.text))
            if named and not _NO_TITLE.match(named):
                return _capital(_shortened(named, _MAX_TITLE))
    told = [part.text for part in parts if part.section == "body"] or [p.text for p in parts]
    first = _bare(next(iter(told), ""))
    if (len(first) <= _MAX_TITLE and is_label(first)) or _BEFORE_WISH.match(first):
        limit = _MAX_TITLE if is_label(first) else _SHORT
        return _capital(_shortened(_plain(first) or first, limit))
    wishes = (_wish(text) for text in told[:_FIRST_WISHES])
    wish = next((wish for wish in wishes if wish), "")
    return _capital(_shortened(wish) if wish else _shortened(first, _MAX_TITLE))


def _wish(text: str) -> str:
    """Return what is wished for in a sentence; nothing where it is only “it” or “they”."""
    bare = _bare(text)
    if _MOVES.match(bare):
        return bare
    deed = _ASKED.search(bare) or _ABLE.match(bare)
    if deed and not _POINTING.search(deed["deed"]):
        return _INSTEAD.sub("", deed["deed"])
    wish = _plain(bare)
    if not _WISH.search(text) or _POINTING.search(bare) or len(wish.split()) < _FEWEST_WORDS:
        return ""
    return wish


def _plain(bare: str) -> str:
    """Return a wish without who has it and how it is asked for."""
    wish = _BEFORE_WISH.sub("", bare)
    others = _WANTED_OF.match(wish) if wish != bare else None
    if others and not _NO_DOER.search(others["who"]):
        return f"{others['who']} {others['deed']}"
    return _PLEASE.sub("", _BUILD.sub("", wish))


def _bare(text: str) -> str:
    """Return a text without the label or the greeting that it begins with."""
    return _GREETING.sub("", _LABEL.sub("", text.strip())).rstrip(" ,:")


def _shortened(text: str, limit: int = _SHORT) -> str:
    """Return the first main clause of a text beyond the limit; cut where that is long as well."""
    if len(text) <= limit:
        return text
    ends = (hit.start() for hit in _END_OF_MAIN.finditer(text, _SHORTEST, _MAX_TITLE + 1))
    end = next(ends, None)
    if end is None and len(text) <= _MAX_TITLE:
        return text
    if end is None:
        seams = [hit.start() for hit in _BEFORE_PREPOSITION.finditer(text, _LEAST, _MAX_TITLE + 1)]
        end = seams[-1] if seams else None
    if end is not None:
        return _SMALL_LAST.sub("", text[:end].strip())
    return f"{_SMALL_LAST.sub('', text[:_MAX_TITLE].rsplit(' ', 1)[0])} …"


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
