"""What a brief demands of an interface: sizes, keys, languages, and what must stay as it is."""

from core.planning.model import Field, Mechanism, Question
from core.planning.packs.appearance import appearance
from core.planning.packs.pack import Choice, Contribution, Note, Option, RulePattern

INTERFACE_RULES: tuple[RulePattern, ...] = (
    RulePattern(
        slug="interface.shortcuts",
        text="Shortcuts work everywhere but in fields that are typed into; each can be looked up "
        "with “?”, changed and switched off.",
        cues=(
            r"\bshort-?cuts?\b",
            r"\bhot ?keys?\b",
            r"\b(?:not|never) (?:fire|work|trigger|act)\b.{0,30}\bfields?\b",
        ),
        mechanisms=(
            Mechanism("client", "shortcuts", "one table: key, where it works, what it does"),
            Mechanism("test", "shortcuts", "typed into a field, with a screen reader, AZERTY"),
        ),
        adds=Contribution(
            questions=(
                Question(
                    "interface.which-keys",
                    "Which actions get a key, and may keys that the browser uses be taken over?",
                    "The five commonest actions; keys of the browser and of screen readers stay "
                    "free.",
                ),
            ),
            notes=(
                Note(
                    "frontend_dev",
                    "component",
                    "Shortcut help: a dialog with all keys, opened by ?",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="interface.keyboard",
        text="Everything can be reached and done by keyboard, in a visible order.",
        cues=(
            r"\b(?:by|with|via|using|only) (?:the |a )?keyboard\b",
            r"\bkeyboard (?:navigation|only|users?|operation)\b",
            r"\bwithout (?:a |the )?mouse\b",
        ),
        mechanisms=(
            Mechanism("client", "every page", "native controls; focus is visible, never trapped"),
            Mechanism("test", "every page", "each task done without a mouse"),
        ),
    ),
    RulePattern(
        slug="interface.existing-keys",
        text="Keys that people know keep doing what they do now: “<words>”.",
        cues=(
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{0,200}\bkeys?\b[^,;]{0,25}?) (?:keeps?|stays?|"
            r"remains?|(?:are|is) unchanged|(?:must )?still)\b",
        ),
        mechanisms=(Mechanism("test", "keys", "each known key on each page, before and after"),),
    ),
    RulePattern(
        slug="interface.text-size",
        text="Text can be made larger; nothing is cut off or overlaps.",
        cues=(
            r"\b(?:larger|bigger|large|adjustable) (?:text|font|print|type)\b",
            r"\b(?:font|text) size\b",
            r"\b(?:text|texts|labels?|words?|letters|buttons?|nothing)\b.{0,20}\bcut off\b",
            r"\b(?:text|texts|labels?|letters|buttons?)\b.{0,20}\boverlap\b",
        ),
        mechanisms=(
            Mechanism("client", "every page", "sizes in rem, lines that wrap, no fixed heights"),
            Mechanism("test", "every page", "largest text and longest word, no scrolling sideways"),
        ),
    ),
    RulePattern(
        slug="interface.zoom",
        text="Usable at <words> zoom.",
        cues=(r"\bzoom\b",),
        quantity="share",
        mechanisms=(Mechanism("test", "every page", "<value> percent zoom at 1280 pixels"),),
    ),
    RulePattern(
        slug="interface.target-size",
        text="Whatever is tapped is at least <words> px high and wide.",
        cues=(
            r"\b(?:targets?|buttons?|controls?|keys?|tap)\b.{0,40}?(?P<near>\d+) ?px\b",
            r"(?P<near>\d+) ?px\b.{0,20}\b(?:targets?|buttons?|high)\b",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("client", "every control", "min-height and min-width of <value> px"),
            Mechanism("test", "every page", "measured in each build"),
        ),
    ),
    RulePattern(
        slug="interface.contrast",
        text="Contrast of at least <words>.",
        each=True,
        cues=(r"\bcontrast\b.{0,30}?(?P<words>\d(?:[.,]\d)?(?: ?: ?| to )1)\b",),
        mechanisms=(
            Mechanism("client", "tokens", "colours in pairs, each pair measured"),
            Mechanism("test", "tokens", "contrast of every pair in each build"),
        ),
    ),
    RulePattern(
        slug="interface.screen-reader",
        text="It can be heard: names, states and errors are read aloud by screen readers.",
        cues=(
            r"\bscreen[- ]?readers?\b",
            r"\bread (?:aloud|out)\b",
            r"(?<!colour[- ])(?<!color[- ])\b(?:blind|visually impaired|"
            r"partially sighted) (?:[a-z]+s|people)\b",
        ),
        mechanisms=(
            Mechanism("client", "every page", "labels, headings, errors tied to their field"),
            Mechanism("test", "every page", "each task with NVDA and VoiceOver, screen off"),
        ),
    ),
    RulePattern(
        slug="interface.standard",
        text="It meets <words>, and says so in an accessibility statement.",
        cues=(r"\b(?P<words>WCAG(?: \d\.\d)?(?:,? (?:level )?A{1,3}\b)?)",),
        mechanisms=(
            Mechanism("test", "every page", "automatic checks in each build, by hand once"),
            Mechanism("interface", "accessibility statement", "what is not met, and whom to tell"),
        ),
    ),
    RulePattern(
        slug="interface.accessible",
        text="It is accessible: WCAG 2.2 at level AA, as long as no other standard is named.",
        cues=(r"\baccessib(?:le|ility)\b", r"\ba11y\b"),
        unless=r"\bwcag\b",
        mechanisms=(
            Mechanism("test", "each page", "automatic checks in each build, by hand once"),
        ),
    ),
    RulePattern(
        slug="interface.colour-alone",
        text="Colour never says anything alone: a word, an icon or a sound says it too.",
        cues=(
            r"\bcolou?rs?\b.{0,20}\b(?:never|not)\b.{0,10}\balone\b",
            r"\b(?:never|not)\b.{0,20}\bby colou?r alone\b",
            r"\bcolou?r[- ]?blind\b",
            r"\bcolou?r never alone\b",
        ),
        mechanisms=(
            Mechanism("client", "states", "icon and word beside the colour"),
            Mechanism("test", "states", "each page in greyscale"),
        ),
    ),
    RulePattern(
        slug="interface.languages",
        text="Texts come from a catalogue for each language; a missing one shows in the default "
        "language, never as a key.",
        cues=(
            r"\btranslat\w+\b",
            r"\blanguages?\b",
            r"\bin (?:polish|romanian|german|french|spanish|italian|dutch|turkish|english)\b",
        ),
        mechanisms=(
            Mechanism("client", "texts", "message catalogue with plurals, dates and numbers"),
            Mechanism("test", "texts", "each key in each language; a language twice as long"),
        ),
        adds=Contribution(
            questions=(
                Question(
                    "interface.translators",
                    "Who translates, who checks, and how is the language of a person chosen?",
                    "An agency translates, a colleague checks; the browser's language counts "
                    "until somebody chooses another one.",
                ),
            ),
            choices=(
                Choice(
                    "interface.catalogue",
                    "Keep texts in message catalogues by language, with ICU plurals.",
                    "Translators work without touching code, and a missing text is found by a "
                    "test.",
                    "design",
                    (
                        Option("Texts in the database", "a release and its texts drift apart"),
                        Option("Translated by the browser", "nobody has read what people see"),
                    ),
                    "when customers want words of their own",
                    role="frontend_dev",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="interface.breakpoint",
        text="Below <words> px the narrow layout holds; above it the wide one.",
        cues=(
            r"\b(?:narrower|smaller|less) than (?P<near>\d+) ?px\b",
            r"\b(?:below|under|up to) (?P<near>\d+) ?px\b",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("client", "layout", "one media query at <value> px"),
            Mechanism("test", "layout", "one pixel narrower, exactly, one wider"),
        ),
    ),
    RulePattern(
        slug="interface.keeps-input",
        text="Nothing that was typed is lost by going back, turning the device or an error.",
        cues=(
            r"\bnever los\w+\b.{0,30}\b(?:typed|entered|input)\b",
            r"\b(?:typed|entered|input)\b.{0,30}\b(?:kept|not lost|never lost|stays?)\b",
        ),
        mechanisms=(
            Mechanism("client", "forms", "state outlives steps, kept for the tab alone"),
            Mechanism("test", "forms", "back from each step, reload, device turned"),
        ),
    ),
    RulePattern(
        slug="interface.errors",
        text="An error stands beside its field, says what to do, and is read aloud.",
        cues=(r"\berrors?\b.{0,30}\b(?:next to|beside|at|near|below)\b",),
        mechanisms=(
            Mechanism("client", "forms", "aria-describedby, focus on the first wrong field"),
            Mechanism("test", "forms", "each rule broken once"),
        ),
    ),
    RulePattern(
        slug="interface.fast",
        text="What follows a tap or a scan is on the screen within <words>.",
        cues=(
            r"\b(?:under|below|within|in|less than) (?P<near>[\d.]+ ?(?:ms|s|seconds?|"
            r"milliseconds?)\b)",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("client", "pages", "the next step is fetched before it is asked for"),
            Mechanism(
                "alert", "pages", "p95 above <value> for an hour, measured by people's devices"
            ),
            Mechanism("test", "pages", "on the slowest device in use"),
        ),
    ),
    RulePattern(
        slug="interface.one-hand",
        text="Usable with one hand, left or right.",
        cues=(r"\b(?<!on the )one hand(?:ed)?\b", r"\bleft[- ]handed\b"),
        mechanisms=(
            Mechanism("client", "layout", "actions at the lower edge, mirrored by a setting"),
            Mechanism("test", "layout", "each task with one thumb, either hand"),
        ),
    ),
    RulePattern(
        slug="interface.system",
        text="It follows the setting of the device's system, until a person chooses otherwise.",
        cues=(
            r"\b(?:system|phone|tablet|device|browser)(?:'s)?(?: own)? (?:setting|system|"
            r"preference)s?\b",
            r"\bsystem says\b",
        ),
        mechanisms=(
            Mechanism("client", "preferences", "prefers-* media features, also when they change"),
            Mechanism("test", "preferences", "the system changes while the page is open"),
        ),
    ),
    RulePattern(
        slug="interface.remembered",
        text="What a person has chosen is kept, on every device that they sign in on.",
        cues=(
            r"\b(?:keeps?|remember(?:s|ed)?|kept)\b.{0,30}\b(?:choice|setting|choose|devices?|it)\b",
            r"\b(?:every|all) (?:their |my )?devices?\b",
        ),
        unless=r"\b(?:handheld|device|terminal|tablet|phone|browser|kiosk|till) (?:itself )?"
        r"(?:remembers|keeps|stores|saves)\b",
        mechanisms=(
            Mechanism("constraint", "user_preferences.display", "one row a user"),
            Mechanism("client", "preferences", "a local copy avoids a jump before the answer"),
        ),
        adds=appearance(Field("display", "json", default="'{}'"), "interface.remembered"),
    ),
    RulePattern(
        slug="interface.untouched",
        each=True,
        text="Unchanged: “<words>”. It is compared before and after.",
        cues=(
            r"^(?:but |and )?(?P<words>.{3,80}?) (?:stays?|remains?|is|are|keeps?) "
            r"(?:exactly |just )?"
            r"(?:as (?:it|they) (?:is|are)|unchanged|the same|untouched|not touched|not changed)\b",
            r"\b(?:do not|don't|never) (?:touch|change) (?P<words>.{3,80})",
            r"\b(?P<words>same (?:data|endpoints|fields|rules)(?:, same \w+)*)",
            r"\b(?P<words>no new data)\b",
        ),
        mechanisms=(
            Mechanism("test", "<words>", "pictures and recorded calls, before and after"),
            Mechanism("permission", "<words>", "no file of it is part of the change"),
        ),
    ),
)
