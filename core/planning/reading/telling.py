"""Who is told what: the recipient, the channels, the occasion and the content of a message."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.planning.reading.nouns import singular
from core.planning.reading.people import names_people
from core.planning.reading.quantities import quantities

# By which words a brief names a way to reach people, and what the way is called in the plan.
_WAYS: tuple[tuple[str, str, str], ...] = (
    ("e_mail", "e-mail", r"e-?mail(?:s|ed)?|mail(?:s|ed)?|newsletters?"),
    ("sms", "SMS", r"sms|texts?|texted|text messages?"),
    ("push", "push", r"push(?:es)?(?: (?:messages?|notifications?))?"),
    ("teams", "Teams", r"(?:ms |microsoft )?teams(?= |$|[,.;)])(?! of)"),
    ("slack", "Slack", r"slack"),
    ("whatsapp", "WhatsApp", r"whatsapp"),
    ("chat", "chat", r"(?:discord|telegram|signal|mattermost|matrix|chat)"),
    ("rss", "RSS feed", r"rss(?: feeds?)?|atom feeds?"),
    ("webhook", "webhook", r"web ?hooks?"),
    ("letter", "letter", r"letters?|post"),
    ("phone", "phone", r"phone(?: calls?)?|called|telephone"),
    ("in_app", "the app", r"in-app|the app|app|bell icon"),
)
_WAY = "|".join(pattern for _, _, pattern in _WAYS)
_LISTED = rf"(?:{_WAY})(?:(?:,? and |,? or |, |/| ?[+&] ?)(?:by |via |an? |in )?(?:{_WAY})){{0,4}}"
_BY = re.compile(
    rf"\b(?:by|via|per|through|in|on|over|into) (?:an? |the |our |their )?"
    rf"(?P<ways>{_LISTED})(?![\w-])",
    re.IGNORECASE,
)
_WAY_NAMED = tuple(
    (slug, title, re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.IGNORECASE))
    for slug, title, pattern in _WAYS
)
MESSAGE = (
    r"(?:e-?mails?|mails?|sms|text messages?|texts?|push(?:es)?(?: (?:messages?|notifications?))?|"
    r"messages?|notifications?|letters?|reminders?|alerts?|warnings?|confirmations?|"
    r"(?:phone )?calls?|notices?|newsletters?|receipts?|web ?hooks?)"
)
_WORD = r"[A-Za-z#][\w'\u2019#-]*"
# A verb ends who is told, where it is not part of “who is waiting”.
_VERB = r"(?:gets?|receives?|is|are|was|were|has|have|can|may|must|will|goes|go)"
_STEP = rf"(?:(?:who|that|which) {_VERB} |(?!{_VERB} ){_WORD} )"
_FEW = rf"{_STEP}{{0,8}}?(?!{_VERB}\b){_WORD}"
_AUX = (
    r"(?:is|are|gets?|must be|should be|shall be|will be|has to be|have to be|needs? to be|"
    r"wants? to be)(?: (?:also|then|always|automatically|immediately|only))*"
)
_TOLD = (
    r"(?:told|informed|notified|reminded|warned|alerted|e-?mailed|mailed|texted|called|messaged|"
    r"pinged)"
)
_GETS = (
    r"(?:gets?|receives?|(?:must|should|shall|will|has to|have to|wants? to|needs? to|to) (?:get|"
    r"receive)|is sent|are sent)(?: (?:also|then|always|automatically|immediately))*"
)
_KIND = r"(?:(?:an?|the|one|another|their|his|her|its|all|each) )?(?:[\w-]+ ){0,3}?"
_GOES = (
    r"(?:goes|go|is sent|are sent|must go|should go|must be sent|should be sent|will be sent|"
    r"is pushed|are pushed|is posted|are posted|is mailed)(?: out)?"
)
_BEGINS = r"(?:^|[,;:(\u2013\u2014-] ?|\b(?:and|but|then|so|that|also|while) )"
_US = (
    r"(?:^|[,;:] |\b(?:we|system|it|software|platform|shop|please|must|should|shall|then|and|to|"
    r"automatically|that) )"
)
# What is said to be told; the groups say which side the recipient stands on.
TOLD = (
    rf"(?P<told>{_BEGINS}(?P<a_who>{_FEW}) {_AUX} {_TOLD}\b(?! (?:to|apart|as|by (?:its|their|his|"
    rf"her))\b))",
    rf"(?P<told>{_BEGINS}(?P<b_who>{_FEW}) {_GETS} (?P<b_what>{_KIND}{MESSAGE})\b(?!-))",
    rf"(?P<told>{_BEGINS}(?P<e_who>{_FEW}) {_GETS} (?P<e_what>(?:an?|the|their|his|her) (?:[\w-]+ )"
    rf"{{0,5}}?[\w-]+))(?= (?:by|via|per|in) (?:{_WAY})\b)",
    rf"(?P<told>(?:\b(?=(?:an?|the|one) )|{_BEGINS})(?P<c_what>{_KIND}{MESSAGE}) {_GOES} to "
    rf"(?P<c_who>{_FEW}))(?=$|[,;:.()]| (?:by|via|when|if|as|once|after|before|with|about|in|on|"
    rf"and|for|every|at|who|whenever|that|so|only)\b)",
    rf"(?P<told>{_BEGINS}(?P<f_what>{_FEW}) {_GOES} to (?P<f_who>{_FEW}))(?= (?:by|via|per) "
    rf"(?:{_WAY})\b)",
    rf"(?P<told>{_US}(?:notif(?:y|ies)|informs?|reminds?|warns?|alerts?|e-?mails?|texts?|lets?|"
    rf"tells?) (?P<d_who>{_FEW}))(?=$|[,;:.()]| (?:know|by|via|when|if|as soon|once|after|before|"
    rf"about|that|of)\b)",
    rf"(?P<told>{_US}sends? (?P<g_who>(?:the|an?|all|every|each) {_FEW}) (?P<g_what>(?:an?|the|"
    rf"one) (?:[\w-]+ ){{0,2}}?{MESSAGE})\b)",
    rf"(?P<told>{_US}sends? (?P<h_what>(?:an? |the |one )?(?:[\w-]+ ){{0,2}}?{MESSAGE}) to "
    rf"(?P<h_who>{_FEW}))(?=$|[,;:.()]| (?:by|via|when|if|as|once|after|before|with|about)\b)",
    rf"(?P<told>{_BEGINS}(?P<k_what>{_FEW}) (?:is|are) (?:automatically )?(?:e-?mailed|mailed|"
    rf"texted|messaged|posted|pushed) to (?P<k_who>{_FEW}))(?=$|[,;:.()]| (?:by|when|if|as|once|"
    rf"after|and|before|with)\b)",
    rf"(?P<told>\b(?:we|i) (?:want|need|would like) (?P<j_what>(?:an? |the )?{MESSAGE})(?: (?:by|"
    rf"in|via) (?:{_WAY}))?(?= (?:if|when|once|as soon|whenever|every time|before|after)\b))",
    rf"(?P<told>{_BEGINS}(?P<i_who>{_FEW}) (?:hears?|learns?) (?:(?:about|of) (?:it|this|that)\b|"
    rf"(?=(?:how|whether) )))",
    rf"(?P<told>\b(?:we|i) (?:would like|want|need|have) to be (?P<l_what>{_TOLD})\b)",
)
_OPENS = (
    r"(?:when(?:ever)?|once|as soon as|if|in case|after|every time|each time|on each|on every|for "
    r"each|for every|before|(?:on )?the (?:evening|day|morning|night|week|month) (?:before|after)|"
    r"for (?:all |new |urgent )?[a-z]+s (?=(?:with|that|which|above|below|"
    r"without)\b))"
)
_AFTER = re.compile(
    rf"\b(?P<said>{_OPENS} (?!that\b|which\b|this\b)(?:[^,;:()]|[:,](?=\d)){{3,100}}|(?:about|of) "
    rf"(?!it\b|this\b)[^,;:()]{{3,80}})",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    rf"(?:^|[;:.] |, |\band )(?P<said>{_OPENS} (?!that\b|which\b|this\b)[^;:]{{3,120}}?),? "
    rf"?(?:then |and |also )*$",
    re.IGNORECASE,
)
_LEAD = re.compile(r"(?P<said>[^;:.]{3,100}): ?$")
_SAYS = re.compile(
    r"^\W*(?:(?:by|via|in|on) [\w#-]+(?: [\w#-]+)?,? )?(?P<said>(?:with|containing|saying|"
    r"including|about) (?!it\b|this\b)[^;:()]{3,100}|(?:how|whether) [^;:()]{3,100})",
    re.IGNORECASE,
)
_SAID_ENDS = re.compile(
    rf"\s(?:{_OPENS}|and (?:has|have|can|may|must|is|are|gets?)|or (?:is|are|it|they)|so that|but|"
    r"unless|by|via)\b",
    re.IGNORECASE,
)
_ONWARD = re.compile(
    r"(?:,? and (?:has|have|can|may|must|is|are|gets?|the|an?|they|we|it|everybody|nobody)\b|"
    r",? (?:but|unless|except|so that|then|otherwise|as long as|provided|even if)\b).*$",
    re.IGNORECASE,
)
_EXCEPTED = re.compile(
    r",?\s(?:unless|except|as long as|provided|only (?:if|when))\b.*$", re.IGNORECASE
)
_NOBODY = re.compile(
    r"^(?:no|nobody|nothing|it|this|that|there|which|what|none|never|not|i|you|neither|each "
    r"(?:\w+ )?page|one)\b|\b(?:can|may|cannot|can't|will|would|do|does|don't|not|never)\b",
    re.IGNORECASE,
)
# A page, a form or a row gets a text: nobody is told by that.
_THING = re.compile(
    r"\b(?:page|form|field|button|row|list|screen|banner|file|table|link|error|version|code|"
    r"record|entry|function|variable|category|product|item|article|document)s?$",
    re.IGNORECASE,
)
_REGULAR = re.compile(
    r"\b(?:daily|weekly|monthly|yearly|quarterly|reports?|summar(?:y|ies)|digests?|(?:every|each) "
    r"(?:\w+ )?(?:day|week|month|quarter|year|hour|\w+day|morning|night|evening)|(?:a|per) (?:day|"
    r"week|month))\b",
    re.IGNORECASE,
)
_ON_SCREEN = re.compile(
    r"\b(?:error|clear|readable|understandable|friendly|polite|warning) mess", re.I
)
_LEADING = re.compile(
    r"^(?:(?:and|but|then|so|also|that|while|please|to|we want|we need|immediately|automatically) "
    r")+",
    re.IGNORECASE,
)


_REGULAR_NEXT = re.compile(
    r"\W*(?:every|each|on (?:mon|tues|wednes|thurs|fri|satur|sun)day)\b", re.I
)
_OPENING = re.compile(
    rf"(?:{_OPENS}|(?:on )?the (?:next|same|following) (?:working )?(?:day|morning|evening|week)|"
    rf"the (?:day|evening) (?:after|before))\b",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"(?<= )(?:the|an?|our|their|all|every|each)(?= )", re.IGNORECASE)
_SPAN_OF_TIME = re.compile(r"\b(?:before|after|within|for|ahead|later|in advance)\b", re.IGNORECASE)
_ALSO = re.compile(
    rf" and (?P<who>(?:the|our|an?) [a-z]+(?: [a-z]+)??) (?:an?|the) (?:[a-z]+ )?{MESSAGE}\b", re.I
)
_PLACES = ("teams", "slack", "whatsapp", "in_app")
_RATE = re.compile(r"\d[^,;]{0,40} in an? (?:hour|day|week|minute|month)$", re.IGNORECASE)
_JOINED = re.compile(r" and (?P<who>(?:the|an?|our|their|his|her|its) )")
_MAX_EARLIER = 100


@dataclass(frozen=True, slots=True)
class Telling:
    """Somebody is told something; spans are those of the text in which it was found."""

    who: str
    ways: tuple[str, ...]  # slugs of channels, none where the sentence names no way
    occasion: str
    says: str
    spans: tuple[tuple[int, int], ...]


def telling(match: re.Match[str]) -> Telling | None:
    """Return what a hit of `TOLD` says; None where nobody is told, or a time decides when."""
    text, (start, end) = match.string, match.span("told")
    groups = {
        name[2:]: match.span(name)
        for name, said in match.groupdict().items()
        if said and name[1] == "_"
    }
    opened, who = _recipient(text[slice(*groups["who"])] if "who" in groups else "us")
    who = "us" if who in {"we", "i"} else who
    what = text[slice(*groups["what"])] if "what" in groups else ""
    if not _is_somebody(who) or _ON_SCREEN.search(what):
        return None
    after = _EXCEPTED.split(text[end:])[0]  # an exception is for others to read
    also = _ALSO.match(after)
    if also:
        who, after = f"{who} and {also['who']}", after[also.end() :]
        end += also.end()
    if _REGULAR.search(text[start:end]) or _REGULAR_NEXT.match(after):
        return None
    before = text[:start] + (text[start] if text[start] in ",;:(" else "")
    if opened:
        before = f"{before} {opened}"
    spans = [(start, end)]
    occasion = _occasion_after(after)
    if occasion:
        said = after.index(occasion)
        if _timed(after[: said + len(occasion)]):
            return None
        spans.append((end + said, end + said + len(occasion)))
        occasion = f" {occasion}"
    elif "what" in groups and match.re.groupindex.keys() & {"f_what", "k_what"}:
        occasion = f", for {_lowered(_LEADING.sub('', what))}"
    else:
        occasion = _occasion_before(before)
        if _timed(occasion):
            return None
        spans.append((max(0, start - len(before)), start))
    if _timed_near(before[-48:]) or _timed_near(re.split(r",| and ", after[:32])[0]):
        return None
    ways = _ways(f"{text[start:end]}{_upto(after)}")
    says = _content(after)
    says = "" if says in occasion else says
    if says:
        said = after.index(says.strip())
        spans.append((end + said, end + said + len(says)))
    elif match.groupdict().get("e_what"):
        says = f": {what}"
    spans += [(end + by.start(), end + by.end()) for by in _BY.finditer(after)][:1]
    return Telling(
        who, ways, _BY.sub("", occasion).replace("  ", " ").rstrip(" ,"), says, tuple(spans)
    )


def _is_somebody(who: str) -> bool:
    head = re.split(r" (?:on|of|in|for|with|from|who|that|whose) ", who)[0]
    return bool(who) and not (_NOBODY.search(who) or _timed(who) or _THING.search(head))


def _recipient(text: str) -> tuple[str, str]:
    """Return who is told, and the occasion that runs into it without a comma."""
    text = _LEADING.sub("", text).strip()
    joined = _JOINED.search(text)
    if joined and _is_sentence(text[: joined.start()]):
        return text[: joined.start()], _lowered(text[joined.start("who") :])
    if not _OPENING.match(text):
        return "", _lowered(text)
    article = max((hit.start() for hit in _ARTICLE.finditer(text)), default=0)
    return text[:article].strip(), text[article:].strip()


def _is_sentence(text: str) -> bool:
    """Whether words that look like a recipient say what happens: “the offer lapses”."""
    words = text.lower().split()
    return (
        len(words) > 2
        and words[-1].endswith("s")
        and singular(words[-1]) != words[-1]
        and not names_people(singular(words[-1]))
        and words[0] in {"the", "an", "a", "it", "they", "our", "their", "his", "her", "its"}
    )


def _occasion_after(after: str) -> str:
    said = _AFTER.search(after)
    if not said or re.search(r"[;:]", after[: said.start()]):
        return ""
    return _ONWARD.sub("", said["said"]).strip()


def _occasion_before(before: str) -> str:
    """Return when it is told by the words in front: “if …,”, “… :” or a deed before “and”."""
    found = _BEFORE.search(before)
    if found:
        return f" {_lowered(found['said'])}"
    found = _LEAD.search(before)
    if found:
        return f", for {_lowered(found['said'])}"
    earlier = re.sub(r",? (?:and|but|then)$", "", before.strip(" ,;:("))
    if len(earlier.split()) < 3:
        return ""
    if len(earlier) > _MAX_EARLIER:
        earlier = earlier[-_MAX_EARLIER:].partition(" ")[2]
    return f", on this: {_lowered(earlier)}"


def _content(after: str) -> str:
    found = _SAYS.match(after)
    if not found:
        return ""
    stop = _SAID_ENDS.search(found["said"])
    said = found["said"][: stop.start()] if stop else found["said"]
    return f" {said.strip(' ,.')}"


def told_bindings(match: re.Match[str]) -> dict[str, str] | None:
    """Return what a hit binds for a rule: `who`, `how`, `occasion`, `says` and `channels`."""
    found = telling(match)
    if found is None:
        return None
    titles = [title for slug, title, _ in _WAYS if slug in found.ways]
    how = ", ".join(titles[:-1]) + (" and " if titles[:-1] else "") + "".join(titles[-1:])
    placed = "in" if found.ways and found.ways[0] in _PLACES else "by"
    return {
        "who": found.who,
        "how": f" {placed} {how}" if how else "",
        "occasion": found.occasion,
        "says": found.says,
        "channels": ", ".join(found.ways) or "e_mail",
    }


def _ways(text: str) -> tuple[str, ...]:
    return tuple(slug for slug, _, pattern in _WAY_NAMED if pattern.search(text))


def _upto(after: str) -> str:
    """Return the words behind a telling that say by which way: “by mail and SMS”."""
    hit = _BY.search(after)
    return f" {hit.group(0)}" if hit and not re.search(r"[;:]", after[: hit.start()]) else ""


def _timed_near(text: str) -> bool:
    return any(
        one.kind == "duration" and not one.per and _SPAN_OF_TIME.search(text)
        for one in quantities(text)
    )


def _timed(text: str) -> bool:
    """Whether a text holds a time after which something happens; “5 in an hour” is a rate."""
    return any(
        one.kind == "duration" and not one.per and not _RATE.search(text[: one.end])
        for one in quantities(text)
    )


def _lowered(text: str) -> str:
    text = text.strip()
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text
