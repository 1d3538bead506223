"""What a brief may demand of roles and permissions, and how each demand is kept."""

from core.planning.model import (
    Action,
    Entity,
    Field,
    Mechanism,
)
from core.planning.packs.pack import (
    Contribution,
    RulePattern,
)

_WORD = r"(?:roles?|permissions?|rights?|access)"

PERMISSION_RULES = (
    RulePattern(
        slug="permission.deny-by-default",
        text="What no role allows is refused: a new operation is closed until a role names it.",
        cues=(
            r"\bby default\b",
            rf"\bonly\b.{{0,200}}\b(?:role|permission)s?\b.{{0,200}}\b{_WORD}\b",
        ),
        always=True,
        unsays=(("; what has no row is refused", ""),),
        mechanisms=(
            Mechanism("constraint", "role_permissions_once", "one row allows one operation"),
            Mechanism("permission", "every operation", "no row, no access: 403"),
            Mechanism("test", "every operation", "a role without rows is refused everywhere"),
        ),
    ),
    RulePattern(
        slug="permission.scope",
        text="A role counts within its <scope_> only; in another one the same person may have "
        "another role, or none.",
        cues=(
            r"\broles?\b.{0,200}\b(?:per|for each|in each|in every|within)\b",
            r"\bdifferent roles?\b",
        ),
        always=True,
        mechanisms=(
            Mechanism("constraint", "role_assignments_one_each", "UNIQUE: one role each"),
            Mechanism("permission", "every operation", "asks for the <scope_> of the row"),
            Mechanism("test", "every operation", "an administrator of one <scope_> tries another"),
        ),
    ),
    RulePattern(
        slug="permission.last-admin",
        text="The last administrator of a <scope_> stays: nobody can take the role away, not "
        "even they themselves.",
        cues=(
            r"\blast (?:remaining )?(?:admin|administrator|owner)s?\b",
            r"\bat least one (?:admin|administrator|owner)\b",
            r"\b(?:always|never without) an? (?:admin|administrator|owner)\b",
        ),
        always=True,
        unsays=((", never the last administrator's", ""),),
        mechanisms=(
            Mechanism(
                "trigger",
                "role_assignments_last_admin",
                "counts the others under a lock before a role goes or changes",
            ),
            Mechanism("test", "revokeRole", "two administrators remove each other at one moment"),
        ),
    ),
    RulePattern(
        slug="permission.grant",
        text="Only administrators of the <scope_> give and take roles; nobody gives one to "
        "themselves.",
        cues=(
            r"\b(?:only )?(?:admin|administrator|owner|manager)s?\b.{0,200}\b(?:assign|grant|"
            r"give|"
            rf"revoke|chang|manag)\w*\b.{{0,200}}\b{_WORD}\b",
            rf"\bonly\b.{{0,200}}\b(?:assign|grant|give)\w*\b.{{0,200}}\b{_WORD}\b",
            rf"\b(?:nobody|no one|never|not)\b.{{0,200}}\b{_WORD}\b.{{0,200}}\bthemsel\w+\b",
        ),
        always=True,
        takes=("permission.self-promotion",),
        unsays=((", and never for themselves", ""),),
        mechanisms=(
            Mechanism("constraint", "role_assignments_not_own", "CHECK: giver is not taker"),
            Mechanism("permission", "grantRole", "administrator of that <scope_>"),
            Mechanism("test", "grantRole", "a member gives themselves a higher role"),
        ),
    ),
    RulePattern(
        slug="permission.at-once",
        text="A role that is taken away is gone with the next request, whoever is signed in.",
        cues=(
            rf"\b{_WORD}\b.{{0,200}}\b(?:at once|immediately|right away|instantly|next request|"
            r"without (?:signing|logging) (?:in|out))\b",
            r"\b(?:at once|immediately|right away|instantly)\b.{0,200}\b(?:lose|loses|revok\w+|"
            rf"taken away)\b.{{0,200}}\b{_WORD}\b",
        ),
        mechanisms=(
            Mechanism(
                "constraint",
                "<scopes>.permission_version",
                "raised in the transaction that changes a role; part of each cache key",
            ),
            Mechanism("test", "revokeRole", "the request after it is refused, on each server"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<scope>",
                    fields=(Field("permission_version", "integer", default="1"),),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="permission.custom",
        text="Administrators put roles together themselves, from operations they may use.",
        cues=(
            r"\b(?:custom|own|new) roles?\b",
            r"\b(?:create|define|edit|make)s? (?:\w+ ){0,2}roles?\b",
        ),
        mechanisms=(
            Mechanism("permission", "allowOperation", "only what the caller may do as well"),
            Mechanism("test", "allowOperation", "an operation that the caller lacks: 403"),
        ),
        adds=Contribution(
            actions=(
                Action(
                    "createRole",
                    "Make a role; it allows nothing yet",
                    "role",
                    "POST",
                    "/roles",
                    body=("name",),
                    page="Roles",
                    permission="administrator",
                    rules=("permission.custom",),
                ),
                Action(
                    "allowOperation",
                    "Let a role do one more thing",
                    "role_permission",
                    "POST",
                    "/roles/{role_id}/permissions",
                    body=("operation",),
                    page="Roles",
                    permission="administrator, for what they may do themselves",
                    rules=("permission.custom", "permission.deny-by-default"),
                ),
                Action(
                    "forbidOperation",
                    "Take an operation from a role",
                    "role_permission",
                    "DELETE",
                    "/roles/{role_id}/permissions/{role_permission_id}",
                    page="Roles",
                    permission="administrator",
                    rules=("permission.custom",),
                ),
            ),
        ),
    ),
)
