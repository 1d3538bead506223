"""The rules of workflows: which moves there are, who makes them, what is left too long."""

from dataclasses import replace

from core.planning.model import Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import Contribution, Job, RulePattern
from core.planning.reading.captures import WHO_ALL

_MOVED = (
    r"(?:withdrawn|published|closed|archived|released|cancelled|canceled|reopened|resolved|"
    r"completed|finished|started|activated|disposed)"
)


def _way(kind: str, rule: str, allowed: str) -> tuple[Entity, ...]:
    """Return one more kind of move: `allowed` speaks of the states `{since}` and `{to}`."""

    def guard(name: str, since: str, to: str) -> Constraint:
        told = allowed.format(since=f'"{since}"', to=f'"{to}"')
        return Constraint(name, "check", f"\"move_kind\" <> '{kind}' OR ({told})", rule)

    kinds = Field("move_kind", "choice", choices=(kind,))
    return (
        Entity(
            "<subject>",
            fields=(replace(kinds, required=False),),
            constraints=(guard(f"<subjects>_{kind}_allowed", "previous_state", "state"),),
        ),
        Entity(
            "<subject>_transition",
            fields=(kinds,),
            constraints=(guard(f"<subject>_transitions_{kind}", "from_state", "to_state"),),
        ),
    )


WORKFLOW_RULES = (
    RulePattern(
        slug="workflow.moves",
        text="A <subject_> goes through its states only like this: <states>.",
        always=True,
        cues=(
            r"\b(?:states|statuses|stages)\s?(?::|are\b|of\b)",
            r"\b[a-z]+ ?(?:->|\u2192) ?[a-z]+",
            r"\b(?:no|never|without)\b[^,;]{0,40}\bskip\w*",
            r"\b(?:step|state|stage|status)s? (?:\w+ ){0,4}?(?:cannot|can't|must not|may not|must "
            r"never) be (?:skipped|left out)",
        ),
        unless=r"\bhistory\b",
        mechanisms=(
            Mechanism("state", "<subject>", "<states>"),
            Mechanism("constraint", "<subjects>_begin", "CHECK: it begins in the first state"),
            Mechanism("constraint", "<subjects>_forward_allowed", "CHECK: pairs that are a move"),
            Mechanism("constraint", "<subject>_transitions_forward", "the same for the history"),
            Mechanism(
                "interface", "move<Subject>", "compare-and-set on the state: the second gets 409"
            ),
            Mechanism(
                "test", "move<Subject>", "every pair of states, allowed or refused; none is skipped"
            ),
        ),
        adds=Contribution(
            entities=_way("forward", "workflow.moves", "({since}, {to}) IN (<moves>)"),
        ),
    ),
    RulePattern(
        slug="workflow.history",
        text="Every move of a <subject_> is on record: who, when, from which state to which.",
        always=True,
        cues=(r"\bhistory\b", r"\bwho (?:moved|changed|did)\b"),
        takes=("workflow.denied",),
        mechanisms=(
            Mechanism(
                "constraint",
                "<subject>_transitions_chained",
                "a key to the move before it: each begins where the last one ended",
            ),
            Mechanism("constraint", "<subject>_transitions_numbered", "CHECK: without gaps"),
            Mechanism("test", "move<Subject>", "two moves at once: one number, one winner"),
        ),
    ),
    RulePattern(
        slug="workflow.back",
        text="A <subject_> can also go back by one state.",
        cues=(r"\b(?:back to|sent? back|reopen\w*|returned to|moved? back)\b",),
        unless=(
            r"\b(?:no|not|never|cannot|can't|nobody) (?:be |ever )*(?:re-?open|(?:sent|moved|"
            r"go) back)"
        ),
        mechanisms=(
            Mechanism("constraint", "<subjects>_back_allowed", "CHECK: each move, the other way"),
            Mechanism("constraint", "<subject>_transitions_back", "the same for the history"),
            Mechanism("test", "move<Subject>", "back by two at once is refused"),
        ),
        adds=Contribution(
            entities=_way("back", "workflow.back", "({to}, {since}) IN (<moves>)"),
        ),
    ),
    RulePattern(
        slug="workflow.condition",
        text="A state of a <subject_> is left out unless its condition holds: <words>.",
        cues=(r"\((?P<words>(?:only )?(?:if|when) [^()]{3,60})\)",),
        mechanisms=(
            Mechanism("constraint", "<subjects>_skip_allowed", "CHECK: over one state at most"),
            Mechanism("constraint", "<subject>_transitions_skip", "the same for the history"),
            Mechanism("interface", "move<Subject>", "refuses to leave it out while it holds"),
            Mechanism("test", "move<Subject>", "the condition changes in the state before"),
        ),
        adds=Contribution(
            entities=_way("skip", "workflow.condition", "({since}, {to}) IN (<skips>)"),
        ),
    ),
    RulePattern(
        slug="workflow.who",
        text="Who may move a <subject_> is limited: <words>.",
        cues=(
            r"\b(?P<words>only (?:the |an? )?[a-z]{3,20}(?: [a-z]{3,20})? (?:can|may) (?:publish|"
            r"close|move|archive|review|release|resolve|reopen|ship|start|finish|complete)\w*)",
            r"\b(?P<words>(?:an? |the )?[a-z]{3,20} (?:publishes|closes|archives|releases|"
            r"resolves))\b",
        ),
        unless=r"\b(?:no|nobody|never|not)\b",
        mechanisms=(
            Mechanism("permission", "move<Subject>", "by target state: <words>"),
            Mechanism("test", "move<Subject>", "somebody else gets 403, the state stays"),
        ),
    ),
    RulePattern(
        slug="workflow.not-own",
        text="Nobody moves their own <subject_> to <laststate>: another person does.",
        cues=(
            r"\b(?:no|nobody|no one|never|cannot|may not)\b.{0,60}\b(?:publish|releas|clos|review|"
            r"finish|sign)\w*\b.{0,30}\b(?:own|themselves|himself|herself)\b",
        ),
        mechanisms=(
            Mechanism("constraint", "<subject>_transitions_not_own", "CHECK: mover and owner"),
            Mechanism(
                "constraint",
                "<subject>_transitions_owner",
                "a composite key: the move knows the owner",
            ),
            Mechanism("test", "move<Subject>", "the owner tries, also as an administrator"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>",
                    constraints=(
                        Constraint("<subjects>_id_owner_key", "unique", '"id", "owner_id"'),
                    ),
                ),
                Entity(
                    "<subject>_transition",
                    fields=(Field("owner_id", "ref", references="user"),),
                    constraints=(
                        Constraint(
                            "<subject>_transitions_owner",
                            "foreign_key",
                            '("<subject>_id", "owner_id") REFERENCES "<subjects>" '
                            '("id", "owner_id")',
                            "workflow.not-own",
                        ),
                        Constraint(
                            "<subject>_transitions_not_own",
                            "check",
                            "\"to_state\" <> '<laststate>' OR "
                            'coalesce("moved_by_id" <> "owner_id", false)',
                            "workflow.not-own",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="workflow.by",
        each=True,
        text="Only <who> may move a <subject_> on so that it is <since>.",
        cues=(
            rf"\bcan (?:only )?be (?P<since>{_MOVED}) (?:only )?by {WHO_ALL}(?: "
            rf"only)?"
            r"(?=$|[,;.)]| and | or | within| until| once)",
        ),
        mechanisms=(
            Mechanism("permission", "move<Subject>", "to <since>: <who>, nobody else"),
            Mechanism("test", "move<Subject>", "somebody else gets 403, the state stays"),
        ),
    ),
    RulePattern(
        slug="workflow.expiry",
        text="A <subject_> that is left for <value> expires, unless it has reached its last state.",
        cues=(
            r"\bexpires? (?:after|in|within) (?P<near>.{1,20})",
            r"\b(?:closed|archived|expired|cancelled) (?:automatically )?after (?P<near>.{1,20})",
            r"\bafter (?P<near>.{1,20}).{0,40}\b(?:expires?|automatically)\b",
        ),
        # What is valid for a time is another thing than what is left lying.
        unless=r"\b(?:permit|licen[cs]e|certificate|training|token|link|session|invitation|password|"
        r"code|membership|subscription|consent)s?\b[^.;]{0,20}\bexpires?\b",
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "<subjects>_expiry_in_time", "CHECK: <value> from its move"),
            Mechanism("constraint", "<subjects>_expiry_allowed", "CHECK: not from the last state"),
            Mechanism("job", "expire-stale-<subjects->", "moves them, with nobody as the mover"),
            Mechanism("test", "expire-stale-<subjects->", "moved in the same second: not expired"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>",
                    fields=(
                        Field("state", "choice", choices=("expired",)),
                        Field("state_expires_at", "moment", required=False),
                    ),
                    constraints=(
                        Constraint(
                            "<subjects>_expiry_in_time",
                            "check",
                            '"state_expires_at" <= "state_changed_at" + interval \'<value>\'',
                            "workflow.expiry",
                        ),
                    ),
                    indexes=(
                        Index(
                            "<subjects>_to_expire",
                            '"state_expires_at"',
                            where='"state_expires_at" IS NOT NULL',
                            serves="expire-stale-<subjects->",
                        ),
                    ),
                ),
                Entity(
                    "<subject>_transition",
                    fields=(Field("to_state", "choice", choices=("expired",)),),
                ),
                *_way(
                    "expiry",
                    "workflow.expiry",
                    "{to} = 'expired' AND {since} <> '<laststate>'",
                ),
            ),
            jobs=(
                Job(
                    "expire-stale-<subjects->",
                    "every minute",
                    "Moves <subjects_> past state_expires_at to expired, tells their owners.",
                    "the oldest overdue <subject_> is more than 5 minutes late",
                ),
            ),
            questions=(
                Question(
                    "workflow.expiry-which",
                    "In which states does the time run, and can what has expired be taken up "
                    "again?",
                    "In those that the brief names with it, else in all but the last one; no, it "
                    "is made anew.",
                ),
            ),
        ),
    ),
)
