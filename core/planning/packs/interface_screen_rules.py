"""What a brief demands of single screens: one thing at a time, its place, gloves."""

from core.planning.model import Constraint, Entity, Field, Mechanism
from core.planning.packs.appearance import appearance
from core.planning.packs.pack import Contribution, RulePattern

_SIZE = r"(?:very |extra[ -]|x-)?(?:small|normal|medium|standard|regular|large|big|huge)(?:er|est)?"
_DEVICE = r"(?:phones?|smartphones?|tablets?|handhelds?|mobiles?|mobile devices?|small screens?)"
_LANGUAGE = (
    r"(?:polish|romanian|german|french|spanish|italian|dutch|turkish|ukrainian|arabic|english|"
    r"portuguese|czech|hungarian|russian|danish|swedish|norwegian|finnish|greek|croatian|"
    r"bulgarian|chinese|japanese|korean|hebrew|persian|hindi|vietnamese)"
)
_AND = r"(?:,? (?:and|or|as well as|next to|besides|beside|in addition to|instead of) |, ?| ?/ ?)"

_SIZES = Contribution(
    entities=(
        Entity(
            "user_preference",
            constraints=(
                Constraint(
                    "user_preferences_text_size_short",
                    "check",
                    'length("text_size") BETWEEN 1 AND 30',
                    "interface.text-steps",
                ),
            ),
        ),
    ),
)
_TEXT_SIZE = appearance(Field("text_size", "text", default="'normal'"), "interface.text-steps")

INTERFACE_SCREEN_RULES: tuple[RulePattern, ...] = (
    RulePattern(
        slug="interface.one-thing",
        text="One thing at a time: “<words>”. Nothing else on it can be tapped but the way on and "
        "the way back.",
        cues=(
            r"(?P<words>\b(?:only )?(?:one|a single) (?:[a-z]+ )?[a-z]+ (?:per|on each|on every|on "
            r"a|at a) (?:screen|page|view|time)\b)",
        ),
        mechanisms=(
            Mechanism("client", "screens", "one thing in the state, the next one fetched ahead"),
            Mechanism("test", "screens", "the longest text of each field still fits on one screen"),
        ),
    ),
    RulePattern(
        slug="interface.placement",
        text="In its place: “<words>”, at every width and text size.",
        each=True,
        cues=(
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{2,200}? (?:on top|at the (?:very )?(?:top|bottom)|"
            r"in the (?:upper|lower|top|bottom|middle)\b[^,;]{0,20}))",
        ),
        mechanisms=(
            Mechanism("client", "layout", "its order in the document is its order on the screen"),
            Mechanism("test", "layout", "pictures in four widths and two text sizes"),
        ),
    ),
    RulePattern(
        slug="interface.gloves",
        text="Usable with gloves: single taps only, no swipe, no long press, room between targets.",
        cues=(r"\b(?:with|wearing|in) (?:thick |work |latex )?gloves\b", r"\bwet hands\b"),
        mechanisms=(
            Mechanism("client", "every control", "a tap anywhere on it counts; 8 px between two"),
            Mechanism("test", "screens", "each task with the gloves that are worn at work"),
        ),
    ),
    RulePattern(
        slug="interface.heard",
        text="What has happened can also be heard or felt: one sound for done, another for wrong.",
        cues=(r"\b(?:sounds?|beeps?|tones?|vibrat\w+)\b",),
        unless=r"\b(?:sounds? (?:good|bad|like|great)|no sounds?|without sounds?)\b",
        mechanisms=(
            Mechanism("client", "signals", "two sounds that differ in pitch and length"),
            Mechanism("test", "signals", "told apart at the noise of the place, and when muted"),
        ),
    ),
    RulePattern(
        slug="interface.remembered-here",
        text="The device remembers what was chosen on it, for whoever uses it next.",
        cues=(
            r"\b(?:handheld|device|terminal|tablet|phone|browser|kiosk|till) (?:itself )?"
            r"(?:remembers|keeps|stores|saves) (?:it|this|that|them|the (?:choice|setting))\b",
        ),
        mechanisms=(
            Mechanism("client", "preferences", "kept in the device's own storage, never sent"),
            Mechanism("test", "preferences", "after a restart, and for the next person"),
        ),
    ),
    RulePattern(
        slug="interface.text-steps",
        text="Text comes in the steps that a person picks from: <words>.",
        cues=(rf"\b(?P<words>{_SIZE}(?:{_AND}{_SIZE}){{1,5}})",),
        unless=r"\b(?:shirts?|parcels?|packages?|vehicles?|rooms?|orders?|files?)\b",
        mechanisms=(
            Mechanism("constraint", "user_preferences.text_size", "the step, as it is called"),
            Mechanism("client", "preferences", "a step sets the root size; all else is in rem"),
            Mechanism("test", "preferences", "each step on each page, an unknown one is normal"),
        ),
        adds=Contribution(
            entities=(*_TEXT_SIZE.entities, *_SIZES.entities), actions=_TEXT_SIZE.actions
        ),
    ),
    RulePattern(
        slug="interface.small-screen",
        text="On a small screen (“<words>”): one column from 360 px on, no scrolling sideways, "
        "the keyboard hides no field.",
        cues=(
            rf"(?P<words>(?:^|(?<=[,;:]))[^,;]{{0,200}}\b(?:works?|usable|used?|opens?|fill\w*|possible|available|"
            rf"done|enter\w*|readable|read|looks?|fits?) (?:[a-z]+ ){{0,5}}on (?:a |an |the |their "
            rf"|my |any |small )*{_DEVICE})\b",
            rf"(?P<words>\b(?:[a-z]+ )?(?:form|page|screen|view|layout)s? (?:on|for) (?:a |the "
            rf"|small )*{_DEVICE})\b",
            r"(?P<words>\bmobile[- ](?:friendly|first|layout|version))\b",
        ),
        mechanisms=(
            Mechanism("client", "layout", "one column below 600 px, fields of 16 px and more"),
            Mechanism("test", "layout", "each task at 360 px, upright and across, keyboard open"),
        ),
    ),
    RulePattern(
        slug="interface.named-languages",
        text="In these languages: <words>; each page is complete in every one of them.",
        cues=(rf"\b(?P<words>{_LANGUAGE}(?:{_AND}{_LANGUAGE}){{1,7}})\b",),
        mechanisms=(
            Mechanism("client", "texts", "the build stops where one language misses a text"),
            Mechanism("test", "texts", "each page in each language, the longest words, sorting"),
        ),
    ),
    RulePattern(
        slug="interface.only-looks",
        text="Only how it looks changes: no operation, no table and no permission is part of it.",
        cues=(
            r"\b(?:only|just) (?:about )?(?:how it looks|the (?:screens?|looks?|layout|pages?|"
            r"interface|appearance|surface)(?= *[.,;]| *$| changes?))",
            r"\bpurely (?:visual|cosmetic)\b",
            r"\b(?:same|no new|no other) (?:data|endpoints|operations|tables|fields)\b",
        ),
        mechanisms=(
            Mechanism("test", "operations", "recorded calls of before equal those of after"),
            Mechanism("permission", "operations", "no file outside the pages is part of it"),
        ),
    ),
    RulePattern(
        slug="interface.left-out",
        text="Left as they are, for this is not needed there: “<words>”.",
        each=True,
        cues=(
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{3,200}?) (?:don't|do not|doesn't|does not|needn't|"
            r"need not) (?:need|have|get) (?:it|this|that|them|any of (?:it|this))\b",
        ),
        mechanisms=(
            Mechanism("client", "<words>", "the new styles are not loaded there"),
            Mechanism("test", "<words>", "pictures before and after are the same"),
        ),
    ),
    RulePattern(
        slug="interface.first",
        text="First come: “<words>”. The others follow once these are accepted.",
        cues=(
            r"^(?:but |and )?(?P<words>[^;]{3,80}?) (?:come|comes|go|goes|are done|is done) "
            r"first\b",
        ),
        mechanisms=(
            Mechanism("client", "<words>", "a switch for each page, those first"),
            Mechanism("test", "<words>", "the switch on and off, without a release"),
        ),
    ),
    RulePattern(
        slug="interface.shown-as",
        text="Shown so, and typed in any way that people write it: “<words>”.",
        each=True,
        cues=(
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{2,200} (?:is|are|must be|be) (?:shown|displayed|"
            r"written|formatted) (?:in (?:groups|blocks|large|bold|capital)|with (?:two|thousands|"
            r"a (?:space|comma))|as)[^,;]{0,60})",
        ),
        mechanisms=(
            Mechanism("client", "<words>", "formatted on the screen, sent and stored plain"),
            Mechanism("test", "<words>", "pasted with and without blanks, read aloud as one"),
        ),
    ),
    RulePattern(
        slug="interface.numeric-keys",
        text="A field for numbers opens the number keys.",
        cues=(
            r"\bkeyboard\b.{0,40}\bnumeric\b",
            r"\bnumeric (?:keyboard|keypad|input)\b",
            r"\bnumber (?:keys|pad)\b",
        ),
        mechanisms=(
            Mechanism("client", "fields", "inputmode numeric or decimal, never type=number"),
            Mechanism("test", "fields", "comma and point, a leading zero, pasted text"),
        ),
    ),
    RulePattern(
        slug="interface.in-steps",
        text="It goes in <words> steps; where one is and what is still to come is visible.",
        cues=(r"\bin (?P<near>\w+) (?:short |small |simple |clear )?(?:steps|screens|pages)\b",),
        quantity="count",
        mechanisms=(
            Mechanism("client", "steps", "an address for each step; back is the browser's back"),
            Mechanism("test", "steps", "back from the last one, reload in the middle"),
        ),
    ),
)
