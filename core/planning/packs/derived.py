"""What the system works out by itself: computed values, and numbers that it gives."""

from core.planning.model import Constraint, Entity, Field, Mechanism
from core.planning.packs.pack import Contribution, Noun, Pack, RulePattern

_VALUE = (
    r"(?:total|sum|balance|average|mean|score|amount|price|number|duration|age|uptime|remainder|"
    r"rest|share|rate|rating|cost|costs|fee|stock|count|margin|profit|distance|length|deadline|"
    r"priority|rank|ranking|level|value|hours|points|progress|status|availability)"
)
_FORM = r"(?P<words>(?-i:[A-Z]{0,6})[-/ ]?(?:\d|[XNYZ#]){2,}[\w/.#-]{0,20})"

DERIVED = Pack(
    slug="derived",
    title="What is worked out",
    cues=(),  # recognised by its rules
    nouns=(Noun("record", fallback="@main"),),
    kind="none",
    demands=True,
    rules=(
        RulePattern(
            slug="derived.value",
            each=True,
            text="Computed and never entered: <event>, from <words>.",
            cues=(
                r"(?:^|[,;:] |\band )(?P<event>(?:the |an? |each |every |its |their )?[a-z'-]+(?: "
                r"[a-z'-]+){0,5}?) (?:is|are|gets?|must be|should be|has to be) (?:automatically )?"
                r"(?:calculated|computed|derived|worked out|summed up|added up) (?:automatically )?"
                r"(?:from|out of|as|by (?:adding|multiplying|counting)) (?P<words>[^;:.]{3,100})",
                rf"(?:^|[,;:] |\band )(?P<event>(?:the |an? |each |every |its |their "
                rf")?(?:[a-z'-]+ ){{0,3}}?{_VALUE}(?: (?:of|per|for|in) (?:the |an? |each |every "
                rf")?[a-z]+(?: [a-z]+)?)?) (?:is|are) (?P<words>(?:the )?(?:sum|average|"
                rf"difference|product|total|mean|count|minimum|maximum|number) of [^;:.]{{3,80}})",
            ),
            mechanisms=(
                Mechanism(
                    "interface", "a view", "computed when it is read; no column that could differ"
                ),
                Mechanism(
                    "test", "a view", "none, one, many; one corrected afterwards; rounding once"
                ),
            ),
        ),
        RulePattern(
            slug="derived.computed",
            text="Computed by the system and never entered: <event>.",
            cues=(
                r"(?:^|[,;:] |\band )(?P<event>(?:the |an? |each |its |their )?[a-z'-]+(?: "
                r"[a-z'-]+){0,6}?"
                r") (?:is|are|must be|should be) (?:automatically )?(?:calculated|computed)"
                r"(?: automatically| by the system)?(?=$|[,;.])",
            ),
            already=r"^Computed",
            mechanisms=(
                Mechanism("interface", "a view", "computed when it is read, by one formula"),
                Mechanism("test", "a view", "none, one, many; one corrected afterwards"),
            ),
        ),
        RulePattern(
            slug="derived.number",
            text="Each <record_> has a number of the form <words>: the server gives it when the "
            "<record_> is made, and gives none twice.",
            cues=(
                rf"\b(?:an?|each|every|the) (?P<record>[a-z]+(?: [a-z]+)?) (?:gets|has|receives|is "
                rf"given|carries) an? (?:(?:unique|own|running|consecutive|[a-z]+) )?(?:number|"
                rf"code|id|reference)(?: (?:like|such as|of the form|in the (?:form|format)),?)? "
                rf"{_FORM}",
                rf"\b(?P<record>[a-z]+) numbers? (?:(?:have|has|are|is|looks?|come) )?(?:in "
                rf")?(?:like|such as|of the form|the (?:form|format)) {_FORM}",
                rf"\b(?:each|every) [a-z]+ (?:gets|has|receives|is given) an? (?:(?:unique|own|"
                rf"running|consecutive) )?(?:number|code|id|reference) (?:like|such as|of the "
                rf"form|in the (?:form|format)),? {_FORM}",
                rf"\bnumbers? (?:have|has|are|is|looks?|come) (?:in )?(?:like|of the form|the "
                rf"(?:form|format)) {_FORM}",
            ),
            mechanisms=(
                Mechanism("constraint", "<records>_number_once", "UNIQUE on the number"),
                Mechanism("interface", "create<Record>", "takes the next number in the same step"),
                Mechanism("test", "create<Record>", "two at once; the first one of a new year"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "<record>",
                        fields=(Field("reference_no", "text"),),
                        constraints=(
                            Constraint(
                                "<records>_number_once",
                                "unique",
                                '"reference_no"',
                                "derived.number",
                            ),
                        ),
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="derived.gapless",
            text="The numbers have no gaps: the next one is taken under a lock, in the step that "
            "stores the row; what is cancelled keeps its number.",
            cues=(
                r"\bnumbers?\b[^;.]{0,60}?\b(?:no gaps|without (?:a gap|gaps)|gap-?less|gap-free|"
                r"consecutive(?:ly)?)\b",
                r"\b(?:consecutive|gapless|continuous) numbers?\b",
            ),
            mechanisms=(
                Mechanism("interface", "a counter", "one row for each series, locked until commit"),
                Mechanism("test", "a counter", "rolled back, two at once, restored from a backup"),
            ),
        ),
    ),
)
