"""Everyday verbs of business: their forms, and what kind of act each one is.

A stamp says that something has happened to a thing: when, and by whom. Setting enters or changes
what a thing says. A verb is named by its base, with its particle: `hand_out`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from core.planning.reading.nouns import words

Act = Literal["create", "set", "stamp", "read", "remove"]
Form = Literal["base", "third", "past"]


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb; `past` is its participle: hand_out, hands, handed out."""

    name: str  # snake_case, with the particle
    past: str  # the same of the participle
    act: Act
    particle: str = ""


# Irregular ones as base/past; those with a particle as base+particle.
_LISTED: dict[Act, str] = {
    "create": """
        add create open register record log enter+into raise file submit post publish
        write/written draw+up/drawn set+up/set draft compose report order request propose suggest
        offer nominate lodge define found issue announce upload place start+up capture document
        note+down schedule plan list
    """,
    "set": """
        enter set/set change adjust edit update correct rename fill+in fill+out type+in
        choose/chosen pick select assign reassign allocate mark tag label note state specify
        put+in/put put+into/put weigh raise+to lower increase decrease extend+to move
        shift translate describe
        rate grade score estimate attach
    """,
    "stamp": """
        scan fetch collect hand+out hand+over hand+back hand+in give+out/given give+back/given
        take/taken take+out/taken take+back/taken take+over/taken take+in/taken bring+back/brought
        bring+in/brought send+back/sent send+out/sent send+off/sent lend/lent lend+out/lent borrow
        return receive accept decline refuse reject check check+in check+out check+off tick+off
        cross+off confirm verify sign sign+off countersign witness close close+out reopen resolve
        solve fix finish finish+off complete end stop start begin/begun pause resume suspend
        reinstate activate deactivate enable disable lock unlock block unblock ban unban
        freeze/frozen unfreeze/unfrozen pin unpin hide/hidden archive restore cancel postpone
        ship dispatch deliver redeliver drop+off pick+up load unload pack unpack wrap unwrap
        weigh+in seal stow store shelve put+away/put put+back/put restock refill replenish clean
        wash disinfect sterilise sterilize dry iron repair mend service maintain inspect examine
        test measure calibrate certify audit review proofread validate approve release launch
        deploy roll+back roll+out install uninstall mount dismantle replace swap+out commission
        decommission recall recycle scrap dispose+of destroy discard shred redeem void
        write+off/written settle pay/paid pay+out/paid invoice bill refund reimburse book+in
        book+out claim unclaim escalate triage acknowledge answer dismiss snooze forward pass+on
        hand+on withdraw/withdrawn revoke renew prolong transfer terminate rescind admit
        discharge treat
        examine vaccinate dispense administer prescribe prepare cook serve plate bake assemble
        produce print stamp endorse shortlist interview hire onboard offboard enrol unenrol expel
        graduate promote demote feature highlight shut/shut shut+down/shut turn+on turn+off
        switch+on switch+off cut/cut plant harvest water feed/fed milk tow park fuel charge+up
        plug+in unplug count recount reconcile compare tally read+off/read flag unflag merge
        split/split quarantine sample notarise notarize unpublish finalise finalize move+up
        move+down bump swap exchange excuse mark+off rebook host attend rent+out sign+out
    """,
    "read": """
        see/seen view read/read look+up look+at browse watch preview sign+in sign+up log+in log+out
        download listen+to
    """,
    "remove": "delete remove erase purge take+down/taken throw+away/thrown",
}
# A stressed last syllable doubles its consonant; other verbs of this shape do not.
_DOUBLED = words(
    """
    scan ship drop pin unpin tag stop plan ban unban submit admit plug unplug wrap log expel label
    cancel refer transfer swap unwrap scrap
    """
)
_SINGLE = words("cancel label")  # American and British spelling differ; both are read
_THIRD = {"go": "goes", "do": "does", "have": "has"}


def _past(base: str) -> str:
    if base.endswith("e"):
        return f"{base}d"
    if base.endswith("y") and base[-2] not in "aeiou":
        return f"{base[:-1]}ied"
    if base in _DOUBLED:
        return f"{base}{base[-1]}ed"
    return f"{base}ed"


def _third(base: str) -> str:
    if base in _THIRD:
        return _THIRD[base]
    if base.endswith("y") and base[-2] not in "aeiou":
        return f"{base[:-1]}ies"
    return f"{base}es" if base.endswith(("s", "x", "z", "ch", "sh")) else f"{base}s"


def _read(entry: str, act: Act) -> Iterator[tuple[str, Form, Verb]]:
    """Yield the forms of one entry of the table, each with the verb that it is a form of."""
    head, _, irregular = entry.partition("/")
    base, _, particle = head.partition("+")
    past = irregular or _past(base)
    ending = f"_{particle}" if particle else ""
    verb = Verb(f"{base}{ending}", f"{past}{ending}", act, particle)
    forms: dict[str, Form] = {past: "past", _third(base): "third", base: "base"}
    if base in _SINGLE:
        forms |= {f"{base}ed": "past"}
    for spelled, form in forms.items():
        yield spelled, form, verb
    if past == base:  # “put”, “cut”, “set” are all three
        yield base, "past", verb


def _forms() -> dict[str, tuple[tuple[Form, Verb], ...]]:
    found: dict[str, dict[tuple[Form, str], Verb]] = {}
    for act, listed in _LISTED.items():
        for entry in listed.split():
            for spelled, form, verb in _read(entry, act):
                found.setdefault(spelled, {}).setdefault((form, verb.name), verb)
    return {
        spelled: tuple(
            (form, verb)
            # With its particle a verb says more than without.
            for (form, _), verb in sorted(meant.items(), key=lambda one: not one[1].particle)
        )
        for spelled, meant in found.items()
    }


# What a written word may be a form of: “hands” of hand out, hand over.
FORMS = _forms()
VERBS_BY_NAME = {verb.name: verb for meant in FORMS.values() for _, verb in meant}
# A past participle alone, as a state: “mark it as paid”.
BY_PAST = {
    verb.past: verb
    for meant in FORMS.values()
    for _, verb in meant
    if verb.act in {"stamp", "create"}
}
