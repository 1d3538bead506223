"""What two systems that talk need on this side: tables, operations, jobs, and why."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Question
from core.planning.packs.pack import Choice, Contribution, Job, Note, Option, Threat

INTEGRATION_BRINGS = Contribution(
    entities=(
        Entity(
            "<subject>",
            summary="Exists already; is what the two systems exchange.",
            fields=(
                Field("changed_at", "moment", default="now()", existing=True),
                Field("<holder>_id", "ref", False, references="<holder>", existing=True),
                Field("<carried>_id", "ref", False, references="<carried>", existing=True),
            ),
            existing=True,
        ),
        Entity(
            "<besides>",
            summary="Exists already; is exchanged too.",
            fields=(Field("changed_at", "moment", default="now()", existing=True),),
            existing=True,
        ),
        Entity(
            "<holder>",
            summary="Exists already; whom a <subject_> belongs to, found by their number.",
            fields=(Field("number", "text", unique=True, personal=True, existing=True),),
            existing=True,
        ),
        Entity(
            "<carried>",
            summary="Exists already; what a <subject_> is about.",
            fields=(Field("external_ref", "text", existing=True),),
            existing=True,
        ),
        Entity(
            "<partner>",
            summary="Another system that ours talks to, and how it is doing.",
            fields=(
                Field("name", "text", unique=True),
                Field("secret_ref", "text"),
                Field("is_paused", "flag", default="false"),
                Field("last_success_at", "moment", required=False),
                Field("failing_since_at", "moment", required=False),
            ),
        ),
        Entity(
            "<subject>_link",
            summary="Which <subject_> of ours is which one of the other system, and how fresh.",
            fields=(
                Field("<subject>_id", "ref", references="<subject>", on_delete="CASCADE"),
                Field("<partner>_id", "ref", references="<partner>"),
                Field("external_ref", "text"),
                Field("source_changed_at", "moment"),
            ),
            constraints=(
                Constraint(
                    "<subject>_links_once",
                    "unique",
                    '"<partner>_id", "external_ref"',
                    "integration.once",
                ),
                Constraint("<subject>_links_one_each", "unique", '"<subject>_id", "<partner>_id"'),
            ),
        ),
        Entity(
            "inbound_event",
            summary="A call or a row from the other system, written down before it is applied.",
            fields=(
                Field("<partner>_id", "ref", references="<partner>"),
                Field("external_id", "text"),
                Field("payload", "json"),
                Field(
                    "status",
                    "choice",
                    choices=("received", "applied", "outdated", "parked", "failed"),
                    default="'received'",
                ),
                Field("problem", "long_text", required=False),
            ),
            constraints=(
                Constraint(
                    "inbound_events_once",
                    "unique",
                    '"<partner>_id", "external_id"',
                    "integration.once",
                ),
            ),
            indexes=(
                Index(
                    "inbound_events_open",
                    '"status", "created_at"',
                    "\"status\" IN ('received', 'parked', 'failed')",
                    serves="apply-inbound-events",
                ),
            ),
        ),
        Entity(
            "<delivery>",
            summary="What the other system has to be told, written with the change itself.",
            fields=(
                Field("<subject>_id", "ref", False, references="<subject>", on_delete="CASCADE"),
                Field("<besides>_id", "ref", False, references="<besides>", on_delete="CASCADE"),
                Field("<partner>_id", "ref", references="<partner>"),
                Field("delivery_key", "text", unique=True),
                Field("payload", "json"),
                Field(
                    "status",
                    "choice",
                    choices=("waiting", "sent", "refused", "given_up"),
                    default="'waiting'",
                ),
                Field("attempts", "integer", default="0"),
                Field("next_attempt_at", "moment", default="now()"),
                Field("answer", "long_text", required=False),
            ),
            indexes=(
                Index(
                    "<deliverys>_due",
                    '"next_attempt_at", "id"',
                    "\"status\" = 'waiting'",
                    serves="send-<deliverys->",
                ),
            ),
        ),
        Entity(
            "<subject>_mismatch",
            summary="A field in which the two systems disagree about a <subject_>.",
            fields=(
                Field(
                    "<subject>_link_id",
                    "ref",
                    references="<subject>_link",
                    on_delete="CASCADE",
                ),
                Field("field_name", "text"),
                Field("our_value", "text", required=False),
                Field("their_value", "text", required=False),
                Field("resolved_at", "moment", required=False),
            ),
            indexes=(
                Index(
                    "<subject>_mismatches_open",
                    '"<subject>_link_id", "field_name"',
                    '"resolved_at" IS NULL',
                    unique=True,
                    serves="reconcile-<subjects->",
                ),
            ),
        ),
    ),
    actions=(
        Action(
            "receiveEvent",
            "Take a call of the other system",
            "inbound_event",
            "POST",
            "/<partners->/{<partner>_id}/events",
            body=("external_id", "payload"),
            page="Connections",
            permission="the other system, by its signature; no session",
            rules=("integration.once", "integration.signed", "integration.answer-within"),
            signed=True,
        ),
        Action(
            "listInboundEvents",
            "List what came in and could not be applied",
            "inbound_event",
            "GET",
            "/inbound-events",
            filters=("status",),
            page="Connections",
            permission="people who look after the connection",
            many=True,
        ),
        Action(
            "retryInboundEvent",
            "Apply an event again, assigned or corrected",
            "inbound_event",
            "POST",
            "/inbound-events/{inbound_event_id}/retry",
            page="Connections",
            permission="people who look after the connection",
            rules=("integration.unmatched", "integration.once"),
        ),
        Action(
            "list<Deliverys>",
            "List what waits to be sent, was refused or given up",
            "<delivery>",
            "GET",
            "/<deliverys->",
            filters=("status",),
            page="Connections",
            permission="people who look after the connection",
            many=True,
        ),
        Action(
            "retry<Delivery>",
            "Send a delivery again",
            "<delivery>",
            "POST",
            "/<deliverys->/{<delivery>_id}/retry",
            page="Connections",
            permission="people who look after the connection",
            rules=("integration.refused", "integration.once"),
        ),
        Action(
            "list<Subject>Mismatches",
            "List what the two systems disagree about",
            "<subject>_mismatch",
            "GET",
            "/<subject>-mismatches",
            page="Connections",
            permission="people who look after the connection",
            many=True,
        ),
        Action(
            "list<Partners>",
            "Show each connection with its last success",
            "<partner>",
            "GET",
            "/<partners->",
            page="Connections",
            permission="people who look after the connection",
            many=True,
        ),
        Action(
            "pause<Partner>",
            "Stop or resume the exchange with one system",
            "<partner>",
            "PATCH",
            "/<partners->/{<partner>_id}",
            body=("is_paused",),
            page="Connections",
            permission="people who look after the connection",
        ),
    ),
    jobs=(
        Job(
            "apply-inbound-events",
            "as they come, and every minute",
            "Applies events in the order of the source's own time; one that is older than "
            "what is stored is kept as outdated.",
            "an event waits for more than five minutes",
        ),
        Job(
            "send-<deliverys->",
            "every ten seconds",
            "Sends what is due, oldest first for each <subject_>; after a failure the pause "
            "doubles, from 10 seconds to an hour.",
            "the oldest waiting delivery is older than 15 minutes",
        ),
        Job(
            "reconcile-<subjects->",
            "every night",
            "Fetches a list of the other system's <subjects_>, compares it with ours and "
            "records what differs or is missing.",
            "a mismatch is open for more than a day, or one in 1,000 differs",
        ),
    ),
    threats=(
        Threat(
            "integration.forged-call",
            "receiveEvent",
            "S",
            "Somebody who knows the address sends made-up events.",
            "A signature over body and time with a secret of this connection, compared in "
            "constant time; calls older than five minutes are refused.",
            3,
            3,
        ),
        Threat(
            "integration.replayed-call",
            "receiveEvent",
            "T",
            "A recorded call is sent again later.",
            "The time is signed, and the external id is unique: a repeat changes nothing.",
            2,
            2,
        ),
        Threat(
            "integration.flood",
            "receiveEvent",
            "D",
            "The other system sends a backlog at once, and the application stands still.",
            "A call is only written down; workers apply at their own pace, and 429 tells the "
            "sender to wait.",
            2,
            2,
        ),
        Threat(
            "integration.leaked-secret",
            "*",
            "I",
            "A token of the other system turns up in a log, an error report or a page.",
            "Tokens live in the secret store, the table holds a reference; logs redact "
            "headers, and a leaked token can be exchanged without a release.",
            2,
            3,
        ),
    ),
    choices=(
        Choice(
            "integration.outbox",
            "Write what the other system has to know into an outbox, in the transaction of "
            "the change.",
            "The change and its message are either both there or both not; a system that is "
            "down delays, and loses nothing.",
            "architecture",
            (
                Option(
                    "Call the other system within the request",
                    "its failures become ours, and a timeout leaves both guessing",
                ),
                Option("A message broker", "one more system to run, for a few calls a minute"),
            ),
            "above 200 deliveries a second, or with a fourth receiver",
        ),
        Choice(
            "integration.store-then-apply",
            "Write an incoming event down and answer; apply it afterwards.",
            "The sender gets its answer in milliseconds, nothing is lost in a deployment, and "
            "a mistake in the mapping is mended by applying again.",
            "architecture",
            (Option("Apply within the call", "slow rules make the sender repeat itself"),),
        ),
        Choice(
            "integration.reconcile",
            "Compare both systems every night, whatever the calls have said.",
            "Calls get lost on either side; a comparison is the only proof that both agree.",
            "operations",
            (Option("Trust the webhooks", "the first lost call is found by a customer"),),
            role="it_admin",
        ),
    ),
    questions=(
        Question(
            "integration.owner",
            "Which system has the last word on which field of a <subject_>, when both have "
            "changed it?",
            "The one that the <subject_> came from; the other side's change becomes a "
            "mismatch for a person.",
        ),
        Question(
            "integration.mapping",
            "Which fields, states and codes of one side have no counterpart on the other?",
            "An event with an unknown value is parked for a person; nothing is guessed.",
        ),
        Question(
            "integration.limits",
            "What does the other system promise and allow: requests a minute, size of a page, "
            "hours of maintenance, notice before its interface changes?",
            "60 requests a minute, pages of 100; its release notes are read by hand.",
        ),
    ),
    notes=(
        Note(
            "it_admin",
            "step",
            "Run the contract tests against recorded answers of the other system in every "
            "build, and against its sandbox every night.",
        ),
        Note(
            "it_admin",
            "step",
            "First a week of listening: receive, write down, reconcile, apply nothing.",
        ),
        Note(
            "dba",
            "query",
            'INSERT INTO "inbound_events" ("<partner>_id", "external_id", "payload") VALUES '
            '($1, $2, $3) ON CONFLICT ("<partner>_id", "external_id") DO NOTHING',
        ),
        Note(
            "dba",
            "query",
            'SELECT "id" FROM "<deliverys>" WHERE "status" = \'waiting\' AND '
            '"next_attempt_at" <= now() ORDER BY "next_attempt_at", "id" LIMIT 50 '
            "FOR UPDATE SKIP LOCKED",
        ),
        Note(
            "ui_ux",
            "flow",
            "Each connection shows when it last worked, what waits and what needs a person; "
            "the sentence names the next step, not an error code.",
        ),
    ),
)
