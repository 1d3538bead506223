"""Verbs that a text begins with where nobody stands before them: “filter products by brand”."""

from __future__ import annotations

import re

from core.planning.reading.nouns import words

_VERBS = words(
    """
    accept add adjust allow announce answer anonymise anonymize apply approve archive ask assign
    attach avoid ban block book borrow browse build buy calculate call cancel change charge check
    choose clear close collect combine comment compare complete confirm connect contact convert
    copy correct count create cut declare decline define delete deny detect disable discard display
    download draft drag drop duplicate edit enable end enforce enter escalate export extend fetch
    file fill filter find finish flag follow forbid forward generate get give grant group guarantee
    handle hide highlight hold import inform insert invite issue join keep label leave let limit
    link list load lock log lower maintain make manage map mark match measure merge message monitor
    move mute notify offer open order organise organize pause pay pick pin place plan post prevent
    preview print propose protect provide publish pull push put raise rank rate read receive record
    refund refuse register reject release remember remind remove rename renew rent reopen repeat
    replace reply report request require reschedule reserve reset resolve restore restrict resume
    retry return revert review revoke save scan schedule search see select sell send set share ship
    show sign skip sort split start stop store submit subscribe suggest support suspend swap switch
    sync synchronise synchronize tag take tell test track transfer translate turn type undo unlock
    unsubscribe tick hand photograph weigh pack deliver clean drive ride visit meet phone
    text mail describe explain grade enrol enroll invoice refill unpack
    name invent draw bring carry lend update upload use validate verify view
    vote warn watch withdraw write
    """
)
_IRREGULAR = {"has": "have", "goes": "go", "does": "do"}
# As often a noun: only what follows tells.
_NOUNS_TOO = words(
    """
    book call change charge comment contact copy count cut draft drop end export file filter flag
    group hold import issue label leave limit link list load lock log map mark match measure message
    offer open order pause place plan post preview print push rank rate read record refund register
    release rent reply report request reserve reset return review scan schedule search set share
    ship show sign sort start stop store support swap switch tag take test track transfer type
    update upload use view vote watch answer display download escalate
    """
)
_FIRST = re.compile(r"^\W*(?P<verb>[a-z]+)(?P<behind>(?:\s+[^\s]+){0,2})", re.IGNORECASE)
# What a verb is followed by, and a noun is not.
_OBJECT = re.compile(
    r"^\s+(?:an?|the|their|his|her|its|our|my|your|all|each|every|any|new|old|own|one|two|several|"
    r"multiple|many|by|as|to|from|into|what|who|which|when|how|where|whether|for free|[a-z-]+s)\b",
    re.IGNORECASE,
)
_NOUN_BEHIND = re.compile(
    r"^\s+(?:of|is|are|must|can|may|should|has|have|was|will|for|at|in|on|with|between|per|:|=)\b"
    r"|^\s*[:=,]|^\s*$",
    re.IGNORECASE,
)
_NEAR = 22  # letters behind a verb in which another one would be the verb
_FINITE = re.compile(r"\b(?:is|are|must|can|may|should|shall|will|has|have|was|were)\b", re.I)


def begins_with_verb(text: str) -> bool:
    """Whether a text begins with a verb in its plain form: “raise or lower prices”."""
    first = _FIRST.match(text)
    if not first or first["verb"].lower() not in _VERBS:
        return False
    verb = first["verb"].lower()
    behind = text[first.end("verb") :]
    if _NOUN_BEHIND.match(behind) and verb in _NOUNS_TOO:
        return False
    if verb not in _NOUNS_TOO:
        return True
    is_joined = re.match(r"^(?:,| or| and) (?P<other>[a-z]+)", behind, re.IGNORECASE)
    if is_joined and is_joined["other"].lower() in _VERBS:
        return True
    # “Search results are sorted”: the noun goes on, and a verb comes.
    return bool(_OBJECT.match(behind)) and not _FINITE.search(behind[:_NEAR])


def is_third_person(word: str) -> bool:
    """Whether a word is a verb as it stands behind one that acts: `scans`, `applies`."""
    lower = word.lower()
    if lower in _IRREGULAR:
        return True
    stems = [lower.removesuffix("s"), lower.removesuffix("es")]
    if lower.endswith("ies"):
        stems.append(f"{lower[:-3]}y")
    return lower.endswith("s") and any(stem in _VERBS for stem in stems)


def is_verb(word: str) -> bool:
    """Whether a word can be a verb in its plain form."""
    return word.lower() in _VERBS
