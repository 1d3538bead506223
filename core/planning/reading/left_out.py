"""Which sentences say that something is not to be built, or not yet.

A prohibition (“nobody may sell below cost”) is a rule of what is built, and no such sentence.
"""

from __future__ import annotations

import re

# “In the first version”, “for now”: what is said of it may be different later.
_SCOPE = (
    r"(?:in|for|from|with|part of|within) (?:the |this |our |a )?(?:very )?(?:mvp|pilot|v\.?1|"
    r"v\.?0|"
    r"first (?:version|release|step|phase|iteration|go|round)|(?:version|release|phase|step) "
    r"(?:1|one)|version|release|ticket|story|phase|iteration|sprint|feature|project|moment|"
    r"time being|start|beginning)(?: (?:1|one))?|"
    r"for now|right now|just now|at first|yet|at the moment|now|initially|to (?:start|begin) with|"
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
_UNWANTED = re.compile(
    r"^(?:but |and |for now,? |at first,? )?(?:we|i|you) (?:explicitly |really )?"
    r"(?:do not|don't|won't|will not) (?:need|want|plan|build|support|cover|do|offer)\b(?: to)?"
    r"(?! (?:to (?:be|store|keep|save|see|lose|send|share|show|log|have|pay|let)|store|keep|save|"
    r"see|lose|send|share|show|log|have|pay|let|it to|them to|that|anyone|anybody|users|people|"
    r"customers))|"
    r"^(?:and |but )?(?:we|i)(?:'re|'m| are| am) (?:explicitly )?not (?:going to |planning to |"
    r"about to )?(?:build|support|add|offer|cover|include|introduce|do|plan|integrate)(?:ing)?\b|"
    r"\b(?:is|are) (?:explicitly |clearly |deliberately )?(?:out of scope|not in scope|no goals?|"
    r"(?:not|no) part of (?:this|it|the (?:feature|ticket|story|project|first|mvp|scope))\b.{0,30}|"
    r"left out|not (?:needed|wanted|planned|included|covered)"
    rf"(?: (?:here|{_SCOPE}))?)$|"
    r"\b(?:is|are) (?:left |something |only )?(?:for )?(?:later|another (?:day|time|release|ticket|"
    rf"topic|story)|{_LATER})$|"
    r"^(?:this|the) (?:ticket|story|version|release|feature|project|brief|epic|first version|mvp) "
    r"(?:does not|doesn't|will not|won't|shall not) (?:cover|include|contain|need|touch|deal)\b|"
    r"^(?:it|the (?:app|page|site|tool|system|first version)) (?:does not|doesn't) (?:need|"
    r"have) to "
    r"be (?:pretty|beautiful|fancy|perfect|responsive|multilingual|translated)\b|"
    r"^(?:there is |there's )?no need (?:for|to (?:build|add|support|integrate|translate|have))\b|"
    r"^nothing else (?:changes|should change|must change|is changed|needs to change)$",
    re.IGNORECASE,
)
# “Payment comes later”; whoever comes later is a person.
_POSTPONED = re.compile(
    rf"^(?!.*\b(?:who|whoever|anybody|somebody|people|persons?)\b)[^,;:]{{2,70}}? "
    rf"(?:(?:will |can |may |might |should |shall )?(?:come|follow|be (?:added|done|built)|"
    rf"get built|"
    rf"wait)s?(?: only)?) {_LATER}$|"
    r"^(?!.*\b(?:who|whoever|must|until)\b)(?:the |an? )?[a-z][\w -]{1,60}? can wait$|"
    rf"^we(?:'ll| will| can| may| might| want to| plan to)? (?:do|build|add|look at|think about|"
    rf"tackle|come to|plan|handle) [^,;:]{{2,60}} {_LATER}$",
    re.IGNORECASE,
)
_DROPPED = re.compile(
    r"^(?:please |let's |let us |we |we can |we'll |you can )?(?:skip|ignore|leave out|leave aside|"
    r"forget(?: about)?|postpone|drop|omit|do not (?:build|add|support|implement|include|plan)|"
    r"don't (?:build|add|support|implement|include|plan))\b [^,;:]{2,80}$",
    re.IGNORECASE,
)
# What somebody does, or what it runs on, is a rule of what is built.
_WHAT = (
    r"(?!\w+ing (?:of|by)\b)(?![^,;:]*\b(?:by|servers?|services?|databases?|systems?|clusters?|"
    r"vendors?)\b)[^,;:]{2,60}?"
)
# A bare “no” with a word for this version, or asked for nicely.
_NOT_NOW = re.compile(
    rf"^(?:and |but )?(?:please,? )?(?:no|without|not)(?: any| an?)? (?!\w+ (?:is|are|may|can|"
    rf"must)\b)"
    rf"[^,;:]{{2,80}}? (?:{_SCOPE})$|"
    rf"^(?:{_SCOPE})\s*[,:]?\s*(?:no|without|not) [^;:]{{2,80}}$|"
    rf"^(?:and |but )?please,? no(?: more)? {_WHAT}$|"
    rf"^no {_WHAT},? please$|"
    rf"^{_NO}(?:(?:, (?:and |or )?| (?:and|or) )(?:no )?{_PART})*{_ENDING}$",
    re.IGNORECASE,
)
_VERBAL = re.compile(
    r"\b(?:may|must|can|cannot|can't|is|are|has|have|gets?|leaves?|goes)\b", re.IGNORECASE
)
_LABELLED = re.compile(
    r"^(?:(?:but|and) )?(?:(?:explicitly |deliberately |clearly )?(?:not|nothing|left out|excluded|"
    r"no) ?(?:planned|needed|required|wanted|included|covered|part of (?:this|it|the \w+)|"
    rf"(?:for |in )?(?:{_SCOPE}))|(?:explicitly |deliberately )?left out|excluded|(?-i:L)ater|"
    r"nice to have,? but not now|(?:in )?(?:phase|version|release|v) ?(?:2|two)|out of scope|"
    rf"(?:{_SCOPE})(?: only)? without)\s*(?::|\s[-–—]\s)\s*(?P<what>.+)$",
    re.IGNORECASE,
)
_MVP = re.compile(
    r"^(?:mvp|v\.?1|version 1|phase 1|first version|first release|pilot)\s*(?:is |:|-|–|—|,)?\s*"
    r"(?P<what>(?:no|without) .+)$",
    re.IGNORECASE,
)
_ANSWERED = re.compile(
    rf"^(?P<what>[^,;:]{{2,60}}?)\s*(?::|\s[-–—]\s)\s*(?:{_LATER}|out of scope|not needed|"
    r"not planned|skip(?:ped)?)$",
    re.IGNORECASE,
)
_UNDER_CONDITION = re.compile(r"\b(?:if|when|unless|until|while|once|because)\b", re.IGNORECASE)
_LAST_PIECE = re.compile(
    r",\s+(?:and |but )?(?=[^,]{4,80}$)|\s[-–—]\s(?=[^,]{4,80}$)|\s(?:but|and) "
                         r"(?=(?:please )?no [^,]{2,60}$)")  # fmt: skip
_FEWEST_WORDS_BEFORE = 2


def left_out(sentence: str) -> str:
    """Return what a sentence leaves out of the work; empty when it leaves nothing out."""
    for labelled in (_LABELLED, _MVP, _ANSWERED):
        named = labelled.match(sentence)
        is_told = named and (labelled is not _LABELLED or named[0].startswith("Later"))
        if named and not (is_told and _VERBAL.search(named["what"])):
            return named["what"].strip()
    if _NOT_NOW.search(sentence) and not _VERBAL.search(sentence):
        return sentence
    if _UNDER_CONDITION.search(sentence):
        return ""
    if _DROPPED.match(sentence):
        return sentence
    return sentence if _UNWANTED.search(sentence) or _POSTPONED.search(sentence) else ""


def without_left_out(sentence: str) -> tuple[str, str]:
    """Return a sentence without its last piece where that leaves something out, and the piece.

    “An app code is enough, no SMS”: the first half is a demand, the second is none.
    """
    cut = None
    for cut in _LAST_PIECE.finditer(sentence):
        piece = sentence[cut.end() :]
        head = sentence[: cut.start()]
        if len(head.split()) >= _FEWEST_WORDS_BEFORE and left_out(piece):
            return head.rstrip(" ,"), piece
    return sentence, ""
