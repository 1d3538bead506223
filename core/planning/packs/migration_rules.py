"""What a brief demands of a move: nothing twice, nothing lost, a double run, a way back, a day."""

from core.planning.model import Constraint, Entity, Field, Mechanism, Question
from core.planning.packs.pack import Choice, Contribution, Option, RulePattern, Threat

_BOTH = (
    r"\bparallel\b",
    r"\bside by side\b",
    r"\bdouble[- ]run\w*\b",
    r"\bshadow (?:run|calculation|mode|traffic)\b",
    r"\bboth (?:systems |providers )?run\b",
    r"\b(?:keep|run|running) both\b",
    r"\bboth (?:systems|providers|versions)\b.*\b(?:run|live|stay)\b",
)

MIGRATION_RULES: tuple[RulePattern, ...] = (
    RulePattern(
        slug="migration.one-in-charge",
        text="At any moment exactly one system is in charge of a <subject_>.",
        always=True,
        mechanisms=(
            Mechanism("constraint", "<subject>_moves_one_in_charge", "CHECK on state and side"),
            Mechanism("state", "<subject>_move", "waiting > copied > verified > switched"),
            Mechanism("test", "switch<Subject>", "two switches at once: the second one gets 409"),
        ),
    ),
    RulePattern(
        slug="migration.never-twice",
        text="A <subject_> is never charged twice for one period, whichever system charges: never "
        "two bills, and never none.",
        cues=(
            r"\b(?:charged?|billed|bill|debited|invoiced|pay|paid)\b.{0,30}\btwice\b",
            r"\bdouble[- ](?:charg|bill|book|debit)\w*\b",
            r"\btwo (?:bills|invoices|charges|payments|debits)\b",
            r"\bduplicate (?:charges?|payments?|invoices?|debits?)\b",
        ),
        mechanisms=(
            Mechanism(
                "constraint",
                "<subject>_charges_once",
                "UNIQUE over <subject_> and period; who inserts first may charge",
            ),
            Mechanism(
                "interface", "both systems", "the same Idempotency-Key for <subject_> and period"
            ),
            Mechanism("alert", "<subject>_charges", "a second charge of a period is refused"),
            Mechanism("test", "switch<Subject>", "switched in the minute in which a charge is due"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>_charge",
                    summary="The right to charge a <subject_> for one period, taken before it is "
                    "charged.",
                    fields=(
                        Field("<subject>_id", "ref", references="<subject>"),
                        Field("period_start", "date"),
                        Field("taken_by", "choice", choices=("old", "new")),
                        Field("provider_ref", "text", required=False),
                    ),
                    constraints=(
                        Constraint(
                            "<subject>_charges_once",
                            "unique",
                            '"<subject>_id", "period_start"',
                            "migration.never-twice",
                        ),
                    ),
                ),
            ),
            threats=(
                Threat(
                    "migration.charged-twice",
                    "switch<Subject>",
                    "T",
                    "A charge is under way in the old system while the <subject_> is switched; "
                    "the new one charges again.",
                    "The right to charge a period is one row that only one system can insert; "
                    "no switch within a day of a due charge.",
                    2,
                    3,
                ),
            ),
            choices=(
                Choice(
                    "migration.charge-right",
                    "Take the right to charge a period in our database before either provider is "
                    "asked.",
                    "Both providers keep their own idempotency, and neither knows the other; one "
                    "unique constraint knows both.",
                    "data",
                    (
                        Option("Trust the cut-over hour", "retries and late charges cross it"),
                        Option("Find and refund doubles", "the money has left the account by then"),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="migration.no-loss",
        text="Nothing is lost: “<words>”. Each <subject_> is compared field by field before it is "
        "switched.",
        cues=(
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{0,200}\b(?:loses?|losing|lost|loss)\b.{0,60})",
            r"(?P<words>\bnothing\b.{0,40}\b(?:missing|forgotten)\b.{0,40})",
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{0,200}\bkeep (?:their|his|her|its|the same|"
            r"all)\b.{0,60})",
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{3,200}\bunchanged\b.{0,40})",
        ),
        mechanisms=(
            Mechanism(
                "constraint", "<subject>_moves_verified_first", "CHECK: no switch unverified"
            ),
            Mechanism("job", "reconcile-<subjects->", "counts, sums and fields of both systems"),
            Mechanism("alert", "reconcile-<subjects->", "the counts of both systems disagree"),
            Mechanism("test", "copy-<subjects->", "broken off and repeated: same rows, no more"),
        ),
    ),
    RulePattern(
        slug="migration.volume",
        text="All <words> <subjects_> are moved: the counts of both systems agree.",
        cues=(
            r"(?P<near>\b(?:\d{1,3}(?:,\d{3})+|\d+ ?k\b|\d{5,}|\d[\d.]* ?(?:million|thousand)\b))",
        ),
        quantity="count",
        describes=True,
        mechanisms=(
            Mechanism("job", "reconcile-<subjects->", "expects <value>, and what was new since"),
            Mechanism("test", "copy-<subjects->", "a full copy of <value> rows, timed"),
        ),
    ),
    RulePattern(
        slug="migration.currencies",
        text="Amounts keep their currency; sums are reconciled for each currency on its own.",
        cues=(r"\bcurrenc(?:y|ies)\b",),
        mechanisms=(
            Mechanism("job", "reconcile-<subjects->", "one sum for each currency, never converted"),
            Mechanism("test", "copy-<subjects->", "a currency without decimals, one with three"),
        ),
    ),
    RulePattern(
        slug="migration.sepa",
        text="SEPA mandates move with their reference and the day of signature: nobody signs "
        "again.",
        cues=(r"\bSEPA\b", r"\bdirect debits?\b"),
        mechanisms=(
            Mechanism(
                "constraint",
                "<subject>_moves_mandate_whole",
                "CHECK: a mandate has its reference and its day",
            ),
            Mechanism("test", "switch<Subject>", "the first debit after the switch is recurring"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>_move",
                    fields=(
                        Field("mandate_reference", "text", required=False, unique=True),
                        Field("mandate_signed_on", "date", required=False),
                    ),
                    constraints=(
                        Constraint(
                            "<subject>_moves_mandate_whole",
                            "check",
                            '("mandate_reference" IS NULL) = ("mandate_signed_on" IS NULL)',
                            "migration.sepa",
                        ),
                    ),
                ),
            ),
            questions=(
                Question(
                    "migration.sepa-creditor",
                    "Does the new provider debit under our own creditor identifier, or under its "
                    "own, so that the SEPA mandates must be amended and announced?",
                    "Under our own; debits are announced 14 days before the first one.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="migration.parallel",
        text="Parallel run of <words>: the new system computes along, and only one of them acts.",
        cues=_BOTH,
        quantity="duration",
        mechanisms=(
            Mechanism("job", "reconcile-<subjects->", "every night of the parallel run"),
            Mechanism("alert", "parallel run", "it is older than <value> and not all has switched"),
            Mechanism("test", "reconcile-<subjects->", "a difference of a cent is found"),
        ),
    ),
    RulePattern(
        slug="migration.double-run",
        text="Both systems run side by side for a time: one acts, the other one is compared.",
        cues=_BOTH,
        unless=r"\b(?:hours?|days?|weeks?|months?|years?)\b",
        mechanisms=(
            Mechanism("job", "reconcile-<subjects->", "every night of the double run"),
            Mechanism("test", "reconcile-<subjects->", "a difference of a cent is found"),
        ),
        adds=Contribution(
            questions=(
                Question(
                    "migration.double-run-length",
                    "For how long do both systems run, and what does the old one cost meanwhile?",
                    "For one month, or two whole periods if they are longer.",
                ),
            ),
        ),
    ),
)
