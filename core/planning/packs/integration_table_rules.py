"""Integration rules that need tables of their own: states, prices, calls, parts."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import Contribution, Job, RulePattern

INTEGRATION_TABLE_RULES: tuple[RulePattern, ...] = (
    RulePattern(
        slug="integration.mapped-states",
        text="Their states are mapped to ours: <words>. One that is not in the mapping is parked "
        "for a person, never guessed.",
        cues=(
            r"\bmap(?:s|ped|ping)?\b.{0,60}\b(?:states?|status(?:es)?|codes?)\b[^:;]{0,20}: "
            r"(?P<words>[^;]{5,160})",
            r"\b(?:states?|status(?:es)?|codes?)\b.{0,40}\b(?:mapped|translated) (?:to|into|as):? "
            r"(?P<words>[^;]{5,160})",
        ),
        mechanisms=(
            Mechanism("constraint", "state_mappings_once", "UNIQUE: connection and their state"),
            Mechanism("alert", "inbound_events", "a state without a mapping has arrived"),
            Mechanism(
                "test", "apply-inbound-events", "every known state, an unknown, an empty one"
            ),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "state_mapping",
                    summary="What a state of the other system is called in ours.",
                    fields=(
                        Field("<partner>_id", "ref", references="<partner>"),
                        Field("their_state", "text"),
                        Field("our_state", "text"),
                    ),
                    constraints=(
                        Constraint(
                            "state_mappings_once",
                            "unique",
                            '"<partner>_id", "their_state"',
                            "integration.mapped-states",
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "listStateMappings",
                    "List which state of theirs is which of ours",
                    "state_mapping",
                    "GET",
                    "/state-mappings",
                    page="Connections",
                    permission="people who look after the connection",
                    many=True,
                ),
                Action(
                    "setStateMapping",
                    "Say what a state of theirs is called in ours",
                    "state_mapping",
                    "PUT",
                    "/state-mappings",
                    body=("<partner>_id", "their_state", "our_state"),
                    page="Connections",
                    permission="people who look after the connection",
                    rules=("integration.mapped-states",),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="integration.floor",
        text="“<words>”: a lower one is refused before anything is sent.",
        cues=(
            r"(?P<words>\b(?:never|no)\b[^,;]{0,20}\b(?:prices?|rates?|fees?|amounts?)\b[^,;]{0,10}"
            r"\b(?:below|under|less than|lower than) the (?:minimum|floor|limit)\b[^,;]{0,40})",
        ),
        mechanisms=(
            Mechanism("constraint", "prices_not_below_minimum", "CHECK: amount and minimum"),
            Mechanism("interface", "outbound calls", "read again when it is sent, not when queued"),
            Mechanism("test", "send-<deliverys->", "the minimum is raised while one waits"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "price",
                    summary="What is asked for on one day, and the least that may be asked.",
                    fields=(
                        Field("<subject>_id", "ref", references="<subject>"),
                        Field("valid_on", "date"),
                        Field("minimum", "money"),
                        Field("amount", "money"),
                    ),
                    constraints=(
                        Constraint("prices_once", "unique", '"<subject>_id", "valid_on"'),
                        Constraint(
                            "prices_not_below_minimum",
                            "check",
                            '"amount" >= "minimum" AND "minimum" >= 0',
                            "integration.floor",
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "listPrices",
                    "List prices with their minimum",
                    "price",
                    "GET",
                    "/prices",
                    filters=("from", "to"),
                    page="Prices",
                    permission="people who look after prices",
                    many=True,
                ),
                Action(
                    "setPrice",
                    "Set the price of a day and its minimum",
                    "price",
                    "PUT",
                    "/prices",
                    body=("<subject>_id", "valid_on", "minimum", "amount"),
                    page="Prices",
                    permission="people who look after prices",
                    rules=("integration.floor",),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="integration.call-log",
        text="Every call in either direction is logged: when, which way, how long, with which "
        "answer.",
        cues=(
            r"\blog of (?:all |the |every )?calls?\b",
            r"\b(?:all|every|each) calls? (?:is|are|must be|gets?) (?:logged|recorded)\b",
            r"\bcall logs?\b",
        ),
        mechanisms=(
            Mechanism("constraint", "api_calls.<partner>_id", "no call without its partner"),
            Mechanism("job", "purge-api-calls", "every night, past their time"),
            Mechanism("test", "api_calls", "no secret, no card, no password in any row"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "api_call",
                    summary="One call between the two systems, without secrets; for finding "
                    "faults.",
                    fields=(
                        Field("<partner>_id", "ref", references="<partner>"),
                        Field("direction", "choice", choices=("in", "out")),
                        Field("operation", "text"),
                        Field("answer_code", "integer", required=False),
                        Field("duration_ms", "integer", required=False),
                        Field("problem", "long_text", required=False),
                    ),
                    indexes=(Index("api_calls_by_age", '"created_at"', serves="purge-api-calls"),),
                ),
            ),
            actions=(
                Action(
                    "listApiCalls",
                    "Look through the calls of a connection",
                    "api_call",
                    "GET",
                    "/api-calls",
                    filters=("<partner>_id", "from", "to"),
                    page="Connections",
                    permission="people who look after the connection",
                    many=True,
                ),
            ),
            jobs=(
                Job(
                    "purge-api-calls",
                    "every night",
                    "Deletes logged calls that are past their time.",
                    "the oldest row is two days past its time",
                ),
            ),
            questions=(
                Question(
                    "integration.call-log",
                    "How long are logged calls kept, and who may read them?",
                    "30 days; people who look after the connection.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="integration.split",
        text="Each <part_> goes to exactly one <target_>: “<words>”.",
        cues=(
            r"(?P<words>\b(?:[a-z]+ )?[a-z]+ (?:are|is|get|gets) (?:split|routed|distributed|"
            r"divided|assigned) (?:to|by|over|among|between)\b[^;]{3,80})",
        ),
        mechanisms=(
            Mechanism("constraint", "<parts>.<target>_id", "NOT NULL, references <targets_>"),
            Mechanism("interface", "list<Parts>", "the open ones of one <target_>"),
            Mechanism("test", "apply-inbound-events", "a <part_> for no known <target_> is parked"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<target>",
                    summary="Where a <part_> goes.",
                    fields=(Field("name", "text", unique=True),),
                ),
                Entity(
                    "<part>",
                    summary="A part of a <subject_>, for one <target_>.",
                    fields=(
                        Field("<subject>_id", "ref", references="<subject>", on_delete="CASCADE"),
                        Field("<target>_id", "ref", references="<target>"),
                        Field("position", "integer"),
                        Field("done_at", "moment", required=False),
                    ),
                    indexes=(
                        Index(
                            "<parts>_open",
                            '"<target>_id", "created_at"',
                            '"done_at" IS NULL',
                            serves="list<Parts>",
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "list<Parts>",
                    "List the open <parts_> of a <target_>",
                    "<part>",
                    "GET",
                    "/<parts->",
                    filters=("<target>_id",),
                    page="<Target_>",
                    permission="people who work at the <target_>",
                    rules=("integration.split",),
                    many=True,
                ),
                Action(
                    "finish<Part>",
                    "Mark a <part_> as done",
                    "<part>",
                    "POST",
                    "/<parts->/{<part>_id}/done",
                    page="<Target_>",
                    permission="people who work at the <target_>",
                ),
                Action(
                    "list<Targets>",
                    "List the <targets_>",
                    "<target>",
                    "GET",
                    "/<targets->",
                    page="<Target_>",
                    permission="signed in",
                    many=True,
                ),
            ),
        ),
    ),
)
