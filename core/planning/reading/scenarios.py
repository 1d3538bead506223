"""Acceptance criteria as steps, Given, When and Then, told as sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence

_STEP = re.compile(r"^(?P<word>given|when|then|and|but)\b[,:]?\s+(?P<rest>\S.*)$", re.IGNORECASE)
_INLINE = re.compile(r"\s+(?=(?:When|Then|WHEN|THEN|And (?:when|then))\b)")
_NAME = re.compile(r"^(?:scenario|example)(?: outline)?s?\s*\d*\s*:\s*(?P<name>.*)$", re.IGNORECASE)
_WHO = re.compile(
    r"\b(?:i am|i'm) (?:signed in |logged in |authenticated )?(?:as )?(?:an? |the )"
    r"(?P<me>[a-z][a-z -]{2,30}?)(?=$|[,.]| (?:who|with|on|in|and)\b)|"
    r"^(?:an? |the )?(?P<other>[a-z][a-z -]{2,30}?) is (?:signed|logged) in\b",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"^(?:i am|i'm|the user is|we are) (?:on|at|in|signed in|logged in|authenticated)\b", re.I
)
_I_DO = re.compile(r"^(?:the user|i)\s+(?P<deed>[a-z].+)$", re.IGNORECASE)
# What follows at another time is a sentence of its own.
_AT_A_TIME = re.compile(r"^(?:after|within|later|from)\b", re.IGNORECASE)
_BUT_WHAT = re.compile(r"\s(?:with|without|within|from|for|on|in|at)\s|,")


def is_step(line: str) -> bool:
    """Whether a line is a step of a scenario, or a sentence like one."""
    return bool(_STEP.match(line))


def begins_scenario(line: str) -> bool:
    """Whether a line opens a scenario: its name, or what is given."""
    return bool(_NAME.match(line)) or line.lower().startswith("given ")


def as_steps(text: str) -> list[str]:
    """Return the steps that stand in one line: “Given … When … Then …”."""
    if not text.lower().startswith("given "):
        return []
    steps = _INLINE.split(text)
    kinds = [step.split()[0].lower() for step in steps]
    return steps if "when" in kinds and "then" in kinds else []


def is_scenario(steps: Sequence[str]) -> bool:
    """Whether steps say what happens and what follows, and are no plain sentence."""
    _, when, then = _by_kind([one for step in steps for one in as_steps(step) or [step]])
    return bool(when or then)


def told_steps(steps: Sequence[str]) -> list[str]:
    """Return what the steps of a scenario say, in sentences that name who acts.

    “Given I am signed in as a tenant, when I report a defect with a photo, then the caretaker gets
    a message” says that a tenant reports a defect with a photo, and what follows.
    """
    given, when, then = _by_kind([one for step in steps for one in as_steps(step) or [step]])
    who = next((hit for one in given if (hit := _WHO.search(one))), None)
    actor = (who["me"] or who["other"]).strip() if who else ""
    given = [one for one in given if not _PLACE.match(one) and not _WHO.search(one)]
    found: list[str] = []
    doing = _I_DO.match(when[0]) if when else None
    cause = " and ".join(when)
    if doing and actor:
        found.append(f"As {_article(actor)} {actor} I {doing['deed']}")
        cut = _BUT_WHAT.search(when[0])
        cause = " and ".join([when[0][: cut.start()] if cut else when[0], *when[1:]])
    at_once = list(then[:1]) + [one for one in then[1:] if not _AT_A_TIME.match(one)]
    follows = " and ".join(at_once)
    if cause and follows:
        found.append(f"When {cause}, {follows}")
    elif cause or follows:
        found.append(cause or follows)
    if given and found:
        found[-1] = f"{' and '.join(given)}: {found[-1][0].lower()}{found[-1][1:]}"
    return found + [one for one in then if one not in at_once]


def _by_kind(steps: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    kinds: dict[str, list[str]] = {"given": [], "when": [], "then": []}
    kind = "given"
    for step in steps:
        hit = _STEP.match(step.strip(" ,."))
        if not hit:
            continue
        word = hit["word"].lower()
        rest = hit["rest"].strip(" ,.")
        inner = _STEP.match(rest)
        if word in {"and", "but"} and inner and inner["word"].lower() in kinds:
            word, rest = inner["word"].lower(), inner["rest"]
        kind = word if word in kinds else kind
        kinds[kind].append(rest)
    return kinds["given"], kinds["when"], kinds["then"]


def _article(noun: str) -> str:
    return "an" if noun[:1].lower() in "aeio" else "a"
