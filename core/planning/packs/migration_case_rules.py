"""What a brief demands of a move in its own words: a shadow run, a window, two people, a report."""

from core.planning.model import Constraint, Entity, Field, Mechanism
from core.planning.packs.pack import Contribution, RulePattern

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sep(?:t|tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DATE = rf"(?:\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?)"
_DAYS = rf"(?:(?:from|between) )?{_DATE} (?:to|until|till|and|through|-|–) {_DATE}"
_QUIET = (
    r"(?:mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|weekends?|nights?|"
    r"holidays?|closed)"
)
_SWITCH = r"(?:switch(?:es|ed)?|switch-?over|cut-?over|go-live|change-?over)"
_STILL = r"(?:nothing|no [a-z]+|none) (?:is|are|may be|must be|gets?) (?:migrated|moved|switched)"

MIGRATION_CASE_RULES: tuple[RulePattern, ...] = (
    RulePattern(
        slug="migration.shadow",
        text="Shadow run first: “<words>”. The new system computes along and sends nothing out.",
        cues=(
            r"(?P<words>\b(?:shadow|dry|trial) (?:run|calculation|billing|mode|traffic|operation)"
            r"[^,;]{0,60})",
        ),
        mechanisms=(
            Mechanism("permission", "switch<Subject>", "refused before the shadow run has ended"),
            Mechanism("job", "reconcile-<subjects->", "compares both results of the same period"),
            Mechanism("test", "shadow run", "nothing leaves: no mail, no booking, no debit"),
        ),
    ),
    RulePattern(
        slug="migration.way-back-within",
        text="The way back stays open as long as was said: “<words>”.",
        cues=(
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{0,200}\b(?:go|goes|going|switch|switched|roll|rolled|move|moved|fall|"
            r"return|returned|put) back\b[^,;]{0,40}\b(?:within|for|up to|until|"
            r"during)\b[^,;]{3,60})",
        ),
        mechanisms=(
            Mechanism("permission", "return<Subject>", "open that long after switched_at"),
            Mechanism("job", "copy-<subjects->", "the old system is fed until the last one's end"),
            Mechanism("test", "return<Subject>", "on the last day with all that happened since"),
        ),
    ),
    RulePattern(
        slug="migration.frozen-days",
        text="Nothing is switched in these days: <words>. Waves pause, copying goes on.",
        cues=(
            rf"(?P<words>{_DAYS})[^;]{{0,60}}\b{_STILL}\b",
            rf"\b{_STILL}\b[^;]{{0,60}}?(?P<words>{_DAYS})",
            rf"\bfreeze\b[^;]{{0,40}}?(?P<words>{_DAYS})",
        ),
        describes=True,
        mechanisms=(
            Mechanism("permission", "switch<Subject>", "refused from the first day to the last"),
            Mechanism("test", "switch<Subject>", "the evening before, both days, the day after"),
        ),
    ),
    RulePattern(
        slug="migration.switch-window",
        text="When it is switched: “<words>”. One that has not ended by then is taken back.",
        cues=(rf"^(?=.{{0,160}}\b{_QUIET}\b)(?P<words>.{{0,80}}\b{_SWITCH}\b.{{0,80}})$",),
        mechanisms=(
            Mechanism("permission", "switch<Subject>", "refused outside of that time"),
            Mechanism("alert", "switch<Subject>", "half of the time has gone, half is not done"),
            Mechanism("test", "rollout", "a rehearsal on full data, with a stopwatch"),
        ),
    ),
    RulePattern(
        slug="migration.two-people",
        text="Checked by two people: the second one confirms what the first one has checked.",
        cues=(r"\bby two (?:people|persons|colleagues|clerks)\b", r"\bfour[- ]eyes\b"),
        mechanisms=(
            Mechanism(
                "constraint", "<subject>_moves_two_people", "CHECK: the second is not the first"
            ),
            Mechanism("test", "switch<Subject>", "confirmed by who has checked it: refused"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>_move",
                    fields=(
                        Field("checked_by_id", "ref", False, references="user"),
                        Field("confirmed_by_id", "ref", False, references="user"),
                    ),
                    constraints=(
                        Constraint(
                            "<subject>_moves_two_people",
                            "check",
                            '"confirmed_by_id" IS NULL OR ("checked_by_id" IS NOT NULL AND '
                            '"confirmed_by_id" <> "checked_by_id")',
                            "migration.two-people",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="migration.differences-report",
        text="All differences can be handed over: “<words>”.",
        cues=(
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{0,200}\b(?:report|list|statement) of (?:all )"
            r"?(?:the )?differences\b[^,;]{0,40})",
        ),
        mechanisms=(
            Mechanism("interface", "list<Subject>Differences", "as a file, with its explanations"),
            Mechanism("test", "list<Subject>Differences", "a closed one is still in the report"),
        ),
    ),
    RulePattern(
        slug="migration.unnoticed",
        text="Who is concerned notices nothing: “<words>”.",
        cues=(
            r"(?P<words>\bwithout (?:an? |any |the |our )?[a-z]+ (?:noticing|being told|having to "
            r"[a-z ]{3,30}))",
            r"(?P<words>\b(?:no|nobody|none of the) [a-z]+ (?:may|must|should|will) notice\b"
            r"[^,;]{0,40})",
        ),
        mechanisms=(
            Mechanism("test", "switch<Subject>", "mails, numbers, links and layouts stay"),
            Mechanism("alert", "rollout", "calls to support about it, by wave"),
        ),
    ),
    RulePattern(
        slug="migration.either-side",
        text="Meanwhile either side can be used: “<words>”.",
        cues=(
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{0,200}\bcan (?:still )?(?:use|go to|visit) "
            r"either\b[^,;]{3,60})",
        ),
        mechanisms=(
            Mechanism("interface", "both systems", "ask which one is in charge, then pass it on"),
            Mechanism("test", "switch<Subject>", "used on either side on the same day"),
        ),
    ),
)
