"""Migration: from one system to another, in phases, with a double run and a way back."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Question
from core.planning.packs.migration_case_rules import MIGRATION_CASE_RULES
from core.planning.packs.migration_gate_rules import MIGRATION_GATE_RULES
from core.planning.packs.migration_nouns import MIGRATION_NOUNS
from core.planning.packs.migration_rules import MIGRATION_RULES
from core.planning.packs.migration_switch_rules import MIGRATION_SWITCH_RULES
from core.planning.packs.pack import Choice, Contribution, Job, Note, Option, Pack, Threat

_OLD = r"(?:old|current|existing|present|home-?grown|legacy|in-house|previous)"

MIGRATION = Pack(
    slug="migration",
    title="Move from one system to another",
    cues=(
        r"\bmigrat(?:e|es|ing|ion)\b",
        r"\b(?:we|our)\b.{0,60}\b(?:move|switch|change)\b.{0,80}\bfrom\b.{1,80}\bto\b",
        rf"\b(?:move|moving|switch|switching) (?:\w+ ){{0,4}}from (?:our|the|an?) {_OLD}\b",
        rf"\b(?:replace|replacing|retire|retiring) (?:our|the) {_OLD}\b",
        r"\breplac(?:e|ing) (?:our|the) .{3,60}? (?:with|by) (?:the|an?|our) new\b",
        r"\bwe(?:'re| are)? (?:leav(?:e|ing)|get(?:ting)? off) (?-i:[A-Z])\w+\b",
        r"\b(?:move|switch|change) (?:our|all|the) .{1,60}?\bfrom (?-i:[A-Z])\w+ to\b",
        r"\b(?:mainframe|old (?:[a-z]+ )?(?:system|server|provider|"
        r"software))\b.{0,40}\bswitched off\b",
        r"\bcut-?over\b",
    ),
    unless=r"\b(?:excel|spreadsheets?|google sheets?|paper|whiteboard|clipboard|database "
    r"migration|new (?:address|flat|house|home|office))\b",
    nouns=MIGRATION_NOUNS,
    kind="migration",
    alone=True,
    instead_of=("speed",),
    rules=(
        *MIGRATION_RULES,
        *MIGRATION_SWITCH_RULES,
        *MIGRATION_CASE_RULES,
        *MIGRATION_GATE_RULES,
    ),
    brings=Contribution(
        entities=(
            Entity(
                "<party>",
                summary="Exists already; whom the <subjects_> belong to.",
                fields=(Field("old_ref", "text", unique=True, existing=True),),
                existing=True,
            ),
            Entity(
                "<subject>",
                summary="Exists already, in the old system and as a copy of it; is what moves.",
                fields=(
                    Field("<party>_id", "ref", references="<party>", existing=True),
                    Field("old_ref", "text", unique=True, existing=True),
                    Field("status", "text", existing=True),
                ),
                existing=True,
            ),
            Entity(
                "<besides>",
                summary="Exists already, in both systems; is copied and counted like <subjects_>.",
                fields=(Field("old_ref", "text", unique=True, existing=True),),
                existing=True,
            ),
            Entity(
                "<further>",
                summary="Exists already, in both systems; is copied and counted like <subjects_>.",
                fields=(Field("old_ref", "text", unique=True, existing=True),),
                existing=True,
            ),
            Entity(
                "<result>",
                summary="Exists already, made by each of the two systems; is what is compared.",
                fields=(
                    Field("<subject>_id", "ref", references="<subject>", existing=True),
                    Field("period_start", "date", existing=True),
                    Field("amount", "money", existing=True),
                ),
                existing=True,
            ),
            Entity(
                "<subject>_move",
                summary="How far the move of one <subject_> is, and which system is in charge of "
                "it.",
                fields=(
                    Field(
                        "<subject>_id",
                        "ref",
                        references="<subject>",
                        unique=True,
                    ),
                    Field("wave", "integer", default="0"),
                    Field(
                        "status",
                        "choice",
                        choices=("waiting", "copied", "verified", "switched", "returned"),
                        default="'waiting'",
                    ),
                    Field("in_charge", "choice", choices=("old", "new"), default="'old'"),
                    Field("new_ref", "text", required=False, unique=True),
                    Field("verified_at", "moment", required=False),
                    Field("switched_at", "moment", required=False),
                ),
                constraints=(
                    Constraint(
                        "<subject>_moves_verified_first",
                        "check",
                        '"in_charge" = \'old\' OR ("verified_at" IS NOT NULL AND "new_ref" IS '
                        "NOT NULL)",
                        "migration.no-loss",
                    ),
                    Constraint(
                        "<subject>_moves_one_in_charge",
                        "check",
                        "(\"status\" = 'switched') = (\"in_charge\" = 'new')",
                        "migration.one-in-charge",
                    ),
                ),
                indexes=(
                    Index(
                        "<subject>_moves_by_state",
                        '"status", "wave", "id"',
                        serves="list<Subject>Moves",
                    ),
                ),
            ),
            Entity(
                "<subject>_difference",
                summary="A field in which the two systems disagree about a <subject_>.",
                fields=(
                    Field(
                        "<subject>_move_id",
                        "ref",
                        references="<subject>_move",
                        on_delete="CASCADE",
                    ),
                    Field("field_name", "text"),
                    Field("old_value", "text", required=False),
                    Field("new_value", "text", required=False),
                    Field("resolved_at", "moment", required=False),
                    Field("explanation", "long_text", required=False),
                ),
                constraints=(
                    Constraint(
                        "<subject>_differences_explained",
                        "check",
                        '"resolved_at" IS NULL OR length(trim(coalesce("explanation", \'\'))) > 0',
                    ),
                ),
                indexes=(
                    Index(
                        "<subject>_differences_open",
                        '"<subject>_move_id", "field_name"',
                        '"resolved_at" IS NULL',
                        unique=True,
                        serves="reconcile-<subjects->",
                    ),
                ),
            ),
        ),
        actions=(
            Action(
                "list<Subject>Moves",
                "List how far each <subject_> has moved",
                "<subject>_move",
                "GET",
                "/migration/<subjects->",
                filters=("status",),
                page="Migration",
                permission="people who run the migration",
                many=True,
            ),
            Action(
                "switch<Subject>",
                "Put the new system in charge of a <subject_>",
                "<subject>_move",
                "POST",
                "/migration/<subjects->/{<subject>_id}/switch",
                page="Migration",
                permission="people who run the migration",
                rules=("migration.one-in-charge", "migration.no-loss", "migration.never-twice"),
            ),
            Action(
                "return<Subject>",
                "Put the old system back in charge of a <subject_>",
                "<subject>_move",
                "POST",
                "/migration/<subjects->/{<subject>_id}/return",
                page="Migration",
                permission="people who run the migration",
                rules=("migration.way-back", "migration.one-in-charge"),
            ),
            Action(
                "list<Subject>Differences",
                "List what the two systems disagree about",
                "<subject>_difference",
                "GET",
                "/migration/<subject>-differences",
                page="Reconciliation",
                permission="people who run the migration",
                many=True,
            ),
            Action(
                "explain<Subject>Difference",
                "Close a difference with its explanation",
                "<subject>_difference",
                "PATCH",
                "/migration/<subject>-differences/{<subject>_difference_id}",
                body=("explanation",),
                page="Reconciliation",
                permission="people who run the migration; never who caused it",
                rules=("migration.no-loss",),
            ),
        ),
        jobs=(
            Job(
                "copy-<subjects->",
                "every five minutes",
                "Copies what has changed in the old system, wave by wave; a repeat finds the "
                "same new_ref and changes nothing.",
                "the copy is more than 30 minutes behind the old system",
            ),
            Job(
                "reconcile-<subjects->",
                "every night, and after each wave",
                "Compares counts, sums and each field of both systems, and records what differs.",
                "a difference is open for more than a day, or the counts disagree at all",
            ),
        ),
        threats=(
            Threat(
                "migration.two-in-charge",
                "switch<Subject>",
                "T",
                "Both systems believe to be in charge of a <subject_>, and both act.",
                "One column says who is; both ask it before they act, and the old system's write "
                "access to a switched <subject_> is taken away.",
                2,
                3,
            ),
            Threat(
                "migration.stale-return",
                "return<Subject>",
                "T",
                "Going back loses what happened in the new system since the switch.",
                "What the new system does is written to the old one too, as long as there is a "
                "way back; the reconciliation checks both directions.",
                2,
                3,
            ),
            Threat(
                "migration.explained-away",
                "explain<Subject>Difference",
                "R",
                "A difference is closed to make a gate turn green.",
                "An explanation with the person's name is mandatory; a second person reads all of "
                "them before the next wave.",
                2,
                2,
            ),
            Threat(
                "migration.copy-leak",
                "*",
                "I",
                "The copies on their way (files, queues, test systems) hold everything there is.",
                "Copied over TLS from system to system without files; test runs use made-up rows; "
                "what remains is deleted with the old system.",
                2,
                3,
            ),
        ),
        choices=(
            Choice(
                "migration.waves",
                "Move in waves that can each be stopped: copy, compare, switch 1 percent, then "
                "10, 50 and all.",
                "A fault shows on few <subjects_>, and each wave has numbers that decide on the "
                "next one.",
                "process",
                (
                    Option(
                        "All at once in one night", "a fault at 3 o'clock hits every <subject_>"
                    ),
                    Option(
                        "New <subjects_> only, and wait for old ones to end",
                        "two systems for years, and the old one cannot be switched off",
                    ),
                ),
                "when two waves in a row show no difference: make the next one larger",
            ),
            Choice(
                "migration.in-charge",
                "Per <subject_>, exactly one system is in charge; a column says which, and both "
                "obey it.",
                "A double run compares two systems; it must not let two systems act.",
                "architecture",
                (
                    Option(
                        "A switch for everything at once", "cannot go in waves, nor back for one"
                    ),
                    Option("Both act and are cleaned up later", "acts twice on real people"),
                ),
            ),
            Choice(
                "migration.copy-by-reference",
                "Copy by the old system's reference, as an upsert: every copy may be repeated.",
                "A copy will break off in the middle. Starting it again must be the answer.",
                "data",
                (
                    Option("One export file, loaded once", "is stale when it is loaded"),
                    Option("Write to both from today on", "says nothing about older rows"),
                ),
                role="dba",
            ),
        ),
        questions=(
            Question(
                "migration.decision",
                "Who decides on the next wave and on going back, and by which numbers?",
                "The owner of the product: back when more than 1 in 1,000 <subjects_> differ "
                "without an explanation.",
            ),
            Question(
                "migration.history",
                "Is the history of <subjects_> moved too, or read in the old system until it is "
                "not needed any more?",
                "The last two years are moved; older ones are kept as an archive.",
            ),
            Question(
                "migration.mapping",
                "Which states and fields of the old system have no counterpart in the new one?",
                "Whatever has none stops its <subject_> before the switch, and is listed.",
            ),
        ),
        notes=(
            Note(
                "it_admin",
                "step",
                "Phase 1, copy: all <subjects_> are copied and kept fresh; the old system stays "
                "in charge of each.",
            ),
            Note(
                "it_admin",
                "step",
                "Phase 2, double run: the new system computes along without acting; go on when a "
                "reconciliation has shown no unexplained difference for five nights.",
            ),
            Note(
                "it_admin",
                "step",
                "Phase 3, switch in waves: 1 percent, 10, 50, all; a night of reconciliation "
                "between any two.",
            ),
            Note(
                "it_admin",
                "step",
                "Phase 4, way back kept open: the old system gets what the new one does; try "
                "`return` on one <subject_> of each wave, for real.",
            ),
            Note(
                "it_admin",
                "step",
                "Phase 5, end: the old system is set to read-only, archived, and its access "
                "revoked; only now is there no way back.",
            ),
            Note(
                "dba",
                "query",
                'SELECT "in_charge", "status", count(*) FROM "<subject>_moves" GROUP BY 1, 2; '
                "-- must add up to the old system's count, every night",
            ),
            Note(
                "frontend_dev",
                "state",
                "The page asks which system is in charge before it offers a change; in the "
                "minute of a switch it shows the row as locked.",
            ),
        ),
    ),
)
