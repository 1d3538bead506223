"""Which sentences say how things are, not what is wanted: their numbers are sizes, no limits."""

from __future__ import annotations

import re

from core.planning.reading.patterns import Pattern

# Whoever says one of these demands something, whatever else the sentence tells.
_DEMANDS = Pattern(
    r"\b(?:must|should|shall|want|wants|need|needs|would like|'d like|please|may not|may only|at "
    r"most|at least|never|only|cannot|can't|has to|have to|allowed?|unless|instead of|could|until|"
    r"whether (?:they|we|people|customers|it) (?:can|could|may)|so that|better if|so (?:i|we|they) "
    r"(?:can|could)|would|rather|ends? on|deadline|(?:will|going to) be)\b"
)
# A time that a page takes is what a slow page is about, and so is what moves from where.
_WAITING = Pattern(
    r"\b(?:load|open|start|render|answer|search|show)s?(?:ing)?\b.{0,30}\b(?:forever|ages|too long|"
    r"minutes)\b|\b(?:takes?|needs?) (?:forever|ages|(?:way |far )?too long|minutes) (?:to|for|"
    r"until|"
    r"before)\b"
)
_ABLE = Pattern(r"\b(?:can|may)\b")
_MEASURED = Pattern(
    r"\b\d[\d.,]* ?(?:ms|milliseconds?|s|secs?|seconds?|rows)\b|\bslow\w*|\bmigrat\w+|\bmov(?:e|es|"
    r"ing) (?:from|to|off)\b|\bapis?\b|\bwebhooks?\b|\b(?:every|each|once an?) (?:night|hour|"
    r"day)\b"
)
_NOW = (
    r"(?:today|currently|at the moment|at present|presently|right now|nowadays|until now|so far|"
    r"up to now|these days|as of today|as of now|for years|traditionally|in the past|this year|"
    r"last (?:year|week|month|winter|summer|spring|autumn|term|season))"
)
_BEGINS_NOW = Pattern(rf"^(?:and |but |so |because )?{_NOW}\b(?!\s*:)")
_WITHIN_NOW = Pattern(
    r"^(?:(?:when|if|whenever) [^,;:]{3,60}, )?[^,;:]{3,80}\b(?:currently|at the moment|at present|"
    r"right now|nowadays|these days|(?<!of )(?<!for )(?<!from )(?<!until )(?<!due )today(?=$|,))\b|"
    r"^(?:(?:when|if|whenever) [^,;:]{3,60}, )?[^,;:]{3,40} today (?:[a-z]+s|is|are|has to)\b"
)
_PROBLEM = Pattern(
    r"^(?:(?:the|our|one|main|big|biggest) )*(?:problem|issue|trouble|pain(?: point)?|background|"
    r"situation|status quo|context)(?: (?:today|now|is|we have|at the moment))*\s*(?::|\bis that\b|"
    r"[-–—])"
)
_COMPLAINT = Pattern(
    r"\b(?:keeps?|kept|keep on|is always|are always|am always) (?:on )?(?:asking|calling|"
    r"complaining|forgetting|losing|phoning|writing|mailing|ringing|wondering|running|disappearing)"
    r"\b|^[^,;:]{2,60}\b(?:complains?|complained|are complaining|is complaining)\b|"
    r"\b(?:often|always|constantly|regularly|sometimes|usually|frequently|all the time) "
    r"(?:ask|asks|forget|forgets|lose|loses|call|calls|phone|phones|wonder|wonders|get lost|gets "
    r"lost|forgotten)\b|"
    r"^(?:nobody|no[ -]one) (?:really )?(?:knows?|remembers?|notices?|has an overview)\b|"
    r"^(?:we|they|i|people|it|that|this)(?: \w+)? (?:lose|loses|lost|miss|missed|waste|wastes|"
    r"wasted) (?!(?:their|its|access|all|the right)\b)|"
    r"\b(?:spends?|costs?|takes?|took|needs?) (?:us |me |them |him |her |everybody )?(?:(?:two |"
    r"three |four |\\d+ )?hours|days|"
    r"ages|half (?:a|an|the) \w+|(?:way )?too (?:much|long)|a lot of time|much time|forever)\b|"
    r"^(?:this|that|it|which) (?:often |always |regularly |sometimes )?(?:leads?|led) to \b|"
    r"^(?:as you (?:all )?know,? )?it(?:'s| is) (?:such )?(?:a |an |really |very |"
    r"quite )*(?:pain|mess|"
    r"nightmare|annoying|horrible|chaos|tedious|error-prone)\b|^as you (?:all )?know\b|"
    r"\bhas grown over\b|\bgets? out of hand\b"
)
# They do it by hand.
_BY_HAND = Pattern(
    r"^(?:we|they|people|everybody|everyone|staff|colleagues|(?:the |our |most |all |many |some )"
    r"*[a-z]+(?:s|e))\b[^,;:]{0,60}"
    r"\b(?:on (?:a |the )?(?:piece of |sheet of |sheets of )?(?:paper|white ?board|sticky notes|"
    r"post-?its?|slips?)|(?:in|with) (?:an? |the |our |several |shared |big |huge )*(?:excel|"
    r"spreadsheets?|notebooks?|google sheets?|paper lists?|"
    r"paper)|paper (?:list|form|book|calendar|folder)s?|by whats ?app|over whats ?app|in a "
    r"whats ?app group|walk by|by shouting)\b"
)
_IS_KEPT = Pattern(
    r"^[^,;:]{2,60} (?:is|are|lives?|stands?|sits?) (?:all |still |only )?(?:kept |stored |"
    r"written |"
    r"noted )?(?:down )?(?:on (?:paper|a whiteboard|sticky notes|a list)|in (?:an? |the |our |"
    r"\w+'s )?"
    r"(?:excel|spreadsheet|notebook|paper folder|folder|mailbox|inbox|heads?))\b"
)
_WE_ARE = Pattern(
    r"^(?:hi,? |hello,? )?(?:we|i)(?:'re| are|'m| am) (?:an? |the |only |about |roughly |"
    r"currently )*"
    r"(?!(?:going|looking|planning|not|thinking|happy|building|moving|replacing|leaving|connecting)"
    r"\b)[a-z0-9,-]+"
)
# How much there is of what: no prices and no times, and of a single thing only large numbers.
_MUCH = (
    r"(?:got |to do with |in )?(?:about |around |roughly |some |nearly |almost |over |more than |"
    r"between |on average |currently |now )*"
)
_NO_SIZE = (
    r"(?![\d.,]* ?(?:eur|euros?|usd|chf|gbp|dollars?|pounds?|€|%|percent|minutes?|hours?|days?|"
    r"weeks?|months?|years?|mb|gb|ms|seconds?)\b)"
)
_VOLUME = Pattern(
    r"^(?:in total,? |altogether,? |all in all,? )?(?:(?:we|our (?:[a-z-]+ ){0,2}[a-z-]+|there)"
    r"(?:'ve| have| has| had| are| is)?(?: got)?(?: run| runs| get| gets| sell| sells| take| takes|"
    r" receive| receives| handle| handles| serve| serves| employ| employs| own| owns| ship| ships|"
    r" process| processes| see| sees| host| hosts| lend| lends)? |"
    r"the [a-z-]+ (?:has|have|counts?|holds?|contains?) (?=\D{0,20}(?:\d{1,3}[,.]\d{3}|\d{4,}|\d+k|"
    rf"\d+ ?(?:thousand|million))\b)){_MUCH}{_NO_SIZE}\d"
)


# “180,000 members, 400 clubs”
_SIZE = (
    r"(?:about |around |roughly |some |and )*\d[\d.,]*k?(?: (?:thousand|million))? [a-z-]+"
    r"(?: [a-z-]+)?"
)
_SIZES = Pattern(rf"^{_SIZE}(?:,? (?:and )?{_SIZE}){{1,5}}$")
_PROJECT = Pattern(
    r"^(?:(?:the |our |project )*budget\s*(?::|is|=)|(?:the )?(?:deadline|go-?live|launch|release|"
    r"timeline) (?:for|of) (?:this|the) (?:project|feature|release|version)\b)\s*.{1,60}$"
)
# Who is speaking: “we run an online shop”.
_WRITER = Pattern(
    r"^(?:we|i) (?:run|operate|own|sell|organi[sz]e|rent out|lend out|manufacture|produce|publish|"
    r"teach|look after|take care of) [^:]{3,120}$"
)


# What a complaint holds one of: quicker to look for than the whole of it.
_COMPLAINING = (
    "keep", "kept", "always", "often", "constantly", "regularly", "sometimes", "usually",
    "frequently", "all the time", "complain", "nobody", "no one", "no-one", "lose", "lost", "miss",
    "waste", "lead", "led to", "pain", "mess", "nightmare", "annoying", "horrible", "chaos",
    "tedious", "error-prone", "as you", "hours", "days", "ages",
    "half", "too ", "a lot", "much", "forever", "grown", "hand",
)  # fmt: skip


def is_status_quo(sentence: str) -> bool:
    """Whether a sentence only tells how things are today.

    A time that something takes, or a system that is spoken to, may be what a brief is about.
    """
    lower = sentence.lower()
    if _PROJECT.match(sentence):
        return True
    if _PROBLEM.match(sentence):
        return not (_WAITING.search(sentence) or re.search(r"\b(?:must|should|shall)\b", lower))
    is_told = any(
        sign.search(sentence) for sign in (_BEGINS_NOW, _WITHIN_NOW, _BY_HAND, _IS_KEPT, _WE_ARE)
    ) or (any(word in lower for word in _COMPLAINING) and bool(_COMPLAINT.search(sentence)))
    if not is_told:
        return False
    return not any(sign.search(sentence) for sign in (_DEMANDS, _MEASURED, _WAITING))


def is_volume(sentence: str) -> bool:
    """Whether a sentence only tells who is speaking, or how much there is of what.

    It names the things that a brief is about, and is read for them; nothing is to be built for it.
    """
    if _SIZES.match(sentence):
        return True
    is_told = bool(_VOLUME.match(sentence) or _WRITER.match(sentence)) and not _DEMANDS.search(
        sentence
    )
    return is_told and not _ABLE.search(sentence)
