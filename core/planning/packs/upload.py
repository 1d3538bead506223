"""Upload: files and images, with limits, checking and reading out of values."""

from core.planning.model import Action, Constraint, Entity, Field, Mechanism, Question
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
from core.planning.packs.upload_limit_rules import UPLOAD_LIMIT_RULES
from core.planning.packs.wording import AT_MOST

UPLOAD = Pack(
    slug="upload",
    title="Upload",
    cues=(
        # Who photographs something hands in a picture; photographs may have lain in an archive.
        r"\bphotograph(?:ed)?\b(?! (?:archive|collection))",
        r"\bphotographs (?:the|an?|it|each|every|their|his|her|what)\b",
        r"\b(?:upload\w*|attach\w*|add|adds|take|takes|send|sends|with) (?:\w+ ){0,2}photographs\b",
        r"\bphotographs\b.{0,40}\b(?:uploaded|attached|added|handed in)\b",
        r"\b(?:take|takes|upload|uploads|attach|attaches|add|send) (?:\w+ ){0,2}"
        r"(?:photos?|pictures?|images?|files?|documents?|receipts?|pdfs?|scans?)\b",
        # “One photo has at most 30 tags” is no upload.
        r"\b(?:photos?|pictures?|images?|files?|attachments?)\b.{0,60}\b(?:allowed\b|"
        r"(?:max\.?|up to|at most) (?:\d+ ?(?:[km]b|gb)|(?:\d+|two|three|five|ten) "
        r"(?:photos?|pictures?|images?|files?)))",
        r"\b(?:up to|at most|max\.?) (?:\d+|two|three|five|ten) "
        r"(?:photos?|pictures?|images?|files?)",
        r"\b(?:jpe?gs?|pngs?|pdfs?|photos?)\b.{0,40}\b\d+ ?(?:mb|kb)\b",
        r"\buploads?\b",
        r"\b(?:pdfs?|jpe?g|png|scans?|invoices?|certificates?|notes?|cvs?|plans)\b[^;.]{0,40}?"
        r"\b\d{1,4} ?[KMG]B\b",
        r"\bwith (?:an? |some |several )?(?:photos?|pictures?|images?)\b",
    ),
    # What is taken apart into rows is an import.
    unless=r"\bimport\w*|\bcolumns?\b|\bupload (?:it |them )?again\b|"
    r"\buploads? (?:an? |the )?(?:csv|excel|spreadsheet|lists?)\b",
    nouns=(
        Noun(
            "file",
            (
                rf"\b{AT_MOST} (?:\d+|[a-z]+) (?P<after>photos?|pictures?|images?|documents?) of "
                rf"\d",
                r"\bphotograph(?:s|ed)?\s+(?P<after>.+)",
                r"\b(?P<before>documents?|files?) (?:up to|of (?:up to|at most)|max\.?|at most) \d",
                r"\b(?:uploads?|attach(?:es)?)\s+(?P<after>.+)",
                r"\b(?:photo|picture|image|scan)s? of\s+(?P<after>.+)",
            ),
            fallback="attachment",
        ),
        Noun("subject", fallback="@main", optional=True),
    ),
    rules=(
        RulePattern(
            slug="upload.size",
            text="A file of a <file_> has at most <words>.",
            cues=(r".",),
            quantity="size",
            unsays=(("Size limit before reading, a quota", "A quota"),),
            mechanisms=(
                Mechanism("constraint", "<files>_size", "CHECK on the byte count"),
                Mechanism("interface", "upload<File>", "413 before the body is read"),
                Mechanism("client", "upload<File>", "scaled down or refused before sending"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "<file>",
                        constraints=(
                            Constraint(
                                "<files>_size",
                                "check",
                                '"byte_size" BETWEEN 1 AND <value>',
                                "upload.size",
                            ),
                        ),
                    ),
                ),
            ),
        ),
        *UPLOAD_LIMIT_RULES,
        RulePattern(
            slug="upload.images-only",
            text="Only images are accepted, recognised by their content.",
            cues=(r"\bimages?\b", r"\bphotos?\b", r"\bpictures?\b"),
            unless=r"\b(?:files?|documents?|pdfs?|never)\b",
            mechanisms=(
                Mechanism("constraint", "<files>_media_type", "CHECK on the media type"),
                Mechanism("job", "check-<files->", "decodes and re-encodes, drops metadata"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "<file>",
                        constraints=(
                            Constraint(
                                "<files>_media_type",
                                "check",
                                "\"media_type\" IN ('image/jpeg', 'image/png', 'image/webp')",
                                "upload.images-only",
                            ),
                        ),
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="upload.recognition",
            text="Values are read from the <file_> by machine; a person can correct them before "
            "they count.",
            cues=(
                r"\b(?:is|are|be) (?:read|extracted|recogni[sz]ed) (?:from|out of|off)\b",
                r"\bOCR\b",
                r"\breads? (?:\w+ ){1,4}(?:from|off) (?:the|it)\b",
            ),
            mechanisms=(
                Mechanism("job", "read-<files->", "fills suggestions, never final values"),
                Mechanism("state", "<file>", "waiting > read or unreadable"),
                Mechanism("client", "correction form", "suggested values are marked as such"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "<file>",
                        fields=(
                            Field(
                                "reading",
                                "choice",
                                choices=("waiting", "read", "unreadable"),
                                default="'waiting'",
                            ),
                            Field("suggested", "json", required=False),
                        ),
                    ),
                ),
                jobs=(
                    Job(
                        "read-<files->",
                        "on upload",
                        "Reads values from each new <file_> and stores them as suggestions.",
                        "share of unreadable <files_> above 20 percent in an hour",
                    ),
                ),
                choices=(
                    Choice(
                        "upload.recognition",
                        "Read values from a <file_> in a background job, and store them as "
                        "suggestions that a person confirms.",
                        "Recognition is slow and sometimes wrong; what the person submits counts, "
                        "and the form works when recognition is down.",
                        "architecture",
                        (
                            Option(
                                "Read during the upload request",
                                "a slow engine would hold the request and the person",
                            ),
                            Option("Trust the recognised values", "a misread digit becomes a fact"),
                        ),
                        revisit="when fewer than one in twenty suggestions is corrected",
                    ),
                ),
                questions=(
                    Question(
                        "upload.engine",
                        "Which engine reads the values, and may <files_> leave the company for it?",
                        "An engine on own machines; nothing leaves.",
                    ),
                ),
            ),
        ),
    ),
    brings=Contribution(
        entities=(
            Entity(
                "<file>",
                summary="A file that was uploaded; the bytes lie in object storage.",
                fields=(
                    Field("<subject>_id", "ref", references="<subject>"),
                    Field("uploaded_by_id", "ref", references="user"),
                    Field("storage_key", "text", unique=True),
                    Field("media_type", "text"),
                    Field("byte_size", "integer"),
                    Field("sha256", "text"),
                    Field(
                        "checking",
                        "choice",
                        choices=("waiting", "clean", "refused"),
                        default="'waiting'",
                    ),
                ),
            ),
        ),
        actions=(
            Action(
                "upload<File>",
                "Upload a <file_>",
                "<file>",
                "POST",
                "/<subjects->/{<subject>_id}/<files->",
                page="<Subject_> form",
                permission="who may change the <subject_>",
                upload=True,
            ),
            Action(
                "get<File>",
                "Open a <file_>",
                "<file>",
                "GET",
                "/<files->/{<file>_id}",
                page="<Subject_>",
                permission="who may see the <subject_>",
            ),
            Action(
                "list<Files>",
                "List the <files_> of a <subject_>",
                "<file>",
                "GET",
                "/<subjects->/{<subject>_id}/<files->",
                page="<Subject_>",
                permission="who may see the <subject_>",
                many=True,
            ),
            # Where a file belongs to nothing but its uploader, these stand instead.
            Action(
                "upload<File>",
                "Upload a <file_>",
                "<file>",
                "POST",
                "/<files->",
                page="<Files_>",
                permission="signed in; becomes the owner",
                upload=True,
            ),
            Action(
                "get<File>",
                "Open a <file_>",
                "<file>",
                "GET",
                "/<files->/{<file>_id}",
                page="<Files_>",
                permission="who uploaded it, and the roles that the brief names",
            ),
            Action(
                "list<Files>",
                "List the <files_> that the caller may see",
                "<file>",
                "GET",
                "/<files->",
                page="<Files_>",
                permission="who uploaded them, and the roles that the brief names",
                many=True,
            ),
        ),
        jobs=(
            Job(
                "check-<files->",
                "on upload",
                "Checks the content of each new <file_> (type, malware), drops embedded metadata.",
                "<files_> wait longer than 10 minutes for their check",
            ),
        ),
        threats=(
            Threat(
                "upload.malware",
                "upload<File>",
                "T",
                "A file carries malware, or is a page in an image's clothes.",
                "Type by content, images re-encoded, served from another origin as attachment "
                "with nosniff; not shown before its check is clean.",
                2,
                3,
            ),
            Threat(
                "upload.flood",
                "upload<File>",
                "D",
                "Many or huge files fill the storage or the worker.",
                "Size limit before reading, a quota per person and day, one worker slot for it.",
                2,
                2,
            ),
            Threat(
                "upload.metadata",
                "get<File>",
                "I",
                "A photo tells place and device in its metadata.",
                "Metadata is dropped when the image is re-encoded.",
                2,
                2,
            ),
        ),
        choices=(
            Choice(
                "upload.storage",
                "Keep <file_> files in object storage, and only their facts in PostgreSQL.",
                "Bytes bloat backups and replicas; short-lived signed addresses serve them without "
                "the application in between.",
                "technology",
                (
                    Option("Bytes in a bytea column", "every dump and replica carries them"),
                    Option("A folder on the server", "is tied to one machine and forgotten"),
                ),
                revisit="below 5,000 files after a year: then a bytea column is simpler",
            ),
        ),
        questions=(
            Question(
                "upload.size",
                "How large may a <file_> be?",
                "10 MB, as a setting of the upload and not of the database.",
            ),
        ),
        notes=(
            Note(
                "ui_ux",
                "flow",
                "While a <file_> uploads, show progress and let the person go on; on failure keep "
                "it and offer to try again.",
            ),
        ),
    ),
)
