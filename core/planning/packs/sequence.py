"""Sequence: what must have happened before something else, and what follows of itself."""

from core.planning.model import Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import Contribution, Noun, Pack, RulePattern
from core.planning.reading.captures import BEGINS, NAME, RECORD

_PHRASE = rf"(?:{NAME} ){{0,5}}?{NAME}"
# Something that happens, not a day: “before the certificate is uploaded”.
_WHEN = r"(?P<when>[^,;]{3,50} (?:is|are|has|have|was|were|got) [^,;]{2,40})"
_CONDITION = r"\b(?:state|step|stage)s?\b|\bskip\w*"
# “No mails before 10:00” and “no calls before the season” are about the clock and the calendar.
_TIMES = (
    r"\bbefore (?:the )?(?:\d|noon|midnight|easter|christmas|season|month|week|year|"
    r"[a-z]+day\b)"
)

SEQUENCE_RULES = (
    RulePattern(
        slug="sequence.before",
        each=True,
        text="No <what> before this has happened: <when>.",
        cues=(
            rf"^(?:and |but )?no (?P<what>{_PHRASE}) (?:before|until) {_WHEN}",
            rf"{BEGINS}no (?P<what>{_PHRASE}) (?:can|may|must|is|are|will|goes|leaves|starts)"
            rf"\b[^,;]{{0,30}}? (?:before|until) {_WHEN}",
        ),
        unless=rf"{_CONDITION}|{_TIMES}|\b(?:approv|releas)\w*",
        mechanisms=(
            Mechanism(
                "interface",
                "<what>",
                "looks for it in its own transaction, under a lock; without it: 409 that says what "
                "is missing",
            ),
            Mechanism("test", "<what>", "without it, and with one that was taken back"),
        ),
        adds=Contribution(
            questions=(
                Question(
                    "sequence.taken-back",
                    "What if that which had to happen first is undone later?",
                    "What was done on it stays; the people who did it are told.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="sequence.needed",
        each=True,
        text="<When> is needed before <what>.",
        cues=(
            rf"\b(?:needs?|requires?) (?P<when>an? {_PHRASE}) before (?P<what>{_PHRASE})(?=$|"
            rf"[,;.)])",
        ),
        unless=rf"{_TIMES}|\b(?:approv|confirm|second)\w*",
        mechanisms=(
            Mechanism("interface", "<what>", "refused with 409 while it is missing"),
            Mechanism("test", "<what>", "without it, and with one of another row"),
        ),
    ),
    RulePattern(
        slug="sequence.others",
        text="Once one of somebody's <records_> is <since>, their other ones are <then> in the "
        "same "
        "transaction.",
        cues=(
            rf"\b(?:once|when|as soon as|if) [\w ]{{1,40}}? (?:is|are|was|has been) "
            rf"(?P<since>[a-z]+ed),? "
            rf"(?:all |the |any )?(?:their|his|her|its|the) other {RECORD} (?:is|are|gets?) "
            r"(?:automatically )?(?P<then>[a-z]+(?:ed|wn))",
        ),
        mechanisms=(
            Mechanism("index", "<records>_one_<since>", "UNIQUE: one of an owner is <since>"),
            Mechanism("interface", "<Record>", "<then> and <since> are one transaction"),
            Mechanism("test", "<records>", "two are <since> at one moment: one of them stays"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<record>",
                    fields=(Field("<since>_at", "moment", required=False),),
                    indexes=(
                        Index(
                            "<records>_one_<since>",
                            '"owner_id"',
                            where='"<since>_at" IS NOT NULL',
                            unique=True,
                            serves="list<Records>",
                        ),
                    ),
                ),
            ),
        ),
    ),
)

SEQUENCE = Pack(
    slug="sequence",
    title="What comes first",
    cues=(),
    by_rules=True,
    kind="none",
    nouns=(Noun("subject", fallback="@main", optional=True), Noun("record", optional=True)),
    rules=SEQUENCE_RULES,
)
