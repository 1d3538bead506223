"""Wishes that stand in one sentence behind a colon: “we want: a clerk scans it, picks a name”."""

from __future__ import annotations

import re

from core.planning.reading.imperatives import begins_with_verb, is_third_person, is_verb

_WANTED = re.compile(
    r"^(?:so,? |and |now )?(?:(?:what )?(?P<who>we|i)(?:'d)? (?:want|need|would like|like|wish|"
    r"wish "
    r"for)(?: to have)?(?: is)?|(?:the )?(?:idea|wish|goal|plan|wishes)(?: is)?|"
    r"it would be (?:great|nice|good) if|wanted|needed)\s*(?::|\s[-–—])\s*(?P<rest>\S.*)$",
    re.IGNORECASE,
)
_SEAM = re.compile(r",\s+(?:and (?:then )?|then )?|\s(?:and then|then)\s", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:an?|the|each|every|all|our|their|his|her|its|some|any)\b", re.I)
_MAX_SUBJECT_WORDS = 4
_FINITE = re.compile(
    r"^(?:is|are|has|have|can|may|must|should|will|gets?|does|do|goes|go|comes?|enters?)$", re.I
)
_NO_SUBJECT = re.compile(
    r"^(?:if|when|unless|after|before|until|with|without|by|for|in|on|at|from|to|as|that|which|who|"
    r"or|but|so|not|no|only|also|otherwise|e\.g|etc|and)\b",
    re.IGNORECASE,
)


def listed_wishes(sentence: str) -> list[str]:
    """Return the wishes that a sentence lists behind a colon, each as a sentence; else itself."""
    wanted = _WANTED.match(sentence)
    if not wanted:
        return [sentence]
    rest = wanted["rest"].strip()
    pieces = [piece.strip() for piece in _SEAM.split(rest) if piece.strip()]
    subject = subject_of(pieces[0]) if pieces else ""
    if not subject and not wanted["who"] and not begins_with_verb(rest):
        return [rest if len(rest.split()) > _MAX_SUBJECT_WORDS else sentence]
    if not subject:
        if begins_with_verb(rest):
            return [f"{wanted['who'] or 'we'} want to {rest}"]
        is_thing = bool(wanted["who"]) and bool(_ARTICLE.match(rest))
        return [f"{wanted['who']} want {rest}" if is_thing else sentence]
    found: list[str] = []
    for piece in pieces:
        own = subject_of(piece)
        if own:
            subject = own
            found.append(piece)
        elif _goes_on(piece):
            found.append(f"{subject} {piece}")
        elif found:
            found[-1] = f"{found[-1]}, {piece}"
    return found


def subject_of(text: str) -> str:
    """Return who acts in a short sentence: `reception` in “reception scans the label”."""
    if _NO_SUBJECT.match(text):
        return ""
    words = text.split()
    for place, word in enumerate(words[1 : _MAX_SUBJECT_WORDS + 1], 1):
        before = words[place - 1]
        is_many = before.lower() in {"people", "we", "they", "you", "i"} or (
            before.lower().endswith("s") and not is_third_person(before)
        )
        if _FINITE.match(word) or is_third_person(word):
            return " ".join(words[:place])
        if is_many and is_verb(word):
            return " ".join(words[:place])
    return ""


def _goes_on(piece: str) -> bool:
    """Whether a piece says what the one before it does as well: “picks the employee”."""
    first = piece.split(maxsplit=1)[0]
    return is_third_person(first) or begins_with_verb(piece)
