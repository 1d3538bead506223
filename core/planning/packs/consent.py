"""Consent: what somebody agreed to, the proof of it, and the way out."""

from dataclasses import replace

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism
from core.planning.packs.pack import Contribution, Job, Noun, Pack, RulePattern, Threat
from core.planning.packs.wording import DURATION

_PEOPLE = (
    r"(?:people|users?|everybody|everyone|anybody|whoever|each [a-z]+|every [a-z]+|they|members?|"
    r"customers?|readers?|subscribers?|recipients?|supporters?|parents?|she|he|one|who)"
)
_CONSENT = Contribution(
    entities=(
        Entity(
            "consent",
            summary="What one person agreed to: when, in which words, over which way. Never "
            "changed.",
            fields=(
                Field("given_by_id", "ref", references="user"),
                Field("purpose", "text"),
                Field("wording", "long_text"),
                Field("source", "text"),
                Field("given_at", "moment", default="now()"),
                Field("confirmed_at", "moment", required=False),
                Field("withdrawn_at", "moment", required=False),
            ),
            constraints=(
                Constraint(
                    "consents_in_order",
                    "check",
                    '("withdrawn_at" >= "given_at") IS NOT false AND '
                    '("confirmed_at" >= "given_at") IS NOT false',
                    "consent.recorded",
                ),
            ),
            indexes=(
                Index(
                    "consents_one_live",
                    '"given_by_id", "purpose"',
                    where='"withdrawn_at" IS NULL',
                    unique=True,
                    serves="giveConsent",
                ),
            ),
        ),
    ),
    actions=(
        Action(
            "giveConsent",
            "Agree to a purpose",
            "consent",
            "POST",
            "/me/consents",
            body=("purpose", "wording", "source"),
            page="Consents",
            permission="own",
            rules=("consent.recorded",),
        ),
        Action(
            "listOwnConsents",
            "List what one has agreed to, and withdrawn",
            "consent",
            "GET",
            "/me/consents",
            page="Consents",
            permission="own",
            many=True,
        ),
        Action(
            "withdrawConsent",
            "Withdraw a consent",
            "consent",
            "POST",
            "/me/consents/{consent_id}/withdrawal",
            page="Consents",
            permission="own; as easy as giving it",
            rules=("consent.withdrawn",),
        ),
    ),
    threats=(
        Threat(
            "consent.denied",
            "giveConsent",
            "R",
            "Somebody denies having agreed, and nobody can show the words of that day.",
            "The wording is stored with the consent, not by its version; a row is never changed.",
            2,
            2,
        ),
    ),
)

CONSENT = Pack(
    slug="consent",
    title="Consent",
    cues=(),  # recognised by its rules
    nouns=(Noun("record", fallback="consent"),),
    kind="none",
    demands=True,
    rules=(
        RulePattern(
            slug="consent.recorded",
            text="A consent is stored with its date, wording and source; a new one is a row of "
            "its own.",
            cues=(
                r"\bconsents?\b[^;.]{0,20}?\b(?:is|are|be|gets?) (?:\w+ )?(?:stored|recorded|kept|"
                r"logged|documented|saved)\b",
                r"\b(?:store|record|keep|log|document)s? (?:\w+ )?consents?\b",
                r"\b(?:agree|agreed|consent) to (?:stay|be|receiv|get|join|us|our|the)\w*",
            ),
            mechanisms=(
                Mechanism("constraint", "consents_in_order", "CHECK: withdrawn after it was given"),
                Mechanism("interface", "giveConsent", "takes the words that the person saw"),
                Mechanism("test", "giveConsent", "the wording changes between seeing and agreeing"),
            ),
            adds=_CONSENT,
        ),
        RulePattern(
            slug="consent.required",
            text="Without a valid consent it does not happen: <event>.",
            cues=(
                r"\b(?:without|no)(?: an?| their| any)? consent,? (?:there is |we send |they get )"
                r"?(?P<event>no [a-z][a-z -]{1,30})",
                r"(?P<event>[^,;.]{3,50}?) (?:unless (?:we|they|there|you) (?:have|has|is|got) "
                r"(?:their |an? |your )?consent|only with (?:their |an? |explicit )*consent|only "
                r"if (?:we have )?(?:their |an? )?consent)",
                r"(?P<event>[^,;.]{3,50}?) (?:only if|unless) they (?:have )?(?:agreed|consented)"
                r"\b",
            ),
            mechanisms=(
                Mechanism(
                    "interface", "every use", "asks for a live consent in the same transaction"
                ),
                Mechanism("interface", "every run", "leaves out whom it has no consent of"),
                Mechanism(
                    "test", "every use", "withdrawn a second before; given for another purpose"
                ),
            ),
            adds=_CONSENT,
        ),
        RulePattern(
            slug="consent.double-opt-in",
            text="A consent counts once it is confirmed by the link that only its mailbox gets.",
            cues=(
                r"\bdouble[ -]opt[ -]?in\b",
                r"\bconfirm\w* (?:their|the) (?:subscription|sign-?up)\b",
            ),
            mechanisms=(
                Mechanism("constraint", "consents_in_order", "CHECK: confirmed after it was given"),
                Mechanism(
                    "interface", "giveConsent", "unconfirmed for 7 days: deleted at the next"
                ),
                Mechanism("test", "giveConsent", "somebody enters the address of another"),
            ),
            adds=_CONSENT,
        ),
        RulePattern(
            slug="consent.withdrawn",
            text="A consent can be withdrawn at any time, as easily as it was given; what "
            "follows from "
            "it stops at once.",
            cues=(
                r"\b(?:withdrawn?|revoked?|taken back|withdraw|revoke)\b[^;.]{0,30}?\b(?:at any "
                r"time|any ?time|whenever)\b",
                r"\bwithdraw(?:al|s)?\b[^;.]{0,20}?\bconsents?\b",
            ),
            mechanisms=(
                Mechanism("constraint", "consents_in_order", "CHECK: withdrawn after it was given"),
                Mechanism(
                    "interface", "withdrawConsent", "stops what is planned, tells other systems"
                ),
                Mechanism("test", "withdrawConsent", "while a message is on its way"),
            ),
            adds=_CONSENT,
        ),
        RulePattern(
            slug="consent.proof",
            text="The proof is kept for <words> <event>, without what is not needed for it.",
            cues=(
                rf"\b(?:prove|proof|proven|evidence|demonstrate)\b[^;.]{{0,30}}?\bfor {DURATION} "
                rf"(?P<event>after "
                r"[^,;.]{3,40})",
            ),
            quantity="duration",
            mechanisms=(
                Mechanism("constraint", "consents_in_order", "CHECK: a row is never rewritten"),
                Mechanism(
                    "job", "purge-consents", "every night, <value> after the person has gone"
                ),
                Mechanism("test", "purge-consents", "a day before the end the proof is there"),
            ),
            adds=replace(
                _CONSENT,
                jobs=(
                    Job(
                        "purge-consents",
                        "every night",
                        "Deletes consents of people who have gone <value> ago.",
                        "the oldest proof is a week past its time",
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="consent.opt-out",
            text="People who get it can opt out, or switch it off, with one step and without a "
            "reason; it holds for the next one already.",
            cues=(
                rf"\b{_PEOPLE} (?:can|may|could|must be able to|should be able to) (?:also |"
                rf"always )?(?:opt[ -]?out"
                r"|unsubscribe|(?:switch|turn) (?:it |them |this |that )?off)\b",
                r"\b(?:opt[ -]?out|unsubscribe) (?:link|possible|at any time|with one click)\b",
            ),
            mechanisms=(
                Mechanism(
                    "interface", "opt-out", "a signed link in each message, no session needed"
                ),
                Mechanism(
                    "interface", "sending", "asks for it at the moment of sending, not of planning"
                ),
                Mechanism("test", "opt-out", "opened twice, by a mail scanner, while sending runs"),
            ),
            adds=_CONSENT,
        ),
        RulePattern(
            slug="consent.always-sent",
            text="Sent whatever somebody has chosen: <event>. It carries no advertising.",
            cues=(r"(?P<event>\b[A-Z]?[a-z][a-z ,-]{2,60}?) (?:is|are) always sent\b",),
            mechanisms=(
                Mechanism("interface", "sending", "kinds that duty or law ask for skip the choice"),
                Mechanism(
                    "test", "sending", "everything is switched off: these arrive, others do not"
                ),
            ),
        ),
        RulePattern(
            slug="consent.one-wins",
            text="Where choices contradict each other one wins over every other: <event>.",
            cues=(
                r"(?P<event>[^,;.]{3,40}?) (?:beats|overrides|wins over|takes precedence over|"
                r"goes before|outranks) (?:every|all|any|each)\b",
            ),
            mechanisms=(
                Mechanism("interface", "the choice", "one function decides, in one order"),
                Mechanism("test", "the choice", "every pair of choices, in both orders"),
            ),
        ),
    ),
)
