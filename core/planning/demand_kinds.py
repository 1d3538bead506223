"""The kinds of demands, each with what is missing to build it: a declaration like a pack."""

from __future__ import annotations

from dataclasses import dataclass

from core.planning.reading.comparisons import Comparison

FORMATS = "pdf|jpe?g|png|heic|csv|xlsx?|docx?|xml|json|mp[34]|zip|tiff?|gif|svg|ics"
LANGUAGES = (
    "english|german|french|spanish|italian|portuguese|dutch|polish|romanian|czech|turkish|russian|"
    "ukrainian|arabic|hebrew|chinese|japanese|korean|danish|swedish|norwegian|finnish|greek|"
    "hungarian|croatian|serbian|bulgarian|welsh|irish|catalan|hindi|vietnamese"
)
# “players under 16 may”, not “under 16 characters”.
_AGE = (
    r"\b(?:under|over|below|aged?|turn(?:s|ing)?|older than|younger than) (?:1[0-9]|2[01])"
    r"(?! ?(?:%|[a-z]+s\b|eur|usd))\b(?! (?:days|hours|minutes))"
)
_LIMITING: tuple[Comparison, ...] = ("at_most", "below")


@dataclass(frozen=True, slots=True)
class Asking:
    """One kind of demand: how it is called, and what is missing to build it.

    `cue` must be found in the words. `several` is how more than one is called. In `missing`,
    `<number>` stands for the words of the number, `<next>` for the first number beyond it.
    """

    slug: str
    cue: str
    one: str
    several: str
    missing: str
    quantity: str = ""
    comparisons: tuple[Comparison, ...] = ()  # "" for a number without words of comparison
    unless: str = ""


_FORBIDDEN = (
    r"\b(?:never|nobody|nothing|no[ -]one|none|cannot|can't|may not|must not|mustn't|not|no)\b"
)
# Tried in this order; how important they are says `ORDER`.
ASKINGS: tuple[Asking, ...] = (
    Asking(
        "wish",
        r"^(?:as (?:an?|the) [^,]{2,40},? (?:i|we)|we|i|customers|users|people) (?:want|need|would "
        r"like|'d like|wish)s?\b|^(?:please )?(?:add|build|introduce|create|implement)\b|"
        r"\bwhether (?:they|people|we|it) (?:could|can)\b",
        "a wish",
        "wishes",
        "which steps does it take, what has to be stored for it, and how does one see that it is "
        "done",
        unless=r"\bonly\b|\b(?:not|never|nobody|no|don't)\b|\d",
    ),
    Asking(
        "case",
        r"^(?:if|when|whenever|in case|as soon as)\b[^,:]*$",
        "a case",
        "cases",
        "how is it noticed, and what shall happen then",
        unless=r"\d",
    ),
    Asking(
        "availability",
        r"\b(?:stays? (?:up|online|reachable|available)|keeps? (?:working|running)|available \d|"
        r"ha(?:s|ve) to work (?:anyway|even)|must work (?:anyway|even)|24/7|around the clock|"
        r"fail-?over|(?:must|may|should) not (?:go|be) (?:down|offline))\b",
        "being there when other things are not",
        "being there when other things are not",
        "where does it run, for how long may it be away, and who is called then",
    ),
    Asking(
        "figure",
        r"\b(?:calculated|computed|counted|derived|summed up|averaged|"
        r"weighted)\b.{0,30}\b(?:from|by|"
        r"as|over|per|with)\b",
        "how a figure comes about",
        "how figures come about",
        "which rows count into it, over which time, and can it change afterwards",
        unless=r"\b(?:at most|at least|more than|less than)\b",
    ),
    Asking(
        "exception",
        r"^(?:unless|except|other than|apart from)\b",
        "an exception",
        "exceptions",
        "how is it recognised, and what holds then",
    ),
    Asking(
        "speed",
        r"\b(?:under|within|less than|below|faster|at most|answers?|opens?|loads?|ready|results?|"
        r"reacts?|takes?)\b",
        "a promise of speed",
        "promises of speed",
        "where is it measured (server or screen), with how many people and rows, and for which "
        "share of the calls",
        quantity="milliseconds seconds",
    ),
    Asking(
        "speed",
        r"\b(?:under|less than|faster than)\b",
        "a promise of speed",
        "promises of speed",
        "where is it measured (server or screen), with how many people and rows, and for which "
        "share of the calls",
        quantity="duration",
        unless=r"\b(?:before|ahead|ago|old)\b",
    ),
    Asking(
        "retention",
        r"\b(?:deleted?|deletes|erased?|erases|forgotten|forgets?|anonymi[sz]e\w*|kept|keeps?|"
        r"stored?|stores|archived?|restored?|removed?|purged?|destroyed)\b"
        r"(?=.*\b(?:days?|weeks?|months?|years?|hours?|forever|end of)\b)",
        "a time to keep or to delete",
        "times to keep or to delete",
        "from which event is it counted, what holds it back (an open case, a dispute), and what "
        "may stay afterwards",
        unless=r"\blogged out\b",
    ),
    Asking(
        "record",
        r"\b(?:logged|recorded|on record|on file|documented|audit(?:ed| trail| log))\b",
        "something to be on record",
        "things to be on record",
        "what exactly stands in the record, who reads it, and for how long is it kept",
        unless=r"\bonly (?:if|when|after|with)\b",
    ),
    Asking(
        "age",
        rf"{_AGE}",
        "a border of age",
        "borders of age",
        "how is the age known, and what changes on the birthday",
    ),
    Asking(
        "often",
        r"\b(?:once|twice|(?:two|three|\d+) times) (?:an?|per|every|each) \w+|"
        r"\bat most (?:once|twice)\b",
        "how often something may happen",
        "how often things may happen",
        "what becomes of what comes in between: dropped, kept for the next time, or refused",
    ),
    Asking(
        "message",
        r"\b(?:mail\w*|e-?mail\w*|sms|push|warn\w*|remind\w*|notice|notif\w+|told)\b"
        r"(?=.*\b(?:days?|hours?|weeks?|minutes?|months?)(?:'? notice)? before\b)",
        "a message to people",
        "messages to people",
        "by which channel, once or again, and may the recipient switch it off",
    ),
    Asking(
        "deadline",
        r"\b(?:within|until|till|by|before|ahead|in advance|notice|(?:no|not) later than|at the "
        r"latest|due|deadline|has to wait)\b|"
        r"\bha(?:s|ve) (?:\w+ ){1,2}(?:days?|hours?|weeks?|months?|minutes?)\b",
        "a deadline of “<number>”",
        "deadlines",
        "from when does it count, who is told when it passes, and what happens then",
        quantity="duration",
        unless=r"\b(?:after|older|for|every|last|valid)\b",
    ),
    Asking(
        "hours",
        r"",
        "a time of day",
        "times of day",
        "in whose time zone, on weekends and holidays too, and what happens with what comes at "
        "the wrong time",
        quantity="time",
    ),
    Asking(
        "consent",
        r"\b(?:approv\w+|sign(?:s|ed)?(?![ -]?(?:in|up|on|out|off)\b)|countersign\w*|"
        r"agree[sd]?|consents?|confirm(?:s|ed|ation)?|releases?|released by|permission of|'s ok\b|"
        r"second (?:person|count|pair|opinion|signature|review\w*|check|look)|by somebody else|"
        r"(?:two|2|three|3) (?:different |other )?(?:people|persons|signatures|eyes)|"
        r"four[ -]eyes)\b",
        "a consent",
        "consents",
        "which role gives it, what is possible until then, and what follows a no",
        unless=r"\b(?:can't|cannot|may not|must not) be (?:changed|edited|deleted|reopened)\b",
    ),
    Asking(
        "amount",
        r"",
        "an amount of money: “<number>”",
        "amounts of money",
        "does it contain the tax, who may change it, and from when does a change count",
        quantity="money",
        comparisons=("", "about"),
    ),
    Asking(
        "border",
        r"",
        "a border at “<number>”",
        "borders",
        "what differs on its two sides, to which side belongs <number> itself, and what counts "
        "into the sum",
        quantity="money",
    ),
    Asking(
        "deadline",
        r"\bwithin \d+\b",
        "a deadline of “<number>”",
        "deadlines",
        "from when does it count, who is told when it passes, and what happens then",
        quantity="count",
        comparisons=("at_most",),
        unless=r"\bwithin \d+ [a-z]",
    ),
    Asking(
        "limit",
        r"",
        "a limit of “<number>”",
        "limits",
        "does it count for each one or for all together, and what is refused beyond it",
        quantity="size",
        comparisons=("",),
    ),
    Asking(
        "limit",
        r"",
        "a limit of “<number>”",
        "limits",
        "what counts towards it (also what is closed or deleted?), and what happens with <next>: "
        "refused, or let through with a remark",
        quantity="count size share money",
        comparisons=_LIMITING,
    ),
    Asking(
        "minimum",
        r"",
        "a minimum of “<number>”",
        "minimums",
        "is less than that refused, or is somebody told, and who may make an exception",
        quantity="count size share money duration",
        comparisons=("at_least",),
        unless=r"\b(?:after|since)\b",
    ),
    Asking(
        "border",
        r"",
        "a border at “<number>”",
        "borders",
        "what differs beyond it, to which side belongs <number> itself, and over which time is it "
        "counted",
        quantity="count size share",
        comparisons=("above", "until"),
    ),
    Asking(
        "rate",
        r"",
        "a rate of “<number>”",
        "rates",
        "is it a limit or how things are, for whom is it counted, and what happens above it",
        quantity="rate",
    ),
    Asking(
        "longest",
        r"\b(?:max|maximum|at most|(?:no|not) (?:longer|older) than|up to)\b",
        "a longest time of “<number>”",
        "longest times",
        "from when is it counted, and what happens when it is over",
        quantity="duration",
    ),
    Asking(
        "lapse",
        r"\b(?:after|later|expires?|lapses?|unused|older|idle|ends?|closed?|archived|withdrawn)\b",
        "something that happens by itself: “<number>”",
        "things that happen by themselves",
        "from when is the time counted, who is told, and can somebody stop it or take it back",
        quantity="duration",
        unless=r"\bevery\b|\b(?:cannot|can't|may not|must not)\b",
    ),
    Asking(
        "period",
        r"",
        "a time of “<number>”",
        "times",
        "from when does it count, and what is different when it is over",
        quantity="duration",
    ),
    Asking(
        "day",
        r"",
        "a day that changes something: “<number>”",
        "days that change something",
        "what holds before it and what after it, and may anybody make an exception",
        quantity="date",
    ),
    Asking(
        "visibility",
        r"\b(?:sees?|seen|visible|views?|shown?|shows|secret|hidden|hides?|public|confidential|"
        r"found by|finds?|readable|read[ -]only|reads?|private|visibility|access to|(?:ha(?:s|ve)|"
        r"gets?|loses?) access|names? of|appears?|reveal\w*)\b",
        "who sees what",
        "who sees what",
        "which roles see it, and what do all others get: nothing, a part, or “not found”",
        unless=r"\bappears? .{0,40}\bautomatically\b|\bshows? up\b",
    ),
    Asking(
        "permission",
        r"\bonly\b",
        "a right of few",
        "rights of few",
        "which role has it, who gives that role, and who stands in when nobody with it is there",
        unless=r"\bonly (?:if|when|after|once|until|while)\b|\bonly the \w+$",
    ),
    Asking(
        "exemption",
        r"\b(?:needs? no|no need|no \w+(?: \w+)? (?:is )?(?:needed|required|necessary)|(?:is|are) "
        r"not (?:needed|required)|without (?:an? |any )?(?:account|approval|asking|permission|"
        r"sign[ -]?in|login)|do(?:es)?n't need|exempt\w*)\b",
        "an exemption",
        "exemptions",
        "for whom and for which things exactly, and what still holds for them",
        unless=r"\b(?:must|may|can) (?:not|never)\b|\bcan't\b|\bnever\b",
    ),
    Asking(
        "limit",
        r"\bmore\b.*\bthan (?:its|their|the|his|her|that)\b|\bexceed\w*|\bmaximum\b",
        "a limit",
        "limits",
        "where is the limit set and by whom, what counts towards it, and what happens beyond it",
    ),
    Asking(
        "prohibition",
        _FORBIDDEN,
        "a prohibition",
        "prohibitions",
        "may anybody make an exception, and what does somebody see who tries it",
        unless=r"\b(?:whether or not|if not|not only)\b",
    ),
    Asking(
        "formats",
        rf"\b(?:{FORMATS})\b",
        "kinds of file",
        "kinds of file",
        "is every other kind refused, and is it told by the content or by the name",
    ),
    Asking(
        "message",
        r"\b(?:notif\w+|informed|told|warned|warning|alert\w*|reminded|reminders?|mailed)\b|"
        r"\b(?:gets?|receives?|hears?|sends?|sent|by)\b.{0,40}\b(?:e-?mails?|sms|push|messages?|"
        r"letters?|text)\b",
        "a message to people",
        "messages to people",
        "by which channel, once or again, and may the recipient switch it off",
        unless=r"\bswitch(?:ed)? (?:it |them )?off\b",
    ),
    Asking(
        "languages",
        rf"\b(?:{LANGUAGES})\b",
        "languages",
        "languages",
        "who translates, what does somebody see whose text has no translation yet, and which one "
        "comes first",
    ),
    Asking(
        "duty",
        r"\b(?:must|ha(?:s|ve) to|needs?|required?|requires|shall|always|every|each|mandatory)\b",
        "a duty",
        "duties",
        "who has to do it, at which step is it checked, and what cannot go on without it",
    ),
    Asking(
        "option",
        r"\b(?:can|may|able to|allow\w*|switch(?:ed)? off|opt(?:s|ed)?[ -](?:in|out))\b",
        "something that people may do",
        "things that people may do",
        "which roles, until when, and can it be taken back",
    ),
)
OTHER = Asking(
    "other",
    r"",
    "a demand",
    "demands",
    "who does this, when, and what happens otherwise",
)
# Which questions come first: what people must not do and must agree to, before comfort.
ORDER = (
    "wish", "prohibition", "consent", "border", "limit", "visibility", "permission", "minimum",
    "amount", "deadline", "lapse", "retention", "exemption", "exception", "age", "duty", "case",
    "other", "figure", "availability", "period", "longest", "record", "hours", "day", "rate",
    "often", "speed", "formats", "languages", "message", "option",
)  # fmt: skip
