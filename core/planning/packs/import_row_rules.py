"""What a brief demands of single rows of an import: checks, the rest, later ones, repair."""

from core.planning.model import Action, Entity, Field, Index, Mechanism
from core.planning.packs.pack import Contribution, RulePattern

_UNDO = r"(?:undo|undone|reverted?|rolled back|taken? back|reversed)"

IMPORT_ROW_RULES: tuple[RulePattern, ...] = (
    RulePattern(
        slug="import.row-checks",
        text="A row is held back, and listed with its reason, when it has: <words>.",
        cues=(
            r"\b(?:rows?|lines?|records?|entries) (?:with|where|whose|that have|having) "
            r"(?P<words>[^;]{5,200}?) (?:is|are|get|gets) (?:not (?:taken over|imported|stored)|"
            r"rejected|refused|left out|skipped|held back|put aside|listed)\b",
        ),
        mechanisms=(
            Mechanism("state", "import_row", "rejected, with what was wrong in words"),
            Mechanism("job", "run-imports", "each check on each row before anything is written"),
            Mechanism("test", "run-imports", "one row for each: <words>; one that breaks two"),
        ),
    ),
    RulePattern(
        slug="import.rest-goes-in",
        text="The other rows go in: a bad row stops nothing but itself.",
        cues=(
            r"\b(?:the )?(?:rest|others?|other rows|good rows|valid rows|remaining rows) (?:goes|"
            r"go|is|are|gets?) (?:in\b|through|imported|taken over|stored)",
            r"\beven (?:when|if) (?:single|some|one|a few) (?:rows?|lines?) (?:is|are) "
            r"(?:bad|wrong|faulty|invalid|rejected)\b",
            r"\b(?:one|a) (?:bad|faulty|wrong) (?:row|line)\b.{0,30}\b(?:not|"
            r"never)\b.{0,20}\bstop\w*\b",
        ),
        mechanisms=(
            Mechanism("job", "run-imports", "a savepoint for each row; its outcome in import_rows"),
            Mechanism("test", "run-imports", "the first, the last and every second row bad"),
        ),
    ),
    RulePattern(
        slug="import.same-twice",
        text="The same thing twice: “<words>”. What was replaced stays readable.",
        cues=(
            r"(?P<words>\bsame [^:;]{3,60}\b(?:twice|two times|again)\b[^;]{3,100})",
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{0,200}\b(?:the )?(?:later|newer|last|first|earlier) "
            r"(?:one|row|value|entry) (?:wins|counts|is taken|stays)\b[^;]{0,80})",
        ),
        mechanisms=(
            Mechanism("index", "<subject>_versions_of", "what stood there before, newest first"),
            Mechanism("test", "run-imports", "both orders, both in one file, one by hand between"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>_version",
                    summary="What a <subject_> was before it was replaced, and by what.",
                    fields=(
                        Field("<subject>_id", "ref", references="<subject>", on_delete="CASCADE"),
                        Field("import_id", "ref", False, references="import", on_delete="SET NULL"),
                        Field("values_before", "json"),
                    ),
                    indexes=(
                        Index(
                            "<subject>_versions_of",
                            '"<subject>_id", "created_at" DESC',
                            serves="list<Subject>Versions",
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "list<Subject>Versions",
                    "List what a <subject_> was before",
                    "<subject>_version",
                    "GET",
                    "/<subjects->/{<subject>_id}/versions",
                    page="<Subject_>",
                    permission="who may see the <subject_>",
                    rules=("import.same-twice",),
                    many=True,
                ),
            ),
        ),
    ),
    RulePattern(
        slug="import.mapped-once",
        text="Columns are matched once for each <words>; the next file of the same <words> needs "
        "no hand.",
        cues=(
            r"\b(?:mapped|matched|assigned) once (?:per|for each|for every|by) "
            r"(?P<words>[a-z]{3,20})\b",
        ),
        mechanisms=(
            Mechanism("client", "setColumnMapping", "filled in from the last file of that <words>"),
            Mechanism("test", "startImport", "a column renamed, moved and missing since"),
        ),
    ),
    RulePattern(
        slug="import.repaired",
        text="Each row that was held back is settled by a person: repaired, or rejected for good.",
        cues=(
            r"\b(?:repairs?|corrects?|mends?|fix(?:es)?) (?:or|and) (?:rejects?|discards?|drops?|"
            r"deletes?|imports?)\b",
            r"\b(?:repaired|corrected|fixed) (?:and|or) (?:imported again|rejected|discarded)\b",
        ),
        mechanisms=(
            Mechanism("state", "import_row", "rejected > repaired and taken over, or set aside"),
            Mechanism("test", "settleRow", "repaired wrongly: rejected again, with the new reason"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "import_row",
                    fields=(
                        Field("settled_by_id", "ref", False, references="user"),
                        Field("settled_at", "moment", required=False),
                    ),
                ),
            ),
            actions=(
                Action(
                    "settleRow",
                    "Repair a rejected row and take it over, or set it aside",
                    "import_row",
                    "PATCH",
                    "/imports/{import_id}/rows/{import_row_id}",
                    body=("cells?", "set_aside:flag?"),
                    page="Import",
                    permission="who uploaded it, and who manages <subjects_>",
                    rules=("import.repaired", "import.rejected"),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="import.undo-ends",
        text="No way back any more: “<words>”. Taking it back is refused then, with the reason.",
        cues=(
            rf"\b{_UNDO}\b[^;]{{0,80}}\b(?P<words>(?:but )?(?:not|never|no longer) (?:after|when|"
            rf"if|once|"
            r"as soon as) [^;]{5,80})",
        ),
        mechanisms=(
            Mechanism("interface", "undoImport", "409, naming what stands on which rows"),
            Mechanism("test", "undoImport", "in the same second as what ends it: one of them wins"),
        ),
    ),
    RulePattern(
        slug="import.formats",
        text="Files of these kinds are read: <words>; by their content, not by their ending.",
        cues=(
            r"\b(?P<words>(?:CSV|Excel|XLSX|XML|JSON|ODS)(?:(?:,| or| and|, or| /) (?:CSV|Excel|"
            r"XLSX|XML|JSON|ODS)){1,4})\b",
        ),
        mechanisms=(
            Mechanism("interface", "uploadImport", "another kind answers 415"),
            Mechanism("test", "uploadImport", "same rows in each; formulas, a hidden sheet"),
        ),
    ),
)
