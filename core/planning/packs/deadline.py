"""Deadlines: what ends by itself, what is due, and until when something is possible."""

from core.planning.packs.day_rules import DAY_RULES
from core.planning.packs.deadline_rules import DEADLINE_RULES
from core.planning.packs.expiry_rules import EXPIRY_RULES
from core.planning.packs.pack import Noun, Pack
from core.planning.packs.span_rules import SPAN_RULES
from core.planning.packs.timed_rules import TIMED_RULES

DEADLINE = Pack(
    slug="deadline",
    title="Deadlines and expiry",
    cues=(),  # recognised by its rules
    nouns=(Noun("record", fallback="@main"),),
    kind="none",
    demands=True,
    # What says its effect goes before what is only due.
    rules=(
        *SPAN_RULES,
        *EXPIRY_RULES,
        *DEADLINE_RULES[:1],
        *TIMED_RULES,
        *DEADLINE_RULES[1:],
        *DAY_RULES,
    ),
)
