"""API keys: programs sign in with a secret that is shown once, limited and revocable."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import (
    Choice,
    Contribution,
    Job,
    Note,
    Noun,
    Option,
    Pack,
    RulePattern,
    Threat,
)

_KEY = Entity(
    "api_key",
    summary="A program's way in: who made it, what it may do, until when; never its secret.",
    fields=(
        Field("owner_id", "ref", references="user"),
        Field("name", "text"),
        Field("prefix", "text", unique=True),
        Field("secret_hash", "text", unique=True),
        Field("expires_at", "moment"),
        Field("last_used_at", "moment", required=False),
        Field("revoked_at", "moment", required=False),
    ),
    constraints=(
        Constraint("api_keys_end", "check", '"expires_at" > "created_at"', "api-key.expiry"),
        Constraint(
            "api_keys_hash_only",
            "check",
            "\"secret_hash\" ~ '^[0-9a-f]{64}$'",
            "api-key.hash",
        ),
    ),
    indexes=(
        Index("api_keys_of_owner", '"owner_id", "created_at" DESC', serves="listApiKeys"),
        Index(
            "api_keys_live",
            '"expires_at"',
            where='"revoked_at" IS NULL',
            serves="warn-expiring-keys",
        ),
    ),
)
_SCOPE = Entity(
    "api_key_scope",
    summary="One thing that a key may do.",
    fields=(
        Field("api_key_id", "ref", references="api_key", on_delete="CASCADE"),
        Field("scope", "text"),
    ),
    constraints=(
        Constraint("api_key_scopes_once", "unique", '"api_key_id", "scope"', "api-key.scopes"),
    ),
)

API_KEY = Pack(
    slug="api-key",
    title="API keys",
    cues=(r"\bapi[ -]?(?:keys?|tokens?)\b", r"\baccess tokens?\b"),
    nouns=(
        Noun("subject", fallback="api_key"),
        Noun("tenant", (r"\bkeys? of (?:their|the|an?) (?P<after>.+)",), optional=True),
    ),
    rules=(
        RulePattern(
            slug="api-key.hash",
            text="The secret is stored as a hash only: whoever reads the table cannot use a key.",
            always=True,
            unsays=(("; never its secret", ""),),
            mechanisms=(
                Mechanism("constraint", "api_keys_hash_only", "CHECK: 64 hexadecimal digits"),
                Mechanism("test", "createApiKey", "the secret is in no table, log or event"),
            ),
        ),
        RulePattern(
            slug="api-key.once",
            text="The secret is shown once, when the key is made, and never again.",
            cues=(r"\b(?:displayed|shown|visible|see it) (?:only )?once\b", r"\bonly once\b"),
            takes=("api-key.shown-once",),
            unsays=(("the answer holds the secret, once", "the answer holds the secret"),),
            mechanisms=(
                Mechanism("interface", "createApiKey", "the only answer that holds the secret"),
                Mechanism("test", "listApiKeys", "no answer holds a secret or a hash"),
            ),
        ),
        RulePattern(
            slug="api-key.scopes",
            text="A key can do what its scopes name, and never more than its owner may.",
            cues=(r"\bscopes?\b",),
            takes=("api_key_scope", "grantScope", "listScopes", "api-key.which-scopes"),
            unsays=(("have scopes and an end", "have an end"),),
            mechanisms=(
                Mechanism("constraint", "api_key_scopes_once", "UNIQUE"),
                Mechanism("permission", "every operation", "scope and the owner's own right"),
                Mechanism("test", "every operation", "a key without the scope gets 403"),
            ),
        ),
        RulePattern(
            slug="api-key.expiry",
            text="Every key has an end.",
            cues=(r"\bexpir(?:y|es|ation)\b",),
            takes=("warn-expiring-keys", "api_keys_live"),
            unsays=(("scopes and an end", "scopes"), ("keys have an end; ", "")),
            mechanisms=(
                Mechanism("constraint", "api_keys_end", "CHECK: after its creation"),
                Mechanism("job", "warn-expiring-keys", "two weeks and two days before"),
            ),
        ),
        RulePattern(
            slug="api-key.revoked",
            text="A revoked key is refused at once: the next request with it gets 401.",
            cues=(r"\brevok\w*\b",),
            unsays=(("Revoke a key at once", "Revoke a key"),),
            mechanisms=(
                Mechanism("permission", "every operation", "looks at revoked_at on each request"),
                Mechanism("test", "revokeApiKey", "a request one moment later is refused"),
            ),
        ),
        RulePattern(
            slug="api-key.last-used",
            text="People see when a key was last used, to the minute.",
            cues=(r"\blast used\b",),
            takes=("api_key.last_used_at",),
            unsays=(("the last use is shown; ", ""),),
            mechanisms=(Mechanism("job", "write-last-used", "at most one write a key and minute"),),
            adds=Contribution(
                jobs=(
                    Job(
                        "write-last-used",
                        "every minute",
                        "Writes the collected last uses of keys in one statement.",
                        "the last write is more than 10 minutes old",
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="api-key.rate-limit",
            text="Each key has a rate limit; a header in every answer tells how much is left.",
            cues=(r"\brate limits?\b", r"\brequests per (?:second|minute|hour|day)\b"),
            mechanisms=(
                Mechanism(
                    "interface", "every operation", "RateLimit headers; 429 with Retry-After"
                ),
                Mechanism("test", "every operation", "the request after the last one gets 429"),
                Mechanism("alert", "rate-limit", "a key is refused for ten minutes on end"),
            ),
            adds=Contribution(
                choices=(
                    Choice(
                        "api-key.bucket",
                        "Count requests for each key in a token bucket in Redis, not in a table.",
                        "A write to a table for every request would cost more than the requests. "
                        "Losing the counters forgives a minute, no more.",
                        "technology",
                        (
                            Option("A counter row for each key", "one hot row for every request"),
                            Option("Count in each process", "the limit grows with the processes"),
                        ),
                        revisit="when limits are billed: then they must be exact",
                    ),
                ),
                questions=(
                    Question(
                        "api-key.limit",
                        "How many requests in which time may a key make, and does it differ by "
                        "customer?",
                        "600 a minute for each key, the same for all.",
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="api-key.maximum",
            text="Administrators see all keys of their <tenant_> and set a maximum lifetime; no "
            "key ends later.",
            cues=(r"\bmaximum (?:lifetime|age|validity)\b", r"\bmax lifetime\b"),
            mechanisms=(
                Mechanism("constraint", "api_keys_lifetime", "CHECK: against the limit copied"),
                Mechanism("test", "createApiKey", "one second too long is refused"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "<tenant>",
                        summary="Exists already; its administrators look after its keys.",
                        fields=(
                            Field("name", "text", existing=True),
                            Field("max_key_days", "integer", default="365"),
                        ),
                        existing=True,
                    ),
                    Entity(
                        "api_key",
                        fields=(
                            Field("<tenant>_id", "ref", references="<tenant>"),
                            Field("max_days", "integer"),
                        ),
                        constraints=(
                            Constraint(
                                "api_keys_lifetime",
                                "check",
                                '"expires_at" <= "created_at" + make_interval(days => '
                                '"max_days"::int)',
                                "api-key.maximum",
                            ),
                        ),
                    ),
                ),
                actions=(
                    Action(
                        "list<Tenant>ApiKeys",
                        "List all keys of the <tenant_>",
                        "api_key",
                        "GET",
                        "/<tenants->/{<tenant>_id}/api-keys",
                        actors=("admin",),
                        page="Keys of the <tenant_>",
                        permission="administrators of the <tenant_>",
                        many=True,
                    ),
                    Action(
                        "setMaximumLifetime",
                        "Set how long keys may live",
                        "<tenant>",
                        "PUT",
                        "/<tenants->/{<tenant>_id}/key-policy",
                        actors=("admin",),
                        body=("max_key_days",),
                        page="Keys of the <tenant_>",
                        permission="administrators of the <tenant_>",
                        rules=("api-key.maximum",),
                    ),
                ),
                questions=(
                    Question(
                        "api-key.shortened",
                        "When the maximum lifetime is shortened, do older keys end earlier too?",
                        "No; they keep their end, and administrators can revoke them.",
                    ),
                ),
            ),
        ),
    ),
    brings=Contribution(
        entities=(_KEY, _SCOPE),
        actions=(
            Action(
                "listApiKeys",
                "List the caller's keys",
                "api_key",
                "GET",
                "/api-keys",
                page="API keys",
                permission="own",
                many=True,
            ),
            Action(
                "createApiKey",
                "Make a key; the answer holds the secret, once",
                "api_key",
                "POST",
                "/api-keys",
                body=("name", "expires_at"),
                page="API keys",
                permission="signed in as a person, not by a key",
                rules=("api-key.once", "api-key.hash", "api-key.expiry", "api-key.maximum"),
            ),
            Action(
                "revokeApiKey",
                "Revoke a key at once",
                "api_key",
                "DELETE",
                "/api-keys/{api_key_id}",
                page="API keys",
                permission="its owner, and administrators",
                rules=("api-key.revoked",),
            ),
            Action(
                "grantScope",
                "Give a scope to a key; a new key has none",
                "api_key_scope",
                "POST",
                "/api-keys/{api_key_id}/scopes",
                body=("scope",),
                page="API keys",
                permission="its owner, for what the owner may do",
                rules=("api-key.scopes",),
            ),
            Action(
                "listScopes",
                "List the scopes of a key",
                "api_key_scope",
                "GET",
                "/api-keys/{api_key_id}/scopes",
                page="API keys",
                permission="its owner, and administrators",
                many=True,
            ),
        ),
        jobs=(
            Job(
                "warn-expiring-keys",
                "every night",
                "Tells owners two weeks and two days before a key in use ends.",
                "the last run is more than two days old",
            ),
        ),
        threats=(
            Threat(
                "api-key.leak",
                "createApiKey",
                "I",
                "A key ends up in a public repository, a log or a ticket.",
                "A fixed prefix lets scanners find it; keys have scopes and an end; the last use "
                "is shown; revoking takes a click.",
                3,
                3,
            ),
            Threat(
                "api-key.breed",
                "createApiKey",
                "E",
                "A stolen key makes itself new keys and outlives its revocation.",
                "Keys cannot make keys: that needs a person's sign-in.",
                2,
                3,
            ),
            Threat(
                "api-key.guess",
                "listApiKeys",
                "S",
                "Secrets are guessed, or compared character by character.",
                "256 random bits; found by their SHA-256, compared in constant time.",
                1,
                3,
            ),
        ),
        choices=(
            Choice(
                "api-key.opaque",
                "Keys are opaque random secrets, looked up by their hash on each request.",
                "Revoking must work at once, so every request asks the database (or a cache of "
                "seconds). Random secrets need no slow password hash.",
                "security",
                (
                    Option("Signed tokens (JWT)", "cannot be revoked before they end"),
                    Option(
                        "OAuth client credentials", "two requests and a server more for a start"
                    ),
                ),
                revisit="when partners act on behalf of their own users, or above 5,000 requests a "
                "second",
            ),
        ),
        questions=(
            Question(
                "api-key.which-scopes",
                "Which scopes are there, and which of them may nobody give to a key?",
                "read and write for each kind of data; nothing that manages people or keys.",
            ),
        ),
        notes=(
            Note(
                "ui_ux",
                "flow",
                "The secret appears once, with a copy button and the sentence that it will not be "
                "shown again; the dialogue closes only on purpose.",
                "api-key.shown-once",
            ),
            Note(
                "dba",
                "query",
                'SELECT "id", "owner_id" FROM "api_keys" WHERE "secret_hash" = $1 AND '
                '"revoked_at" IS NULL AND "expires_at" > now()',
            ),
        ),
    ),
)
