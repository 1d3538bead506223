"""What a brief may demand of the switch itself: the way back, what must agree, and when."""

from core.planning.model import Mechanism, Question
from core.planning.packs.pack import Contribution, Job, Note, RulePattern

MIGRATION_SWITCH_RULES: tuple[RulePattern, ...] = (
    RulePattern(
        slug="migration.way-back",
        text="There is a way back: each <subject_> can be returned to the old system, with what "
        "happened since.",
        cues=(
            r"\b(?:go|going|roll|rolling|fall|switch|switched|step) ?back\b",
            r"\bway back\b",
            r"\b(?:rollback|fallback|revert|reverse|undo)\b",
        ),
        always=True,
        mechanisms=(
            Mechanism("interface", "return<Subject>", "for one <subject_>, for a wave, for all"),
            Mechanism("job", "copy-<subjects->", "after the switch from the new system to the old"),
            Mechanism(
                "test", "return<Subject>", "switch, change in the new one, return: all there"
            ),
        ),
        adds=Contribution(
            questions=(
                Question(
                    "migration.way-back-end",
                    "Until when must going back be possible, and does the contract of the old "
                    "system last that long?",
                    "Until the end of the double run; the contract lasts at least two weeks more.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="migration.compared",
        text="Every night both systems are compared, and each difference is listed with its "
        "reason.",
        cues=(
            r"\b(?:nightly|daily) (?:comparison|reconciliation|check)\b",
            r"\b(?:compared?|reconciled?|comparing)\b.{0,40}\b(?:old|both|each other|with)\b",
            r"\b(?:report|list) of (?:all |the )?differences\b",
        ),
        mechanisms=(
            Mechanism("job", "reconcile-<subjects->", "counts, sums and fields, every night"),
            Mechanism("interface", "list<Subject>Differences", "for people and as a report"),
            Mechanism("test", "reconcile-<subjects->", "one field changed by hand is found"),
        ),
    ),
    RulePattern(
        slug="migration.exact",
        text="Amounts agree to the cent: only a difference of 0.00 counts as equal.",
        cues=(r"\bto the cent\b", r"\b0[.,]00\b", r"\b(?:exactly|equal|identical)\b"),
        describes=True,
        mechanisms=(
            Mechanism("job", "reconcile-<subjects->", "numeric comparison, no rounding"),
            Mechanism("test", "reconcile-<subjects->", "half a cent, three currencies, zero"),
        ),
    ),
    RulePattern(
        slug="migration.tolerance",
        text="The next wave waits until no more than <words> differ.",
        cues=(r"\b(?:differ\w*|deviat\w+|mismatch\w*|wrong)\b",),
        quantity="share",
        mechanisms=(
            Mechanism(
                "job", "reconcile-<subjects->", "the gate of a wave opens at <value> percent"
            ),
            Mechanism("alert", "reconcile-<subjects->", "more than <value> percent differ"),
            Mechanism("test", "switch<Subject>", "refused just above <value> percent"),
        ),
    ),
    RulePattern(
        slug="migration.steps",
        text="It moves in the parts and the order that the brief names: “<words>”.",
        cues=(
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{0,200}\b(?:one after (?:the other|another)|one by "
            r"one|(?P<same>[a-z]{4,}) by (?P=same))\b.{0,40})",
        ),
        mechanisms=(
            Mechanism("state", "<subject>_move", "wave holds the part"),
            Mechanism("test", "switch<Subject>", "one part has switched, its neighbour has not"),
        ),
    ),
    RulePattern(
        slug="migration.by-hand",
        text="What cannot be compared by a machine is checked by people and signed off.",
        cues=(r"\b(?:checked|compared|moved|entered|verified) (?:by hand|manually)\b",),
        mechanisms=(
            Mechanism("state", "<subject>_move", "not verified before the sign-off"),
            Mechanism("test", "switch<Subject>", "refused without the sign-off"),
        ),
        adds=Contribution(
            questions=(
                Question(
                    "migration.hand-list",
                    "Which <subjects_> have to be checked by hand, who does it, and how long does "
                    "one take?",
                    "Two people each, ten minutes for one; they go last.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="migration.left-behind",
        text="Not moved: “<words>”. It stays readable in an archive of the old system.",
        cues=(
            r"^(?:but |and )?(?P<words>.{3,80}?) (?:is|are) not (?:taken over|moved|migrated|"
            r"copied)\b",
        ),
        each=True,
        describes=True,
        mechanisms=(
            Mechanism("job", "<words>", "skipped by the copy, and counted"),
            Mechanism("test", "<words>", "what was skipped is no difference"),
        ),
    ),
    RulePattern(
        slug="migration.keeps-working",
        text="Keeps working through the move: “<words>”.",
        cues=(
            r"^(?:but |and )?(?P<words>.{3,80}?) (?:must )?(?:keeps? working|stays? valid|"
            r"still works?)\b",
        ),
        each=True,
        mechanisms=(
            Mechanism("interface", "<words>", "the old reference still finds it"),
            Mechanism("test", "<words>", "looked up by the old reference in the new system"),
        ),
    ),
    RulePattern(
        slug="migration.freeze",
        text="Nothing is switched around <words>: waves pause, copying goes on.",
        cues=(
            r"\b(?:nothing|no \w+) (?:is|may be|must be|gets) (?:migrated|moved|switched)\b",
            r"\bfreeze\b",
        ),
        unless=r"\d{1,2}(?:st|nd|rd|th)? (?:of )?[a-z]{3,9} (?:to|until|till|and|through|-|–) \d",
        quantity="date",
        describes=True,
        mechanisms=(
            Mechanism("permission", "switch<Subject>", "refused in the days of the freeze"),
            Mechanism("test", "switch<Subject>", "the last minute before, the first one after"),
        ),
    ),
    RulePattern(
        slug="migration.deadline",
        text="Deadline of <words>: the last <subject_> is switched two weeks before, the last "
        "wave begins six weeks before.",
        cues=(
            r"\b(?:before|by|until|end|ends|ended|expires?|runs? out|deadline|due|latest|"
            r"shut ?down|switched off|terminat\w+)\b",
        ),
        quantity="date",
        mechanisms=(
            Mechanism(
                "alert", "<subject>_moves", "at the pace of the last waves <words> is missed"
            ),
            Mechanism("job", "watch-deadline", "every morning: left to switch, days left"),
        ),
        adds=Contribution(
            jobs=(
                Job(
                    "watch-deadline",
                    "every morning",
                    "Counts the <subjects_> left and the days until <words>.",
                    "the pace of the last three waves does not reach <words>",
                ),
            ),
            questions=(
                Question(
                    "migration.late",
                    "What if not all is moved by <words>: can the old system be prolonged, for how "
                    "long and at which price?",
                    "By a month, to be agreed on before the first wave.",
                ),
            ),
            notes=(
                Note(
                    "it_admin",
                    "step",
                    "Plan backwards from <words>: double run, waves and two weeks to spare; the "
                    "start date falls out of it, and is the first thing to check.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="migration.downtime",
        text="The move needs no downtime: a <subject_> is locked for the seconds of its own "
        "switch.",
        cues=(
            r"\b(?:no|without|zero|minimal|avoid) (?:any )?(?:downtime|interruptions?|outages?)\b",
            r"\b(?:not|never) (?:be )?(?:interrupted|offline|unavailable|down)\b",
        ),
        unless=r"\b(?:minutes?|hours?)\b",
        mechanisms=(
            Mechanism("interface", "switch<Subject>", "row lock, at most two seconds"),
            Mechanism("alert", "switch<Subject>", "a switch takes longer than two seconds"),
            Mechanism("test", "switch<Subject>", "a write in the very moment waits, is not lost"),
        ),
    ),
    RulePattern(
        slug="migration.window",
        text="Nothing is out of service for more than <words>.",
        cues=(
            r"\b(?:downtime|outage|interruption|maintenance window|offline|unavailable|down for)\b",
            r"\b(?:switch|cut-?over)\b.{0,40}\btakes?\b",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("alert", "migration", "out of service for more than half of <value>"),
            Mechanism("test", "rollout", "a rehearsal on full data, with a stopwatch"),
        ),
    ),
)
