"""What goes out and comes back again: each time is a row of its own, not a stamp on the thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from core.planning.reading.deed import Deed
from core.planning.reading.nouns import words

OUT = words(
    "take "
    "hand_out hand_over lend lend_out borrow check_out give_out take_out rent_out issue sign_out"
)
BACK = words("bring_back return give_back hand_back check_in take_back bring_in hand_in")
# What else is done with one loan rather than with the thing.
COLLECTED = words("collect fetch pick_up")
_WITH_IT = words(
    "sign countersign confirm renew prolong extend_to acknowledge collect fetch pick_up"
)
# A brief that has a name for it keeps it.
_NAMES = words(
    "loan rental reservation booking checkout withdrawal lending hire handover hand_over order "
    "ticket request sale"
)
# “Back to the sender”: it does not come back to us.
_AWAY = re.compile(
    r"^[^,;.]{0,30}\b(?:sender|supplier|manufacturer|shop|warehouse|carrier|vendor)\b",
    re.IGNORECASE,
)


def with_loans(deeds: Iterable[Deed]) -> tuple[Deed, ...]:
    """Return the deeds with a loan for each thing that somebody hands out and brings back.

    Handing it out makes the loan; what is signed and brought back is the loan's.
    """
    found = tuple(deeds)
    created = {deed.noun.rpartition("_")[2] for deed in found if deed.kind == "create"}
    if created & _NAMES:
        return found
    acts = [deed for deed in found if deed.verb and not _is_away(deed)]
    lenders = {deed.noun: deed.who for deed in acts if deed.verb in OUT}
    lent = {deed.noun for deed in acts if deed.noun in lenders and _is_back(deed, lenders)}
    return tuple(made for deed in found for made in _made(deed, lent))


def _is_back(deed: Deed, lenders: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a deed ends a loan: who has lent it collects it, others bring it back."""
    is_collected = deed.verb in COLLECTED and bool(deed.who) and deed.who == lenders[deed.noun]
    return deed.verb in BACK or is_collected


def _made(deed: Deed, lent: set[str]) -> tuple[Deed, ...]:
    if deed.noun not in lent or not deed.verb or _is_away(deed):
        return (deed,)
    loan = replace(deed, noun=f"{deed.noun}_loan", of=deed.noun)
    if deed.verb in OUT:
        made = replace(loan, kind="create", is_weak=False)
        return made, replace(loan, kind="set", attribute="borrower")
    return (loan,) if deed.verb in BACK | _WITH_IT else (deed,)


def _is_away(deed: Deed) -> bool:
    return deed.verb in BACK and bool(_AWAY.search(deed.clause.text[deed.end :]))
