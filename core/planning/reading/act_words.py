"""The words around a verb that tell whether somebody does something, and what it comes to."""

from __future__ import annotations

import re

from core.planning.reading.nouns import words
from core.planning.reading.patterns import Pattern

TODAY = Pattern(
    r"\b(?:today|currently|at the moment|right now|so far|until now|these days|on paper|paper list|"
    r"excel|spreadsheets?|whiteboard|by hand|by phone|keeps? (?:on )?\w+ing|used to|last (?:week|"
    r"month|year|summer|winter)|a week ago|complain\w*|nobody knows|instead of|imagine|"
    r"would be (?:nice|great)|how (?:do|can) (?:i|we))\b"
)
# What hangs on something else: a rule of another pack, or a question.
CONDITION = Pattern(
    r"\b(?:unless|until|before|without|if|whether|except|because|since|instead of|rather than|"
    r"so that|in case)\b"
)
BY_ITSELF = Pattern(r"\bautomatically\b|\b(?:after|within|for) \d")
BY = Pattern(r"\bby (?:the|an?|our|their) ")
RELATIVE = re.compile(r"[;:()]|\b(?:that|which|who|if|unless|so)\b")
MARKED = Pattern(r"\bmark(?:s|ed)? (?P<what>[^,;:.]{2,40}?) as (?:a |an )?(?P<state>[a-z]+)\b")
# “Perishable goods must be marked”: a flag of what they are.
FLAGGED = Pattern(
    r"\b(?P<state>(?!all|each|every|new|the|any)[a-z]{4,}(?:able|ible|ous|ent|ant|ile|ed|ive|al)) "
    r"[a-z]+ (?:must|should|can|are|is|have to|has to)(?: be)? marked$"
)
WEAK_STATES = words("read unread favourite favorite spam")
ANYBODY = words("anyone anybody everyone everybody")
LOOKED_AT = words("verify check test inspect examine review compare count audit measure")
# What machines and programs do as well: a noun that no list knows need not be a person.
MACHINES_TOO = words(
    """
    start stop end open close lock unlock load unload create add delete publish update announce
    count measure pause resume release enable disable activate deactivate block feed water charge
    print produce complete finish return replace split merge list offer set see view show change
    increase decrease lower cut cover host raise place issue begin move plan schedule feature
    describe state note mark label define found stow receive extend_to pass_on
    """
)
SMALL = words("of in on at by with for to from and or but as than if when who that which is are")
OF_HANDS = words("out over back in on")
CONJUNCTIONS = words("and or then but")
