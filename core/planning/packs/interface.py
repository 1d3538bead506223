"""Interface: how it looks, reads and is handled changes; what is stored does not."""

from core.planning.model import Quality, Question
from core.planning.packs.interface_behaviour_rules import INTERFACE_BEHAVIOUR_RULES
from core.planning.packs.interface_rules import INTERFACE_RULES
from core.planning.packs.interface_screen_rules import INTERFACE_SCREEN_RULES
from core.planning.packs.pack import Choice, Contribution, Note, Option, Pack

INTERFACE = Pack(
    slug="interface",
    title="How it looks and is handled",
    cues=(
        r"\b(?:new|other|different|responsive|mobile|clearer) layout\b",
        r"\blayout (?:of|for)\b",
        r"\b(?:keyboard|hot ?key) ?(?:short-?cuts?)?\b.{0,40}\b(?:navigat\w+|short-?cuts?|"
        r"use|press)\b",
        r"\bshort-?cuts?\b",
        r"\b(?:larger|bigger|large|adjustable) (?:text|font|print|type)\b",
        r"\b(?:font|text) size\b",
        r"\bscreen[- ]?readers?\b",
        r"\bwcag\b",
        r"\baccessib(?:le|ility)\b",
        r"\b(?:translate|translated|translation|locali[sz]ation|locali[sz]ed)\b.{0,60}"
        r"\b(?:interface|texts?|pages?|screens?|labels?|app|into|languages?)\b",
        r"\b(?:interface|texts?|pages?|screens?|labels?|app)\b.{0,60}"
        r"\b(?:translated|in (?:two|three|four|several|other) languages)\b",
        r"\b(?:form|page|screen|view|menu|button|dialog)s?\b.{0,60}\b(?:on|for) (?:the |a |small )*"
        r"(?:phones?|handhelds?|tablets?|small screens?)\b",
        r"\b(?:targets?|buttons?)\b.{0,30}\b\d+ ?px\b",
        r"\bnarrower than \d+ ?px\b",
    ),
    kind="interface",
    claims=True,
    aside="accessibility",
    instead_of=("speed", "accessibility"),
    rules=(*INTERFACE_RULES, *INTERFACE_SCREEN_RULES, *INTERFACE_BEHAVIOUR_RULES),
    brings=Contribution(
        qualities=(
            Quality("wcag", "everything works by keyboard, at 200 percent zoom and read aloud"),
        ),
        choices=(
            Choice(
                "interface.same-data",
                "Change the pages alone: the same operations, the same data, the same permissions.",
                "What only looks different can go live behind a switch, and back, without a "
                "migration.",
                "design",
                (
                    Option("A second set of pages", "both have to be mended from then on"),
                    Option("New operations made for it", "two ways to do one thing, with two bugs"),
                ),
                "when the new pages need something that no operation offers",
            ),
            Choice(
                "interface.try-it",
                "Let five people do their three commonest tasks on a paper or click prototype "
                "first.",
                "What reads well on a plan fails in somebody's hands; a prototype costs a day.",
                "process",
                (Option("Ask after it is live", "habits are broken twice"),),
                role="ui_ux",
            ),
        ),
        questions=(
            Question(
                "interface.measure",
                "By what will you see that it is better: time for a task, mistakes, calls to "
                "support?",
                "Time and mistakes for the three commonest tasks, before and two weeks after.",
            ),
            Question(
                "interface.where",
                "Which pages come first, and which are left as they are?",
                "Those that the brief names; all others stay as they are.",
            ),
        ),
        notes=(
            Note(
                "ui_ux",
                "flow",
                "Same order of steps as today unless the brief says otherwise: people know it by "
                "heart.",
            ),
            Note(
                "ui_ux",
                "token",
                "sizes and spaces in rem, so that they grow with the text; none in fixed pixels "
                "but the least size of a target",
            ),
            Note(
                "frontend_dev",
                "component",
                "The old and the new page behind one switch by person; both call the same "
                "operations",
            ),
            Note(
                "it_admin",
                "step",
                "Compare pictures of every page in four widths and two text sizes in each build.",
            ),
        ),
    ),
)
