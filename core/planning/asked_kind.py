"""What kind of work a brief states in so many words, before any pack is looked for.

What the title, the first sentences and the first wish ask for weighs most: a checkout that shall
be usable by keyboard is no payment. The rest of a brief has to agree with it, since one word in a
title says little, and a brief that lets people do new things is about those.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from core.planning.model import Kind
from core.planning.reading.clause_index import ClauseIndex
from core.planning.reading.clauses import Clause
from core.planning.reading.cues import Hit, find
from core.planning.reading.deed import Deed

_THING = r"(?:[\w'-]+ ){0,5}"
_SYSTEM = (
    r"(?:systems?|servers?|software|platform|tools?|provider|database|mainframe|archive|directory|"
    r"cloud|solution|crm|erp|wms|hr)"
)
_SHOWN = (
    r"(?:pages?|views?|lists?|reports?|dashboards?|screens?|overviews?|quer(?:y|ies)|maps?|search|"
    r"calendar|inbox|timeline|history|export(?:s|ing)?|imports?|app|site|website|opening|loading|start)"
)
_SPEED = r"\d[\d.]* ?(?:ms|s|secs?|seconds?|milliseconds?)\b"


@dataclass(frozen=True, slots=True)
class _Signs:
    """What says that a brief is of a kind: what it asks for at its head, what goes with that."""

    kind: Kind
    head: tuple[str, ...]
    beside: tuple[str, ...]
    enough: int  # so many of `beside` must be found


_SIGNS: tuple[_Signs, ...] = (
    _Signs(
        "migration",
        (
            rf"\b(?:move|moving|moves|migrat\w+|cut[- ]?over) (?:of )?{_THING}"
            rf"(?:to|into|from) (?:the |our |a |an )?(?:new|old|other|current|self-hosted|"
            rf"(?:\w+ )?{_SYSTEM})\b",
            r"\bcut[- ]?over\b",
            r"\b(?:moves?|moving) from (?-i:[A-Z])\w+ to (?-i:[A-Z])",
            rf"\bmov(?:e|es|ing) {_THING}from {_THING}(?:to|into) {_THING}{_SYSTEM}\b",
            rf"\b(?:we|the \w+|to) (?:change|leave|switch|replace|drop) (?:the |our )?{_THING}"
            rf"{_SYSTEM}\b",
            r"\b(?:go|goes|move|moves) (?:over )?(?:in)?to the new\b|^(?:\W{0,2}[\w-]+){1,5} to "
            r"the new\b",
            rf"\bold {_THING}(?:off|shut down|switched off)\b|\b{_SYSTEM} (?:is|will be) (?:shut "
            r"down|switched off|retired)\b",
            r"\bswitch from (?:the |our )?.{2,50}\bto (?-i:[A-Z])",
            rf"\b(?:move|moving) {_THING}(?:off|away from) (?:the |our )?(?:old|current) ",
            r"\b(?:change|switch|replacement|migration|move) (?:of|from) (?:the |our )?(?:old |"
            rf"current )?{_THING}{_SYSTEM}\b",
            rf"\breplac(?:e|es|ing) (?:the |our )?(?:old|current|legacy) {_THING}"
            r"(?:with|by) (?!something)",
            rf"\b(?:old|current) {_THING}(?:goes away|is (?:switched|turned) off|is shut down|"
            r"is retired|ends)\b",
            r"\b(?:leaves?|leaving) (?-i:[A-Z])\w+\b.{0,40}\b(?:contract|on|by|until)\b",
            rf"\b\w+: from (?:the |our ){_THING}to (?:the |our ){_THING}{_SYSTEM}\b",
            rf"\b(?:moves?|moving|get|getting|bring|bringing) {_THING}out of {_THING}(?:files?|"
            rf"spreadsheets?|excel|access|folders|{_SYSTEM})\b",
        ),
        (
            r"\b(?:old|new|former|previous|current) (?:\w+ )?(?:system|platform|server|software|"
            r"tool|one|directory|solution)\b",
            r"\b(?:go|going|roll|switch|step|fall) ?back\b|\bway back\b|\brollback\b",
            r"\bin parallel\b|\bboth run\b|\btrial move\b|\bis compared\b",
            r"\b(?:go|goes|carried|come|comes) (?:over|along)\b|\bredirect",
            r"\bread-?only\b|\bstays? (?:readable|available)\b",
            r"\b(?:number|count|sum|total|stock|salar|fees?|amount|grade|balance|membership|"
            r"difference|area|volume|weight)\w*\b.{0,50}\b(?:match|"
            r"agree|equal|identical|same)\b",
            r"\bchecksums?\b|\breconcil\w+",
            r"\b(?:in|by) one system only\b|\bnever in both\b|\bboth (?:systems )?run\b",
            r"\b(?P<same>[a-z]{4,}) (?:by|after) (?P=same)\b|\bone after (?:the other|another)\b",
            r"\b(?:are|is|be) (?:not )?(?:moved|migrated|taken over|switched|left behind)\b|"
            r"\bstay behind\b|\bnothing (?:moves|is moved)\b|\btest move\b",
            r"\bold (?:\w+ )?(?:links|numbers|references)\b.{0,20}\b(?:work|valid|find)",
        ),
        2,
    ),
    _Signs(
        "integration",
        (
            rf"\b(?:connect|connecting|link|linking|hook(?:ing)? up|coupling) (?:of )?{_THING}"
            r"(?:with|to|and|into) (?:the|our|an?|(?-i:[A-Z]))",
            r"\w ?(?:<?-+>|<-+|→|↔|⇄|<=>|=>) ?\w",
            r"\b(?:sync|synchroni[sz]\w+|integration|integrate)\b",
            r"\bin (?:step|sync) with\b",
            rf"\b(?:from|via|by|over|through) (?:the |our |their |an? )?{_THING}(?:sftp|api|edi|"
            r"webhooks?|feed)\b",
            r"\b(?:sftp|edifact|webhooks?|data feed|rest api|mqtt|soap|odata)\b",
            r"\binterface (?:to|with|between) (?:the|our|an?) ",
            rf"\b(?:data|values|orders|invoices|payments|bookings|readings)"
            rf"\b.{{0,40}}\b(?:into|show "
            rf"up in) (?:the |our ){_THING}{_SYSTEM}\b",
            r"\b(?:carrier|provider|supplier|bank|partner|marketplace)'s api\b",
            rf"\bfrom (?:the|our) {_THING}(?:marketplace|erp|crm|provider|portal|supplier|carrier|"
            r"bank|shop|hr tool)\b.{0,80}\b(?:automatically|in(?:to)? our)\b",
        ),
        (
            r"\b(?:every|each) (?:\d+|few|other|two|three|five|ten|fifteen) "
            r"(?:s|sec(?:ond)?s?|min(?:ute)?s?|h(?:ours?)?)\b|\b(?:hourly|every night at|every "
            r"hour|nightly)\b",
            r"\b(?:try|tried|tries|retr(?:y|ies|ied)|attempts?|repeated)\b.{0,30}\b(?:again|times|"
            r"every|later|\d)|\bretr(?:y|ies)\b|\bfailed tries\b",
            r"\b(?:doesn't|does not|don't|not) (?:answer|respond|reachable)\b|\b(?:may|is|be) "
            r"(?:down|offline)\b|\btime-?out\b",
            r"\b(?:fetch|request|poll|pull)(?:es|ed)?\b.{0,60}\bfrom\b|\bcaught up\b",
            r"\bduplicat\w+|\b(?:exactly|only|count) once\b|\bnever two\b|\b(?:twice|not read "
            r"again|never be imported)\b",
            r"\bunknown\b|\bdon't know\b|\bparked\b",
            r"\b(?:is the )?master\b|\bis always right\b|\balways wins\b|\bwins\b|\bnever "
            r"changes (?:them|it)\b|"
            r"\bcome from the\b",
            r"\bapi\b|\bwebhooks?\b|\bsftp\b|\bsoap\b|\bmqtt\b",
            r"\bclient certificate\b|\bsignature\b|\bapi key\b",
            r"\b(?:requests|calls) (?:per|a|an) (?:second|minute|hour|day)\b",
            r"\b(?:is|are) (?:not )?(?:transferred|sent over|sent to|pushed|fetched|imported)\b|"
            r"\bgoes? (?:back )?to them\b",
            r"\b(?:their|in the) (?:test system|sandbox)\b|\bdry run\b",
        ),
        2,
    ),
    _Signs(
        "performance",
        (
            r"\b(?:too |so |very |is |are |terribly )slow\b|\b(?:sluggish|unbearable|laggy|lagging|"
            r"lags|stutters?|crawl(?:s|ing)?)\b",
            r"\b(?:faster|speed (?:\w+ )?up|quicker)\b",
            rf"\b{_SHOWN}\b.{{0,60}}\btak(?:es?|ing) (?:forever|ages|(?:too|so|very) long|(?:up "
            rf"to |about |over |around )?(?:{_SPEED}|\d+ (?:minutes?|hours?)))",
            rf"\b(?:needs?|opening|start|opens?|loading|loads?|now|currently)\b.{{0,30}}?{_SPEED}",
            r"\bruns? (?:for )?\d+ hours\b",
        ),
        (
            rf"(?<!takes )(?<!took )\b(?:in|under|within|below|at most|than|goal|target)\b.{{0,6}}?"
            rf"(?:{_SPEED}|\d+ (?:minutes|hours)\b)",
            rf"\b{_SPEED} (?:or less|for|at) ?|: {_SPEED}|\bin {_SPEED}",
            r"\bp9\d\b|\b9\d(?:\.\d)? ?%",
            r"\b\d[\d.,]* ?(?:million|billion|m) \w+|\b\d[\d.,]*(?:k|,000) rows\b",
            r"\b(?:at the same time|at once|at a time|at peak|online|concurrent\w*|per second)\b",
            r"\b(?:as|like) (?:it is )?(?:now|today|before)\b|\bunchanged\b|\bstays? (?:the same|"
            r"as)\b|\bsame (?:results?|order|file|columns)\b",
            r"\b(?:no|without) (?:new servers?|read replica|downtime|maintenance window)\b|"
            r"\bstay on\b|\bindex(?:es)?\b",
        ),
        2,
    ),
    _Signs(
        "interface",
        (
            r"\b(?:keyboard|screen ?readers?|accessib\w+|a11y|wcag)\b",
            r"\b(?:readable|legible|hard to read|contrast|font|print size)\b|\b(?:text|letters|"
            r"print|buttons?) (?:bigger|larger)\b|\b(?:bigger|larger) (?:text|letters|print|"
            r"buttons?)\b",
            r"\b(?:redesign|restyle|new look|look and feel|layout|responsive|progress bar)\b",
            r"\b(?:split|side-by-side) view\b",
            r"\b(?:dark|night|high[- ]contrast|large[- ]print) (?:mode|version|theme|design|"
            r"view)\b",
            r"\b(?:on|for) (?:my|their|a|the|small) (?:tablet|phone|mobile|smartphone)s?\b",
            r"\b(?:split|cut|divide) (?:it|them|the \w+)? ?(?:up )?into \w+ (?:steps|pages|"
            r"screens)\b",
            r"\b(?:cleaner|clearer|tidier|simpler|new) (?:\w+ )?(?:start page|home ?page|page|"
            r"screen|"
            r"form)\b",
            r"\b(?:can't|cannot|can not) (?:reach|read)\b",
            r"\b(?:sticky|table header|column chooser|scrolls away)\b",
            r"\b(?:navigation|burger menu|side menu|tab bar|(?:bottom|side) ?bar|tabs at)\b",
            r"\b(?:usable|readable|works?|working|fit) (?:\w+ ){0,3}(?:on|for|by|with) (?:a |the |"
            r"small )?(?:phones?|mobiles?|tablets?|smartphones?|screens?|keyboard|one hand)\b",
            r"\b(?:right[- ]to[- ]left|rtl)\b",
            r"\b(?:empty|loading|error)(?:, | and |/)(?:\w+(?:, | and |,? and ))?(?:error|loading|"
            r"empty) states?\b",
        ),
        (
            r"\b\d+ ?(?:px|dp|pt|rem|mm)\b",
            r"\bcolou?r[- ]?blind\b|\bwhile scrolling\b|\bscrolls? with\b|\bfirst column\b",
            r"\b(?:on-screen )?keyboard\b|\bwhat (?:i|has been|was|people) typed\b",
            r"\b(?:labels?|icons?|fields?) (?:above|below|beside|get)\b|\bshown at the field\b|"
            r"\bprogress bar\b",
            r"\b(?:on|at) the (?:top|bottom|left|right)\b|\b(?:lower|upper) half\b|\bon top\b",
            r"\bcolumns? (?:on|can be shown)\b|\bdesktop layout\b",
            r"\bcontrast\b|\bcolou?r alone\b",
            r"\bfocus\b|\btab key\b|\besc(?:ape)?\b|\bshort-?cuts?\b|\bF\d{1,2}\b",
            r"\bscreen ?readers?\b|\bread aloud\b|\bwcag\b",
            r"\breduced motion\b|\banimations?\b|\bscroll(?:ing)? (?:position|sideways)\b",
            r"\b(?:mirrored|left to right|landscape|portrait|thumb|one hand)\b",
            r"\bcut off\b|\bnothing is cut\b|\boverlap\w*\b|\bfont size\b|\btext size\b",
            r"\b(?:skeleton|icons?|badge|tooltips?|highlighted|underlined|header|footer)\b",
            r"\b(?:dark|light) (?:and|or|mode)\b",
        ),
        2,
    ),
)
# What says that nothing new is stored or done, only shown otherwise: as good as two other signs.
_ONLY_SHOWN = (
    r"\b(?:no|without|not any|nor) (?:new |extra |other |additional |changes? (?:to|in) (?:the )?)"
    r"(?:\w+ )?(?:data|api|endpoints?|backend|back end|fields|tables|accounts?|calls?|server)\b|"
    r"\bonly the (?:pages?|screens?|navigation|looks?|layout|views?|surface) change|"
    r"\bonly the (?:navigation|looks?|layout|surface)\b|\bnothing is stored\b|"
    r"\bnothing changes in (?:how|what)\b|\bthemselves (?:do not|don't|stay)\b|"
    r"\bpurely (?:visual|cosmetic)\b|\bno (?:backend|back end) work\b|\bnothing else changes\b|"
    r"\bwhat is (?:asked|sent|stored)\b.{0,40}\bstays\b|\bsame content\b|"
    r"\bcontent stays\b|\bno changes? to the (?:export|data|api|backend)\b"
)
_WISH = r"\b(?:want|wants|need|needs|would like|please|should|shall|must|wish)\b"
# What lets people do something new, which is a feature of its own whatever it looks like.
_NEW_DEED = (
    r"\b(?:can|may|able to|wants? to|would like to) (?:\w+ )?(?:add|create|book|reserve|order|"
    r"submit|upload|invite|register|request|report|propose|publish|assign|approve|comment|rate|"
    r"subscribe|cancel|lend|borrow|apply|enter|record)\b"
)
_HEAD = 2  # so many clauses at the beginning count like a title
_HEAD_LETTERS = 240  # of each: what stands further behind is detail


@dataclass(frozen=True, slots=True)
class Asked:
    """The kind that a brief states, and the clauses that state it."""

    kind: Kind
    said: tuple[tuple[Clause, Hit], ...]


def asked_kind(clauses: ClauseIndex, deeds: Iterable[Deed]) -> Asked | None:
    """Return the kind that a brief states in so many words; None where it states none.

    Data features state nothing of the kind: they are what remains.
    """
    told = [one for one in clauses if one.section in {"title", "body", "background", "reason"}]
    body = clauses.among(lambda one: one.section == "body")
    if not any(body):
        return None
    head = _head(told)
    deeds_of = {deed.clause for deed in deeds if deed.kind == "create"}
    for signs in _SIGNS:
        at_head = _said(signs.head, head, _HEAD_LETTERS)
        if not at_head:
            continue
        beside = [cue for cue in signs.beside if any(body.found(cue))]
        weight = len(beside)
        if signs.kind == "interface" and any(clauses.found(_ONLY_SHOWN)):
            weight += 2
        said = at_head + [
            pair
            for pair in _said(signs.beside, (one for one, _ in body.where(signs.beside)))
            if pair[0] not in {c for c, _ in at_head}
        ]
        called = {clause for clause, _ in said}
        new = [one for one in body if one in deeds_of or find(_NEW_DEED, one.text)]
        other = [one for one in new if one not in called]
        if weight >= signs.enough and len(other) < len(called):
            return Asked(signs.kind, tuple(said))
    return None


def _head(told: Sequence[Clause]) -> list[Clause]:
    """Return what says what a brief is after: its title, its beginning and its first wish."""
    first = [one for one in told if one.section != "title"][:_HEAD]
    title = [one for one in told[:2] if one.section == "title"]
    wishes = (one for one in told if one.section != "title" and find(_WISH, one.text))
    return list(dict.fromkeys([*title, *first, *islice(wishes, 1)]))


def _said(
    cues: Sequence[str], clauses: Iterable[Clause], letters: int | None = None
) -> list[tuple[Clause, Hit]]:
    return [
        (one, hit)
        for one in clauses
        if (hit := next((hit for cue in cues if (hit := find(cue, one.text[:letters]))), None))
    ]
