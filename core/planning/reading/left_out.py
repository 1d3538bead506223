"""Which sentences say that something is not to be built, or not yet.

A prohibition (“nobody may sell below cost”) is a rule of what is built, and no such sentence.
"""

from __future__ import annotations

import re

from core.planning.reading.patterns import Pattern

# “In the first version”, “for now”: what is said of it may be different later.
_SCOPE = (
    r"(?:in|for|from|with|part of|within) (?:the |this |our |a )?(?:very )?(?:mvp|pilot|v\.?1|"
    r"v\.?0|"
    r"first (?:version|release|step|phase|iteration|go|round)|(?:version|release|phase|step) "
    r"(?:1|one)|version|release|ticket|story|phase|iteration|sprint|feature|project|moment|"
    r"time being|start|beginning)(?: (?:1|one))?|"
    r"at this (?:stage|point|time)|for now|right now|just now|at first|yet|at the moment|now|"
    r"initially|to (?:start|begin) with|"
    r"this time(?: round)?"
)
_LATER = (
    r"(?:(?:only |perhaps |maybe )?later(?: on)?|not (?:now|yet)|another (?:time|day|ticket|story)|"
    r"next (?:year|quarter|month|release|version|phase|time|step)|some other time|some day|"
    r"(?:in |for |with |a |the )*(?:(?:phase|version|release|step|stage|iteration|v) ?(?:2|3|two|"
    r"three|ii)|(?:later|second|next|future|separate|another) (?:phase|version|release|step|stage|"
    r"iteration|project|ticket|story|topic)))"
)
# What people think of leaving out by a bare “no”: a part of a product, not what somebody does.
_PART = (
    r"(?:(?:native |mobile |phone |desktop |extra |separate |own |external |smart ?phone |web )*"
    r"apps?|sms(?:es)?|whats ?app|push(?: messages| notifications)?|notifications|chat(?: ?bot)?s?|"
    r"sso|single sign[ -]?on|online payments?|payments?|ratings?|star ratings?|reviews|rankings?|"
    r"leader ?boards?|"
    r"gamification|badges|reports|reporting|dashboards?|statistics|analytics|tracking|"
    r"(?:(?:csv|excel|pdf|calendar|data) )?(?:export|import|sync)s?|api|dark mode|floor ?plan|"
    r"maps?|translations?|multi-?language|languages|integrations?|artificial intelligence|ai|"
    r"vouchers|coupons|invoicing|invoices|newsletters?|widgets?|plug-?ins?|animations?|themes?|"
    r"multi-?currency|currencies|multi-?tenancy|offline mode|calendar|social login|forum|"
    r"time tracking|payroll|barcodes?|qr codes?|"
    r"integration (?:with|to|into) [\w .&-]{2,30})"
)
_NO = rf"(?:and |but |or )?(?:no|without)(?: any| an?)? {_PART}"
_ENDING = rf"(?:,? (?:{_SCOPE}|{_LATER}))?"
_UNWANTED = Pattern(
    r"^(?:but |and |for now,? |at first,? )?(?:we|i|you) (?:explicitly |really )?"
    r"(?:do not|don't|won't|will not) (?:need|want|plan|build|support|cover|do|offer)\b(?: to)?"
    r"(?! (?:to (?:be|store|keep|save|see|lose|send|share|show|log|have|pay|let)|store|keep|save|"
    r"see|lose|send|share|show|log|have|pay|let|it to|them to|that|anyone|anybody|users|people|"
    r"customers|[\w' -]{2,40} to [a-z]))|"
    r"^(?:we|i) (?:will not|won't|don't|do not) touch\b|"
    r"^(?!.*\b(?:if|when|who|that)\b)[^,;:]{3,80}\bwe (?:will not|won't|don't|do not) touch$|"
    r"^we (?:deliberately |happily |gladly |can |will )?do without |"
    r"\b(?:is|are|will be|gets?) (?:handled|covered|done|solved|built|planned) (?:in|by|with) "
    r"(?:another|a (?:separate|different|later)) (?:ticket|project|story|team|release)$|"
    rf"\b(?:isn't|aren't|is not|are not) (?:required|necessary|needed) (?:{_SCOPE})$|"
    r"^(?:it is|it's|that's|that is) (?:ok|okay|fine|enough|all right) (?:if there (?:is|are) no|"
    r"without) |^we can (?:live|do|start) without |"
    r"^(?:and |but )?(?:we|i)(?:'re|'m| are| am) (?:explicitly )?not (?:going to |planning to |"
    r"about to )?(?:build|support|add|offer|cover|include|introduce|do|plan|integrate)(?:ing)?\b|"
    r"\b(?:is|are) (?:explicitly |clearly |deliberately )?(?:out of scope|not in scope|no goals?|"
    r"(?:not|no) part of (?:this|it|the (?:feature|ticket|story|project|first|mvp|scope))\b.{0,30}|"
    r"left out|not (?:needed|wanted|planned|included|covered)"
    rf"(?: (?:here|{_SCOPE}))?)$|"
    r"\b(?:is|are|would be|will be) (?:left |something |only )?(?:for )?(?:later|another (?:day|"
    r"time|release|ticket|"
    rf"topic|story)|{_LATER})$|"
    r"^(?:this|the) (?:ticket|story|version|release|feature|project|brief|epic|first version|mvp) "
    r"(?:does not|doesn't|will not|won't|shall not) (?:cover|include|contain|need|touch|deal)\b|"
    r"^(?:it|the (?:app|page|site|tool|system|first version)) (?:does not|doesn't) (?:need|"
    r"have) to "
    r"be (?:pretty|beautiful|fancy|perfect|responsive|multilingual|translated)\b|"
    r"^(?:there is |there's )?no need (?:for|to (?:build|add|support|integrate|translate|have|move|"
    r"migrate|import|convert))\b|"
    r"^nothing else (?:changes|should change|must change|is changed|"
    r"needs to change)(?:, no .{2,40})?$"
)
# “Payment comes later”; whoever comes later is a person.
_POSTPONED = Pattern(
    rf"^(?!.*\b(?:who|whoever|anybody|somebody|people|persons?)\b)[^,;:]{{2,70}}? "
    rf"(?:(?:will |can |may |might |should |shall )?(?:come|follow|be (?:added|done|built)|"
    rf"get built|"
    rf"wait)s?(?: only)?) {_LATER}$|"
    r"^(?!.*\b(?:who|whoever|must|until)\b)(?:the |an? )?[a-z][\w -]{1,60}? can wait$|"
    rf"^we(?:'ll| will| can| may| might| want to| plan to)? (?:do|build|add|look at|think about|"
    rf"tackle|come to|plan|handle) [^,;:]{{2,60}} {_LATER}$"
)
_DROPPED = Pattern(
    r"^(?:(?:for now|for the moment|at first|initially|to begin with),? )?(?:please |let's |"
    r"let us |"
    r"we |we can |we'll |you can )?(?:skip|ignore|leave out|leave aside|"
    r"forget(?: about)?|postpone|drop|omit|do not (?:build|add|support|implement|include|plan)|"
    r"don't (?:build|add|support|implement|include|plan))\b [^,;:]{2,80}$"
)
# What somebody does, or what it runs on, is a rule of what is built.
_WHAT = (
    r"(?!\w+ing (?:of|by)\b)(?![^,;:]*\b(?:by|servers?|services?|databases?|systems?|clusters?|"
    r"vendors?)\b)[^,;:]{2,60}?"
)
# A bare “no” with a word for this version, or asked for nicely.
_NOT_NOW = Pattern(
    rf"^(?:and |but )?(?:please,? )?(?:no|without|not)(?: any| an?)? (?!\w+ (?:is|are|may|can|"
    rf"must)\b)"
    rf"[^,;:]{{2,80}}? (?:{_SCOPE})$|"
    rf"^(?:{_SCOPE})\s*[,:]?\s*(?:no|without|not) [^;:]{{2,80}}$|"
    rf"^(?:and |but )?please,? no(?: more)? {_WHAT}$|"
    rf"^no {_WHAT},? please$|"
    r"^no (?:new|extra|additional) (?:scanners?|hardware|devices?|tablets?|phones?|data|fields?|"
    r"pages?|screens?|roles?|licen[cs]es?|forms?|printers?|accounts?)$|"
    rf"^{_NO}(?: for [a-z ]{{2,20}})?(?:(?:, (?:and |or )?| (?:and|"
    rf"or) )(?:no )?{_PART})*{_ENDING}$"
)
_VERBAL = Pattern(r"\b(?:may|must|can|cannot|can't|is|are|has|have|gets?|leaves?|goes)\b")
_LABELLED = Pattern(
    r"^(?:(?:but|and) )?(?:(?:explicitly |deliberately |clearly )?(?:not|nothing|left out|excluded|"
    r"no) ?(?:planned|needed|required|wanted|included|covered|part of (?:this|it|the \w+)|"
    rf"(?:for |in )?(?:{_SCOPE}))(?: (?:{_SCOPE}))?|(?:explicitly |deliberately )?left out|"
    rf"excluded|(?-i:L)ater|"
    r"nice to have,? but not now|(?:in )?(?:phase|version|release|v) ?(?:2|two)|(?:explicitly |"
    r"clearly )?out(?: of scope)?|not (?:a|our) goal|what (?:we|i) (?:"
    r"don't|do not) (?:want|need)|out of scope (?:for )?(?:now|this (?:ticket|version|story|"
    r"release))|"
    rf"(?:{_SCOPE})(?: only)? without)\s*(?::|\s[-–—]\s)\s*(?P<what>.+)$"
)
_MVP = Pattern(
    r"^(?:mvp|v\.?1|version 1|phase 1|first version|first release|pilot)\s*(?:is |:|-|–|—|,)?\s*"
    r"(?P<what>(?:no|without) .+)$"
)
_ANSWERED = Pattern(
    rf"^(?P<what>[^,;:]{{2,60}}?)\s*(?::|\s[-–—]\s)\s*(?:{_LATER}|out of scope|not needed|"
    r"not planned|skip(?:ped)?)$"
)
_UNDER_CONDITION = Pattern(r"\b(?:if|when|unless|until|while|once|because)\b")
_NO_IF = re.compile(r"\bif there (?:is|are) no\b", re.IGNORECASE)
# “…, but that can wait”: what stands before it is what waits.
_ALL_OF_IT = Pattern(
    rf"^(?:that|it|this|they|these|both|all that) (?:can wait|(?:can |will |may )?(?:come|"
    rf"follow)s? "
    rf"{_LATER}|is {_LATER}|is (?:not needed|for later|out of scope).*)$|"
    rf"^(?:but )?not (?:for )?(?:now|yet|today)$|^(?:maybe |perhaps |only )?later$|^{_LATER}$"
)
_NICE = re.compile(r"\b(?:is|are) (?:only |just )?(?:nice|good) to have$", re.IGNORECASE)
_FIRST_PIECE = Pattern(rf"^{_NO}(?: for [a-z ]{{2,20}})?(?=, |$)")
_IN_BRACKETS = re.compile(r"\(((?:not )?(?:yet|now|for now|later))!?\)", re.IGNORECASE)
_AND = re.compile(r"^(?:and|but) ", re.IGNORECASE)
_LAST_PIECE = re.compile(
    r",\s+(?:and |but )?(?=[^,]{4,80}$)|\s[-–—]\s(?=[^,]{4,80}$)|\s(?:but|and) "
                         r"(?=(?:please )?no [^,]{2,60}$)")  # fmt: skip
_FEWEST_WORDS_BEFORE = 2
# What leaves something out holds one of these: quicker to look for than what follows.
_TOLD_BY = (
    "no ", "not", "n't", "without", "later", "skip", "ignor", "leav", "omit", "postpone", "drop",
    "forget", "phase", "version", "mvp", "wait", "next", "another", "out", "nothing", "pilot",
    "release", "scope", "exclu", "v1", "v2", "separate", "some day", "second step",
)  # fmt: skip


def may_leave_out(sentence: str) -> bool:
    """Whether a sentence holds a word without which nothing is left out."""
    lower = sentence.lower()
    return any(word in lower for word in _TOLD_BY)


def left_out(sentence: str) -> str:
    """Return what a sentence leaves out of the work; empty when it leaves nothing out."""
    if not may_leave_out(sentence):
        return ""
    sentence = _IN_BRACKETS.sub(r"\1", sentence)
    for labelled in (_LABELLED, _MVP, _ANSWERED):
        named = labelled.match(sentence)
        is_told = named and (labelled is not _LABELLED or named[0].startswith("Later"))
        if named and not (is_told and _VERBAL.search(named["what"])):
            return named["what"].strip()
    if _NOT_NOW.search(sentence) and not _VERBAL.search(sentence):
        return sentence
    if _UNDER_CONDITION.search(_NO_IF.sub("", sentence)):
        return ""
    if _DROPPED.match(sentence):
        return sentence
    return sentence if _UNWANTED.search(sentence) or _POSTPONED.search(sentence) else ""


def left_out_first(sentence: str) -> tuple[str, str]:
    """Return the piece that a sentence leaves out at its beginning, and the rest of it.

    “No native app, a web page is enough” leaves out an app and wants a page.
    """
    first = _FIRST_PIECE.match(sentence)
    rest = _AND.sub("", sentence[first.end() :].strip(" ,")) if first else ""
    return (
        (first[0], rest) if first and len(rest.split()) > _FEWEST_WORDS_BEFORE else ("", sentence)
    )


def without_left_out(sentence: str) -> tuple[str, str]:
    """Return a sentence without its last piece where that leaves something out, and the piece.

    “An app code is enough, no SMS”: the first half is a demand, the second is none.
    """
    cut = None
    for cut in _LAST_PIECE.finditer(sentence):
        piece = sentence[cut.end() :]
        head = sentence[: cut.start()]
        if _ALL_OF_IT.match(piece) and not _VERBAL.search(_NICE.sub("", head)):
            return "", head
        if len(head.split()) >= _FEWEST_WORDS_BEFORE and left_out(piece):
            return head.rstrip(" ,"), piece
    return sentence, ""
