"""Visibility: who may see what, who never does, and what stays hidden until when."""

from core.planning.model import Mechanism, Question
from core.planning.packs.pack import Choice, Contribution, Note, Option, Pack, RulePattern
from core.planning.reading.captures import BEGINS, NAME, WHO, WHO_ALL

_SEE = (
    r"(?:see|sees|view|views|read|reads|look at|looks at|access|accesses|know|knows|learn|learns)"
)
_MAY = r"(?:(?:can|may|should|shall|must|will|are allowed to|is allowed to) )?"
_NOT = (
    r"(?:(?:can|may|must|should|shall|do|does|will) (?:not|never)|cannot|can't|mustn't|shouldn't|"
    r"don't|doesn't|won't|never|are not allowed to|is not allowed to)"
)
_SEEN = r"(?:visible|shown|readable|accessible|displayed|open|disclosed|known)"
# A comma goes on with a list (“names, addresses and photos”), else it begins something else.
_WHAT = (
    r"(?P<what>(?:[^;:,()\u2013\u2014]|,(?! (?:an?|the|our|never|not|but)\b)"
    r"(?= [\w' -]{2,30}(?:,| and | or ))){3,90})"
)
_THING = r"(?P<what>(?:[A-Za-z][\w'\u2019-]* ){0,5}?[A-Za-z][\w'\u2019-]*)"
# What is so already, and only mentioned, is no demand of its own.
_AS_NOW = r"\b(?:as (?:it is )?(?:today|now)|as before|(?:stays?|remains?) as it is)\b"
_OWN = r"(?:their|his|her|its|my|our) own"


def _mechanisms(denied: str, tried: str) -> tuple[Mechanism, ...]:
    return (
        Mechanism("permission", "every operation that returns <what>", denied),
        Mechanism("test", "reads of <what>", tried),
    )


_ALL = (
    r"(?:everybody|everyone|anybody|anyone|all (?:users|members|employees|staff|people|colleagues)|"
    r"the public|the whole (?:company|team|school|house|club))"
)

# “Support can see a request but not cancel it” forbids an act, not a look.
_NO_ACT = (
    r"(?!(?:cancel|change|edit|correct|delete|remove|approve|reject|decide|answer|book|export|"
    r"download|print|create|add|share|send|touch|open|close|move|undo|pay|sign|alter|modify|"
    r"influence|overrule|use)\b)"
)
VISIBILITY_RULES = (
    RulePattern(
        slug="visibility.public",
        each=True,
        text="<What> can be seen by anybody, without signing in.",
        cues=(
            rf"\b(?:everybody|everyone|anybody|anyone|the public|visitors|people|customers|users) "
            rf"{_MAY}{_SEE} {_THING} (?:without (?:signing in|logging in|an account|login|a login|"
            rf"registration)|publicly)",
            rf"{BEGINS}{_THING} (?:is|are|must be|should be) (?:visible|shown|open|readable) "
            rf"(?:publicly|to the public|to (?:everybody|everyone|anybody|anyone) without "
            rf"(?:signing in|an account|login))",
            rf"{BEGINS}{_THING} (?:is|are|must be|should be) public(?=$|[,;:.)]| and\b)",
        ),
        unless=r"\b(?:not|never|no longer|until|before|after|if) (?:be )?public\b|\bpublic "
        r"(?:until|once|"
        r"after|when|only)\b",
        mechanisms=(
            Mechanism("permission", "reads of <what>", "no session; an answer type of its own"),
            Mechanism("interface", "reads of <what>", "limited by address, kept in caches"),
            Mechanism("test", "reads of <what>", "signed out: these fields and no others"),
        ),
    ),
    RulePattern(
        slug="visibility.count",
        each=True,
        text="<Who> may see how many <words>: the number, not the rows behind it.",
        cues=(
            rf"{BEGINS}{WHO} {_MAY}{_SEE} (?:[a-z0-9: ]{{1,24}} )?how many "
            rf"(?P<words>[^;:,()\u2013\u2014]{{3,60}})",
        ),
        mechanisms=(
            Mechanism("permission", "the count", "its own; the rows need one of their own"),
            Mechanism("test", "the count", "as <who>: the answer holds a number, no name, no id"),
        ),
    ),
    RulePattern(
        slug="visibility.all",
        each=True,
        text="Everybody who is signed in may see <what>.",
        cues=(
            rf"\b{_ALL}(?: (?:in|of|on|at) (?:the|our) [a-z]+| involved| concerned)? (?:can|may|"
            rf"should|must be able to|is able to|are able to) (?:also |always )?{_SEE} {_WHAT}",
        ),
        unless=r"\b(?:without (?:signing in|logging in|an account|login|a login|registration)|"
        r"publicly|what everybody|the public)\b",
        mechanisms=_mechanisms(
            "no role is asked for; a session is",
            "as the lowest role: the reading works, every write is refused",
        ),
    ),
    RulePattern(
        slug="visibility.masked",
        each=True,
        text="<What> is shown only in part, whoever looks; the whole of it never leaves the "
        "server.",
        cues=(
            rf"{BEGINS}{_THING} (?:is|are|must be|should be) (?:only )?(?:shown |displayed |"
            rf"visible )?(?:only )?(?:partly|partially|in part|masked|shortened|anonymi[sz]ed)(?: "
            rf"(?:shown|displayed|visible))?\b",
            r"\bonly (?:the )?(?:last|first) (?:\d+|two|three|four) (?:digits|characters|letters) "
            r"of (?P<what>(?:the |an? )?[a-z]+(?: [a-z]+)?) (?:is|are) (?:shown|visible|displayed)",
        ),
        mechanisms=_mechanisms(
            "shortened before the answer is built",
            "in every answer, export, log and message",
        ),
    ),
    RulePattern(
        slug="visibility.unknown",
        each=True,
        text="Nobody sees <what>.",
        cues=(
            rf"^(?:but )?(?P<what>(?:who|which {NAME}) [a-z ]{{3,50}}?) (?:stays?|remains?|is|"
            rf"must stay|must remain) (?:hidden|secret|anonymous|unknown|confidential)",
            r"(?:^|[,;:] |\b(?:and|but) )(?:nobody|no one) (?:(?:can|may|should|must) see|sees) "
            r"(?P<what>(?:their|his|her|whose|who|which) [a-z'\u2019 ]{3,50})$",
        ),
        unless=r"\b(?:until|before|unless|from|except)\b",
        mechanisms=_mechanisms(
            "left out of every answer",
            "lists, search, exports, logs, ids in sequence and times of day as well",
        ),
    ),
    RulePattern(
        slug="visibility.own",
        each=True,
        text="<Who> may see only their own <what>.",
        cues=(
            rf"{BEGINS}{WHO} {_MAY}(?:only )?{_SEE} (?:only )?{_OWN} {_WHAT}",
            rf"{BEGINS}{WHO} (?:gets?|has|have) access (?:only )?to {_OWN} {_WHAT}",
            rf"^as (?P<who>an? [\w -]{{2,40}}?),? i (?:want|would like|need) to {_SEE} "
            rf"only my (?:own )?{_WHAT}",
        ),
        unless=rf"\b(?:sessions?|devices?|others'|other people's)\b|{_AS_NOW}",
        mechanisms=_mechanisms(
            "the caller's own ones are part of the WHERE; anything else answers 404",
            "with the id of somebody else's; counts and search give nothing away either",
        ),
    ),
    RulePattern(
        slug="visibility.only",
        each=True,
        text="Only <who> may see <what>.",
        cues=(
            rf"\bonly {WHO_ALL} (?:can |may |should |shall |must )?{_SEE} {_WHAT}",
            rf"{BEGINS}{_THING} (?:is|are|must be|should be|stays?|remains?) (?:only )?{_SEEN} "
            rf"(?:only )?(?:to|for|by) {WHO_ALL}(?: only)?(?=$|[,;:)]| until| unless| once| and "
            rf"(?:are|is)\b)",
            rf"{BEGINS}{_THING} (?:is|are|must be|stays?|remains?) (?:strictly |kept |treated as )"
            rf"{{0,2}}(?:secret|confidential|private|restricted)\s?[:,(\u2013\u2014-]+ ?(?:only )"
            rf"?(?:for )?{WHO_ALL} only\b",
            rf"{BEGINS}{_THING} (?:is|are|must be|stays?|remains?) (?:strictly |kept |treated "
            rf"as ){{0,2}}(?:secret|confidential|private|restricted)\s?[:,(\u2013\u2014-]+ ?only "
            rf"(?:for )?{WHO_ALL}(?=$|[,;.)]| can| may| sees?)",
            rf"{BEGINS}{_THING} (?:can|may|must|should) only be (?:seen|read|viewed|opened|"
            rf"accessed) by {WHO_ALL}(?=$|[,;:)]| until| unless| once)",
            rf"\b(?:nobody|no one) (?:but|except|other than|outside(?: of)?|beside|besides) "
            rf"{WHO_ALL} (?:can |may |should |must |ever )?{_SEE} {_WHAT}",
            rf"{BEGINS}{_THING} (?:is|are) kept by {WHO_ALL},? (?:and )?(?:nobody|no one) else "
            rf"(?:can|may|must)? ?{_SEE} (?:them|it)",
        ),
        unless=rf"{_AS_NOW}|\bto (?:everybody|everyone|anybody|anyone|the public)\b",
        mechanisms=_mechanisms(
            "left out of the answer for everybody but <who>, on the server",
            "as every other role: lists, search, exports, e-mails and logs as well",
        ),
    ),
    RulePattern(
        slug="visibility.never",
        each=True,
        text="<Who> may not see <what>.",
        cues=(
            rf"{BEGINS}{WHO} {_MAY}(?:only )?{_SEE} [^,;:]{{2,60}}? but not {_NO_ACT}{_WHAT}",
            rf"{BEGINS}{WHO} {_NOT} {_SEE} {_WHAT}",
            rf"{BEGINS}{WHO} (?:can|may|must|should) [\w ]{{3,60}} (?:but|and) {_NOT} {_SEE} "
            rf"{_WHAT}",
            rf"{BEGINS}(?P<who>(?:{NAME} ){{0,3}}?{NAME}s) [\w ]{{3,60}} (?:but|and) {_NOT} {_SEE} "
            rf"{_WHAT}",
            rf"{BEGINS}{WHO} {_MAY}{_SEE} no {_WHAT}",
            rf"^(?P<who>no {NAME}) {_MAY}{_SEE} {_WHAT}",
            rf"^(?P<who>{NAME}(?: {NAME})?): [^:]{{0,60}}?, {_NOT} {_SEE} {_WHAT}",
            rf"{BEGINS}{WHO} {_MAY}(?:only )?{_SEE} (?:only )?[^,;:]{{2,60}}, (?:never|not|but not|"
            rf"but never) {_NO_ACT}{_WHAT}",
            rf"{BEGINS}{_THING} (?:must|may|should|can|are|is) (?:never|not)(?: be)? {_SEEN} "
            rf"(?:to|for) {WHO_ALL}(?=$|[,;:)])",
            rf"{BEGINS}{_THING} (?:is|are|stays?|remains?|must be) (?:hidden|concealed|kept) from "
            rf"{WHO_ALL}(?=$|[,;:)])",
        ),
        unless=r"\b(?:errors?|stack traces?) messages?\b",
        mechanisms=_mechanisms(
            "left out of the answer for <who>, on the server and not only on the page",
            "as <who>: lists, search, exports, e-mails and logs as well",
        ),
    ),
    RulePattern(
        slug="visibility.part",
        each=True,
        text="<Who> may see only <what>, nothing more about it.",
        cues=(
            rf"{BEGINS}{WHO} {_MAY}{_SEE} (?:only|just) (?!{_OWN}\b)(?!after\b|when\b|"
            rf"if\b)(?![^,;]* (?:after|once|when) ){_WHAT}",
            rf"{BEGINS}{WHO} {_MAY}only {_SEE} (?!{_OWN}\b)(?!after\b|when\b|if\b)(?![^,;]* "
            rf"(?:after|once|when) ){_WHAT}",
            rf"{BEGINS}{WHO} only (?P<what>(?:that|whether) [\w' \u2019-]{{3,60}})",
        ),
        unless=rf"\bonly (?:see|sees) (?:it|them) (?:when|after|if)\b|{_AS_NOW}",
        mechanisms=_mechanisms(
            "<who> get an answer of its own with that and nothing else",
            "as <who>: the answer holds no field beyond it",
        ),
    ),
    RulePattern(
        slug="visibility.nobody",
        each=True,
        text="No <what> are shown.",
        cues=(
            r"^(?:and |please )?no (?P<what>(?:[a-z-]+ )?(?:names?|photos?|pictures?|addresses|"
            r"e-?mail addresses|phone numbers|birth ?dates|personal data)(?: (?:of|on|in) (?:the |"
            r"our )?[a-z]+(?: (?!on\b|in\b)[a-z]+)?){0,2})(?=$|[,;:.)]| are| is| ever)",
            r"[,;:] (?:and )?no (?P<what>(?:names?|photos?|phone numbers|personal data) of (?:the |"
            r"our )?[a-z]+(?: [a-z]+)?)(?=$|[,;:.)])",
        ),
        mechanisms=_mechanisms(
            "not selected at all, so that no answer, export or log can hold them",
            "the answers of every role are searched for a known one",
        ),
    ),
    RulePattern(
        slug="visibility.after",
        each=True,
        text="<Who> may see <what> only after this has happened: <when>.",
        cues=(
            rf"{BEGINS}{WHO} {_MAY}(?:only )?{_SEE} (?P<what>[^,;]{{2,60}}?) (?:only )?(?:after|"
            rf"once|when) (?P<when>[^,;]{{3,60}}), not (?:before|earlier)",
            rf"{BEGINS}{WHO} {_MAY}{_SEE} (?P<what>[^,;]{{2,60}}?) only (?:after|once|when) "
            r"(?P<when>[^,;]{3,60})",
            rf"{BEGINS}{WHO} {_MAY}only {_SEE} (?P<what>[^,;]{{2,60}}?) (?:after|once) "
            r"(?P<when>[^,;]{3,60})",
        ),
        unless=_AS_NOW,
        mechanisms=_mechanisms(
            "before it, <who> get the answer as if there were none: no row, no count, no hint",
            "as <who>, a second before and after it",
        ),
    ),
    RulePattern(
        slug="visibility.until",
        each=True,
        text="<Seen> may not be seen anywhere before this has happened: <when>.",
        cues=(
            rf"{BEGINS}(?P<seen>(?:{NAME} ){{0,5}}?{NAME}) (?:is|are|stays?|remains?|must be|must "
            rf"stay) (?:kept )?(?:only )?(?:hidden|secret|invisible|{_SEEN})\b[^,;]{{0,80}}? "
            r"(?:until|before|after|(?<!only )once) (?P<when>[^;]{3,80})",
            rf"\buntil (?P<when>[^,;]{{3,80}}?),? (?:nobody|no one|none)\b[^,;]{{0,60}}? "
            rf"(?:can |may )?{_SEE} (?P<seen>[\w' \u2019-]{{2,60}})",
            rf"\b(?:nobody|no one)\b[^,;]{{0,60}}? (?:can |may )?{_SEE} (?P<seen>[^,;]{{2,60}}?) "
            r"(?:until|before) (?P<when>[^,;]{3,80})",
            rf"\b(?:they|he|she) {_SEE} (?P<seen>[^,;]{{2,60}}?) only (?:after|once|when) "
            r"(?P<when>[^,;]{3,60})",
            rf"{BEGINS}(?P<seen>(?:{NAME} ){{0,5}}?{NAME}) (?:must|may|should|will|can) (?:not|"
            rf"never) (?:appear|be (?:visible|published|shown|public|readable|"
            rf"seen))\b[^;]{{0,100}}? (?:before|until) (?P<when>[^,;]{{3,60}}(?:, time zone "
            rf"[\w/]+)?)",
        ),
        unless=r"\b(?:after|from|with) (?:\d+|two|three|four|five) [^,;]{0,50}\bhid(?:den|e)\b",
        mechanisms=(
            Mechanism(
                "permission",
                "every reading operation",
                "until then it answers others as if there were none: no row, no count, no hint",
            ),
            Mechanism(
                "test",
                "before and after it",
                "lists, search, feeds, exports and notifications, a second before and after",
            ),
        ),
    ),
)

VISIBILITY = Pack(
    slug="visibility",
    title="Who sees what",
    cues=(),
    by_rules=True,
    kind="none",
    nouns=(),
    rules=VISIBILITY_RULES,
    brings=Contribution(
        choices=(
            Choice(
                "visibility.server",
                "Decide on the server who sees which field, before the answer is built.",
                "What the page hides still travels to the browser; what the query does not select "
                "cannot leak through a log, an export or a search.",
                "security",
                (
                    Option("Hide fields on the page", "the answer holds them for everybody"),
                    Option(
                        "Row-level security alone",
                        "it knows rows, and most of these demands are about single fields",
                    ),
                ),
                revisit="when more than a handful of fields differ by role",
                role="security",
            ),
        ),
        questions=(
            Question(
                "visibility.support",
                "May administrators and support staff see what others may not?",
                "No; who needs it for a case gets it for that case, on record.",
            ),
        ),
        notes=(
            Note(
                "backend_dev",
                "step",
                "One answer type for each audience; a field that a role may not see is missing "
                "from its type, so that a new endpoint cannot add it by accident.",
            ),
        ),
    ),
)
