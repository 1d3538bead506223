"""The rules of what ends by itself: expiry, silence, and what has been there too long."""

from core.planning.model import Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import Contribution, Job, RulePattern
from core.planning.packs.wording import BEGIN, DURATION, FIRST, IT, SUBJECT

_ENDS = (
    r"(?:automatically |always |then )?(?:expires?|lapses?|runs? out|ends? by (?:itself|themselves)"
    r"|becomes? (?:void|invalid))"
)
_LASTS = r"(?:is|are|stays?|remains?) (?:only )?(?:valid|good|open)|works?|lasts?|ends?"
# What lasts by its nature, where anything else that “works for two days” says how it works.
_LASTING = (
    r"(?P<record>(?:[a-z]+ )?(?:links?|codes?|tokens?|invitations?|invites?|vouchers?|offers?|"
    r"quotes?|passes|tickets?|certificates?|proofs?|permits?|consents?|coupons?))"
)
_SPAN = rf"(?: at the latest| at most)? ?(?:after|within|in|for)? (?:at most )?{DURATION}"
_AFTER = rf"(?: at the latest)? (?:after|within|in) (?:at most )?{DURATION}"
_OTHERWISE = (
    rf" (?:is|are|must be|has to be|have to be|needs to be) [a-z]+ed\b[^;]{{0,60}}? within "
    rf"{DURATION},? (?:or|otherwise|or else|else)\b[^;]{{0,20}}? (?:lapses?|expires?|is void|are "
    r"void|is (?:withdrawn|released|cancelled|deleted|closed)|becomes? void)"
)
_UNANSWERED = (
    rf"(?:\bnot|n't) [a-z]+ed (?:within|in|after) {DURATION},?[^;]{{0,30}}? "
    r"(?:lapses?|expires?|is void)"
)
_UNLESS = r"[^;,]{0,10}?,? (?P<event>(?:unless|without|if (?:not|it is not)) [^,;.()]{3,60})"
_CUES = (
    rf"{SUBJECT}{_ENDS}{_AFTER}",
    rf"{IT}{_ENDS}{_AFTER}",
    rf"\b{_LASTING} (?:{_LASTS}){_SPAN}",
    rf"\b{_LASTING}(?: \([^()]{{1,30}}\))? (?:(?:is|are) )?valid (?:for )?{DURATION}",
    rf"{SUBJECT}(?:is|are) (?:only )?valid for {DURATION}",
    rf"{SUBJECT.removesuffix(' ')}{_OTHERWISE}",
    rf"{BEGIN}(?:an? |the |each |every )?(?P<record>[a-z-]+(?: [a-z-]+)?) (?:that |which "
    rf")?[^,;]{{0,30}}?"
    rf"(?:\bnot|n't|nobody|no one)\b[^,;]{{0,20}}? (?:within|in|for|after) {DURATION} (?:lapses?|"
    r"expires?|is void)",
    _UNANSWERED,
    rf"{FIRST}\b[^;.]{{0,120}}?,? {_ENDS}{_AFTER}",
)
_EXPIRY = Entity(
    "<record>",
    fields=(
        Field("expires_at", "moment", required=False),
        Field("expired_at", "moment", required=False),
    ),
    constraints=(
        Constraint(
            "<records>_expired_in_time",
            "check",
            '"expired_at" IS NULL OR coalesce("expired_at" >= "expires_at", false)',
            "deadline.expiry",
        ),
    ),
    indexes=(
        Index(
            "<records>_by_expiry",
            '"expires_at"',
            where='"expired_at" IS NULL',
            serves="expire-<records->",
        ),
    ),
)
_EXPIRE = Job(
    "expire-<records->",
    "every minute",
    "Sets expired_at on <records_> past expires_at, in the order of their end, and tells who waits "
    "for them.",
    "the oldest <record_> past its end is more than 10 minutes late",
)


def _silent(act: str, title: str, verb: str) -> RulePattern:
    """Return the rule of things that are put away when nothing happens to them for a while."""
    before = rf"(?:go(?:es)?|becomes?|(?:is|are)(?: then)?(?: automatically)?) {verb}"
    silence = (
        r"(?:no|not|nobody|doesn't|don't|does not|do not|without)\b[^;,]{0,20}?"
        r"\b(?:answer|repl|react|respon|activit)\w*"
    )
    return RulePattern(
        slug=f"deadline.{act}",
        text=f"What has no answer and no other change for <words> is {title} by the system, and "
        f"whom "
        "it concerns is told.",
        cues=(
            rf"{SUBJECT}{before} (?:automatically )?(?:after|within) {DURATION}",
            rf"{IT}{before} (?:automatically )?(?:after|within) {DURATION}",
            rf"\b(?:and|then) (?:automatically )?(?:(?:is|are) )?{verb} {DURATION} (?:later|after)",
            rf"\b{verb}\b[^;]{{0,60}}?{silence} (?:for|within|in) {DURATION}",
            rf"{silence} (?:for|within|in) {DURATION}[^;]{{0,40}}?\b{verb}\b",
            rf"\b{before} (?:automatically )?(?:after|within) {DURATION}",
            rf"{SUBJECT}older than {DURATION} (?:is|are|get|gets) (?:automatically )?{verb}",
        ),
        unless=rf"\b(?:not|never)(?: \w+)? {verb} (?:after|within)\b",
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", f"<records>_{act}_in_time", "CHECK: not before <value>"),
            Mechanism("job", f"put-{act}-<records->", "every hour, in batches"),
            Mechanism(
                "test", f"put-{act}-<records->", "an answer in the same second keeps it open"
            ),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<record>",
                    fields=(
                        Field("last_activity_at", "moment", default="now()"),
                        Field(f"{act}_at", "moment", required=False),
                    ),
                    constraints=(
                        Constraint(
                            f"<records>_{act}_in_time",
                            "check",
                            f'"{act}_at" IS NULL OR "{act}_at" >= "last_activity_at" + interval '
                            "'<value>'",
                            f"deadline.{act}",
                        ),
                    ),
                    indexes=(
                        Index(
                            f"<records>_not_{act}",
                            '"last_activity_at"',
                            where=f'"{act}_at" IS NULL',
                            serves=f"put-{act}-<records->",
                        ),
                    ),
                ),
            ),
            jobs=(
                Job(
                    f"put-{act}-<records->",
                    "every hour",
                    f"Marks <records_> without activity for <value> as {title}, and tells whom "
                    "they concern.",
                    "a run marks ten times the usual number: it stops and asks",
                ),
            ),
        ),
    )


EXPIRY_RULES = (
    RulePattern(
        slug="deadline.expiry-unless",
        text="A <record_> expires after <words>, <event>: what keeps it is noted with its time, "
        "and the end is told to whom it concerns.",
        cues=tuple(
            f"{cue}{_UNLESS}" for cue in (*_CUES, rf"{SUBJECT}ends? (?:after|in) {DURATION}")
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "<records>_kept_or_expired", "CHECK: not both at once"),
            Mechanism("job", "expire-<records->", "every minute, skips what kept_at is set on"),
            Mechanism("test", "expire-<records->", "kept one second before the end, and after it"),
        ),
        adds=Contribution(
            entities=(
                _EXPIRY,
                Entity(
                    "<record>",
                    fields=(Field("kept_at", "moment", required=False),),
                    constraints=(
                        Constraint(
                            "<records>_kept_or_expired",
                            "check",
                            '"kept_at" IS NULL OR "expired_at" IS NULL',
                            "deadline.expiry-unless",
                        ),
                    ),
                ),
            ),
            jobs=(_EXPIRE,),
            questions=(
                Question(
                    "deadline.kept-by",
                    "“<event>”: how does the system know that this holds: does somebody enter it, "
                    "or does it follow from what is stored?",
                    "Who is responsible enters it, with the time; it is on record.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="deadline.expiry",
        text="A <record_> expires after <words>: from then on it is refused, and whom it concerns "
        "is told.",
        cues=_CUES,
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "<records>_expired_in_time", "CHECK: never before its end"),
            Mechanism("job", "expire-<records->", "every minute"),
            Mechanism(
                "interface", "<record>", "the end is compared on every use, whether the job ran"
            ),
            Mechanism("test", "expire-<records->", "used one second before the end, and after it"),
        ),
        adds=Contribution(entities=(_EXPIRY,), jobs=(_EXPIRE,)),
    ),
    RulePattern(
        slug="deadline.void-without",
        text="What is not <event> within <words> lapses by itself, and whom it concerns is told.",
        cues=(
            rf"\b(?:is|are|must be|has to be|have to be) (?P<event>[a-z]+ed)\b[^;]{{0,60}}? within "
            rf"{DURATION},? (?:or else|otherwise|or|else)\b[^;]{{0,20}}? (?:lapses?|expires?|"
            r"(?:is|are) void|(?:is|are) withdrawn)",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("interface", "<record>", "the end is compared on every use"),
            Mechanism("test", "<record>", "done one second before the end, and one after"),
        ),
    ),
    RulePattern(
        slug="deadline.passes-on",
        text="It waits for <words>, then it is free again by itself (<event>).",
        cues=(
            rf"\b(?:waits?|(?:is|are) (?:kept|held|reserved|set aside)|stays?|remains?)"
            rf"\b[^;,]{{0,30}}?\b{DURATION}[^;,.]{{0,30}}?,? (?:then|afterwards|after that),? "
            rf"(?P<event>(?:the )?next "
            r"[^;,.]{3,40}|(?:it|they) (?:goes|go|is|are) [^;,.]{3,40})",
            rf"\bha(?:s|ve) {DURATION} (?P<event>to [a-z]+(?: [a-z]+){{0,3}}, (?:otherwise|or|"
            rf"then) "
            r"[^;,.]{3,50}\bnext\b[^;,.]{0,30})",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "<records>_wait_ends", "CHECK: <value> from its begin at most"),
            Mechanism("job", "pass-on-<records->", "every minute, in the order of the queue"),
            Mechanism("test", "pass-on-<records->", "fetched in the same second as it passes on"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<record>",
                    fields=(
                        Field("waits_from", "moment", required=False),
                        Field("waits_until", "moment", required=False),
                    ),
                    constraints=(
                        Constraint(
                            "<records>_wait_ends",
                            "check",
                            '"waits_until" <= "waits_from" + interval \'<value>\'',
                            "deadline.passes-on",
                        ),
                    ),
                    indexes=(
                        Index(
                            "<records>_waiting",
                            '"waits_until"',
                            where='"waits_until" IS NOT NULL',
                            serves="pass-on-<records->",
                        ),
                    ),
                ),
            ),
            jobs=(
                Job(
                    "pass-on-<records->",
                    "every minute",
                    "Passes on what waited for <value>, to the first in the queue.",
                    "something waits an hour longer than it may",
                ),
            ),
        ),
    ),
    _silent("stale", "marked as stale", r"stale"),
    _silent("archived", "archived", r"archived"),
    _silent("closed", "closed", r"closed"),
    RulePattern(
        slug="deadline.never-closed",
        text="The system never closes what carries <event>.",
        cues=(
            r"\bclosed\b[^;]{0,40}?\bunless (?:it|they|the [a-z]+) (?:carr(?:y|ies)|bears?|has|"
            r"have|(?:is|are) (?:marked|labell?ed|tagged)(?: as)?) "
            r"(?P<event>[^,;.\u2013\u2014]{3,60})",
            rf"{SUBJECT}(?:with|marked(?: as)?|labell?ed) (?P<event>[^,;.]{{3,40}}?) (?:is|are) "
            r"never (?:automatically )?closed",
        ),
        mechanisms=(
            Mechanism("constraint", "<records>_stay_open", "CHECK: marked, or closed by the job"),
            Mechanism("interface", "<record>", "the nightly run skips what is marked"),
            Mechanism("test", "put-closed-<records->", "the mark is set a second before"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<record>",
                    fields=(
                        Field("stays_open", "flag", default="false"),
                        Field("closed_at", "moment", required=False),
                    ),
                    constraints=(
                        Constraint(
                            "<records>_stay_open",
                            "check",
                            'NOT "stays_open" OR "closed_at" IS NULL',
                            "deadline.never-closed",
                        ),
                    ),
                ),
            ),
        ),
    ),
)
