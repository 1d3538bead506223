"""Mandatory facts: reasons, marks and files without which a deed is refused."""

from core.planning.model import Constraint, Entity, Field, Mechanism
from core.planning.packs.pack import Contribution, Noun, Pack, RulePattern

_MUST = (
    r"(?:has to|have to|must|needs? to|should|shall|(?:is|are) required to|(?:is|are) obliged to)"
)
_GIVE = (
    r"(?:give|enter|state|say|choose|provide|write|write down|name|add|select|fill in|specify|type|"
    r"type in|note|note down|leave|record|pick|explain|tell)"
)
_REASON = (
    r"(?:an? |the |their |his |her |one )?(?:short |written |brief |valid )?(?:reason|reasons|"
    r"justification|explanation)"
)
# Written out, so that only sentences with one of them are looked at.
_WHY = (
    r"(?:say why|enter why|state why|explain why|write why|give why|note why|record why|tell why|"
    r"say what happened|write what happened|enter what happened|explain what happened|state what "
    r"happened|tell what happened|note what happened)"
)
_FILE = (
    r"(?:an?|at least one|one|the) (?:[a-z]+ )?(?:photo|picture|receipt|attachment|image|"
    r"screenshot)"
)
_MARK = (
    r"(?P<event>(?!(?:there|present|available|needed|wanted|done|read|clear|so|it|the|an?)\b)"
    r"[a-z][a-z-]{2,24})"
)
_KNOWN = r"\b(?:reasons?|justif\w+|explanation)\b"

REQUIREMENT = Pack(
    slug="requirement",
    title="What must be given",
    cues=(),  # recognised by its rules
    nouns=(Noun("record", fallback="@main"),),
    kind="none",
    demands=True,
    rules=(
        RulePattern(
            slug="requirement.reason",
            text="A reason is mandatory: <event>. Without one the deed is refused; it is stored "
            "with who gave it and when.",
            cues=(
                rf"(?P<event>[a-z][^;:.]{{2,120}}?,? (?:but |and |then )?{_MUST} (?:also |always )?"
                rf"{_GIVE} {_REASON}\b[^,;.()]{{0,60}})",
                rf"(?P<event>[a-z][^;:.]{{2,120}}?,? (?:but |and |then )?{_MUST} (?:also |always )?"
                rf"{_WHY}\b(?! not)[^,;.()]{{0,60}})",
                r"(?P<event>\b(?:[a-z]+ing )?(?:(?:an?|every|each|the|any) )?[a-z]+(?: [a-z]+)? "
                r"(?:needs?|requires?|must have|must come with) (?:an? |the )?(?:written |valid |"
                r"short )?(?:reason|justification|explanation)\b[^,;.]{0,40})",
                r"(?P<event>\b(?:reason|justification|explanation) (?:is |field is )?(?:mandatory|"
                r"required|obligatory|compulsory)\b[^,;.]{0,50})",
                r"(?P<event>[a-z][^;:.,]{2,60}? (?:with|only with) an? (?:mandatory|written|"
                r"stated) (?:reason|justification|explanation))",
                r"(?P<event>[a-z][^;:.,]{2,60}? without (?:giving |stating |entering )?an? "
                r"(?:reason|justification|explanation) (?:is|are) (?:refused|rejected|not "
                r"(?:possible|allowed|accepted)))",
            ),
            already=_KNOWN,
            mechanisms=(
                Mechanism(
                    "constraint", "<records>_reason_complete", "CHECK: reason, person and time"
                ),
                Mechanism("interface", "the deed", "422 for none, and for blanks alone"),
                Mechanism("test", "the deed", "without a reason, with blanks, with one letter"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "<record>",
                        fields=(
                            Field("reason", "long_text", required=False),
                            Field("reason_given_by_id", "ref", False, references="user"),
                            Field("reason_given_at", "moment", required=False),
                        ),
                        constraints=(
                            Constraint(
                                "<records>_reason_complete",
                                "check",
                                '("reason_given_at" IS NULL) = ("reason" IS NULL) AND '
                                '("reason_given_at" IS NULL) = ("reason_given_by_id" IS NULL) AND '
                                '(length(btrim("reason")) > 0) IS NOT false',
                                "requirement.reason",
                            ),
                        ),
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="requirement.mark",
            text="It is stored whether it is <event>, and whoever enters it must say so: there is "
            "no answer by default.",
            cues=(
                rf"\b{_MUST} be (?:clearly )?(?:marked|flagged|labelled|labeled|tagged) as (?:an? "
                rf")?{_MARK}\b",
                rf"\b{_MUST} be (?:stated|marked|noted|entered|recorded|clear|indicated|said) "
                rf"(?:whether|if) (?:it|they|(?:the|an?|each) [a-z]+(?: [a-z]+)?) (?:is|are) "
                rf"{_MARK}\b",
                rf"(?:^|[,;:] ){_MARK} [a-z]+(?: [a-z]+)? {_MUST} be (?:clearly )?(?:marked|"
                rf"flagged|labelled|labeled)\b(?! (?:as|by|when|before|if)\b)",
                rf"\b(?:we|they|staff|people|[a-z]+s) (?:can |must )?(?:mark|flag) (?:it|them|"
                rf"[a-z]+s) as {_MARK}\b(?! or\b)",
            ),
            mechanisms=(
                Mechanism("constraint", "<records>.<event_>", "NOT NULL without a default"),
                Mechanism("interface", "create<Record>", "422 where it is not answered"),
                Mechanism(
                    "test", "create<Record>", "left out, yes, no; shown wherever it is listed"
                ),
            ),
            adds=Contribution(
                entities=(Entity("<record>", fields=(Field("<event_>", "flag"),)),),
            ),
        ),
        RulePattern(
            slug="requirement.has",
            text="It is stored whether there is this: <event>. Whoever enters it must say so: "
            "there is no answer by default.",
            cues=(
                rf"\b{_MUST} be (?:stated|marked|noted|entered|recorded|clear|indicated|said) "
                rf"(?:whether|if) (?:there is )?(?:an?|the) (?P<event>[a-z]+(?: [a-z]+)?) (?:is "
                rf"there|exists|"
                r"is available|is present|is needed|is wanted)\b",
            ),
            mechanisms=(
                Mechanism("constraint", "<records>.has_<event_>", "NOT NULL without a default"),
                Mechanism("interface", "create<Record>", "422 where it is not answered"),
                Mechanism(
                    "test", "create<Record>", "left out, yes, no; shown wherever it is listed"
                ),
            ),
            adds=Contribution(
                entities=(Entity("<record>", fields=(Field("has_<event_>", "flag"),)),),
            ),
        ),
        RulePattern(
            slug="requirement.fields",
            text="Mandatory: <event>. Nothing is saved without it; the answer names what is "
            "missing.",
            cues=(
                r"(?:^|[,;:] |\band )(?P<event>(?!it\b|this\b|that\b|approval\b|registration\b|"
                r"sign)"
                r"[a-z\"\u201c][^,;:.]{2,50}?) (?:is|are) (?:mandatory|obligatory|compulsory|"
                r"required "
                r"fields?)(?=$|[,;:.]| and\b)",
                r"\b(?:required|mandatory) fields?(?: are| is|:) (?P<event>[^;:.]{3,120})",
                r"(?P<event>\b(?:each|every|an?) [a-z]+(?: [a-z]+)? must have (?:an?|the) "
                r"(?!reason)"
                r"[a-z]+(?: [a-z]+)?)(?=$|[,;.]| and )",
                r"(?P<event>(?:the |an? )?[a-z]+(?: [a-z]+)?) (?:must|has to|have to) be filled "
                r"in\b",
            ),
            already=r"\b(?:mandatory|reason|file)\b",
            mechanisms=(
                Mechanism("interface", "create<Record>", "422 that names each of them"),
                Mechanism("test", "create<Record>", "left out, empty, blanks alone"),
            ),
        ),
        RulePattern(
            slug="requirement.file",
            text="A file is mandatory: <event>. Without it the deed is refused.",
            cues=(
                rf"(?P<event>[a-z][^;:.,]{{2,60}}? (?:needs?|requires?|must have|must come with) "
                rf"{_FILE}\b[^,;.]{{0,40}})",
                rf"(?P<event>[a-z][^;:.,]{{2,60}}? {_MUST} (?:have|take|add|attach|upload|include|"
                rf"make|contain) {_FILE}\b[^,;.]{{0,40}})",
            ),
            already=r"\bmandatory\b|\bat least one (?:file|photo|image)\b",
            mechanisms=(
                Mechanism("interface", "the deed", "422 that says which file is missing"),
                Mechanism("test", "the deed", "without a file, with one that was refused"),
            ),
        ),
    ),
)
