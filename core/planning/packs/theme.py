"""Theme: light, dark, or as the system has it."""

from dataclasses import replace

from core.planning.model import Field, Mechanism, Quality, Question
from core.planning.packs.appearance import appearance
from core.planning.packs.pack import Choice, Contribution, Note, Option, Pack, RulePattern, Threat

THEME = Pack(
    slug="theme",
    title="Dark mode and themes",
    cues=(r"\bdark[ -]?(?:mode|theme)\b", r"\b(?:light|night) (?:mode|theme)\b", r"\bthemes?\b"),
    kind="interface",
    rules=(
        RulePattern(
            slug="theme.system",
            text="The theme follows the system setting unless the person has chosen another.",
            cues=(r"\bsystem(?:'s)? (?:setting|preference|theme)\b", r"\bfollow\w*\b.*\bsystem\b"),
            unsays=(("; matchMedia listens while it is `system`", ""),),
            mechanisms=(
                Mechanism(
                    "client", "theme", "prefers-color-scheme, also when it changes meanwhile"
                ),
                Mechanism("test", "theme", "the system switches while the page is open"),
            ),
        ),
        RulePattern(
            slug="theme.remembered",
            text="A person's override is remembered across all their devices.",
            cues=(
                r"\boverride\b",
                r"\b(?:remember|sync)\w*\b.*\b(?:devices?|everywhere|account)\b",
                r"\ball (?:my|their) devices\b",
            ),
            mechanisms=(
                Mechanism("constraint", "user_preferences.theme", "one row a user"),
                Mechanism("client", "theme", "a local copy avoids a flash before the answer"),
            ),
            adds=replace(
                appearance(
                    Field(
                        "theme",
                        "choice",
                        choices=("system", "light", "dark"),
                        default="'system'",
                    ),
                    "theme.remembered",
                ),
                choices=(
                    Choice(
                        "theme.on-account",
                        "Store the override with the account; keep a copy in the browser.",
                        "It follows the person to each device, and the copy paints the first "
                        "frame in the right colours.",
                        "design",
                        (
                            Option("Browser storage only", "does not reach the other devices"),
                            Option(
                                "A cookie by subdomain", "the same, and is sent with all requests"
                            ),
                        ),
                        revisit="when more than one person in fifty wants another theme by device",
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="theme.charts",
            text="Charts follow the theme too, with a palette of their own.",
            cues=(r"\bcharts?\b", r"\bgraphs?\b", r"\bdiagrams?\b"),
            takes=("theme.chart-colours",),
            mechanisms=(
                Mechanism("client", "charts", "colours from tokens, redrawn on a change"),
                Mechanism("test", "charts", "neighbouring series stay apart, also colour-blind"),
            ),
        ),
    ),
    brings=Contribution(
        qualities=(
            Quality(
                "contrast", "contrast of 4.5 to 1 for text and 3 to 1 for controls, in both themes"
            ),
        ),
        choices=(
            Choice(
                "theme.tokens",
                "Name colours by purpose as CSS custom properties, and give each theme its values.",
                "Every place that names a purpose gets every theme; contrast is checked on the "
                "pairs of tokens, once.",
                "design",
                (
                    Option("A second style sheet", "drifts from the first with every change"),
                    Option("Invert colours by a filter", "breaks pictures, charts and contrast"),
                ),
                revisit="when a third theme is asked for, or customers want their own",
            ),
        ),
        threats=(
            Threat(
                "theme.injection",
                "setPreferences",
                "T",
                "A theme's name is written into the page and breaks out of its attribute.",
                "Three known values, checked by the interface and by a CHECK.",
                1,
                2,
            ),
        ),
        questions=(
            Question(
                "theme.elsewhere",
                "Do e-mails, PDFs and print follow the theme?",
                "No: they stay light.",
            ),
        ),
        notes=(
            Note("ui_ux", "token", "surface: #ffffff light, #14181d dark"),
            Note("ui_ux", "token", "text: #1b1f24 light, #e6e9ed dark (contrast above 14 to 1)"),
            Note("ui_ux", "token", "muted text: #57606a light, #9aa4af dark (above 4.5 to 1)"),
            Note("ui_ux", "token", "accent: #0b5fff light, #7aa7ff dark (above 4.5 to 1)"),
            Note(
                "ui_ux",
                "token",
                "chart 1 to 6: six hues, told apart by lightness as well",
                "theme.chart-colours",
            ),
            Note("frontend_dev", "component", "Theme switch: system, light, dark; three radios"),
            Note(
                "frontend_dev",
                "state",
                "data-theme on the root element, set by an inline script "
                "before the first paint; matchMedia listens while it is `system`.",
            ),
        ),
    ),
)
