"""Which deeds of a brief become steps: those on a thing of the plan that no other pack does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from core.domain.artifact import Evidence
from core.planning.matches import Matches
from core.planning.model import PackMatch, Rule
from core.planning.packs import BY_SLUG, PATTERNS
from core.planning.packs.binding import bind_rule
from core.planning.packs.pack import Pack
from core.planning.reading.conditions import parts
from core.planning.reading.cues import find
from core.planning.reading.deed import Deed
from core.planning.reading.deed_loans import BACK, COLLECTED
from core.planning.reading.nouns import camel, words
from core.planning.reading.people import DEPARTMENTS
from core.planning.unread import is_within

_MAX_STEPS = 8  # of one thing
_MAX_ROLES = 4
_UNCOUNTED = words(
    "it quality purchasing production operations maintenance management security housekeeping "
    "catering payroll billing bookkeeping marketing controlling"
)
_ABBREVIATED = {word: word.upper() for word in ("it", "hr", "ceo", "cfo", "cto", "gp", "qa")}
# A verb that takes another one back.
UNDOES = {
    "unlock": "lock", "unblock": "block", "deactivate": "activate", "disable": "enable",
    "resume": "pause stop suspend", "unpin": "pin", "restore": "archive hide", "unban": "ban",
    "reopen": "close resolve solve complete finish end", "reinstate": "suspend",
    "unfreeze": "freeze", "unpublish": "publish", "unflag": "flag", "unload": "load",
    "unpack": "pack", "unclaim": "claim", "switch_off": "switch_on", "turn_off": "turn_on",
    "check_out": "check_in", "unplug": "plug_in", "uninstall": "install", "release": "hold block",
}  # fmt: skip
# What is there for years: what is done to it is done again.
_LASTING = words(
    """
    room boat tool machine vehicle car van truck bike bicycle laptop tablet key device table court
    lift elevator instrument sensor locker bed cabin apartment plant tree animal hive printer
    forklift container bin shelf tank pool field pitch scooter kayak camera drone equipment asset
    horse cow dog cat bus tram train plane ship crane pump boiler extinguisher monitor phone
    playground bench filter ladder trolley bottle
    """
)
_FOR_GOOD = words("scrap dispose_of destroy discard decommission recycle commission void lose")
_OFTEN = (
    r"\b(?:each time|every time|daily|weekly|monthly|yearly|once an? [a-z]+|every (?:day|week|"
    r"month|year|morning|evening|\d+|two|three|six)|regularly|again and again)\b"
)
# What a pack does itself, by the verb that a brief has for it.
_APPROVED = "approve reject decline confirm release refuse sign_off accept verify submit endorse"
_BOOKED = "book book_in reserve cancel confirm move postpone rebook release decline accept"
_SERVED = {
    "approval": words(f"{_APPROVED} check review withdraw return dismiss"),
    "exchange": words("offer accept confirm decline take take_over swap withdraw exchange"),
    "scheduling": words(_BOOKED),
    "reservation": words(f"{_BOOKED} pay refund check_in hold no_show"),
    "payment": words("pay pay_out refund reimburse invoice bill settle charge"),
    "moderation": words("report hide block unblock ban unban warn dismiss approve reject restore"),
    "comments": words("comment answer reply resolve hide"),
    "messaging": words("send answer forward read dismiss"),
    "sharing": words("invite accept revoke share withdraw decline"),
    "upload": words("upload attach"),
    "import": words("import upload validate check"),
    "export": words("export print"),
    "sign-in": words("lock unlock block unblock activate deactivate verify confirm reset"),
    "api-key": words("revoke renew activate deactivate disable lock"),
    "consent": words("withdraw confirm give accept decline"),
    "permission": words("grant revoke promote demote assign"),
    "tagging": words("tag label merge flag"),
    "preference": words("enable disable turn_on turn_off switch_on switch_off"),
    "offline": words("merge resolve"),
    "erasure": words("confirm cancel withdraw shred erase delete"),
    "search": words("save"),
    "finality": words("lock unlock freeze unfreeze"),
    "records": words("archive discard"),
    "dashboard": words("acknowledge snooze"),
}
# Where these are about the brief as a whole, whatever thing they are bound to.
_EVERYWHERE = frozenset({"approval", "payment", "moderation", "exchange", "erasure", "sign-in"})


_SEVERAL = re.compile(
    r"\b(?:two|three|four|both|several|\d+) (?:different )?[a-z]+(?: [a-z]+){0,2} $", re.IGNORECASE
)


def match_steps(pack: Pack, deeds: Sequence[Deed], found: Matches) -> None:
    """Add a match of the pack for each thing and each verb that somebody does to it."""
    stored = _stored(found)
    by_thing: dict[str, dict[str, list[Deed]]] = {}
    unmade: list[Deed] = []
    for deed in deeds:
        noun = deed.noun if deed.noun in stored else found.known_as(deed.noun)
        if _is_served(deed, noun, found) or _takes_several(deed):
            continue
        if noun not in stored:
            unmade.append(deed)
        elif deed.kind != "stamp":
            _use(deed, found)
        else:
            by_thing.setdefault(noun, {}).setdefault(deed.verb, []).append(deed)
    for noun, steps in by_thing.items():
        undone = {
            verb: first
            for verb in steps
            for first in [one for one in UNDOES.get(verb, "").split() if one in steps][:1]
        }
        kept = [verb for verb in steps if verb not in undone][:_MAX_STEPS]
        order = tuple(steps[verb][0].past for verb in kept)
        for verb in kept:
            _step(pack, noun, steps[verb], order, found)
        for verb, first in undone.items():
            _undo(noun, steps[verb], steps[first][0], found)
    found.unmade += dict.fromkeys(_unmade(unmade, found))


def _takes_several(deed: Deed) -> bool:
    """Whether it takes more people than one: “two people must sign” is no single step."""
    return bool(_SEVERAL.search(deed.clause.text[: deed.start]))


def _unmade(deeds: Iterable[Deed], found: Matches) -> Iterator[str]:
    """Yield the words of deeds that nothing was made of, where the rest of the clause is used."""
    for deed in deeds:
        is_done = deed.kind in {"stamp", "set"} and bool(deed.who)
        if deed.clause not in found.used or not is_done:
            continue
        places = found.settled.get(deed.clause, set()) | found.touched.get(deed.clause, set())
        for part in parts(deed.clause.text):
            if part.start <= deed.start < part.end and not is_within(part, places):
                yield part.words


def _step(
    pack: Pack, noun: str, mine: Sequence[Deed], order: tuple[str, ...], found: Matches
) -> None:
    """Add one step, with the rule whether it happens once or time and again."""
    deed = mine[0]
    bindings = {"subject": noun, "step": deed.verb, "past": deed.past, "call": _call(deed.verb)}
    bindings |= _people(noun, mine)
    if len(order) > 1:
        bindings["order"] = _listed(order)
    slugs = ["steps.again" if _is_repeated(noun, mine) else "steps.once"]
    if deed.of and noun == f"{deed.of}_loan" and deed.verb in BACK | COLLECTED:
        bindings["whole"] = deed.of
        slugs.append("steps.one-out")
    evidence = _evidence(mine)
    found.packs.append(PackMatch(pack.slug, tuple(bindings.items()), evidence))
    for slug in slugs:
        _rule(slug, bindings, mine, found)


def _undo(noun: str, mine: Sequence[Deed], undone: Deed, found: Matches) -> None:
    """Add the rule, with its operation, that a step can be taken back by another verb."""
    deed = mine[0]
    bindings = {
        "subject": noun,
        "past": undone.past,
        "undo": deed.verb,
        "undone": deed.past,
        "undocall": _call(deed.verb),
    }
    _rule("steps.undone", bindings | _people(noun, mine), mine, found)


def _rule(slug: str, bindings: dict[str, str], mine: Sequence[Deed], found: Matches) -> None:
    bound = bind_rule(PATTERNS[slug][1], bindings)
    pairs = tuple(bindings.items())
    found.rules.append(Rule(slug, bound.text, bound.mechanisms, pairs, _evidence(mine)))
    for deed in mine:
        found.ruled.add(deed.clause)
        _use(deed, found)


def _evidence(mine: Sequence[Deed]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(text, "steps.deed") for text in dict.fromkeys(d.clause.text for d in mine)
    )


def _people(noun: str, mine: Sequence[Deed]) -> dict[str, str]:
    """Return who does a step, as the rule, the permission and the operation say it."""
    roles = tuple(dict.fromkeys(name for deed in mine for name in deed.who))[:_MAX_ROLES]
    said = [_title(role) for role in roles]
    named = [
        name if role in DEPARTMENTS or role in _UNCOUNTED else f"the {name}"
        for role, name in zip(roles, said, strict=True)
    ]
    if not roles:
        thing = noun.replace("_", " ")
        return {"by": "somebody who may see it", "doer": f"who may see the {thing}"}
    return {
        "by": " or ".join(named),
        "doer": f"signed in as {' or '.join(said)}",
        "roles": ", ".join(roles),
    }


def _title(role: str) -> str:
    """Return a role as people write it; abbreviations keep their capitals."""
    return " ".join(_ABBREVIATED.get(word, word) for word in role.split("_"))


def _call(verb: str) -> str:
    name = camel(verb)
    return f"{name[:1].lower()}{name[1:]}"


def _is_repeated(noun: str, mine: Sequence[Deed]) -> bool:
    """Whether a step happens to one thing more than once: rooms are cleaned every day."""
    is_lasting = noun.rpartition("_")[2] in _LASTING and mine[0].verb not in _FOR_GOOD
    return is_lasting or any(find(_OFTEN, deed.clause.text) for deed in mine)


def _use(deed: Deed, found: Matches) -> None:
    found.used.add(deed.clause)
    found.settled.setdefault(deed.clause, set()).update((deed.start, max(deed.start, deed.end - 1)))


def _listed(order: tuple[str, ...]) -> str:
    return ", ".join(past.replace("_", " ") for past in order)


def _stored(found: Matches) -> set[str]:
    """Return the things that have a table of their own in the plan."""
    return {
        dict(matched.bindings).get("subject", "")
        for matched in found.packs
        if BY_SLUG[matched.slug].kind == "data"
        and any(
            entity.name == "<subject>" and not entity.existing and entity.summary
            for entity in BY_SLUG[matched.slug].brings.entities
        )
    } - {""}


def _is_served(deed: Deed, noun: str, found: Matches) -> bool:
    """Whether a pack of the plan brings an operation for this very verb."""
    for matched in found.packs:
        bindings = dict(matched.bindings)
        is_its = noun in bindings.values() or matched.slug in _EVERYWHERE
        if is_its and deed.verb in _SERVED.get(matched.slug, ()):
            return True
        if noun in bindings.values() and deed.past in bindings.get("states", "").split(", "):
            return True
    return False
