"""Deadlines: what ends by itself, what is due, and until when something is possible."""

from core.planning.packs.day_rules import DAY_RULES
from core.planning.packs.deadline_rules import DEADLINE_RULES
from core.planning.packs.expiry_rules import EXPIRY_RULES
from core.planning.packs.pack import Noun, Pack
from core.planning.packs.span_rules import SPAN_RULES

DEADLINE = Pack(
    slug="deadline",
    title="Deadlines and expiry",
    cues=(),  # recognised by its rules
    nouns=(Noun("record", fallback="@main"),),
    kind="none",
    demands=True,
    rules=(*SPAN_RULES, *EXPIRY_RULES, *DEADLINE_RULES, *DAY_RULES),
)
