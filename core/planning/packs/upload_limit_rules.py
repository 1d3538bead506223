"""The rules of which files may be uploaded, and how many."""

from core.planning.model import Constraint, Entity, Field, Mechanism
from core.planning.packs.pack import Contribution, RulePattern
from core.planning.packs.wording import AT_MOST, COUNT
from core.planning.reading.media_types import MEDIA_TYPE_LIST

UPLOAD_LIMIT_RULES = (
    RulePattern(
        slug="upload.kinds",
        text="Only these kinds of file are accepted, recognised by their content: <words>.",
        cues=(
            rf"\b(?:is|are|be|as|only|accepted|allowed|formats?|kinds?|types?|uploads?|attach)"
            rf"\b:? (?:an? |only |as )?{MEDIA_TYPE_LIST}\b",
            rf"\({MEDIA_TYPE_LIST}\b",
            rf"\b(?:an? )?{MEDIA_TYPE_LIST},? (?:files? )?(?:of )?{AT_MOST} \d",
        ),
        unless=r"\b(?:export|download|report|import|convert|generat|print)\w*",
        mechanisms=(
            Mechanism("constraint", "<files>_kinds", "CHECK on the media type"),
            Mechanism("job", "check-<files->", "looks at the first bytes, not at the name"),
            Mechanism("test", "upload<File>", "another kind under one of these names: 415"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<file>",
                    constraints=(
                        Constraint(
                            "<files>_kinds",
                            "check",
                            '"media_type" IN (<mediatypes>)',
                            "upload.kinds",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="upload.count-and-size",
        text="At most <words> belong to one thing; one more, or a larger one, is refused "
        "before it "
        "is read.",
        cues=(
            rf"\b{AT_MOST} (?P<words>{COUNT} (?:files|photos|pictures|images|documents|"
            rf"attachments|"
            r"scans|plans) (?:of|with|à) (?:up to |at most |max\.? )?\d{1,4} ?[KMG]B)",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("client", "upload<File>", "shows how many are left, scales photos down"),
            Mechanism("test", "upload<File>", "one too many, one byte too large, two at once"),
        ),
    ),
    RulePattern(
        slug="upload.count",
        text="At most <value> <files_> belong to one thing; one more is refused before it is read.",
        cues=(
            rf"\b{AT_MOST} {COUNT} (?:files|photos|pictures|images|documents|attachments|scans|"
            r"pages|plans)\b(?! (?:a|per|each|every) (?:day|week|month|hour))",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("constraint", "<files>_places", "CHECK: its place is in range"),
            Mechanism("constraint", "<files>_place_once", "UNIQUE: what it is for and place"),
            Mechanism("client", "upload<File>", "shows how many are left"),
            Mechanism("test", "upload<File>", "two at once for the last place"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<file>",
                    fields=(Field("place_no", "integer"),),
                    constraints=(
                        Constraint(
                            "<files>_places",
                            "check",
                            '"place_no" BETWEEN 1 AND <value>',
                            "upload.count",
                        ),
                        Constraint(
                            "<files>_place_once",
                            "unique",
                            '"<subject>_id", "place_no"',
                            "upload.count",
                        ),
                    ),
                ),
            ),
        ),
    ),
)
