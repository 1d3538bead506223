"""The rules of retention that hang on an event, and the words that all of them are said in."""

from core.planning.model import Constraint, Entity, Field, Index, Mechanism, Trigger
from core.planning.packs.pack import Contribution, Job, RulePattern
from core.planning.packs.wording import DURATION, IT, PAPERS, SUBJECT, THING

_KEPT = r"(?:kept|retained|stored|archived|preserved)"
_KEEP = (
    rf"(?:(?:must|should|shall|will|has to|have to|needs? to) be {_KEPT}|(?:is|are) {_KEPT}|"
    r"(?:stays?|remains?)(?: (?:reachable|available|readable|accessible|visible)|(?= for )))"
)
_GONE = (
    r"(?:deleted|removed|erased|purged|forgotten|destroyed|anonymi[sz]ed|wiped|shredded|"
    r"disposed of)"
)
_GOES = rf"(?:(?:must|should|shall|will|has to|have to) be|is|are|gets?) (?:automatically )?{_GONE}"
_EVENT = r"(?P<event>(?:the |an? |its |their )?[^,;.()]{3,50}?)(?=$|[,;.()]| and | but )"
_PERSONAL = (
    r"(?:personal data|data|details|names?|addresses?|e-?mails?|mails?|(?:phone|e-?mail|mail) "
    r"(?:numbers?|addresses?)|contact data|profiles?)"
)
_OF_PEOPLE = rf"\b{_PERSONAL}(?:(?:,| and) {_PERSONAL}){{0,2}}(?: of [^;,.]{{3,60}}?)?"
KEPT = (
    rf"^{THING}: (?:keep|kept|retain) (?:for )?(?:at least )?{DURATION}",
    rf"{SUBJECT}{_KEEP} (?:for )?(?:at least )?{DURATION}",
    rf"(?:^|[,;:] )(?P<before>[^,;:]{{1,120}}?) {_KEEP} (?:for )?(?:at least )?{DURATION}",
    rf"{IT}{_KEEP} (?:for )?(?:at least )?{DURATION}",
    rf"\bkeep {THING}(?: [^;,]{{0,30}}?)? for (?:at least )?{DURATION}",
    rf"^(?:[a-z]+ )?(?P<record>(?:[a-z]+ )?{PAPERS})(?:[:,] (?:unchang|immutab|complet|archiv)"
    rf"[a-z]*)?[:,]? (?P<near>\d{{1,3}} (?:months|years))$",
)
DELETED = (
    rf"{SUBJECT}older than {DURATION} {_GOES}",
    rf"{SUBJECT}{_GOES} after {DURATION}",
    rf"(?:^|[,;:] )(?P<before>[^,;:]{{1,120}}?) {_GOES} after {DURATION}",
    rf"{IT}{_GOES} after {DURATION}",
    rf"\b(?:delete|erase|remove|purge|destroy) {THING}(?: [^;,]{{0,30}}?)? after {DURATION}",
    rf"\b{_GONE}\b[^;]{{0,60}}, (?:and )?(?P<record>[a-z]+(?: [a-z]+)?) after "
    r"(?P<near>\d{1,3}(?: (?:days|weeks|months|years))?)(?=$|[,;.])",
)


_NOT_KEEP = (
    r"\b(?:don't|do not|does not|doesn't|must not|may not|should not|shall not|never|not|nobody)\b"
    r"[^;,.]{0,30}?\b(?:keep|store|retain|hold|save)"
)
_ONLY = r"(?:at most|no longer than|not longer than|not more than|no more than|only|up to|max\.?)"
AT_MOST = (
    rf"{_NOT_KEEP} {THING}(?: [^;,]{{0,30}}?)? (?:for )?(?:longer|more) than {DURATION}",
    rf"{SUBJECT}(?:must not|may not|should not|cannot|can't|(?:is|are)(?: not|n't| never)|must "
    rf"never) (?:be )?{_KEPT} (?:for )?(?:longer|more) than {DURATION}",
    rf"{SUBJECT}{_KEEP} (?:for )?{_ONLY} {DURATION}",
    rf"{SUBJECT}{_KEEP} (?:for )?{DURATION} (?:only|at (?:the )?most)\b",
    rf"\bkeep {THING}(?: [^;,]{{0,30}}?)? (?:for )?{_ONLY} {DURATION}",
    rf"\bkeep {THING}(?: [^;,]{{0,30}}?)? for {DURATION} (?:only|at (?:the )?most)\b",
    rf"{SUBJECT}{_KEEP} (?:for )?{DURATION},? (?:and )?(?:then|afterwards|after that) (?:(?:is|are|"
    rf"they are) )?(?:{_GONE}|overwritten)",
)


def _event(words: str) -> Contribution:
    """Return the column that an event fills, and the job that looks at it."""
    return Contribution(
        entities=(
            Entity(
                "<record>",
                fields=(Field("retention_starts_at", "moment", required=False),),
                indexes=(
                    Index(
                        "<records>_by_retention_start",
                        '"retention_starts_at"',
                        where='"retention_starts_at" IS NOT NULL',
                        serves="purge-<records->",
                    ),
                ),
            ),
        ),
        jobs=(
            Job(
                "purge-<records->",
                "every night",
                words,
                "the oldest <record_> is a week past its time",
            ),
        ),
    )


EVENT_RULES = (
    RulePattern(
        slug="retention.at-most",
        text="<Records_> are kept for <words> at most, then they are deleted.",
        cues=AT_MOST,
        quantity="duration",
        mechanisms=(
            Mechanism("job", "purge-<records->", "every night, in batches of 1,000"),
            Mechanism("alert", "purge-<records->", "one of them is a day past its time"),
            Mechanism("test", "purge-<records->", "the day before nothing goes; files go as well"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<record>",
                    indexes=(Index("<records>_by_age", '"created_at"', serves="purge-<records->"),),
                ),
            ),
            jobs=(
                Job(
                    "purge-<records->",
                    "every night",
                    'Deletes <records_> (rows, columns of others, files) with "created_at" < now() '
                    "- interval '<value>'.",
                    "the oldest <record_> is a day past its time",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="retention.while",
        text="<Records_> are kept only as long as <event>, then they are deleted.",
        cues=(
            rf"{SUBJECT}{_KEEP} (?:only )?(?:as long as|while) (?P<event>[^,;.]{{3,50}}?)(?=$|"
            rf"[,;.]| and )",
            rf"{SUBJECT}(?:must not|may not|should not|cannot|(?:is|are)(?: not|n't| never)) "
            rf"(?:be )?{_KEPT} (?:for )?longer than (?:is )?(?P<event>(?:necessary|needed|required)"
            rf"[^,;.]{{0,40}})",
            rf"{SUBJECT}(?:is|are) (?:only )?{_KEPT} (?:only )?(?:for|during) (?P<event>(?:the "
            rf"(?:duration|time|length) of) [^,;.]{{3,50}})",
            rf"\bkeep {THING} (?:only )?as long as (?P<event>[^,;.]{{3,50}})",
        ),
        unless=r"\b(?:plus|and) (?:another |further )?\d",
        mechanisms=(
            Mechanism("job", "purge-<records->", "every night, from retention_starts_at on"),
            Mechanism("test", "purge-<records->", "it holds again in the same night: nothing goes"),
        ),
        adds=_event(
            "Deletes <records_> of which it no longer holds that: <event>; their files first.",
        ),
    ),
    RulePattern(
        slug="retention.hold",
        text="What is under a legal hold is not deleted, whatever else would delete it; who set "
        "and who lifted it is on record.",
        cues=(
            r"\blegal holds?\b",
            r"\b(?:open|running|pending) (?:dispute|lawsuit|investigation)s? "
            r"[^;,.]{0,40}?\b(?:not|never) (?:be )?(?:deleted|removed|purged|erased)",
        ),
        mechanisms=(
            Mechanism("trigger", "<records>_held", "BEFORE DELETE: refused while held_at is set"),
            Mechanism("job", "purge-<records->", "skips what is held, and says how many"),
            Mechanism("test", "purge-<records->", "held a second before the run"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<record>",
                    fields=(
                        Field("held_at", "moment", required=False),
                        Field("held_by_id", "ref", required=False, references="user"),
                        Field("hold_reason", "long_text", required=False),
                    ),
                    triggers=(
                        Trigger(
                            "<records>_held",
                            "BEFORE DELETE",
                            'IF OLD."held_at" IS NOT NULL THEN\n'
                            "    RAISE EXCEPTION 'a legal hold keeps this row';\n"
                            "END IF;\nRETURN OLD;",
                            "retention.hold",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="retention.keep-after",
        text="<Records_> are kept for <words> after <event>: none is deleted before.",
        cues=tuple(f"{cue} after {_EVENT}" for cue in KEPT[:5]),
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "<records>_kept_after", "CHECK: the end is late enough"),
            Mechanism("job", "purge-<records->", "deletes only what is past retain_until"),
            Mechanism("test", "purge-<records->", "one day before the end nothing goes"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<record>",
                    fields=(
                        Field("retention_starts_at", "moment", required=False),
                        Field("retain_until", "moment", required=False),
                    ),
                    constraints=(
                        Constraint(
                            "<records>_kept_after",
                            "check",
                            '"retain_until" >= "retention_starts_at" + interval \'<value>\'',
                            "retention.keep-after",
                        ),
                    ),
                    indexes=(
                        Index("<records>_retained", '"retain_until"', serves="purge-<records->"),
                    ),
                ),
            ),
            jobs=(
                Job(
                    "purge-<records->",
                    "every night",
                    "Deletes <records_> past retain_until, which <event> sets.",
                    "a run deletes ten times the usual number: it stops and asks",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="retention.keep-while",
        text="<Records_> are kept as long as <event>, and <words> longer.",
        cues=(
            rf"{SUBJECT}{_KEEP} (?:as long as|while|until) (?P<event>[^,;.]{{3,40}}?),? (?:plus|"
            rf"and) (?:another |further )?{DURATION}",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("job", "purge-<records->", "deletes only what is past retain_until"),
            Mechanism("test", "purge-<records->", "one day before the end nothing goes"),
        ),
        adds=Contribution(
            entities=(
                Entity("<record>", fields=(Field("retain_until", "moment", required=False),)),
            ),
            jobs=(
                Job(
                    "purge-<records->",
                    "every night",
                    "Deletes <records_> past retain_until, which is set when it no longer holds "
                    "that <event>.",
                    "a run deletes ten times the usual number: it stops and asks",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="retention.forget-who",
        text="<event> is forgotten <words>: the person is taken from the row, what was counted "
        "stays.",
        cues=(
            rf"\b(?P<event>who (?:[a-z]+ed|read|saw|bought|lent|took|wrote|had) (?:what|which "
            rf"[a-z]+|it|them))\b[^;]{{0,40}}? (?:{_GOES}) (?P<words>(?:after )?(?:\w+ (?:hours?|"
            rf"days?|weeks?|months?|years?))(?: after [^,;.]{{3,40}})?)",
        ),
        mechanisms=(
            Mechanism(
                "job", "forget-who", "every night: the reference to the person is set to NULL"
            ),
            Mechanism("interface", "<records>", "the reference to the person may be NULL"),
            Mechanism("test", "forget-who", "a day before the end, on it, and what is still open"),
        ),
        adds=Contribution(
            jobs=(
                Job(
                    "forget-who",
                    "every night",
                    "Takes the person from rows whose time is over (<words>), also from logs and "
                    "search indexes.",
                    "a row still names its person a day after the end",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="retention.personal",
        text="Personal data goes in time: <event>; rows that must stay keep no name.",
        cues=(
            rf"\b(?P<event>{_KEPT} (?:for )?{DURATION},? (?:and )?(?:then|afterwards|after "
            rf"that),? (?:the |their |its |all )?(?:[a-z'\u2019]+ ){{0,2}}?{_PERSONAL} {_GOES})",
            rf"(?P<event>{_OF_PEOPLE} {_GOES} after {DURATION})",
            rf"(?P<event>{_OF_PEOPLE} {_GOES} {DURATION} after [^;,.()]{{3,50}})",
            rf"\b(?P<event>(?:delete|erase|remove|anonymi[sz]e|forget) (?:the |their |all |our "
            rf")?(?:[a-z']+ ){{0,2}}?{_PERSONAL}(?: of (?:the |our |all )?[a-z]+(?: [a-z]+)?)? "
            rf"after {DURATION})",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("job", "strip-personal-data", "every night, by the event that starts it"),
            Mechanism("alert", "strip-personal-data", "somebody is a week past the time"),
            Mechanism("test", "strip-personal-data", "a day before, on the day, something is open"),
        ),
        adds=Contribution(
            jobs=(
                Job(
                    "strip-personal-data",
                    "every night",
                    "Sets personal columns to NULL where their time is over, in the files as well.",
                    "somebody is a week past the time",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="retention.delete-after",
        text="<Records_> are deleted <words> after <event>.",
        cues=(
            rf"{SUBJECT}{_GOES} {DURATION} after {_EVENT}",
            rf"{SUBJECT}{_GOES} {DURATION} (?P<event>later)",
            rf"\b{DURATION} after (?P<event>[^,;.]{{3,50}}?),? {THING}(?: of "
            rf"[^,;.]{{3,40}})? {_GOES}",
            rf"{IT}{_GOES} {DURATION} after {_EVENT}",
            rf"\b(?:delete|erase|remove|purge)s? (?:everything|all(?: of it| data| the data)?|it|"
            rf"them) {DURATION} after {_EVENT}",
            rf"\b(?:delete|erase|remove|purge)s? {THING} {DURATION} after {_EVENT}",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("job", "purge-<records->", "every night, from retention_starts_at on"),
            Mechanism("index", "<records>_by_retention_start", "retention_starts_at"),
            Mechanism("test", "purge-<records->", "on the day before nothing goes"),
        ),
        adds=_event(
            "Deletes <records_> <value> after retention_starts_at, which <event> sets; their files "
            "first.",
        ),
    ),
    RulePattern(
        slug="retention.at-event",
        text="<Records_> are deleted <event>: what that day is stands in the row.",
        cues=(
            rf"{SUBJECT}{_GOES} (?P<event>(?:at|by) the end of [^,;.]{{3,40}}|the (?:next )?(?:day|"
            r"week|month)(?: after(?:wards)?)?\b|on the day [^,;.]{3,40})",
            rf"{SUBJECT}{_GOES} (?P<event>(?:when|once|as soon as) [^,;.]{{3,50}})",
            rf"(?:^|[,;:] |\bwe |\bthen )(?:delete|erase|remove|purge) {THING} (?P<event>(?:once|"
            rf"when|as "
            r"soon as) [^,;.]{3,50})",
        ),
        mechanisms=(
            Mechanism("job", "purge-<records->", "every night, from retention_starts_at on"),
            Mechanism("test", "purge-<records->", "the evening before nothing goes"),
        ),
        adds=_event(
            "Deletes <records_> whose retention_starts_at has come (<event>); their files first.",
        ),
    ),
    RulePattern(
        slug="retention.thin-out",
        text="After <words> only <event> are left of <records_>: the finer values are deleted.",
        cues=(
            rf"{SUBJECT}(?:is|are) (?:thinned out|thinned|aggregated|rolled up|condensed|reduced) "
            rf"(?:to|into|by) (?P<event>[a-z]+(?: [a-z]+)?) after {DURATION}",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("job", "thin-out-<records->", "sums up first, deletes in the same step"),
            Mechanism("test", "thin-out-<records->", "totals before and after are the same"),
        ),
        adds=Contribution(
            jobs=(
                Job(
                    "thin-out-<records->",
                    "every night",
                    "Sums up <records_> older than <value> to <event>, then deletes the finer "
                    "ones.",
                    "totals before and after differ",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="retention.never-unless",
        text="<Records_> are not stored <event>; then they belong to who asked for it.",
        cues=(
            rf"{SUBJECT}(?:(?:is|are)(?: not|n't)|must not be|may not be|(?:is|are) never) "
            rf"(?:stored|saved|recorded|logged) (?P<event>(?:unless|without|except) "
            rf"[^,;.]{{3,60}})",
        ),
        mechanisms=(
            Mechanism("interface", "<records>", "no write but by that person's own act"),
            Mechanism("interface", "logging", "filters them out of access logs and error reports"),
            Mechanism("test", "<records>", "one use, then a search through all tables and logs"),
        ),
    ),
    RulePattern(
        slug="retention.never",
        text="<Records_> are never stored: neither in a table nor in a log.",
        cues=(
            rf"{SUBJECT}(?:(?:is|are)(?: not|n't)|must not be|may not be|(?:is|are) never) "
            rf"(?:stored|saved|recorded|logged)\b",
        ),
        unless=r"\b(?:unless|until|before|if|when)\b|\b(?:longer|more) than\b|"
        r"\b(?:that|which) (?:is|are|were) (?:not|never) (?:stored|saved|recorded|logged)\b",
        mechanisms=(
            Mechanism("interface", "<records>", "dropped before anything is written"),
            Mechanism("interface", "logging", "filters them out of access logs and error reports"),
            Mechanism("test", "<records>", "one use, then a search through all tables and logs"),
        ),
    ),
)
