"""The words by which a clause demands something, and those that only look like it."""

from __future__ import annotations

import re

from core.planning.demand_kinds import FORMATS, LANGUAGES
from core.planning.reading.patterns import Pattern

DEMAND = Pattern(
    r"\b(?:must|never|nobody|nothing|no one|no-one|only|at most|at least|maximum|max|minimum|"
    r"may not|cannot|can't|not|unless|until|without|always|every|limit|shall|ha(?:s|ve) to|"
    r"except|as long as|provided|at once|immediately|automatically|straight away|"
    r"time ?zone|after the (?:first|second|third|last|\d+(?:st|nd|rd|th))|"
    r"no (?!longer\b|more\b|later\b|idea\b|problem\b|matter\b|wonder\b)[a-z]+)\b"
)
# Inside a clause that is planned in part: what only a demand says.
STRONG = Pattern(
    r"\b(?:must|never|nobody|nothing|no one|no-one|may not|cannot|can't|shall|ha(?:s|ve) to|not|"
    r"without|only|no (?=[a-z]+ (?:is|are|may|can|must|should))|needs? no|read-only|"
    r"both (?=[a-z]+ed\b)|(?:his|her|its|their) own|time ?zone|required|mandatory)\b"
)
# What bounds a number.
BOUNDED = Pattern(r"\b(?:at (?:least|most)|max(?:imum)?|min(?:imum)?|no more than)\b")
# A count in words of what is handed in says how many there have to be.
SPELLED = Pattern(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve) "
    r"(?:photos?|pictures?|files?|documents?|signatures?|copies|witnesses)\b"
)
# Words like those of a demand that demand nothing.
IDIOM = re.compile(
    r"\b(?:(?:ha(?:s|ve|d)|there's|there (?:is|are)) no|I have to|only (?:have|has|gets?|knows?)|"
    r"or not (?:ours|mine|yet|at all)|whether or not|not negotiable|not only|later:? nothing|if "
    r"not|or not(?= \w+ \w+ is| to)|not sure|can(?:not|'t) (?:cope|wait|stand|believe)|(?:does|do)"
    r"(?:n't| not) (?:matter|mind|know)|(?:it's|this is|that's|it is) (?:only|not) about|nobody "
    r"(?:knows?|looks? at|likes?|remembers?|notices?|cares?)|no idea|not least|every (?:time|day|"
    r"morning|week|now and then))\b",
    re.IGNORECASE,
)
# What a wish is good for may hold a demand, but not that somebody is spared something.
COMFORT = Pattern(r"^(?:i|we|my|our|they|their|nobody|no one)\b")
STRICT = Pattern(r"\b(?:only|must|may not|never|(?:nobody|no one) (?:else|can|may))\b")
# How things are: its numbers say what happens, not what must.
FACT = Pattern(
    r"\b(?:today|currently|at the moment|right now|so far|last (?:time|year|month|week)|"
    r"keeps? (?:on )?[a-z]+ing|took|was|were|had|used to|what happens is|"
    r"(?:many|most|some|few|half|all) of (?:them|us|our|the))\b|"
    r"^(?:we|our) (?:have|run|plan|use|ship|leave|get|sell|lend|are|employ|serve)\b"
)
# A bare number before one of these says how a thing has to be.
MEASURED = Pattern(
    r"\s+(?:digits?|characters?|letters?|decimals?|pixels?|metres?|meters?|photos?|pictures?|"
    r"files?|signatures?)\b"
)
# What people may do, or what brings something about, beside what a pack was found by.
OPTION = Pattern(r"\b(?:can|may|able to|switch(?:ed)? off|opt(?:s|ed)?[ -](?:in|out))\b")
# What only says that something happens, where the sentence around it is planned.
HAPPENS = Pattern(
    r"\b(?:is|are|be|gets?|goes|shows?|wins?|sees?|can|may|stays?|ends?|raise|carry|carries|beats?|"
    r"becomes?|comes?|\w{3,}ed)\b"
)
# What opens a case, the rest of which is told behind it.
CASE = Pattern(r"^(?:and |but )?(?:if|when|whenever|as soon as|in case|once)\b")
NO_FIRST = Pattern(r"(?:(?:and|but) )?no [a-z]+ (?!idea\b)[a-z]")
# What a rule has to repeat to be about it.
NAMED = re.compile(rf"\b(?:{FORMATS}|{LANGUAGES})\b", re.IGNORECASE)
FORMAT = re.compile(FORMATS)
FILES = re.compile(r"\b(?:files?|attachments?|uploads?|images?|photos?|imports?)\b")
CONJUNCTION = re.compile(r"^(?:and|but|or|otherwise)\s+", re.IGNORECASE)
