"""Which deeds of a brief become steps: those on a thing of the plan that no other pack does."""

from __future__ import annotations

from core.domain.artifact import Evidence
from core.planning.matches import Matches
from core.planning.model import PackMatch, Rule
from core.planning.packs import BY_SLUG
from core.planning.packs.binding import bind, is_open
from core.planning.packs.pack import Pack
from core.planning.reading.deed import Deed
from core.planning.reading.deed_loans import BACK
from core.planning.reading.nouns import camel, words

_MAX_STEPS = 8  # of one thing
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


def match_steps(pack: Pack, deeds: list[Deed], found: Matches) -> None:
    """Add a match of the pack for each thing and each verb that somebody does to it."""
    stored = _stored(found)
    by_thing: dict[str, dict[str, list[Deed]]] = {}
    for deed in deeds:
        noun = found.known_as(deed.noun)
        if noun not in stored or _is_served(deed, noun, found):
            continue
        if deed.kind != "stamp":
            _use(deed, found)
        else:
            by_thing.setdefault(noun, {}).setdefault(deed.past, []).append(deed)
    for noun, steps in by_thing.items():
        for past, mine in list(steps.items())[:_MAX_STEPS]:
            _add(pack, noun, past, mine, tuple(steps), found)


def _add(
    pack: Pack, noun: str, past: str, mine: list[Deed], steps: tuple[str, ...], found: Matches
) -> None:
    roles = tuple(dict.fromkeys(name for deed in mine for name in deed.who))[:4]
    verb = mine[0].verb
    bindings = {
        "subject": noun,
        "step": verb,
        "past": past,
        "call": f"{camel(verb)[:1].lower()}{camel(verb)[1:]}",
        "by": _by(roles),
        "doer": _doer(roles, noun),
    }
    if roles:
        bindings["roles"] = ", ".join(roles)
    if verb in BACK and mine[0].of:
        bindings["whole"] = mine[0].of
    if len(steps) > 1:
        bindings["order"] = _order(steps)
    clauses = list(dict.fromkeys(deed.clause for deed in mine))
    evidence = tuple(Evidence(clause.text, "steps.deed") for clause in clauses)
    pairs = tuple(bindings.items())
    found.packs.append(PackMatch(pack.slug, pairs, evidence))
    for pattern in pack.rules:
        bound = bind(pattern, bindings)
        if not is_open(bound.text):
            found.rules.append(Rule(pattern.slug, bound.text, bound.mechanisms, pairs, evidence))
    found.ruled.update(clauses)
    for deed in mine:
        _use(deed, found)


def _use(deed: Deed, found: Matches) -> None:
    found.used.add(deed.clause)
    found.settled.setdefault(deed.clause, set()).update((deed.start, max(deed.start, deed.end - 1)))


def _by(roles: tuple[str, ...]) -> str:
    named = [f"the {role.replace('_', ' ')}" for role in roles]
    return " or ".join(named) or "somebody who may see it"


def _doer(roles: tuple[str, ...], noun: str) -> str:
    if not roles:
        return f"who may see the {noun.replace('_', ' ')}"
    return f"signed in as {' or '.join(role.replace('_', ' ') for role in roles)}"


def _order(steps: tuple[str, ...]) -> str:
    said = [past.replace("_", " ") for past in steps[:_MAX_STEPS]]
    return f"{', '.join(said[:-1])}, {said[-1]}"


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
