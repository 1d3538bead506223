"""The rules of what is due: answers, escalation, reminders, notice, and windows for a deed."""

from core.planning.model import Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import Contribution, Job, RulePattern
from core.planning.packs.wording import DURATION, WORKING_DAYS

_DUE_DEED = (
    r"(?:answer|handl|process|check|confirm|decid|repl|respon|acknowledg|dealt|deal|resolv|repair|"
    r"review|deliver|pa(?:y|id)|sent|ship|treat|inspect|call|contact|fix|collect|pick|report|"
    r"complet|sign|submit)\w*"
)
_DUE_NOUN = r"(?:answer|reply|response|confirmation|decision|reaction|feedback|visit|payment)"
_UNDO = (
    r"(?:appeal\w*|object(?:ed|s)?|contest\w*|edit\w*|correct\w*|und(?:o|one)|revert\w*|withdraw\w*"
    r"|taken? back|rolled back|roll back|restor\w*|recover\w*|reopen\w*|return\w*|complain\w*|"
    r"download\w*|com(?:e|es) back|fil(?:e|ed)|exchang\w*)"
)
_TOLD = (
    r"(?:told|informed|inform|reminded|remind|warned|warn|notified|notify|mail(?:s|ed)?|e-?mail|"
    r"sms|text message|push|hears?|reminder|warning|letter|alerted|alert)"
)
_DONE = (
    r"(?:touch|answer|react|respon|handl|open|look|pick|process|activit|repl|decid|event|updat|"
    r"news|mov)"
)
_PASSED = (
    r"(?:go(?:es)? to|(?:is|are) (?:passed|escalated|forwarded|reported|sent|moved|assigned|listed|"
    r"shown) (?:on )?to|(?:is|are) (?:alerted|informed|told|notified|reminded))"
)


def _due(slug: str, number: str, counted: str, how: str) -> RulePattern:
    """Return the rule of a deadline; a deadline that is missed ends nothing."""
    return RulePattern(
        slug=f"deadline.{slug}",
        text=f"Deadline of <words>{counted} (<event>): what is open after it counts as overdue, "
        f"and "
        "who is responsible is told; nothing is closed or cancelled by it.",
        cues=(
            rf"(?P<event>\b(?:an? |the |first |final )*{_DUE_NOUN}(?: (?:by|from|of) "
            rf"(?:the )?[a-z]+)?) within {number}",
            rf"(?P<event>\b{_DUE_DEED}(?: [a-z]+){{0,2}}?) (?:at the latest )?within {number}",
            rf"\bha(?:s|ve) {number} (?P<event>to [a-z]+(?: [a-z]+){{0,3}})",
            rf"(?P<event>\b(?:everything else|all (?:the )?others?|the rest|others)) within "
            rf"{number}",
            *(
                ()
                if counted
                else (
                    rf"(?P<event>\b(?:an? |the )?{_DUE_NOUN}) within (?P<near>\d{{1,3}})(?=$|"
                    rf"[,;.])",
                )
            ),
            rf"(?P<event>\b{_DUE_NOUN}) (?:is )?due (?:in|within|after) {number}",
            rf"(?P<event>\b(?:must|has to|have to) be (?:returned|handed (?:in|over|back)|given "
            rf"back|brought back)) (?:at the latest )?within {number}",
        ),
        unless=r"\b(?:otherwise|or else|or)\b[^;,.]{0,30}?\b(?:expires?|lapses?|is void)\b",
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "<records>_done_when_due", "CHECK: due after it was made"),
            Mechanism("job", "remind-of-<records->", how),
            Mechanism("alert", "<records>", "share of <records_> past due_at, by who is to act"),
            Mechanism("test", "remind-of-<records->", "done one second before: nobody is told"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<record>",
                    fields=(
                        Field("due_at", "moment", required=False),
                        Field("done_at", "moment", required=False),
                    ),
                    constraints=(
                        Constraint(
                            "<records>_done_when_due",
                            "check",
                            '"due_at" > "created_at" AND ("done_at" IS NULL OR "done_at" >= '
                            '"created_at")',
                            f"deadline.{slug}",
                        ),
                    ),
                    indexes=(
                        Index(
                            "<records>_overdue",
                            '"due_at"',
                            where='"done_at" IS NULL',
                            serves="remind-of-<records->",
                        ),
                    ),
                ),
            ),
            jobs=(
                Job(
                    "remind-of-<records->",
                    "every 5 minutes",
                    "Tells who is responsible for <records_> past due_at, once, and shows them "
                    "first in the list.",
                    "a <record_> is overdue by as long again as it had",
                ),
            ),
            questions=(
                Question(
                    "deadline.calendar",
                    "Which days count as working days, with whose public holidays, and when does "
                    "a day begin and end?",
                    "Monday to Friday without the public holidays of the place, by its clock.",
                ),
            )
            if counted
            else (),
        ),
    )


DEADLINE_RULES = (
    RulePattern(
        slug="deadline.escalation",
        text="What nobody has dealt with for <words> is escalated, once (<event>): the next in "
        "charge is alerted and sees it in a list of their own.",
        cues=tuple(
            pattern.format(number=number)
            for number in (WORKING_DAYS, DURATION)
            for pattern in (
                rf"\b(?:not|n't|never|nobody|no|without)\b[^;,]{{{{0,40}}}}?\b{_DONE}\w*"
                rf"[^;]{{{{0,30}}}}? (?:for|within|in|after) {{number}}[^;]{{{{0,40}}}}?"
                rf"\b(?P<event>(?:(?:the|an?|our|their) (?:[a-z]+ ){{{{1,3}}}})?{_PASSED}"
                rf"[^,;.]{{{{0,40}}}})",
                rf"\b(?P<event>(?:alert|escalat|inform|remind|notif)\w*\b[^;]{{{{0,20}}}}?) "
                rf"(?:when|if)\b[^;]{{{{0,60}}}}?\b(?:not|n't|nobody|"
                rf"never)\b[^;,]{{{{0,20}}}}?\b{_DONE}\w*"
                rf"[^;]{{{{0,20}}}}? (?:for|within|in|after) {{number}}",
            )
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("job", "escalate-<records->", "every 5 minutes, each <record_> once"),
            Mechanism("constraint", "<records>_escalated_later", "CHECK: after it was touched"),
            Mechanism("alert", "<records>", "the number of escalations in a day doubles"),
            Mechanism("test", "escalate-<records->", "touched in the same second: nobody is told"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<record>",
                    fields=(
                        Field("last_touched_at", "moment", default="now()"),
                        Field("escalated_at", "moment", required=False),
                    ),
                    constraints=(
                        Constraint(
                            "<records>_escalated_later",
                            "check",
                            '"escalated_at" IS NULL OR "escalated_at" > "last_touched_at"',
                            "deadline.escalation",
                        ),
                    ),
                    indexes=(
                        Index(
                            "<records>_untouched",
                            '"last_touched_at"',
                            where='"escalated_at" IS NULL',
                            serves="escalate-<records->",
                        ),
                    ),
                ),
            ),
            jobs=(
                Job(
                    "escalate-<records->",
                    "every 5 minutes",
                    "Tells the next in charge of <records_> untouched for <words>; who touches one "
                    "starts its time anew.",
                    "escalations of a day double",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="deadline.reminder",
        text="Whom it concerns is notified <words> before the end, once.",
        cues=(
            rf"\b{_TOLD}\b[^;.]{{0,30}}? {DURATION} (?:before (?:an? |the |its |their )?"
            r"(?P<record>[a-z]+(?: [a-z]+)?) (?:expires?|ends?|runs? out|lapses?|is due))",
            rf"\b{_TOLD}\b[^;.]{{0,30}}? {DURATION} (?:before(?:hand)?|ahead|earlier|in advance|"
            r"prior)\b",
            rf"\b{DURATION} (?:before|ahead|in advance|prior)\b[^;.]{{0,60}}?\b{_TOLD}\b",
        ),
        unless=r"\b(?:announce|must be told|has to be told)\w*\b",
        quantity="duration",
        mechanisms=(
            Mechanism("job", "remind-before-end-of-<records->", "every hour, each <record_> once"),
            Mechanism("constraint", "<records>_reminded_in_time", "CHECK: within <value> of it"),
            Mechanism(
                "test", "remind-before-end-of-<records->", "extended after the reminder: a new one"
            ),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<record>",
                    fields=(
                        Field("expires_at", "moment", required=False),
                        Field("reminded_at", "moment", required=False),
                    ),
                    constraints=(
                        Constraint(
                            "<records>_reminded_in_time",
                            "check",
                            '"reminded_at" IS NULL OR "reminded_at" >= "expires_at" - interval '
                            "'<value>'",
                            "deadline.reminder",
                        ),
                    ),
                    indexes=(
                        Index(
                            "<records>_to_remind",
                            '"expires_at"',
                            where='"reminded_at" IS NULL',
                            serves="remind-before-end-of-<records->",
                        ),
                    ),
                ),
            ),
            jobs=(
                Job(
                    "remind-before-end-of-<records->",
                    "every hour",
                    "Tells whom <records_> concern whose expires_at is less than <value> away.",
                    "a <record_> ends within a day and nobody was told",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="deadline.window",
        text="Time window of <words> (<event>): by the server's clock, and what comes later is "
        "refused.",
        cues=(
            rf"\b(?P<event>{_UNDO}(?: [a-z]+){{0,2}}?) (?:only )?(?:up to|until|within|for|in)"
            rf"(?: the first)? {DURATION}",
            rf"\bfor {DURATION},? (?:then|afterwards|after that|after which)\b",
            rf"\b(?:only|no longer|not later)\b[^;,]{{0,40}}?(?:until|than|within) {DURATION} "
            rf"(?P<event>(?:after|from|of) [^,;.()]{{3,40}})",
        ),
        unless=r"\b(?:refund|deposit|overdue)\w*|\b(?:must|has to|have to) be (?:returned|"
        r"handed)\b",
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "<records>_within_window", "CHECK: later than its end refused"),
            Mechanism("interface", "<record>", "409 that names the last possible time"),
            Mechanism("test", "<record>", "one second before the end, and one after"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<record>",
                    fields=(
                        Field("window_ends_at", "moment", required=False),
                        Field("used_window_at", "moment", required=False),
                    ),
                    constraints=(
                        Constraint(
                            "<records>_within_window",
                            "check",
                            '"used_window_at" IS NULL OR coalesce("used_window_at" <= '
                            '"window_ends_at", false)',
                            "deadline.window",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="deadline.effect",
        text="A change takes effect within <words>, everywhere it is used; what is already on "
        "its way is stopped where it can be.",
        cues=(
            rf"\b(?:changes?|withdrawals?|settings?|choices?|revocations?|it|"
            rf"this)\b[^;,.]{{0,16}}?\b(?:works?|takes? effect|holds?|appl(?:y|ies)|be effective|"
            rf"counts?)\b[^;,.]{{0,6}}? within {DURATION}",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism(
                "interface", "everywhere it is used", "copies and caches are no older than <value>"
            ),
            Mechanism(
                "alert", "everywhere it is used", "a change is older than that and not applied"
            ),
            Mechanism("test", "everywhere it is used", "changed while a run is on its way"),
        ),
    ),
    _due(
        "working-days",
        WORKING_DAYS,
        ", counted without weekends and public holidays",
        "compares with due_at, which is set once from a calendar of working days",
    ),
    _due("due", DURATION, "", "every 5 minutes, by due_at"),
    RulePattern(
        slug="deadline.late-blocks",
        text="What is late by <words> has a consequence until it is settled: <event>.",
        cues=(
            rf"\b(?:overdue|late|unpaid|in arrears)\b[^;,]{{0,20}}? (?:by|for|since) (?:more "
            rf"than |over )?{DURATION} (?P<event>(?:is|are|gets?) (?:blocked|locked|suspended|"
            rf"refused|stopped)[^,;.]{{0,40}})",
            rf"\bafter {DURATION},? (?P<event>(?:the )?[a-z]+(?: [a-z]+)? (?:is|are|gets?) "
            rf"(?:blocked|locked|suspended|refused|stopped) (?:until|till|unless)[^,;.]{{3,40}})",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("interface", "<record>", "asks on each use whether something is overdue"),
            Mechanism("interface", "<record>", "tells before it happens, and when it does"),
            Mechanism("test", "<record>", "settled in the same minute: nothing is refused"),
        ),
    ),
    RulePattern(
        slug="deadline.notice-to-end",
        text="Notice is <words> to <event>: a cancellation takes effect at the first such end that "
        "is at least so far away, and not before.",
        cues=(
            rf"\b{DURATION}(?:['’]s?|s['’])? notice (?:to|before|by) (?:the |an? )?(?P<event>end "
            r"of (?:an? |the |each |every )?(?:\w+ )?(?:month|quarter|half[- ]year|year|period))",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "<records>_notice_given", "CHECK: given <value> before it"),
            Mechanism("interface", "<record>", "shows the day it ends before it is confirmed"),
            Mechanism("test", "<record>", "on the last day of a month, and one day later"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<record>",
                    fields=(
                        Field("notice_given_at", "moment", required=False),
                        Field("notice_ends_at", "moment", required=False),
                    ),
                    constraints=(
                        Constraint(
                            "<records>_notice_given",
                            "check",
                            '("notice_given_at" IS NULL) = ("notice_ends_at" IS NULL) AND '
                            '("notice_ends_at" >= "notice_given_at" + interval \'<value>\') IS '
                            "NOT false",
                            "deadline.notice-to-end",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="deadline.notice",
        text="At least <words> lie between the request or announcement and the day that it is for.",
        cues=(
            rf"\b(?:announc|publish|request|appl(?:y|ied)|register|submit|order|enter|ask|hand|"
            rf"tell|told|notif)\w*\b[^;,.]{{0,40}}?(?:at least )?\b{DURATION} (?:ahead|before|in "
            r"advance|prior|earlier|beforehand)",
            rf"\bat least {DURATION} (?:before|ahead of|in advance|prior)",
            rf"\b{DURATION}(?:['’]s?|s['’])? notice\b",
            rf"\bnotice (?:period )?of {DURATION}",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "<records>_announced_before", "CHECK: <value> between both"),
            Mechanism("interface", "<record>", "422 that names the first possible day"),
            Mechanism("test", "<record>", "exactly <value> before passes, a second less does not"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<record>",
                    fields=(Field("takes_effect_at", "moment", required=False),),
                    constraints=(
                        Constraint(
                            "<records>_announced_before",
                            "check",
                            '"takes_effect_at" >= "created_at" + interval \'<value>\'',
                            "deadline.notice",
                        ),
                    ),
                ),
            ),
        ),
    ),
)
