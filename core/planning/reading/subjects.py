"""Who stands before a verb: roles, departments, agent nouns and pronouns, never the system."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.planning.reading.nouns import NOT_THINGS, singular, snake, words
from core.planning.reading.people import DEPARTMENTS, names_people

# Offices and groups that act as one, besides the departments of every company.
_OFFICES = words(
    """
    office desk helpdesk warehouse kitchen lab laboratory board committee team management agency
    registry secretariat workshop security purchasing controlling operations production
    marketing jury council court police pharmacy surgery clinic garage depot headquarters
    billing payroll bookkeeping maintenance housekeeping catering quality counter bar box-office
    school university library museum landlord hotel shop club department branch dealer supplier
    canteen bakery embassy ministry council parish theatre
    """
)
# What stands before an office or a role and belongs to its name.
_BEFORE = words(
    """
    front back help service box head home field call tourist parish school club shift team store
    warehouse ward night duty class group project product sales shop customer quality finance
    office property site case account event lab depot
    """
)
_SOMEBODY = words("somebody someone everybody everyone anybody anyone people whoever users user")
# What does something without being somebody.
_NO_PERSONS = words(
    """
    script service bot robot sensor machine module backend timer process workflow program portal
    order parcel ticket invoice request product item article list plan note record file document
    form mail message rule job task case project contract form report camera gate door alarm engine
    router gateway firewall printer scanner algorithm function feature market customer-app event
    cookie banner filter search index cache queue network internet cloud browser plugin company
    device display screen wizard assistant-bot calculator chatbot reminder notification law
    """
)
_PRONOUNS = words("they he she who")
_WRITERS = words("we i you")
# Agent nouns that no list knows: hikers, a beekeeper, arborists.
_AGENT = re.compile(r"^[a-z]{3,}(?:ers?|ors?|ists?|ants?|ents?|ians?|ees?|men|man|women|woman)$")
_NO_AGENTS = words(
    """
    order orders number numbers letter letters paper papers computer computers server servers
    printer printers scanner scanners folder folders filter filters counter counters offer offers
    member-number newsletter newsletters timer timers reminder reminders header footer poster
    posters banner banners sticker stickers voucher vouchers register registers container
    containers locker lockers trailer trailers transfer transfers answer answers charger calendar
    incident incidents document documents payment payments appointment appointments shipment
    shipments department departments instrument instruments equipment assignment assignments
    comment comments event events agreement agreements statement statements apartment apartments
    present content contents percent moment current different recent urgent sent went spent rent
    tent component components element elements environment amendment amendments investment
    plant plants restaurant grant grants variant variants constant relevant important warrant
    doctor-note mirror error errors sensor sensors monitor monitors elevator vector door doors
    floor floors indoor outdoor color colour factor factors motor motors tractor tractors cursor
    editor-view generator list lists checklist checklists waitlist wishlist waiting-list
    playlist whitelist exist existing twist tree trees fee fees coffee committee degree degrees
    guarantee three free see agree employee-card never ever over under after whether other others
    another rather later earlier sooner faster together however either neither her per water
    winter summer september october november december quarter quarters matter matters paper
    cover covers dinner border borders power tower rider-app tracker adapter router computer
    marker layer layers chapter chapters character characters parameter parameters meter meters
    ticket-counter placeholder user-name ledger trigger larger smaller bigger higher lower
    weather gender tender tenders lever fever silver leather filler answerer wrapper slider
    specimen human german woman-only talent patent patents accident accidents client-number
    segment segments experiment experiments implement fragment treatment treatments deployment
    deployments measurement measurements requirement requirements announcement announcements
    attachment attachments consignment consignments replacement replacements garment garments
    receipt adjustment adjustments improvement entertainment government enrolment enrollment
    establishment endorsement complement supplement argument document-type list-view antler
    ladder ladders trolley boiler boilers heater heaters freezer freezers cooler blender mixer
    """
)
_PLACES = words("bar head quality court department")
_PEOPLE_TOO = words("employee employees trainee trainees attendee attendees referee referees")
_DETERMINERS = words(
    "the a an our their its his her your my each every all any both one another no this that "
    "some most two three several responsible same other next new first second whole"
)
_ON_DUTY = words("on-call responsible senior junior local own external internal chief deputy lead")
# “The head of purchasing”, “everyone in the team”: what stands behind the noun of a person.
_BEHIND = words("of in at on from with")
_NOT_BEFORE = words("by to for from with of about as than into like per")


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody who acts; `names` is empty for the writers and for anybody."""

    names: tuple[str, ...]
    is_many: bool  # the verb stands without its ending
    is_pronoun: bool = False
    start: int = 0  # the index of the first word
    is_guessed: bool = False  # only its place in the sentence says that it is somebody
    alone: Subject | None = None  # the last of several: “to students and the tutor returns it”


def subject_before(tokens: Sequence[str], end: int, known: frozenset[str]) -> Subject | None:
    """Return who the words before `end` name as the subject of what follows; None for nobody.

    `known` are the actors of the brief. “The order of the driver” and “by the driver” are none.
    """
    last = end - 1
    if last < 0:
        return None
    word = tokens[last]
    if word in _PRONOUNS:
        return Subject((), word in {"they", "who"}, True, last)
    if word in _WRITERS:
        return Subject((), True, False, last)
    found = _person(tokens, last, known)
    before = tokens[found.start - 1] if found is not None and found.start > 0 else ""
    if found is None or before == "of":
        found = _with_place(tokens, last, known) or found
    return _joined(tokens, found, known) if found is not None else None


def _joined(tokens: Sequence[str], found: Subject, known: frozenset[str]) -> Subject | None:
    """Return a person with those who stand before, joined; None behind a preposition."""
    start = found.start
    while start > 0 and tokens[start - 1] in _DETERMINERS:
        start -= 1
    before = tokens[start - 1] if start > 0 else ""
    other = _person(tokens, start - 2, known) if before in {"and", "or"} and start > 1 else None
    if other is not None:
        names = tuple(dict.fromkeys((*other.names, *found.names)))
        return Subject(names, True, False, other.start, alone=found)
    if before in _NOT_BEFORE:
        return None
    return Subject(found.names, found.is_many, False, start)


# United once: these are asked about every word.
_NO_AGENT_BEHIND = _NOT_BEFORE | {"and", "or"}
_NOT_GUESSED = NOT_THINGS | _NO_PERSONS
_LED_BY = _DETERMINERS | _ON_DUTY
_SAYS_WHICH = _BEFORE | {"it"}


def guessed_before(tokens: Sequence[str], end: int) -> Subject | None:
    """Return a noun that no list knows, where somebody who acts would stand: “the coxswain …”."""
    if end < 2 or tokens[end - 2] not in {"the", "our", "each", "every", "an", "a"}:
        return None
    if end > 2 and tokens[end - 3] in _NO_AGENT_BEHIND:
        return None
    word = tokens[end - 1]
    one = singular(word)
    if one != word or len(word) < 4 or not word.isalpha() or one in _NOT_GUESSED:
        return None
    if word.endswith(("ing", "ion", "ment", "ness", "ity", "age", "ship", "ance", "ence")):
        return None
    return Subject((word,), False, False, end - 1, is_guessed=True)


def person_at(
    tokens: Sequence[str], start: int, known: frozenset[str], *, is_known: bool = False
) -> Subject | None:
    """Return the person whom the words from `start` name, behind articles: “by the tutor”.

    With `is_known`, only one whom a list or the brief knows: a dossier is no agent.
    """
    at = start
    while at < len(tokens) and tokens[at] in _LED_BY:
        at += 1
    if at >= len(tokens):
        return None
    heads = _heads(known)
    for last in (at + 2, at + 1):  # “category manager”: a name that the brief gives
        if last >= len(tokens) or not _may_end_name(tokens[last], known):
            continue
        if not {tokens[last], singular(tokens[last])} & heads:
            continue
        name = snake(" ".join(tokens[at : last + 1]))
        if name in known:
            return Subject((name,), singular(tokens[last]) != tokens[last], False, at)
    # The longest name first: “the front desk”, “the theatre manager”.
    if at + 1 < len(tokens) and names_people(singular(tokens[at + 1])) and at:
        found = _person(tokens, at + 1, known)
        if found is not None and _person(tokens, at, known) is not None:
            return found
    for last in (at + 1, at):
        if last < len(tokens) and (last == at or tokens[at].lower() in _SAYS_WHICH):
            found = _person(tokens, last, known)
            is_guess = is_known and not (
                _known_person(tokens, last, known) or _office(tokens, last)
            )
            if found is not None and found.start <= at and not is_guess:
                return found
    return None


def _person(tokens: Sequence[str], last: int, known: frozenset[str]) -> Subject | None:
    """Return the person whose name ends with the word at `last`."""
    if last < 0 or not _may_end_name(tokens[last], known):
        return None
    word = tokens[last]
    if word == "IT":
        return Subject(("it",), False, False, last)
    if word in _SOMEBODY:
        return Subject((), word in {"people", "users"}, False, last)
    return _known_person(tokens, last, known) or _office(tokens, last) or _agent(word, last)


@lru_cache(maxsize=16384)
def _may_end_name(word: str, known: frozenset[str]) -> bool:
    """Whether somebody's name may end with a word; this is asked of every word of a brief."""
    ends = {word, singular(word)}
    return (
        word == "IT"
        or word in _SOMEBODY
        or word in DEPARTMENTS
        or not all(map(ends.isdisjoint, (_heads(known), known, _OFFICES)))
        or any(map(names_people, ends))
        or _agent(word, 0) is not None
    )


@lru_cache(maxsize=64)
def _heads(known: frozenset[str]) -> frozenset[str]:
    """Return the last words of names, to look only where one of them stands."""
    return frozenset(name.rpartition("_")[2] for name in known)


def _known_person(tokens: Sequence[str], last: int, known: frozenset[str]) -> Subject | None:
    """Return an actor of the brief, or a role that every list of roles has."""
    word = tokens[last]
    one = singular(word) if word not in DEPARTMENTS else word
    for first in (last - 2, last - 1) if {word, one} & _heads(known) else ():
        name = snake(" ".join(tokens[max(0, first) : last + 1]))
        if first >= 0 and name in known:
            return Subject((name,), one != word, False, first)
    if one not in known and not names_people(one):
        return None
    longer = [name for name in known if name.endswith(f"_{one}")]
    name = longer[0] if len(longer) == 1 and one not in known else one
    start = last - 1 if last and tokens[last - 1] in _ON_DUTY else last
    return Subject((name,), one != word or word in {"people", "staff"}, False, start)


def _office(tokens: Sequence[str], last: int) -> Subject | None:
    """Return a department or a group that acts as one, with the word that says which."""
    word = tokens[last]
    one = singular(word) if word not in DEPARTMENTS else word
    if word not in DEPARTMENTS and one not in _OFFICES:
        return None
    is_many = one != word and word not in DEPARTMENTS
    before = tokens[last - 1] if last else ""
    if before.lower() in _SAYS_WHICH:
        return Subject((snake(f"{before} {one}"),), is_many, False, last - 1)
    is_named = one == "quality" and before not in _DETERMINERS
    if one in _PLACES and not is_named:
        return None  # a place, unless its name says whose
    return Subject((one,), is_many, False, last)


def _agent(word: str, last: int) -> Subject | None:
    """Return somebody whose name no list knows: a hiker, a beekeeper."""
    one = singular(word)
    if not _AGENT.match(word) or word in _NO_AGENTS or one in _NO_AGENTS:
        return None
    if word.endswith(("ee", "ees")) and word not in _PEOPLE_TOO:
        return None
    return Subject((snake(one),), one != word or word.endswith("men"), False, last)


def _with_place(tokens: Sequence[str], last: int, known: frozenset[str]) -> Subject | None:
    """Return a person with what stands behind: “the head of purchasing”."""
    for behind in range(last - 1, max(0, last - 4), -1):
        if tokens[behind] in _BEHIND:
            if tokens[behind - 1] == "head":  # of sales, which has no singular
                name = "_".join(tokens[behind - 1 : last + 1])
                return Subject((name.replace("-", "_"),), False, False, behind - 1)
            return _person(tokens, behind - 1, known)
    return None
