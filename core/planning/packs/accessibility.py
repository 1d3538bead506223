"""Accessibility: keys, sizes, contrast and languages, where that is one wish among others."""

from dataclasses import replace

from core.planning.packs.interface_rules import INTERFACE_RULES
from core.planning.packs.interface_screen_rules import INTERFACE_SCREEN_RULES
from core.planning.packs.pack import Pack

_SHARED = (
    "keyboard", "text-size", "zoom", "target-size", "contrast", "screen-reader", "standard",
    "accessible", "colour-alone", "one-hand", "small-screen",
)  # fmt: skip

ACCESSIBILITY_RULES = tuple(
    replace(rule, slug=f"accessibility.{name}")
    for rule in (*INTERFACE_RULES, *INTERFACE_SCREEN_RULES)
    if (name := rule.slug.partition(".")[2]) in _SHARED
)

# One pattern, since most briefs have none of it.
_ANY = "|".join(
    cue.replace("?P<words>", "?:")
    for rule in ACCESSIBILITY_RULES
    if not rule.quantity
    for cue in rule.cues
)

ACCESSIBILITY = Pack(
    slug="accessibility",
    title="For everybody, on every device",
    cues=(_ANY,),
    kind="none",
    rules=ACCESSIBILITY_RULES,
)
