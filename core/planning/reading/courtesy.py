"""What people write around a wish: greetings, thanks, signatures, links, the head of a ticket."""

from __future__ import annotations

import re

from core.planning.reading.patterns import Pattern

_MAX_GREETING_WORDS = 6
_MAX_NAME_WORDS = 6
_MAX_SIGNATURE_WORDS = 14
_SIGNATURE_BLOCKS = 4  # so many lines below a sign-off are a signature
_GREETING = Pattern(
    r"^(?:hi|hello|hey|dear|moin|greetings|good (?:morning|afternoon|evening|day))\b[^.:]{0,60}$"
)
_GREETED = Pattern(
    r"^(?:hi|hello|hey|dear|moin|good (?:morning|afternoon|evening|day))"
    r"(?: (?!(?:we|i|it|the|our|can|could|as)\b)[\w'.-]+){0,3}\s?[,!:]\s*(?=(?:\S+\s+){3,}\S)"
)
_SIGN_OFF = Pattern(
    r"^(?:(?:many |kind |best |warm )?(?:thanks|thank you|thx|cheers|regards|wishes|greetings)|"
    r"best|"
    r"(?:many )?thanks and (?:(?:best|kind|many) )?(?:greetings|regards|wishes)|"
    r"yours|sincerely|br|all the best|with (?:kind|best) regards)\b"
    r"(?: (?:a lot|again|in advance|so much|very much|everyone|all|team|sincerely|truly|"
    r"faithfully))?"
    r"[,!.]?(?:\s*[-–—]?\s*(?-i:[A-Z])[\w.'-]*(?: (?-i:[A-Z])[\w.'-]*){0,3})?"
    r"(?:,? \([^()]{2,40}\)|, [\w &/-]{2,40}|\s*[|/•·].{0,160})?$"
)
_SMILEY = re.compile(r"\s*[:;]-?[)(DPp]+\s*$")
_NAME = re.compile(
    r"^[-–—]*\s*(?:(?-i:[A-Z])[\w.'-]*)(?: (?-i:[A-Z])[\w.'-]*){0,3}"
    r"(?:,? (?:\([^()]{2,40}\)|[\w &-]{2,40}))?$"
)
_PHRASE = Pattern(
    r"^(?:(?:i'm |we're |i am |we are )?looking forward to\b|(?:please )?let (?:me|us) know "
    r"(?:if|in case|whether|what|your|when you)\b|"
    r"(?:please )?(?:feel free|do not hesitate|don't hesitate) to\b|"
    r"(?:could|can|would) you (?:please )?(?:have|take) a look\b|any (?:questions|thoughts|ideas|"
    r"feedback)\b|what do you think\b|hope (?:this|that|you|it)\b|i hope (?:this|you|it)\b|"
    r"sorry (?:for|about)\b|thank(?:s| you) (?:for|in|to)\b|fyi\b|for your information\b|"
    r"i'm writing (?:to|because)\b|i am writing (?:to|because)\b|as discussed\b|as promised\b|"
    r"(?:if|in case) you have (?:any )?questions\b|call me\b|ping me\b|"
    r"happy to (?:discuss|explain|help|answer|show|talk)\b|(?:we |i )trust you$|no rush$|"
    r"to be (?:clarified|discussed|decided|defined)$|tb[cd]$|"
    r"(?:that's|that is|this is) (?:all|it)(?: for (?:now|today))?$|(?:any |every )?(?:help|input|"
    r"feedback) (?:is|would be) (?:very |much |highly )?(?:appreciated|welcome)|"
    r"(?:i|we)(?:'ve| have)? attached\b|attached (?:is|are|you)\b|p\.?s\.?:? |"
    r"have an? (?:good|nice|great|lovely) (?:day|evening|weekend|week|holiday|time|one)\b|"
    r"(?:quick|short|rough|raw|my|some|meeting)(?: and dirty)? notes\b|notes (?:from|of|on) |"
    r"(?:does|do) (?:this|that) (?:make sense|sound)\b)[^;]{0,120}$"
)
# Where more is to be read: an address alone, or with a word in front of it.
_LINK = Pattern(
    r"^(?:(?:see|cf\.?|see also|docs?|link|links|wiki|figma|mock-?ups?|design|screens?|more|source|"
    r"reference|spec|(?:[\w-]+ ){0,3}(?:docs?|documentation|spec|design|board|page|sketch))"
    r"(?: (?:at|in|on|here|under))?\s*:?\s*)?(?:https?://|www\.)\S+"
    r"(?: (?:for|about|with) [^,;:]{2,60})?$"
)
_DEMANDS = Pattern(
    r"\b(?:must|should|shall|can|cannot|may not|want|wants|need|needs|never|only|at most)\b"
)
# What belongs to every piece of work: a definition of done.
_CHORE = Pattern(
    r"^(?:(?:all |unit |integration |e2e |automated |manual |regression )*tests?(?: (?:are |is |"
    r"have "
    r"been )?(?:written|green|passed|pass|passing|added|exist|done|updated))?|"
    r"(?:code |peer |design )review(?:ed)?(?: (?:is )?done| by .{2,40})?|"
    r"(?:the )?(?:docs?|documentation|changelog|release notes?|wiki|readme)(?: (?:is|are))? "
    r"(?:updated|written|added|extended)|documented(?: in .{2,40})?|(?:deployed|merged|released) "
    r"(?:to|on|into) .{2,40})$"
)
_TO_SOMEBODY = Pattern(r"^(?:/?cc:?\s|@[\w.-]+(?:[\s,]+@[\w.-]+)*$)")
# What a mail program writes around a mail that is answered or forwarded.
_WROTE = Pattern(
    r"^(?:on .{4,80}\bwrote:?|-{2,} ?(?:original|forwarded) message ?-{0,}|begin forwarded "
    r"message:?|sent from my [\w ]{2,30})$"
)
DELIMITER = "--"  # the line before a signature
_MEETING = Pattern(
    r"^(?:(?:next|last|our next) (?:meeting|call|round|session|workshop)\b[^,;]{0,60}|"
    r"(?:present|attendees|attending|excused|absent|apologies|participants|minutes by|"
    r"minutes taken by|chair)\s*:\s*(?-i:[A-Z])\w*(?:,? (?:and )?(?-i:[A-Z])[\w.]*)*)$"
)
# The head of a ticket. What is as often a field of a thing counts only beside a sure one.
_SURE_KEYS = (
    r"reporter|assignee|assigned to|labels?|epic|sprint|story ?points?|estimate|components?|"
    r"milestone|issue type|ticket(?: type| id| no)?|fix version|affects versions?|severity|"
    r"requested by|raised by|stakeholders?|cc|squad|jira|issue"
)
_UNSURE_KEYS = (
    r"priority|prio|status|type|due(?: date)?|created(?: by)?|updated|author|date|version|owner|"
    r"team|parent|links?|tags?|from|to|sent|environment|project|product|deadline|id|approver"
)
_TICKET = Pattern(rf"^(?P<key>{_SURE_KEYS}|{_UNSURE_KEYS})\s*[:=]\s*(?P<value>[^;]{{1,60}}?)\.?$")
# The head of an e-mail; its subject is the title.
_MAIL = Pattern(r"^(?:from|to|cc|bcc|sent|date|reply-to)$")
_SURE = Pattern(rf"^(?:{_SURE_KEYS})$")
_MANY_COMMAS = 3
_LISTING = Pattern(r"^(?:labels?|tags?|components?|stakeholders?|cc|to|squad|team)$")
_ONE_LEVEL = Pattern(
    r"^(?:p[0-4]|high(?:est)?|low(?:est)?|medium|normal|urgent|critical|blocker|major|minor|"
    r"trivial|"
    r"must|should|could|to ?do|open|new|draft|in progress|ready|backlog|refined)$"
)


def is_courtesy(sentence: str) -> bool:
    """Whether a sentence only greets, thanks, points to a page, or speaks about the meeting."""
    if _GREETING.match(sentence) and len(sentence.split()) <= _MAX_GREETING_WORDS:
        return True
    if _CHORE.match(sentence):
        return True
    if _PHRASE.match(sentence) and not _DEMANDS.search(sentence):
        return True
    if _SIGN_OFF.match(_plain(sentence)):
        return True
    return any(one.match(sentence) for one in (_LINK, _TO_SOMEBODY, _WROTE, _MEETING))


def greeting_before(sentence: str) -> str:
    """Return the greeting that a longer sentence begins with; empty without one."""
    greeted = _GREETED.match(sentence)
    return greeted[0].strip() if greeted else ""


def is_sign_off(text: str) -> bool:
    """Whether a block ends a letter, so that what follows is a signature."""
    return text == DELIMITER or bool(_SIGN_OFF.match(_plain(text)))


def _plain(text: str) -> str:
    return _SMILEY.sub("", text).strip(" ,.!")


def is_ticket_line(line: str) -> bool:
    """Whether a line looks like the head of a ticket: “Assignee: nobody yet”."""
    hit = _TICKET.match(line.strip())
    if hit is None:
        return False
    # “Ticket: plate, customer, material, weight” says what a ticket has.
    return hit["value"].count(",") < _MANY_COMMAS or bool(_LISTING.match(hit["key"]))


def is_ticket_head(lines: list[str]) -> bool:
    """Whether lines that look so are the head of a ticket, and not the fields of a thing."""
    told = [hit for line in lines if (hit := _TICKET.match(line.strip()))]
    if len(told) > 1 and all(_MAIL.match(hit["key"]) for hit in told):
        return True
    return any(_SURE.match(hit["key"]) for hit in told) or any(
        _ONE_LEVEL.match(hit["value"].strip()) for hit in told
    )


def signature(texts: list[str], sign_off: int) -> int:
    """Return how many of the texts behind a sign-off are names and addresses."""
    count = 0
    is_marked = texts[sign_off] == DELIMITER
    for text in texts[sign_off + 1 : sign_off + 1 + _SIGNATURE_BLOCKS]:
        if is_marked and len(text.split()) <= _MAX_SIGNATURE_WORDS:
            count += 1
            continue
        if len(text.split()) > _MAX_NAME_WORDS or not (_NAME.match(text) or _LINK.match(text)):
            break
        count += 1
    return count
