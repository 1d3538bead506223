"""Workflow: a thing goes through named states, by people who may move it, in time."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Question
from core.planning.packs.pack import (
    Choice,
    Contribution,
    Note,
    Noun,
    Option,
    Pack,
    Threat,
)
from core.planning.packs.workflow_rules import WORKFLOW_RULES
from core.planning.reading.states import STATE_LIST

_SUBJECT = Entity(
    "<subject>",
    fields=(
        Field("state", "choice", choices=("<eachstate>",), default="'<firststate>'"),
        Field("previous_state", "choice", False, choices=("<eachstate>",)),
        Field("state_changed_at", "moment", default="now()"),
    ),
    constraints=(
        Constraint(
            "<subjects>_begin",
            "check",
            'CASE WHEN "previous_state" IS NULL THEN "state" = \'<firststate>\' AND "move_kind" IS '
            'NULL ELSE "move_kind" IS NOT NULL END',
            "workflow.moves",
        ),
    ),
    indexes=(Index("<subjects>_by_state", '"state", "state_changed_at"', serves="list<Subjects>"),),
)
_TRANSITION = Entity(
    "<subject>_transition",
    summary="One move of a <subject_> from a state to another; inserted, never changed.",
    fields=(
        Field("<subject>_id", "ref", references="<subject>"),
        Field("sequence_no", "integer"),
        Field("previous_no", "integer", required=False),
        Field("from_state", "choice", choices=("<eachstate>",)),
        Field("to_state", "choice", choices=("<eachstate>",)),
        Field("moved_by_id", "ref", False, references="user"),
        Field("reason", "long_text", required=False),
    ),
    constraints=(
        Constraint(
            "<subject>_transitions_once",
            "unique",
            '"<subject>_id", "sequence_no"',
            "workflow.history",
        ),
        # The target of the chain below.
        Constraint(
            "<subject>_transitions_end_key",
            "unique",
            '"<subject>_id", "sequence_no", "to_state"',
            "workflow.history",
        ),
        Constraint(
            "<subject>_transitions_chained",
            "foreign_key",
            '("<subject>_id", "previous_no", "from_state") REFERENCES "<subject>_transitions" '
            '("<subject>_id", "sequence_no", "to_state")',
            "workflow.history",
        ),
        Constraint(
            "<subject>_transitions_numbered",
            "check",
            'CASE WHEN "previous_no" IS NULL THEN "sequence_no" = 1 AND "from_state" = '
            '\'<firststate>\' ELSE "sequence_no" = "previous_no" + 1 END',
            "workflow.history",
        ),
    ),
)

WORKFLOW = Pack(
    slug="workflow",
    title="Workflow",
    cues=(
        r"\b(?:goes|go|moves?|pass(?:es)?|progress(?:es)?|runs?|advances?) (?:\w+ ){0,2}?from "
        r"[a-z -]{2,40} to\b",
        r"\bfrom [a-z][a-z -]{1,25} to [a-z][a-z -]{1,25} (?:to|and (?:then )?to)\b",
        r"\b(?:states|statuses|stages|status)\b.{0,12}(?::| are| is| can be| of)? [a-z]",
        r"\b[a-z]+ ?(?:->|→) ?[a-z]+",
        r"\bworkflow\b",
    ),
    unless=r"\b(?:failed|wrong) (?:attempts?|passwords?|pins?|codes?|log-?ins?)\b",  # a lock
    nouns=(
        Noun(
            "states",
            (
                rf"\bfrom {STATE_LIST}",
                rf"\b(?:states|statuses|stages|status)(?: can be| are| is| of)?:? {STATE_LIST}",
                rf"(?:: |\(|^){STATE_LIST}",
                r"(?P<states>[a-z]+(?: [a-z]+)?(?:(?: ?\([^()]{1,60}\))? ?(?:->|→) ?[a-z]+"
                r"(?: [a-z]+)?){1,7})",
            ),
        ),
        Noun(
            "subject",
            (
                r"\b(?P<before>[a-z]+(?: [a-z]+)?) (?:goes|go|moves?|pass(?:es)?|progress(?:es)?|"
                r"runs?|advances?)\b.{0,20}\bfrom\b",
                r"^(?:an? |each |every |the )?(?P<before>[a-z]+(?: [a-z]+)?) (?:goes|go|moves?) "
                r"[a-z]+ ?(?:->|→)",
                r"\b(?:status|states|statuses|stages) of (?:an? |the )?(?P<after>.+)",
                r"\b(?P<before>[a-z]+(?: [a-z]+)?) (?:has|have) (?:the |a )?(?:states?|status|"
                r"statuses|stages)\b",
                r"\bmoves? (?:an? |the )?(?P<after>[a-z]+(?: [a-z]+)?) from\b",
            ),
            fallback="@main",
        ),
    ),
    implies=("records",),
    rules=WORKFLOW_RULES,
    brings=Contribution(
        entities=(_SUBJECT, _TRANSITION),
        actions=(
            Action(
                "move<Subject>",
                "Move a <subject_> to another state",
                "<subject>_transition",
                "POST",
                "/<subjects->/{<subject>_id}/transitions",
                body=("to_state", "reason?"),
                page="<Subject_>",
                permission="owner, or the role that the state belongs to",
                rules=("workflow.moves", "workflow.history", "workflow.who", "workflow.back"),
            ),
            Action(
                "list<Subject>Transitions",
                "List how a <subject_> came to its state",
                "<subject>_transition",
                "GET",
                "/<subjects->/{<subject>_id}/transitions",
                page="<Subject_>",
                permission="who may see the <subject_>",
                many=True,
            ),
        ),
        threats=(
            Threat(
                "workflow.skip",
                "move<Subject>",
                "T",
                "A script moves a <subject_> past a state that somebody should have looked at.",
                "The database knows the moves; an import or a script is refused like anybody.",
                2,
                3,
            ),
            Threat(
                "workflow.denied",
                "move<Subject>",
                "R",
                "Somebody denies having moved a <subject_>.",
                "Moves are inserted, never changed, and chained one to the next.",
                1,
                2,
            ),
        ),
        choices=(
            Choice(
                "workflow.in-database",
                "Keep the moves of a <subject_> as checks in the database, and each move as a row "
                "of its own.",
                "A state is reached by one known way, whoever writes; a new state is a reviewed "
                "migration, and the history answers who and when.",
                "architecture",
                (
                    Option(
                        "A table of allowed moves that people edit",
                        "pays when every team wants its own way; then nobody reviews a change",
                    ),
                    Option("A workflow engine", "runs beside the data and has to agree with it"),
                    Option("Only in application code", "imports and scripts walk around it"),
                ),
                revisit="when moves differ by team, or run in parallel",
            ),
        ),
        questions=(
            Question(
                "workflow.back",
                "May a <subject_> go back, or be cancelled, and from which states?",
                "Only forward: <states>.",
            ),
            Question(
                "workflow.visible",
                "Who sees a <subject_> in which state?",
                "Its owner and who works on it, in every state; nobody else.",
            ),
            Question(
                "workflow.who",
                "Who may make which move?",
                "The owner makes the first move; a role that works on it makes the others.",
            ),
        ),
        notes=(
            Note(
                "dba",
                "query",
                'Move: UPDATE "<subjects>" SET "previous_state" = "state", "state" = $2, '
                '"move_kind" = $4, "state_changed_at" = now() WHERE "id" = $1 AND '
                '"state" = $3, then insert the '
                "transition with the next number; no row updated means 409.",
            ),
            Note(
                "ui_ux",
                "flow",
                "Show the moves that are possible for this person as buttons, the state as text "
                "with an icon, and the history below.",
            ),
        ),
    ),
)
