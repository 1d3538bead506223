"""Steps: what people do with a thing that the brief says in one verb, whatever the verb."""

from dataclasses import replace

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import (
    Choice,
    Contribution,
    Note,
    Noun,
    Option,
    Pack,
    RulePattern,
    Threat,
)

_STEPPED = Entity(
    "<subject>",
    fields=(
        Field("<past>_at", "moment", required=False),
        Field("<past>_by_id", "ref", False, references="user"),
    ),
    constraints=(
        Constraint(
            "<subjects>_<past>_by_somebody",
            "check",
            '("<past>_at" IS NULL) = ("<past>_by_id" IS NULL)',
        ),
    ),
    indexes=(
        Index(
            "<subjects>_<past>",
            '"<past>_at" DESC',
            where='"<past>_at" IS NOT NULL',
            serves="list<Subjects>",
        ),
    ),
)

_KEPT = (
    Mechanism(
        "constraint",
        "<subjects>_<past>_by_somebody",
        "CHECK: the time and the person are both set, or none",
    ),
)
# The operation says by which rule it goes, beside what the pack brings of it.
_CALL = Action(
    "<call><Subject>",
    "Record that a <subject_> was <past_>",
    "<subject>",
    "POST",
    "/<subjects->/{<subject>_id}/<step->",
    actors=("<eachrole>",),
    page="<Subject_>",
    permission="<doer>",
)

STEPS_RULES = (
    RulePattern(
        slug="steps.once",
        text="A <subject_> is <past_> once, by <by>; the person and the time stay on record.",
        mechanisms=(
            *_KEPT,
            Mechanism(
                "interface",
                "<call><Subject>",
                "sets both where they are empty; the same person again gets the first answer, "
                "anybody else 409 with who did it and when",
            ),
            Mechanism("test", "<call><Subject>", "twice by one person, then by another: one stamp"),
        ),
        adds=Contribution(actions=(replace(_CALL, rules=("steps.once",)),)),
    ),
    RulePattern(
        slug="steps.again",
        text="A <subject_> is <past_> by <by>, time and again: the last person and time stand on "
        "it.",
        mechanisms=(
            *_KEPT,
            Mechanism(
                "interface",
                "<call><Subject>",
                "overwrites both; what stood there before is in the audit",
            ),
            Mechanism("test", "<call><Subject>", "by two people: the later one stands there"),
        ),
        adds=Contribution(actions=(replace(_CALL, rules=("steps.again",)),)),
    ),
    RulePattern(
        slug="steps.undone",
        text="A <subject_> that is <past_> can be <undone_> by <by>; then it can be <past_> anew.",
        mechanisms=(
            Mechanism(
                "interface",
                "<undocall><Subject>",
                "empties the time and the person of the step; 409 where there is nothing to undo",
            ),
            Mechanism("test", "<undocall><Subject>", "undone twice: the second changes nothing"),
        ),
        adds=Contribution(
            actions=(
                Action(
                    "<undocall><Subject>",
                    "Record that a <subject_> was <undone_>",
                    "<subject>",
                    "POST",
                    "/<subjects->/{<subject>_id}/<undo->",
                    actors=("<eachrole>",),
                    page="<Subject_>",
                    permission="<doer>",
                    rules=("steps.undone",),
                ),
            ),
            threats=(
                Threat(
                    "steps.undone.<undo>",
                    "<undocall><Subject>",
                    "R",
                    "Somebody undoes what another did to a <subject_>, and nobody knows who.",
                    "The audit keeps who undid it and what stood there before.",
                    2,
                    2,
                ),
            ),
        ),
    ),
    RulePattern(
        slug="steps.one-out",
        text="A <whole_> is out once at a time: the next loan begins when it was <past_>.",
        mechanisms=(
            Mechanism("constraint", "<subjects>_one_out", "partial UNIQUE index"),
            Mechanism("interface", "create<Subject>", "409 with who has it while it is out"),
            Mechanism("test", "create<Subject>", "two hand out the same one at once: one wins"),
        ),
        adds=Contribution(
            entities=(
                Entity("<whole>", summary="What goes out and comes back.", existing=True),
                Entity(
                    "<subject>",
                    fields=(Field("<whole>_id", "ref", references="<whole>"),),
                    indexes=(
                        Index(
                            "<subjects>_one_out",
                            '"<whole>_id"',
                            where='"<past>_at" IS NULL',
                            unique=True,
                            serves="create<Subject>",
                        ),
                    ),
                ),
            ),
        ),
    ),
)

STEPS = Pack(
    slug="steps",
    title="Steps",
    cues=(),  # recognised by who does what to which thing
    nouns=(
        Noun("subject"),
        Noun("step"),
        Noun("past"),
        Noun("call"),  # the verb as it begins the name of an operation
        Noun("by"),  # who does it, as the rule says it
        Noun("doer"),  # and as the permission does
        Noun("order", optional=True),  # all steps of the thing, where there are several
        Noun("whole", optional=True),  # what is out, where the subject is a loan of it
        Noun("undo", optional=True),  # the verb that takes the step back, and its other forms
        Noun("undone", optional=True),
        Noun("undocall", optional=True),
    ),
    rules=STEPS_RULES,
    brings=Contribution(
        entities=(_STEPPED,),
        actions=(_CALL,),
        threats=(
            Threat(
                "steps.denied.<step>",
                "<call><Subject>",
                "R",
                "Somebody marks a <subject_> as <past_> that was not, or denies it later.",
                "Time and person are set by the server from the session, never sent along; the "
                "audit keeps each call.",
                2,
                2,
            ),
        ),
        choices=(
            Choice(
                "steps.stamps",
                "Keep each step of a <subject_> as a time and a person in its own row.",
                "Steps that the brief does not put in an order need no state machine: each is "
                "there or not, and the row answers when and by whom.",
                "data",
                (
                    Option("A state alone", "two steps at once would overwrite each other"),
                    Option("A table of events", "pays when a step can happen several times"),
                ),
                revisit="when a step is taken back or repeated more than now and then",
                role="dba",
            ),
        ),
        questions=(
            Question(
                "steps.order.<subject>",
                "Do the steps of a <subject_> follow an order (<order>), do some exclude each "
                "other, and may one be taken back?",
                "Each can be recorded at any time, once; none waits for another or is taken back.",
            ),
        ),
        notes=(
            Note(
                "dba",
                "query",
                '<Step_> a <subject_>: UPDATE "<subjects>" SET "<past>_at" = now(), '
                '"<past>_by_id" = $2 WHERE "id" = $1 AND "<past>_at" IS NULL; no row updated means '
                "it was <past_> before.",
            ),
            Note(
                "ui_ux",
                "flow",
                "Show a step of a <subject_> as one button; once it is done, its time and the "
                "person stand in the place of the button.",
            ),
        ),
    ),
)
