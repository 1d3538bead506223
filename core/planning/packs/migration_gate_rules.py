"""What a brief demands around a move: order, gates, what must agree, who signs, what stays out."""

from core.planning.model import Mechanism
from core.planning.packs.pack import RulePattern

_PIECE = r"(?:^|(?<=[,;:.])|(?<= and )|(?<= but ))"
_SPAN = r"(?:\d+|one|two|three|four|six|a|an) (?:working )?(?:hours?|days?|weeks?|months?|years?)"

MIGRATION_GATE_RULES: tuple[RulePattern, ...] = (
    RulePattern(
        slug="migration.in-order",
        text="It moves in this order: “<words>”. The next part waits for the one before.",
        cues=(
            rf"{_PIECE}(?P<words>[^;:]{{2,60}}\bfirst\b(?:,| and| then)[^;]{{3,60}})",
            rf"{_PIECE}(?P<words>[^;:]{{2,60}}\b(?:last|newest first|oldest first|small ones "
            r"first))$",
        ),
        mechanisms=(
            Mechanism("state", "<subject>_move", "wave holds the part"),
            Mechanism("test", "switch<Subject>", "the second part before the first: refused"),
        ),
    ),
    RulePattern(
        slug="migration.agreed-first",
        text="Not without a yes: “<words>”.",
        each=True,
        cues=(
            rf"{_PIECE}(?P<words>[^,;:]{{3,60}} (?:has|have) to (?:agree|approve|confirm|sign)\b"
            r"[^,;]{0,60})",
            rf"{_PIECE}(?P<words>[^,;:]{{3,60}} (?:says yes|agrees|signs|confirms?|approves?|"
            r"sign for)\b[^,;]{0,60})",
            rf"{_PIECE}(?P<words>[^,;:]{{3,80}} only after [^,;]{{3,60}}\b(?:signed|agreed|"
            r"confirmed|approved))\b",
            r"(?P<words>\bnot before [^,;]{3,60}\b(?:signed|agreed|confirmed|approved))\b",
        ),
        mechanisms=(
            Mechanism("permission", "switch<Subject>", "refused until the yes is recorded"),
            Mechanism("test", "switch<Subject>", "without the yes, and with it taken back"),
        ),
    ),
    RulePattern(
        slug="migration.pause",
        text="The move pauses in these days: “<words>”. Copying goes on.",
        cues=(
            r"(?P<words>\bnothing (?:moves|is moved|is switched|goes over)\b[^;]{3,100})",
            r"(?P<words>\bnot (?:in|during|on) (?:the )?(?:payroll|month-end|exam|holiday|closing)"
            r" ?(?:week|days?|period)?s?\b[^;]{0,60})",
        ),
        yields_to=("migration.frozen-days", "migration.freeze"),
        mechanisms=(
            Mechanism("permission", "switch<Subject>", "refused from the first day to the last"),
            Mechanism("test", "switch<Subject>", "the evening before, both days, the day after"),
        ),
    ),
    RulePattern(
        slug="migration.counts",
        text="Counted and compared on both sides before the switch: “<words>”.",
        each=True,
        cues=(
            rf"{_PIECE}(?P<words>[^;:]{{0,60}}\b(?:numbers?|counts?|sums?|totals?|stock|salar(?:y|"
            r"ies)|fees?|amounts?|grades?|balances?)\b[^,;]{0,40}\b(?:must|has to|have to|is|are) "
            r"(?:be )?(?:match|agree|equal|identical|the same)\b[^,;]{0,50})",
        ),
        mechanisms=(
            Mechanism("job", "reconcile-<subjects->", "group by group; one that differs stays"),
            Mechanism("alert", "reconcile-<subjects->", "a group differs a day after its copy"),
            Mechanism("test", "switch<Subject>", "one row too few, one too many: refused"),
        ),
    ),
    RulePattern(
        slug="migration.checksums",
        text="Compared byte for byte: “<words>”.",
        cues=(rf"{_PIECE}(?P<words>[^,;:]{{0,60}}\b(?:checksums?|hash(?:es)?)\b[^,;]{{0,60}})",),
        mechanisms=(
            Mechanism("job", "copy-<subjects->", "SHA-256 before and after, kept with the move"),
            Mechanism("test", "copy-<subjects->", "one byte changed on its way is found"),
        ),
    ),
    RulePattern(
        slug="migration.sample",
        text="A sample is compared as a whole: “<words>”.",
        cues=(r"(?P<words>\ba sample of [^;]{3,100})",),
        mechanisms=(
            Mechanism("job", "reconcile-<subjects->", "drawn at random, anew for each part"),
            Mechanism("test", "reconcile-<subjects->", "one letter changed by hand is found"),
        ),
    ),
    RulePattern(
        slug="migration.by-hand-above",
        text="What differs is looked at by people: “<words>”.",
        cues=(
            rf"{_PIECE}(?P<words>[^,;:]{{3,80}}\b(?:counted|merged|put together|checked|decided) "
            rf"by "
            r"hand\b[^,;]{0,40})",
        ),
        yields_to=("migration.by-hand",),
        mechanisms=(
            Mechanism("state", "<subject>_move", "not verified before that is done"),
            Mechanism("interface", "list<Subject>Differences", "one list of what is left to do"),
        ),
    ),
    RulePattern(
        slug="migration.back-if",
        text="Gone back at once: “<words>”.",
        cues=(
            r"(?P<words>\bif\b[^;]{3,90}\b(?:go|goes|roll|switch|is rolled|is taken) back\b"
            r"[^,;]{0,30})",
        ),
        mechanisms=(
            Mechanism("job", "watch-switch", "counts at that moment and says go or back"),
            Mechanism("alert", "switch<Subject>", "half of what is allowed differs"),
            Mechanism("test", "return<Subject>", "just below, exactly, just above"),
        ),
    ),
    RulePattern(
        slug="migration.back-for",
        text="The way back stays open as long as was said: “<words>”.",
        cues=(
            rf"(?P<words>\b(?:within|for|during) (?:these |the )?{_SPAN}\b[^;]{{0,60}}\b(?:go|roll|"
            r"switch|be taken) back\b[^,;]{0,40})",
            rf"(?P<words>\b{_SPAN} way back\b[^,;]{{0,30}})",
            rf"(?P<words>\b(?:rollback|way back|return)\b[^,;]{{0,30}}\b(?:for|within) {_SPAN})",
        ),
        yields_to=("migration.way-back-within",),
        mechanisms=(
            Mechanism("permission", "return<Subject>", "open that long after switched_at"),
            Mechanism("test", "return<Subject>", "on the last day with all that happened since"),
        ),
    ),
    RulePattern(
        slug="migration.read-only",
        text="The old system can be read and not written: “<words>”.",
        cues=(
            rf"{_PIECE}(?P<words>[^;:]{{3,90}}\b(?:read-?only|stays? readable|remains? readable)\b"
            r"[^,;]{0,60})",
            rf"{_PIECE}(?P<words>while [^,;]{{3,30}} nothing can be changed in the old [a-z]+)",
        ),
        mechanisms=(
            Mechanism("permission", "old system", "write access is taken away, not only hidden"),
            Mechanism("test", "old system", "a write is refused, a look goes through"),
        ),
    ),
    RulePattern(
        slug="migration.one-side",
        text="Kept in one system at a time: “<words>”.",
        cues=(
            rf"{_PIECE}(?P<words>[^;:]{{3,80}}\b(?:in one system only|never in both|never half "
            rf"here "
            r"and half there)\b[^;]{0,40})",
        ),
        mechanisms=(
            Mechanism("constraint", "<subject>_moves_one_in_charge", "CHECK on state and side"),
            Mechanism("test", "switch<Subject>", "changed in the wrong system: refused"),
        ),
    ),
    RulePattern(
        slug="migration.window-named",
        text="Switched in this window alone: “<words>”.",
        cues=(
            r"(?P<words>\b(?:weekend of|on an?|between)\b[^;]{0,60}\b\d{1,2}(?::\d\d)?(?: ?(?:am|"
            r"pm))?\b ?(?:-|–|to|and) ?(?:\w+ )?\d{1,2}(?::\d\d)?\b[^,;]{0,20})",
            r"(?P<words>\b\d+ (?:hours?|minutes?) at most\b[^;]{0,40}\bat night\b)",
        ),
        yields_to=("migration.switch-window",),
        mechanisms=(
            Mechanism("permission", "switch<Subject>", "refused outside of that time"),
            Mechanism("test", "rollout", "a rehearsal on full data, with a stopwatch"),
        ),
    ),
    RulePattern(
        slug="migration.rights",
        text="Nobody sees more than before: “<words>”.",
        each=True,
        cues=(
            rf"{_PIECE}(?P<words>[^,;:]{{0,40}}\b(?:access|rights|permissions)\b[^,"
            rf";:]{{0,30}}\b(?:wider|"
            r"unchanged|the same)\b)",
            rf"{_PIECE}(?P<words>[^,;:]{{3,40}} sees? (?:their own|only|[a-z]+ but)\b[^,"
            rf";]{{0,40}})",
            r"(?P<words>\bwho could (?:read|see)\b[^;]{3,80})",
            r"(?P<words>\bgo(?:es)? on seeing only\b[^;]{3,60})",
        ),
        mechanisms=(
            Mechanism("test", "<words>", "old and new answers agree for each role"),
            Mechanism("alert", "<words>", "a right of the new system that the old one lacks"),
        ),
    ),
    RulePattern(
        slug="migration.not-taken",
        text="Not moved: “<words>”.",
        each=True,
        cues=(
            rf"{_PIECE}(?P<words>[^;:]{{3,90}}\b(?:are|is) not moved(?: but)? [^;]{{3,60}})",
            rf"{_PIECE}(?P<words>[^;:]{{3,90}}\b(?:stays?|are left|is left|remain) behind\b"
            r"[^,;]{0,40})",
        ),
        yields_to=("migration.left-behind",),
        mechanisms=(
            Mechanism("job", "copy-<subjects->", "skipped by the copy, counted and listed"),
            Mechanism("test", "copy-<subjects->", "what was skipped is no difference"),
        ),
    ),
    RulePattern(
        slug="migration.survives",
        text="It arrives as it was: “<words>”.",
        each=True,
        cues=(
            rf"{_PIECE}(?P<words>[^,;:]{{3,60}} (?:survives?|stays? the same|(?:must )?still "
            rf"works?|"
            r"must still work))\b",
            rf"{_PIECE}(?P<words>(?:nobody|nothing|none) must be missing)\b",
        ),
        yields_to=("migration.keeps-working",),
        mechanisms=(
            Mechanism("job", "reconcile-<subjects->", "compares it field by field"),
            Mechanism("test", "<words>", "looked up by the old reference in the new system"),
        ),
    ),
    RulePattern(
        slug="migration.quiet",
        text="Kept out of what the move writes or sends: “<words>”.",
        cues=(
            rf"{_PIECE}(?P<words>(?:no |never )?[^,;:]{{3,60}}\b(?:in|into) (?:the |any )"
            rf"?(?:mails or |"
            r"e-?mails or )?logs?\b[^,;]{0,30})",
            rf"{_PIECE}(?P<words>[^,;:]{{3,40}} (?:are|is) not (?:mailed|told|notified)\b[^,"
            rf";]{{0,40}})",
            rf"{_PIECE}(?P<words>passwords are not moved)\b",
        ),
        mechanisms=(
            Mechanism("test", "copy-<subjects->", "a run with known values, searched for in logs"),
            Mechanism("interface", "both systems", "mails are off for the account of the move"),
        ),
    ),
    RulePattern(
        slug="migration.rehearsal",
        text="Tried before it counts: “<words>”.",
        cues=(r"(?P<words>\b(?:test|trial) (?:move|migration|run)\b[^,;]{0,60})",),
        yields_to=("migration.shadow",),
        mechanisms=(
            Mechanism("test", "rollout", "on a full copy, with a stopwatch and the reconciliation"),
        ),
    ),
    RulePattern(
        slug="migration.pace",
        text="Not faster than this: “<words>”.",
        cues=(
            r"(?P<words>\b(?:not more than|at most|no more than) \d[\d,.]* [a-z]+ (?:a|per) "
            r"(?:second|"
            r"minute|hour|night)\b[^,;]{0,40})",
        ),
        mechanisms=(
            Mechanism("job", "copy-<subjects->", "a token bucket, by the clock of the site"),
            Mechanism("test", "copy-<subjects->", "a minute at full load stays below it"),
        ),
    ),
    RulePattern(
        slug="migration.failed-list",
        text="What fails is not lost: “<words>”.",
        cues=(r"(?P<words>\bwhat fails\b[^;]{3,80})",),
        mechanisms=(
            Mechanism("state", "<subject>_move", "stays waiting, with the reason"),
            Mechanism("interface", "list<Subject>Moves", "filtered by failed; tried again"),
            Mechanism("test", "copy-<subjects->", "a broken one does not stop the others"),
        ),
    ),
)
