"""Tagging: words of their own by which people group and find things."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import (
    Choice,
    Contribution,
    Noun,
    Option,
    Pack,
    RulePattern,
    Threat,
)

_TAG = Entity(
    "<tag>",
    summary="A word by which <subjects_> are grouped and found.",
    fields=(
        Field("name", "text"),
        Field("merged_into_id", "ref", False, references="<tag>"),
        Field("created_by_id", "ref", references="user"),
        Field("version", "integer", default="1"),
    ),
    constraints=(
        Constraint(
            "<tags>_name_trimmed",
            "check",
            '"name" = trim("name") AND length("name") BETWEEN 1 AND 60',
        ),
        Constraint("<tags>_not_into_itself", "check", '"merged_into_id" <> "id"', "tagging.merge"),
    ),
)
_LINK = Entity(
    "<subject>_<tag>",
    summary="A <subject_> carries a <tag_>.",
    fields=(
        Field("<subject>_id", "ref", references="<subject>", on_delete="CASCADE"),
        Field("<tag>_id", "ref", references="<tag>"),
        Field("added_by_id", "ref", references="user"),
    ),
    constraints=(
        Constraint(
            "<subject>_<tags>_once", "unique", '"<subject>_id", "<tag>_id"', "tagging.unique"
        ),
    ),
    indexes=(
        Index("<subject>_<tags>_by_<tag>", '"<tag>_id", "<subject>_id"', serves="list<Tags>"),
    ),
)
_EVERYWHERE = Contribution(
    entities=(
        Entity(
            "<tag>",
            indexes=(
                Index(
                    "<tags>_name_key",
                    'lower("name")',
                    where='"merged_into_id" IS NULL',
                    unique=True,
                    serves="create<Tag>",
                ),
            ),
        ),
    ),
)

_RULES = (
    RulePattern(
        slug="tagging.unique",
        text="A <tag_> exists once, whatever its upper and lower case, and stands on a <subject_> "
        "once.",
        cues=(
            r"\bcase[- ]insensitive\w*\b",
            r"\bupper\b.*\blower\b",
            r"\b(?:unique|no duplicate|only once)\b",
        ),
        always=True,
        mechanisms=(
            Mechanism(
                "constraint", "<tags>.name", "a unique index on the lower-case name keeps it single"
            ),
            Mechanism("constraint", "<subject>_<tags>_once", "UNIQUE: <subject_> and <tag_>"),
            Mechanism("test", "create<Tag>", "“Urgent” after “urgent” answers with the first one"),
        ),
        adds=_EVERYWHERE,
    ),
    RulePattern(
        slug="tagging.scope",
        text="Each <words> has <tags_> of its own; a name is unique within it.",
        cues=(
            r"\beach (?P<words>(?-i:team|project|organisation|organization|workspace|department|"
            r"company|group|tenant|school)) has\b.{0,20}\bown\b",
            r"\bper (?P<words>(?-i:team|project|organisation|organization|workspace|department|"
            r"company|group|tenant|school))\b",
        ),
        mechanisms=(
            Mechanism("constraint", "<tags>.<words>_id", "leads the unique index on the name"),
            Mechanism("permission", "list<Tags>", "members of the <words>"),
            Mechanism("test", "create<Tag>", "the same name in two of them is two rows"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<words>",
                    summary="Exists already; has its own <tags_>.",
                    fields=(Field("name", "text", existing=True),),
                    existing=True,
                ),
                Entity(
                    "<tag>",
                    fields=(Field("<words>_id", "ref", references="<words>"),),
                    indexes=(
                        # Takes the place of the index that holds for everybody.
                        Index(
                            "<tags>_name_key",
                            '"<words>_id", lower("name")',
                            where='"merged_into_id" IS NULL',
                            unique=True,
                            serves="create<Tag>",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="tagging.merge",
        text="Two <tags_> can be merged: everything moves to one of them, the other name leads "
        "there.",
        cues=(r"\bmerg(?:e|es|ed|ing)\b.*\b(?:tags?|categor\w+|labels?|keywords?|them)\b",),
        takes=("<tag>.merged_into_id",),
        mechanisms=(
            Mechanism("constraint", "<tags>_not_into_itself", "CHECK on the row"),
            Mechanism("state", "<tag>", "one transaction; a merged one takes no <subjects_>"),
            Mechanism("test", "merge<Tag>", "a <subject_> with both keeps one; a circle of merges"),
        ),
        adds=Contribution(
            actions=(
                Action(
                    "merge<Tag>",
                    "Merge a <tag_> into another",
                    "<tag>",
                    "POST",
                    "/<tags->/{<tag>_id}/merge",
                    body=("merged_into_id",),
                    page="<Tags_>",
                    permission="who manages <tags_>",
                    rules=("tagging.merge",),
                ),
            ),
            threats=(
                Threat(
                    "tagging.wrong-merge",
                    "merge<Tag>",
                    "T",
                    "The wrong two are merged, and nobody knows which <subject_> had which.",
                    "Each merge is on record with what it moved, and can be taken back for a week.",
                    2,
                    2,
                ),
            ),
        ),
    ),
    RulePattern(
        slug="tagging.limit",
        text="A <subject_> carries at most <value> <tags_>.",
        cues=(
            r"\b(?:at most|up to|max\w*(?: of)?|no more than) (?P<near>\d{1,3}) "
            r"(?:tags|labels|keywords|categories)\b",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("constraint", "<subject>_<tags>_limit", "CHECK: its number is in range"),
            Mechanism("constraint", "<subject>_<tags>_numbered", "UNIQUE: <subject_> and number"),
            Mechanism("test", "add<Tag>To<Subject>", "two at once on the last free number"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>_<tag>",
                    fields=(Field("position", "integer"),),
                    constraints=(
                        Constraint(
                            "<subject>_<tags>_limit",
                            "check",
                            '"position" BETWEEN 1 AND <value>',
                            "tagging.limit",
                        ),
                        Constraint(
                            "<subject>_<tags>_numbered",
                            "unique",
                            '"<subject>_id", "position"',
                            "tagging.limit",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="tagging.nested",
        text="<Tags_> form a tree: each has at most one above it, and no circle.",
        cues=(
            r"\b(?:nested|hierarch\w+|tree of)\b",
            r"\bsub-?(?:categor|tag)\w*\b",
            r"\bparent (?:categor|tag)\w*\b",
        ),
        mechanisms=(
            Mechanism("constraint", "<tags>_not_below_itself", "CHECK on the row"),
            Mechanism("interface", "create<Tag>", "walks up under a lock, refuses a circle"),
            Mechanism("test", "create<Tag>", "A below B while B goes below A"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<tag>",
                    fields=(Field("parent_id", "ref", False, references="<tag>"),),
                    constraints=(
                        Constraint(
                            "<tags>_not_below_itself",
                            "check",
                            '"parent_id" <> "id"',
                            "tagging.nested",
                        ),
                    ),
                ),
            ),
            questions=(
                Question(
                    "tagging.depth",
                    "How deep is the tree, and does looking for a <tag_> find those below it?",
                    "Three levels; yes.",
                ),
            ),
        ),
    ),
)

TAGGING = Pack(
    slug="tagging",
    title="Tagging",
    cues=(
        r"\btag(?:s|ged|ging)?\b",
        r"\bcategori[sz](?:e|es|ed|ing)\b",
        r"\blabels? (?:can|may|must) be (?:made|created|added|set|given)\b",
        r"\b(?:in|into|by|to|with|several|own|add|assign|create|manage|of) "
        r"(?:\w+ )?(?:categories|labels|keywords)\b",
        r"\blabel(?:s|led)? (?:\w+ )?with\b",
    ),
    unless=r"\b(?:html|price|name|git|rfid|nfc|asset|inventory|equipment) tags?\b|"
    r"\btag lines?\b",
    nouns=(
        Noun(
            "tag",
            (
                r"\b(?P<before>tag)(?:s|ged|ging)?\b",
                r"\b(?P<before>categor(?:y|ies)|labels?|keywords?)\b",
            ),
            fallback="category",
        ),
        Noun(
            "subject",
            (
                r"\b(?:tag|categori[sz]e|label)s? (?!with\b|for\b)(?P<after>.+)",
                r"\b(?:tags?|categor(?:y|ies)|labels?|keywords?) (?:to|of|for|on) "
                r"(?:an? |the |their )?(?P<after>.+)",
                r"\b(?P<before>[a-z]+) (?:(?:can|may|must) be|are|is) (?:tagged|categori[sz]ed|"
                r"labelled)\b",
                r"\b(?P<before>[a-z]+) (?:into|in|with|by) (?:\w+ )?"
                r"(?:tags|categories|labels|keywords)\b",
            ),
            fallback="@main",
        ),
    ),
    rules=_RULES,
    brings=Contribution(
        entities=(
            Entity(
                "<subject>",
                summary="Exists already; it is what is grouped by <tags_>.",
                fields=(Field("owner_id", "ref", references="user", existing=True),),
                existing=True,
            ),
            _TAG,
            _LINK,
        ),
        actions=(
            Action(
                "list<Tags>",
                "List <tags_> that begin with some letters, with how often they are used",
                "<tag>",
                "GET",
                "/<tags->",
                filters=("prefix",),
                page="<Subjects_>",
                permission="signed in; counts only what the caller may see",
                many=True,
            ),
            Action(
                "create<Tag>",
                "Create a <tag_>",
                "<tag>",
                "POST",
                "/<tags->",
                body=("name",),
                page="<Tags_>",
                permission="who may change a <subject_>",
                rules=("tagging.unique", "tagging.nested"),
            ),
            Action(
                "rename<Tag>",
                "Rename a <tag_>",
                "<tag>",
                "PATCH",
                "/<tags->/{<tag>_id}",
                body=("name", "version"),
                page="<Tags_>",
                permission="who manages <tags_>",
                rules=("tagging.unique",),
            ),
            Action(
                "add<Tag>To<Subject>",
                "Put a <tag_> on a <subject_>",
                "<subject>_<tag>",
                "PUT",
                "/<subjects->/{<subject>_id}/<tags->/{<tag>_id}",
                page="<Subject_>",
                permission="who may change the <subject_>",
                rules=("tagging.unique", "tagging.limit"),
            ),
            Action(
                "remove<Tag>From<Subject>",
                "Take a <tag_> off a <subject_>",
                "<subject>_<tag>",
                "DELETE",
                "/<subjects->/{<subject>_id}/<tags->/{<tag>_id}",
                page="<Subject_>",
                permission="who may change the <subject_>",
            ),
            Action(
                "list<Subjects>By<Tag>",
                "List the <subjects_> with a <tag_>",
                "<subject>_<tag>",
                "GET",
                "/<tags->/{<tag>_id}/<subjects->",
                page="<Subjects_>",
                permission="who may see the <subject_>",
                many=True,
            ),
        ),
        threats=(
            Threat(
                "tagging.count-leak",
                "list<Tags>",
                "I",
                "A <tag_>'s name or count tells about <subjects_> that the caller may not see.",
                "Names and counts come from visible <subjects_> only.",
                2,
                2,
            ),
        ),
        choices=(
            Choice(
                "tagging.table",
                "Keep <tags_> in a table of their own, linked to <subjects_>.",
                "A <tag_> can be renamed and merged in one place, and one spelling is one row.",
                "data",
                (
                    Option(
                        "An array of texts on the <subject_>",
                        "renaming rewrites every row, and spellings drift apart",
                    ),
                    Option("A fixed list in the code", "every new word is a release"),
                ),
                revisit="when nobody but the team ever adds one: then a CHECK will do",
                role="dba",
            ),
        ),
        questions=(
            Question(
                "tagging.scope",
                "Are <tags_> shared by everybody, or does each team or person have their own?",
                "Shared by everybody who signs in.",
            ),
            Question(
                "tagging.who",
                "May everybody invent new <tags_>, or only pick from a list that somebody keeps?",
                "Everybody who may change a <subject_> may add one; a manager renames and merges.",
            ),
            Question(
                "tagging.nested",
                "Do <tags_> contain each other (a tree), or are they a flat list?",
                "A flat list.",
            ),
        ),
    ),
)
