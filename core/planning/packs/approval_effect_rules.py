"""What an approval is for: what waits for it, what a change makes of it, who gives it how."""

from core.planning.model import Constraint, Entity, Field, Index, Mechanism, Question, Trigger
from core.planning.packs.pack import Contribution, RulePattern

_USED = (
    r"(?P<since>us(?:e|es|ed)|publish(?:ed)?|appears?|visible|sent|executed|paid|valid|applied|shown|"
    r"go(?:es)? (?:out|live|online)|public|effective|carried out|ordered|counts?)"
)
_GIVEN = r"(?:approv\w*|release[ds]?|signed off|cleared)"
_VOIDED = """\
IF OLD."given_approvals" > 0 AND NEW."submission_no" = OLD."submission_no"
    AND to_jsonb(NEW) - ARRAY['status', 'given_approvals', 'required_approvals', 'version']
        <> to_jsonb(OLD) - ARRAY['status', 'given_approvals', 'required_approvals', 'version'] THEN
    NEW."given_approvals" := 0;
    NEW."submission_no" := OLD."submission_no" + 1;
    NEW."status" := 'submitted';
END IF;
RETURN NEW;"""

APPROVAL_EFFECT_RULES = (
    RulePattern(
        slug="approval.before-use",
        text="A <subject_> is not <since> before it is approved.",
        cues=(
            rf"\b{_GIVEN}\b[^.;]{{0,40}}\bbefore\b[^.;]{{0,40}}\b{_USED}\b",
            rf"\b{_USED} only (?:after|once|when)\b[^.;]{{0,30}}\b{_GIVEN}\b",
            rf"\b(?:only|not|never|nothing|nobody|no [a-z]+)\b[^.;]{{0,30}}\b{_USED}\b[^.;]{{0,20}}"
            rf"\b(?:before|until|without)\b[^.;]{{0,30}}\b{_GIVEN}\b",
            rf"\b{_USED}\b[^.;]{{0,20}}\bonly {_GIVEN}\b",
        ),
        mechanisms=(
            Mechanism("permission", "list<Subjects>", "others get approved ones only"),
            Mechanism("index", "<subjects>_in_effect", "partial: the approved ones"),
            Mechanism("test", "list<Subjects>", "a submitted one is used by id: 404"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>",
                    indexes=(
                        Index(
                            "<subjects>_in_effect",
                            '"created_at" DESC',
                            where="\"status\" = 'approved'",
                            serves="list<Subjects>",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="approval.changed",
        text="A changed <subject_> goes back to approval; until then the approved version before "
        "it is used.",
        cues=(
            r"\bback to approval\b|\bapproved again\b|\bnew approval\b|\bre-?approv\w+",
            r"\b(?:old|previous|earlier|last approved) version\b",
            r"\b(?:every|each|any|an?) (?:change|edit)\b[^.;]{0,40}\b(?:needs?|requires?) "
            r"(?:[\w']+ ){0,3}?approval\b",
        ),
        mechanisms=(
            Mechanism(
                "constraint", "<subjects>_replaces_id_fkey", "the change is a row of its own"
            ),
            Mechanism("index", "<subjects>_one_change", "UNIQUE: one change waits at a time"),
            Mechanism("test", "update<Subject>", "until the approval, readers get the old one"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>",
                    fields=(
                        Field("replaces_id", "ref", False, references="<subject>"),
                        Field("replaced_at", "moment", required=False),
                    ),
                    constraints=(
                        Constraint("<subjects>_replaces_another", "check", '"replaces_id" <> "id"'),
                    ),
                    indexes=(
                        Index(
                            "<subjects>_one_change",
                            '"replaces_id"',
                            where="\"status\" IN ('draft', 'submitted')",
                            unique=True,
                            serves="update<Subject>",
                        ),
                        Index("<subjects>_replaced", '"replaces_id"', serves="get<Subject>"),
                    ),
                ),
            ),
            questions=(
                Question(
                    "approval.typos",
                    "Does every change of a <subject_> go back to approval, or are there some, "
                    "such as a corrected typo, that do not?",
                    "Every change.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="approval.voided",
        text="A change of <what> after an approval removes all approvals: they are given again.",
        cues=(
            r"\bchang\w+ (?P<what>[\w, -]{2,60}?) after (?:the |an? )?(?:first |second )"
            r"?(?:releases?|approvals?|signatures?) (?:removes?|voids?|resets?|cancels?|deletes?|"
            r"withdraws?|invalidates?) (?:all |the |every )?(?:other |given )?(?:releases?|"
            r"approvals?|signatures?)",
            r"\b(?:releases?|approvals?|signatures?) (?:are|is) (?:void|removed|reset|lost|"
            r"withdrawn|cancelled) (?:if|when|as soon as|once) (?P<what>[\w, -]{2,60}?) (?:is|are|"
            r"was|were|gets?) (?:changed|edited)",
        ),
        mechanisms=(
            Mechanism("trigger", "<subjects>_approvals_voided", "counts from zero in a new round"),
            Mechanism(
                "test", "update<Subject>", "changed after the first approval: both are asked"
            ),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>",
                    triggers=(
                        Trigger(
                            "<subjects>_approvals_voided",
                            "BEFORE UPDATE",
                            _VOIDED,
                            "approval.voided",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="approval.fresh",
        text="A decision needs a fresh proof of who decides (<words>), at most <value> old.",
        cues=(
            r"\b(?:releas\w+|approv\w+|sign(?:ing|ature)\w*|decid\w+|confirm\w+)\b[^.;]{0,40}?\b"
            r"(?P<words>second factor|password|pin|passkey|sign-in|one-time code)\b[^.;]{0,40}\b(?:"
            r"older|old|within|last)\b",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism(
                "constraint",
                "approvals_freshly_proven",
                "CHECK: the proof is at most <value> older than the decision",
            ),
            Mechanism(
                "permission", "decide<Subject>", "403 with the demand for a new second factor"
            ),
            Mechanism("test", "decide<Subject>", "a second before and after <value>"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "approval",
                    fields=(Field("proven_at", "moment"),),
                    constraints=(
                        Constraint(
                            "approvals_freshly_proven",
                            "check",
                            '"proven_at" <= "decided_at" AND '
                            '"decided_at" <= "proven_at" + interval \'<value>\'',
                            "approval.fresh",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="approval.none",
        each=True,
        text="No approval is needed for <what>.",
        cues=(
            r"^(?P<what>(?:[a-z][\w-]* ){0,3}[a-z][\w-]*) (?:needs?|requires?) no (?:approval|"
            r"release)",
            r"^(?P<what>(?:[a-z][\w-]* ){0,3}[a-z][\w-]*) (?:can|may) be [a-z]+ without (?:an )?(?:"
            r"approval|release)",
        ),
        mechanisms=(
            Mechanism("permission", "submit<Subject>", "<what>: approved at once, asked of nobody"),
            Mechanism("test", "submit<Subject>", "the same thing with and without that"),
        ),
    ),
)
