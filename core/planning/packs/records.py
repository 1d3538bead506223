"""Records with an owner: create, list, open, edit, delete."""

from core.planning.model import Action, Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import Choice, Contribution, Noun, Option, Pack, RulePattern, Threat

RECORDS = Pack(
    slug="records",
    title="Records with an owner",
    cues=(),  # recognised by who does what to which thing, or implied by another pack
    nouns=(Noun("subject"),),
    rules=(
        RulePattern(
            slug="records.ownership",
            text="Every <subject_> has an owner; others reach it only through a permission.",
            cues=(
                r"\bprivate\b",
                r"\bonly (?:the|their) (?:owners?|authors?)\b",
                r"\bonly their own\b",
            ),
            always=True,
            takes=("records.idor",),
            unsays=(
                ("own rows, or all rows for a role that works on them", "signed in"),
                ("owner, or a role that works on it", "signed in"),
                (", and only their owner and the roles named in the brief see them", ""),
            ),
            mechanisms=(
                Mechanism("constraint", "<subjects>.owner_id", "NOT NULL, references users"),
                Mechanism("permission", "<Subject>", "owner, or a role that an operation names"),
                Mechanism("test", "get<Subject>", "a stranger's request answers 404, not 403"),
            ),
        ),
    ),
    brings=Contribution(
        entities=(
            Entity(
                "<subject>",
                summary="What the feature is about; belongs to the person who created it.",
                fields=(
                    Field("owner_id", "ref", references="user"),
                    Field("version", "integer", default="1"),
                ),
                indexes=(
                    Index(
                        "<subjects>_by_owner",
                        '"owner_id", "created_at" DESC, "id"',
                        serves="list<Subjects>",
                    ),
                ),
            ),
        ),
        actions=(
            Action(
                "list<Subjects>",
                "List the <subjects_> that the caller may see",
                "<subject>",
                "GET",
                "/<subjects->",
                page="<Subjects_>",
                permission="own rows, or all rows for a role that works on them",
                many=True,
            ),
            Action(
                "create<Subject>",
                "Create a <subject_>",
                "<subject>",
                "POST",
                "/<subjects->",
                body=("*",),
                page="<Subject_> form",
                permission="signed in; becomes the owner",
            ),
            Action(
                "get<Subject>",
                "Open one <subject_>",
                "<subject>",
                "GET",
                "/<subjects->/{<subject>_id}",
                page="<Subject_>",
                permission="owner, or a role that works on it",
            ),
            Action(
                "update<Subject>",
                "Correct a <subject_>",
                "<subject>",
                "PATCH",
                "/<subjects->/{<subject>_id}",
                body=("*?", "version"),
                page="<Subject_> form",
                permission="owner",
            ),
            Action(
                "delete<Subject>",
                "Delete a <subject_>",
                "<subject>",
                "DELETE",
                "/<subjects->/{<subject>_id}",
                page="<Subject_>",
                permission="owner",
            ),
        ),
        threats=(
            Threat(
                "records.idor",
                "get<Subject>",
                "I",
                "Somebody guesses or shares an id and reads a <subject_> of another person.",
                "Random UUIDs, and every query filters by owner or role before it looks up the id.",
                3,
                2,
            ),
            Threat(
                "records.lost-update",
                "update<Subject>",
                "T",
                "Two open forms overwrite each other's change of a <subject_>.",
                "The version travels with the form; a stale one answers 409 and shows both.",
                2,
                1,
            ),
        ),
        choices=(
            Choice(
                "records.optimistic-locking",
                "Guard edits of a <subject_> with a version column.",
                "Two people or two tabs may edit at once; a lost edit is worse than a 409.",
                "data",
                (
                    Option("Last write wins", "silently loses somebody's work"),
                    Option("Lock the row while a form is open", "locks outlive closed laptops"),
                ),
                revisit="when more than one save in a hundred ends in a 409",
                role="backend_dev",
            ),
        ),
        questions=(
            Question(
                "records.fields",
                "Which fields does a <subject_> have, and which of them are mandatory?",
                "Those that the brief names; a description where it names none.",
            ),
            Question(
                "records.existing",
                "Does a table or another system hold <subjects_> today, and who may see them?",
                "No: they are created with this feature, and only their owner and the roles named "
                "in the brief see them.",
            ),
        ),
    ),
)
