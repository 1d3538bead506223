"""What the named groups of a cue hold: people, words about a thing, a moment, a thing's name."""

from __future__ import annotations

import re

from core.planning.reading.cues import Hit
from core.planning.reading.nouns import singular, snake, words
from core.planning.reading.people import DEPARTMENTS, names_people
from core.planning.reading.telling import telling, told_bindings

# Groups that bind words as they stand, and groups that bind the name of a thing.
PHRASES = ("who", "what", "seen", "when", "since", "other", "another", "maker", "then", "needed")
THINGS = ("record",)
ROLES = ("roles", "both")  # bound as `roles`; of `both` each must be somebody
# The group `told` holds a message to somebody; it binds these, each empty where nothing is said.
TOLD_WORDS = ("how", "occasion", "says")
CAPTURED = (*PHRASES, *THINGS, *ROLES, "told")

# For patterns: where somebody may begin to be named, and whom a clause then names.
BEGINS = r"(?:^|[,;:(\u2013\u2014-] ?|\b(?:but|and|while|where|so that|that|as|if) )"
NAME = r"[A-Za-z][\w'\u2019-]{0,24}"
WHO = rf"(?P<who>{NAME}(?: {NAME}){{0,4}}?)"
# Several people: “the author and the editor-in-chief”, “clerk, auditor or admin”.
WHO_ALL = (
    rf"(?P<who>(?:the |an? |its |their )?{NAME}(?: {NAME}){{0,3}}?"
    rf"(?:(?:, | and | or )(?:the |an? |its |their )?{NAME}(?: {NAME}){{0,3}}?){{0,3}})"
)
# “signed”, “sent”, “under review” are how a thing is; `RECORD` is the thing.
DONE = r"(?:[a-z]{2,18}(?:ed|wn)|sent|paid|given|written|closed|done|sold|held|won|lost|taken)"
RECORD = r"(?P<record>[a-z][a-z-]+(?: [a-z][a-z-]+)?(?: of [a-z]+)?)"
_LEADING = re.compile(
    r"^(?:(?:and|but|or|only|also|that|then|so|while|where|if|as|just|please|e\.g\.) )+", re.I
)
_JOINED = re.compile(r",? (?:and|or) (?:also )?(?:by |of |from )?|, ", re.IGNORECASE)
_ARTICLE = re.compile(
    r"^(?:(?:the|an?|our|their|its|both|each|another|second|other|different) )+", re.IGNORECASE
)
# “Board members” have the role of the board; “deleting suppliers” names nobody.
_BODY = re.compile(r"^(board|council|committee) members?$", re.IGNORECASE)
_DOING = re.compile(
    r"[a-z]{2,}ing\b (?!director|doctor|nurse|physician|officer|partner|editor)", re.I
)
_PRONOUNS = words(
    "it this that these those they them he she we us you i me one ones everything anything "
    "something nothing there which who what all both each here nobody everybody anybody somebody "
    "everyone anyone someone people users"
)
# Where a thing that is seen, or a moment, ends: what follows says something else.
_STOP = re.compile(
    r"[;:()]|,(?!\d| (?:and|or) )|\s[\u2013\u2014-]\s|\s(?:but|unless|except|while|so that|because|"
    r"instead of|not (?:earlier|before|later|within)|at all|any ?more|any longer|either)\b|"
    r"\sand (?:can|may|must|will|is|are|sees?|gets?|never|not|nobody|only)\b",
    re.IGNORECASE,
)
# A word that no name of people holds: a verb, a pronoun, a place on the screen.
_NOBODY = words(
    "own can may must should shall will would cannot to see sees want wants like need needs i we "
    "it they is are has have had be was were not never no if when enter right left top bottom "
    "screen page users everyone do does done what how why"
)
_NO_THING = words(
    "before after until when if by to for at on earlier later then today now more less"
)
_UNTIL = re.compile(r"\s(?:until|before|after|once|when|without|through|via)\b", re.IGNORECASE)
_SOMEBODY = words(
    """
    archivist archivists authority board captain chair chairman chairperson chairwoman chef
    chefs chief chiefs committee conservator conservators council court curator curators dean
    department desk editor editor-in-chief editors-in-chief embassy foreperson franchisee gp gps
    group head heads intern interns jury landlord lead leader leaders leads management mayor
    meeting ministry notary office officer officers official parish police priest professor
    professors registrar registrars secretariat signatories signatory trainer trainers trustee
    trustees underwriter unit vet veterinarian vicar
    """
)
_STOPPED = words("the a an its their his her our every each another second any other own")
_DONE = re.compile(r"(?:ed|en|nt|id|wn|ft|rawn|sold|held|made|done)$")
# “Approved weeks are locked” is about what is entered for a week.
_TIMES = words("day week month quarter year period shift night")
# “Before everybody can use them”: it is not used.
_DONE_NOW = {
    "use": "used", "uses": "used", "publish": "published", "appear": "shown", "appears": "shown",
    "count": "counted", "counts": "counted", "goes out": "sent out", "go out": "sent out",
    "goes live": "put live", "go live": "put live", "goes online": "put online",
    "go online": "put online",
}  # fmt: skip
# “No deleting of tags” is a ban to delete; not every verb only loses its ending.
_BASE = {
    f"{verb[:-1]}ing": verb
    for verb in ("delete", "remove", "change", "invite", "close", "merge", "write", "rename",
                 "overwrite", "share", "archive", "move", "use", "rate", "approve", "release")
}  # fmt: skip
_MAX_WORDS = 12
_MAX_ROLE_WORDS = 5
_MAX_ROLE = 28  # a name of PostgreSQL has 63 letters, and the thing's name stands before it


def captured(hit: Hit) -> dict[str, str] | None:
    """Return what the named groups of a hit bind; None when one of them cannot be read."""
    found: dict[str, str] = {}
    for name, text in hit.match.groupdict().items():
        if name not in CAPTURED or text is None:
            continue
        if name == "told":
            told = told_bindings(hit.match)
            if told is None:
                return None
            found |= told
            continue
        value = _READERS[name](text)
        if value is None:
            return None
        if name in ROLES:
            found |= {"roles": value} | _together(text)
        else:
            found[name] = value
    return found


def captured_spans(hit: Hit) -> list[tuple[int, int]]:
    """Return where the words stand that a hit binds."""
    return [span for name in hit.match.groupdict() if name in CAPTURED and (span := hit.span(name))]


def told_places(hit: Hit) -> tuple[int, ...]:
    """Return every place of a clause that says who is told what, and when."""
    found = telling(hit.match) if hit.match.groupdict().get("told") else None
    spans = found.spans if found else ()
    return tuple(
        dict.fromkeys(hit.wording.origin(place) for span in spans for place in range(*span))
    )


def is_somebody(text: str) -> bool:
    """Whether words name a role of people, an office or a body that decides."""
    head = re.split(r" (?:of|on|in|for|with|from) ", text.strip().lower())[0]
    last = [part for part in re.findall(r"[a-z][a-z-]+", head) if len(part) > 1][-1:]
    return any(
        names_people(singular(part)) or part in _SOMEBODY or part in DEPARTMENTS for part in last
    )


def _who(text: str) -> str | None:
    name = _LEADING.sub("", text.strip(" ,'\"\u201c\u201d"))
    if name.lower().startswith("no "):
        name = f"a {name[3:]}"
    if len(name) < 2 or name.lower() in _PRONOUNS or set(name.lower().split()) & _NOBODY:
        return None
    return lowered(name)


def _what(text: str) -> str | None:
    stop = _STOP.search(text)
    what = text[: stop.start()] if stop else text
    moment = _UNTIL.search(what)
    what = (what[: moment.start()] if moment else what).strip(" ,.'\"").removesuffix(" only")
    first = what.split(" ")[0].lower() if what else ""
    if not what or first in _NO_THING or what.lower() in _PRONOUNS:
        return None
    if first in _PRONOUNS - {"who", "what", "that", "which"}:
        return None
    return lowered(" ".join(what.split()[:_MAX_WORDS]))


def _seen(text: str) -> str | None:
    return text.lower() if text.lower() in {"it", "them"} else _what(text)


def _when(text: str) -> str | None:
    stop = _STOP.search(text.partition(", time zone")[0])
    when = (text[: stop.start()] if stop else text).strip(" ,.")
    if re.match(r"(?:unless|except|if)\b", when, re.IGNORECASE):
        return None
    return lowered(" ".join(when.split()[:_MAX_WORDS])) or None


def _since(text: str) -> str | None:
    since = text.strip(" ,.").lower()
    stem = since.removesuffix("ing")
    return _DONE_NOW.get(since) or _BASE.get(since, stem) or None


def _verb(text: str) -> str | None:
    """Return a verb without the ending of the third person."""
    verb = text.lower()
    if verb.endswith("ies"):
        return f"{verb[:-3]}y"
    return verb[:-2] if verb.endswith(("sses", "ches", "shes")) else verb.removesuffix("s")


def _another(text: str) -> str | None:
    """Return who comes second: a role, or simply a person."""
    if text.lower() in {"person", "persons", "people", "else", "one"}:
        return "person"
    return singular(text.lower()) if is_somebody(text) else None


def _maker(text: str) -> str:
    """Return who did the first of two steps: “nobody” and “no clerk” are anybody who did it."""
    name = text.lower()
    if name.startswith("no ") and name != "no one":
        return f"the {name[3:]}"
    return (
        "somebody" if name in {"", "nobody", "person", "one"} or name in _NOBODY else f"the {name}"
    )


def _record(text: str) -> str | None:
    """Return the thing that words name by their last noun; empty for a pronoun."""
    if text.lower().startswith("minutes of"):
        return "meeting_protocol"
    text = re.split(r" (?:of|for|in|from) ", text.lower())[0]
    parts = [part for part in re.findall(r"[a-z][a-z-]*", text) if part not in _STOPPED]
    if not parts or parts[-1] in _PRONOUNS or singular(parts[-1]) in _TIMES:
        return ""
    kept = parts[-1:]
    for part in reversed(parts[:-1]):
        if _DONE.search(part) or singular(part) != part or len(kept) == 2:
            break
        kept.insert(0, part)
    return snake(" ".join(kept)) or None


def _named(text: str) -> list[str]:
    """Return whom a list of roles names, as people write them, without articles."""
    named = []
    for piece in _JOINED.split(text.strip(" ,")):
        name = _BODY.sub(r"\1", _ARTICLE.sub("", piece.strip()))
        count = len(name.split())
        if not is_somebody(name) or count > _MAX_ROLE_WORDS or _DOING.match(name):
            break
        named.append(lowered(name))
    return named


def _roles(text: str) -> str | None:
    """Return the roles as names: “the CFO and of the head of HR” is `cfo, head_of_hr`."""
    names = [snake(name.removesuffix("'s"))[:_MAX_ROLE].rstrip("_") for name in _named(text)]
    return ", ".join(dict.fromkeys(name for name in names if name)) or None


def _both(text: str) -> str | None:
    return _roles(text) if len(_named(text)) == len(_JOINED.split(text.strip(" ,"))) > 1 else None


def _together(text: str) -> dict[str, str]:
    """Return who is meant in a sentence, and how many of them it takes."""
    named = _named(text)
    is_any = bool(re.search(r"\bor\b", text))
    joined = ", ".join(f"the {name}" for name in named[:-1])
    last = f"the {named[-1]}"
    word = " or " if is_any else " and "
    return {
        "who": f"{joined}{word}{last}" if joined else last,
        "needed": str(1 if is_any else len(named)),
    }


def lowered(text: str) -> str:
    """Return words as they stand inside a sentence; abbreviations keep their capitals."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


_READERS = {
    "who": _who,
    "what": _what,
    "seen": _seen,
    "when": _when,
    "since": _since,
    "other": _verb,
    "another": _another,
    "maker": _maker,
    "then": _since,
    "record": _record,
    "roles": _roles,
    "both": _both,
}
