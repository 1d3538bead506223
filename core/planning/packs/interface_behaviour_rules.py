"""What a brief demands of how a page behaves: focus, motion, places, states, and its weight."""

from core.planning.model import Mechanism
from core.planning.packs.pack import RulePattern

_PIECE = r"(?:^|(?<=[,;:.])|(?<= and )|(?<= but ))"
_PART = (
    r"(?:tabs?|tab bar|menus?|buttons?|icons?|links?|labels?|fields?|errors?|messages?|dialogs?|"
    r"pop-?ups?|header|footer|badge|focus|pages?|screens?|views?|widgets?|forms?|tables?|columns?|"
    r"cards?|filters?|animations?|layout|texts?|fonts?|rows?|steps?|sheets?|pickers?|switch|"
    r"sidebar|toolbar|tooltips?|skeletons?|states?|charts?|images?|pictures?|numbers|shortcuts?|"
    r"enter|esc|F\d{1,2}|mode|touch area|cursor|outline|placeholders?|headings?|status|language|"
    r"mouse|keyboard|scroll position)"
)

INTERFACE_BEHAVIOUR_RULES: tuple[RulePattern, ...] = (
    RulePattern(
        slug="interface.focus",
        text="Where the keyboard is can be seen: “<words>”.",
        cues=(
            r"(?P<words>\bfocus\b[^;]{0,40}\b(?:visible|seen|outline|ring)\b[^;]{0,60})",
            r"(?P<words>\boutline\b[^;]{0,20}\d+ ?px[^;]{0,40})",
        ),
        mechanisms=(
            Mechanism("client", "tokens", ":focus-visible with an outline, never outline: none"),
            Mechanism("test", "every page", "pictures of each control with the focus on it"),
        ),
    ),
    RulePattern(
        slug="interface.focus-returns",
        text="Closed by key, and back where one was: “<words>”.",
        cues=(
            rf"(?P<words>{_PIECE}[^;:]{{0,80}}\besc(?:ape)?\b[^;]{{0,90}})",
            rf"(?P<words>{_PIECE}[^,;:]{{0,60}}\bfocus (?:returns|goes back|back)\b[^,;]{{0,40}})",
        ),
        mechanisms=(
            Mechanism("client", "dialogs", "native dialog; what opened it gets the focus back"),
            Mechanism("test", "dialogs", "opened and closed by key: the focus is where it was"),
        ),
    ),
    RulePattern(
        slug="interface.motion",
        text="Motion is little and can be off: “<words>”.",
        cues=(
            rf"(?P<words>{_PIECE}[^;:]{{0,100}}\breduced motion\b[^,;]{{0,40}})",
            rf"(?P<words>{_PIECE}[^,;:]{{0,40}}\b(?:animations?|transitions?)\b[^;]{{3,80}})",
        ),
        mechanisms=(
            Mechanism("client", "motion", "none under prefers-reduced-motion; durations as tokens"),
            Mechanism("test", "motion", "the system set to reduced motion: nothing moves"),
        ),
    ),
    RulePattern(
        slug="interface.weight",
        text="It stays light: “<words>”.",
        cues=(
            r"(?P<words>\b(?:not|never|no|at most|max\w*)\b[^,;]{0,40}?\d+ ?[km]i?b\b[^,;]{0,30})",
        ),
        mechanisms=(
            Mechanism("test", "every page", "bytes sent, compressed, compared in each build"),
        ),
    ),
    RulePattern(
        slug="interface.no-new-calls",
        text="Nothing behind the pages changes: “<words>”.",
        each=True,
        cues=(
            r"(?P<words>\b(?:no|without) (?:new |extra |other |additional |changes? (?:to|in) "
            r"(?:the )?)(?:\w+ )?(?:api|endpoints?|backend(?: calls?)?|back end|calls?|accounts?|"
            r"logins?|tables?|fields?|data from the server)\b)",
            r"(?P<words>\bnothing (?:is stored|changes in)\b[^,;]{3,60})",
            r"(?P<words>\b(?:we do |it is )?only the (?:navigation|looks?|layout|surface)\b)",
        ),
        mechanisms=(
            Mechanism("test", "operations", "recorded calls of before equal those of after"),
            Mechanism("permission", "operations", "no file outside the pages is part of it"),
        ),
    ),
    RulePattern(
        slug="interface.stays",
        text="Left as it is: “<words>”. It is compared before and after.",
        each=True,
        yields=True,
        cues=(
            rf"{_PIECE}(?:please )?(?P<words>[^,;:]{{3,80}}? (?:must not change|(?:do|does) not "
            r"change|don't change|stays? (?:exactly |just )?(?:like|as|how|where) (?:it|they) "
            r"(?:is|are)|must still work|still works?|keeps? working))\b",
            r"(?P<words>\b(?:(?:old|deep|existing|saved|bookmarked) )+(?:links?|addresses)\b"
            r"[^,;]{0,40}\b(?:still works?|must still work|keep working))\b",
        ),
        mechanisms=(Mechanism("test", "<words>", "pictures and recorded calls, before and after"),),
    ),
    RulePattern(
        slug="interface.remembers-place",
        text="Whoever comes back is where they were: “<words>”.",
        cues=(
            r"(?P<words>\b(?:each|every|the|a) (?:\w+ )?(?:tab|page|screen|list|view) (?:remembers|"
            r"keeps)\b[^;]{3,120})",
            r"(?P<words>\b(?:same|last) (?:place|position|tab|page)\b[^,;]{0,60}\bscroll "
            r"position\b)",
        ),
        mechanisms=(
            Mechanism("client", "navigation", "a stack and a scroll position for each of them"),
            Mechanism("test", "navigation", "away and back, after a restart, after signing out"),
        ),
    ),
    RulePattern(
        slug="interface.touch",
        text="What is touched is large enough: “<words>”.",
        cues=(
            r"(?P<words>\b(?:touch|tap|click)\w* (?:area|target|zone)s?\b[^,;]{0,40}?\d+ ?(?:dp|pt|"
            r"mm|px))",
            r"(?P<words>\b(?:buttons?|controls?|icons?)\b[^,;]{0,30}?\d+ ?(?:dp|pt|mm))\b",
        ),
        unless=r"\b(?:targets?|buttons?|controls?|keys?|tap)\b.{0,40}?\d+ ?px\b",
        mechanisms=(
            Mechanism("client", "every control", "the area counts, not the picture in it"),
            Mechanism("test", "every page", "measured in each build, at three densities"),
        ),
    ),
    RulePattern(
        slug="interface.named",
        text="An icon never stands alone: “<words>”.",
        cues=(
            r"(?P<words>\b(?:icons?|symbols?) (?:and|with) (?:a )?(?:text|label|name|word)\b[^,;]"
            r"{0,30})",
            r"(?P<words>\bnever (?:only|just) (?:an? )?(?:icons?|symbols?))\b",
        ),
        mechanisms=(
            Mechanism("client", "icons", "text beside or under each, the icon hidden from readers"),
            Mechanism("test", "icons", "with the largest text and in the longest language"),
        ),
    ),
    RulePattern(
        slug="interface.mirrored",
        text="Languages from right to left get the mirrored layout: “<words>”.",
        cues=(
            rf"(?P<words>{_PIECE}?[^,;:]{{0,40}}\b(?:right[- ]to[- ]left|rtl|mirrored)"
            rf"\b[^;]{{0,60}})",
            r"(?P<words>\b(?:arabic|hebrew|persian|urdu):? [^,;]{0,30}\bmirrored\b)",
        ),
        mechanisms=(
            Mechanism("client", "layout", "dir on the root, logical properties; numbers stay"),
            Mechanism("test", "layout", "each page in a language from right to left"),
        ),
    ),
    RulePattern(
        slug="interface.light-dark",
        text="Dark and light follow the setting of the device: “<words>”.",
        cues=(
            r"(?P<words>\b(?:dark and light|light and dark|dark or light)\b[^,;]{0,30}?\b(?:set|"
            r"phone|system|device)\b(?: is set)?)",
        ),
        mechanisms=(
            Mechanism("client", "tokens", "prefers-color-scheme, also when it changes meanwhile"),
            Mechanism("test", "every page", "contrast and pictures in both"),
        ),
    ),
    RulePattern(
        slug="interface.keyboard-open",
        text="While the keyboard of the device is open: “<words>”.",
        cues=(
            r"(?P<words>\b(?:the )?(?:\w+ )?(?:bar|menu|button|footer|header) [^,;]{0,"
            r"30}\bkeyboard "
            r"(?:is )?(?:open|opens|shown))\b",
        ),
        mechanisms=(
            Mechanism("client", "layout", "listens to the visible viewport"),
            Mechanism("test", "layout", "each field with the keyboard open, nothing covered"),
        ),
    ),
    RulePattern(
        slug="interface.how-many",
        text="No more than fit: “<words>”.",
        cues=(
            r"(?P<words>\b(?:at most |max(?:imum)? |no more than )?(?:\d|two|three|four|five|six|"
            r"seven) (?:tabs|entries|buttons|columns|steps|items|tiles)(?: maximum| at most| max)?"
            r"(?: at the bottom)?(?:: [^;]{3,80}?(?=$|;| each | every ))?)",
        ),
        unless=r"\bin \w+ (?:short |small |simple |clear )?(?:steps|screens|pages)\b",
        mechanisms=(
            Mechanism("client", "layout", "their number and order are fixed, not computed"),
            Mechanism("test", "layout", "the narrowest screen and the longest words"),
        ),
    ),
    RulePattern(
        slug="interface.narrow",
        text="In the narrow layout: “<words>”.",
        each=True,
        yields=True,
        cues=(
            r"(?P<words>\b(?:below|under|up to|from|above) \d+ ?(?:px|dp) [^;]{5,90})",
            r"(?P<words>\b(?:landscape|portrait)(?: mode)?: [^;]{5,80})",
        ),
        mechanisms=(
            Mechanism("client", "layout", "by the width of the page, not by the kind of device"),
            Mechanism("test", "layout", "one pixel narrower, exactly, one wider; turned"),
        ),
    ),
    RulePattern(
        slug="interface.shown",
        text="So it looks and behaves: “<words>”.",
        each=True,
        yields=True,
        cues=(
            rf"{_PIECE}(?P<words>[^,;:]{{0,60}}\b{_PART} (?:(?:also|always|never|then|both|each) "
            rf")?(?:is|are|goes?|opens?|moves?|"
            r"shows?|stays?|becomes?|turns?|closes?|starts?|sits?|stands?|must|has|have|gets?|"
            r"saves?|hides?|returns?|visible|under it)\b[^;]{2,110})",
            rf"^(?P<words>an? (?:[\w-]+ )?{_PART}\b[^;]{{5,120}})",
            r"(?P<words>\b(?:ctrl|alt|shift|cmd) ?\+ ?\w+ [^,;]{2,60})",
            rf"{_PIECE}(?P<words>[^,;:]{{2,80}} visible without (?:scrolling|a click)[^,"
            rf";]{{0,30}})",
            rf"(?P<words>\bat least \d+ ?(?:px|pt|dp) (?:\w+ )?{_PART})\b",
        ),
        unless=r":$|\b(?:today|currently|at the moment|so far)\b",
        mechanisms=(
            Mechanism("client", "<words>", "as the brief says it"),
            Mechanism("test", "<words>", "by mouse, by keyboard and by touch"),
        ),
    ),
)
