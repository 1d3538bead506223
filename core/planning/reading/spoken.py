"""Which nouns the sentences of a brief are about: their subjects and objects, time and again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from core.planning.reading.clauses import Clause
from core.planning.reading.nouns import NOT_THINGS, plural, singular, snake, words
from core.planning.reading.patterns import Pattern
from core.planning.reading.people import DEPARTMENTS, names_people
from core.planning.reading.phrases import phrase_after
from core.planning.reading.verbs import FORMS

# How things are today, what is only told, and what is left out.
_TODAY = Pattern(
    r"\b(?:today|currently|at the moment|right now|so far|until now|used to|last (?:week|month|"
    r"year|summer|winter|sunday|monday)|yesterday|went live|people have been|did not survive|"
    r"spreadsheets?|excel|nobody wants)\b"
)
_ASKED = Pattern(
    r"\b(?:can|can't|cannot|may|must|should|shall|never|nobody|not|only|until|at most|no more)\b"
)
_NOUN = r"(?P<what>[a-z][a-z-]+(?: [a-z][a-z-]+){0,2}?)"
# Behind a verb of state or a modal the noun before it is what the sentence is about.
_SAID = (
    r"(?:can|can't|cannot|can not|may|must|should|shall|will|is|are|isn't|aren't|has|have|needs?|"
    r"gets?|receives?|runs?|lasts?|expires?|lapses?|starts?|ends?|closes?|opens?|goes|go|stays?|"
    r"remains?|comes?|dies|belongs?|contains?|consists?|counts?|takes|carries|carry|never|always|"
    r"exists?|holds|marked|added|not used|over|above|that (?:has|have|is|are|was)|which (?:has|is|"
    r"are))"
)
_SUBJECT = Pattern(
    r"(?:^|[,;:(]\s*|\b(?:and|but|when|once|if|while|until|as soon as|as long as|because|after|"
    r"unless|whether|where|only) )"
    r"(?:(?P<det>an?|the|each|every|no|any|all|one|our|their|its|some|such|two|three|\d+) )?"
    rf"{_NOUN} {_SAID}\b"
)
# What is kept for a time, erased or hidden is stored, though only one sentence says so.
_STORED = Pattern(
    rf"^(?:all |the |our )?{_NOUN} (?:(?:is|are|must be|get|gets) (?:then |automatically )?"
    r"(?:erased|deleted|purged|kept|stored|archived|anonymi[sz]ed|retained) "
    r"(?:for |after |within |\d)|must never be shown|"
    r"(?:is|are) (?:never|not|only) (?:shown|visible))"
)
# “Each plot has a number, a size and a tenant”: what has attributes is a row with columns.
_DESCRIBED = Pattern(
    rf"(?:^|[;,] )(?:an?|each|every) {_NOUN} (?:has|carries|consists of|comes with) (?:an?|its) "
    r"[a-z]+(?: [a-z]+)?(?:,| and) "
)
# “What a flag is”, over a list of what it says.
_HEADING = Pattern(
    r"^what (?:an? |the )?(?P<what>[a-z]+(?: [a-z]+)?) (?:is|has|consists of|looks like)$"
)
_COUNTED = Pattern(
    r"\b(?:per|(?:for|in|of|at|on|to|with) (?:an?|each|every|one|another|the same|the)|same|one|"
    r"two|three|\d+|no new|a new|every new|each new|its own|their own) (?=[a-z])"
)
# “It is valid 45 days” goes on about what the sentence before is about.
_GOES_ON = Pattern(r"^(?:and |but )?(?:it|they|these|this) ")
_TOPIC = Pattern(
    r"\b(?:about|work with|what we need for|how we handle|how we manage|keep track of|"
    r"(?:software|tool|app|system|list) for(?: [a-z]+ing of)?) (?:the |our )?"
    r"(?P<what>[a-z]+(?: [a-z]+)?)"
)
# “Campaign owner”, “the lot number”, “the voucher's value”: there are several of it.
_OWNING = Pattern(
    r"\b(?P<what>[a-z][a-z-]{2,})(?:['\u2019]s? [a-z]+| (?:owner|number|title|name|id|list|status|"
    r"manager))\b"
)
_DEFINED = Pattern(r"^(?:the|an?|each|every) [a-z]+(?: [a-z]+)? (?:is|has|are) ")
_DETERMINED = re.compile(
    r"^\s*(?:(?:an?|the|their|its|his|her|my|one|another|each|every|no|any|other|\d+)\s+)+",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
# What a thing says about itself, what packs bring, and words of the process.
_NO_TABLES = words(
    """
    price weight height width length size temperature quantity amount number date time day name
    title description reason remark score rating priority status state category type kind grade
    location address colour color deadline capacity stock level cost fee budget rate percentage
    duration distance reading value subject topic severity urgency email point points finding
    result language unit currency code label barcode tag badge key id plate signature permission
    message mail reminder notification invitation link sms letter push alert answer reply photo
    picture image file document receipt comment password account session page button field browser
    mailbox inbox question money rule law risk mistake error limit information access right role
    setting preference cookie theme filter search export import overview dashboard calendar view
    approval confirmation change decision permission entry list call log step work help place part
    line period window silence percent minute waiting total half copy version attempt retry
    start begin end beginning story problem requirement goal content detail row
    name login booking reservation payment refund image upload download pdf mode data lock
    consent clock service brand market agreement standard focus motion contrast
    outline colour animation tab icon screen keyboard layout font menu weekday holiday working
    feature situation internet connection request sync webhook certificate signature contents
    need want order discount format hand parent owner team group organisation organization
    community street police law summer winter phone card rest thing everything nothing anyone
    distance kilometre mile metre litre kilo cent dollar euro pound piece people person staff
    user somebody nobody nobody's who whoever world company system database server table column
    queue cache response trial history trail audit hour quota
    """
)
# A word of another meaning in most briefs, that may be a thing where a sentence is about one.
_THINGS_TOO = words("lot device laptop tablet phone tool")
_COUNTED_ONLY = words("tool")  # “the tool” is the program, “each tool” is none
_EACH = words("each every no any all one two three")
# Who acts for an organisation outside: what belongs to it is kept apart by it.
ORGANISATIONS = words("carrier agency shop merchant supplier vendor haulier school club branch")
_ORGANISED = Pattern(
    rf"(?:^|[,;:] |\band |\bbut )(?:(?:an?|the|each|every|our) )?(?P<what>"
    rf"{'|'.join(sorted({*ORGANISATIONS, *map(plural, ORGANISATIONS)}))}) (?:people |users )?"
    r"(?:can|may|must|shall|should|sees?|uploads?|books?|gets?|has|have|is|are|never|only|sends?|"
    r"enters?|delivers?|pays?|orders?)\b"
)
_HEADED = re.compile(r"^=+ [^=]{2,60} =+ ")
_PERSONS = words(
    "juror recipient mentee attendee invitee learner cook musician mum dad friend nobody driver "
    "boss intern winner loser newcomer child kid adult minor pensioner"
)
_EVERYDAY = words("release kill new old open solved late internal external own")
_ENOUGH = 3
_KEPT = 4
_TITLED = 2
# Two words for one thing: the table has the word of registers.
_CALLED_AS_WELL = {"family": "household"}


@dataclass(slots=True)
class Spoken:
    """How often and how strongly sentences speak of a noun."""

    points: int = 0
    clauses: list[Clause] = field(default_factory=list)
    names: Counter[str] = field(default_factory=Counter)
    subjects: int = 0
    is_kept: bool = False  # a sentence says for how long it is kept, or who may not see it

    @property
    def is_asked_for(self) -> bool:
        """Whether a sentence demands something of it, not only tells of it."""
        return any(_ASKED.search(clause.text) for clause in self.clauses)


def spoken_things(clauses: Sequence[Clause]) -> Mapping[str, Spoken]:
    """Return the nouns that several sentences are about, each with what speaks for it."""
    return _spoken_things(tuple(clauses))


@lru_cache(maxsize=4)  # several readers of one brief ask for them
def _spoken_things(clauses: tuple[Clause, ...]) -> Mapping[str, Spoken]:
    left_out = " ".join(c.text.lower() for c in clauses if c.section == "non_goal")
    found: dict[str, Spoken] = {}
    titled: set[str] = set()
    latest = ""
    for clause in clauses:
        if clause.section == "title":
            for match in _HEADING.finditer(clause.text):
                _add(found, match["what"], clause, 3, is_subject=True)
            for match in _WORD.finditer(clause.text):
                titled.add(singular(match.group().lower()))
        is_defined = clause.section == "background" and _DEFINED.match(clause.text)
        if (clause.section != "body" and not is_defined) or _TODAY.search(clause.text):
            continue
        for match in _TOPIC.finditer(clause.text):
            titled.add(phrase_after(match["what"]).rpartition("_")[2])
        told: dict[str, tuple[int, str]] = {}
        for noun, points in _in_clause(_HEADED.sub("", clause.text)):
            last = noun.rpartition("_")[2]
            if points > told.get(last, (0, ""))[0]:
                told[last] = points, noun
        if _GOES_ON.match(clause.text) and latest:
            told.setdefault(latest.rpartition("_")[2], (1, latest))
        latest = next((noun for points, noun in told.values()), "")
        for points, noun in told.values():
            _add(found, noun, clause, points, is_subject=points > 1)
            found[noun.rpartition("_")[2]].is_kept |= points == _KEPT
    return {
        _name(last, spoken): spoken
        for last, spoken in found.items()
        if spoken.points + (_TITLED if last in titled else 0) >= _ENOUGH + (len(spoken.clauses) < 2)
        and (spoken.subjects or spoken.points >= _ENOUGH)
        and _CALLED_AS_WELL.get(last, "") not in found
        and not _is_in(last, left_out)
    }


def _is_in(noun: str, text: str) -> bool:
    many = plural(noun)
    is_near = noun in text or many in text  # which is quicker to see than a pattern is made
    return is_near and bool(re.search(rf"\b(?:{noun}|{many})\b", text))


def _add(
    found: dict[str, Spoken], noun: str, clause: Clause, points: int, *, is_subject: bool
) -> None:
    noun = snake(noun)
    spoken = found.setdefault(noun.rpartition("_")[2], Spoken())
    if clause in spoken.clauses:
        return
    spoken.points += points
    spoken.clauses.append(clause)
    spoken.names[noun] += 1
    spoken.subjects += is_subject


def _name(last: str, spoken: Spoken) -> str:
    """Return a thing's own name: the longer one only where the brief never says another."""
    longer = [name for name in spoken.names if name != last]
    is_short_for_it = len(longer) == 1 and next(iter(spoken.names)) == longer[0]
    return longer[0] if is_short_for_it else last


def _in_clause(text: str) -> Iterator[tuple[str, int]]:
    """Yield the nouns of a clause with what speaks for each."""
    stored = _STORED.match(text)
    if stored:
        yield from ((noun, _KEPT) for noun in _things(stored["what"]))
    described = _DESCRIBED.search(text)
    if described:
        yield from ((noun, _KEPT) for noun in _things(described["what"], "each"))
    for match in _SUBJECT.finditer(text):
        yield from ((noun, 2) for noun in _things(match["what"], match["det"] or ""))
    for match in _COUNTED.finditer(text):
        noun = phrase_after(text[match.end() :])
        yield from ((noun, 1) for noun in _things(noun.replace("_", " "), "one"))
    for match in _OWNING.finditer(text):
        yield from ((noun, 1) for noun in _things(match["what"], "one"))
    for match in _ORGANISED.finditer(text):
        yield singular(match["what"].lower()), 2
    for word in _WORD.finditer(text):
        meant = FORMS.get(word.group().lower(), ())
        if not any(form in {"base", "third"} for form, _ in meant):
            continue
        behind = text[word.end() :]
        if _DETERMINED.match(behind):
            noun = phrase_after(behind)
            said = noun.replace("_", " ") or _first_word(_DETERMINED.sub("", behind))
            yield from ((noun, 1) for noun in _things(said, "one"))


def _first_word(text: str) -> str:
    word = _WORD.match(text)
    name = word.group().lower() if word else ""
    is_adverb = text[len(name) :].startswith((" of", " more", " less"))
    return name if singular(name) in _THINGS_TOO and not is_adverb else ""


def _things(what: str, determiner: str = "") -> Iterator[str]:
    """Yield the noun where it may be a thing with a table."""
    what = what.strip().lower()
    last = singular(what.rpartition(" ")[2])
    noun = phrase_after(what)
    if not noun and last in _THINGS_TOO and " " not in what:
        noun = last
    first, _, rest = noun.partition("_")
    while rest and (first in _EVERYDAY or _is_past(first)):
        noun, (first, _, rest) = rest, rest.partition("_")
    if not noun or not noun.endswith(last):
        return
    if not determiner and last == what.rpartition(" ")[2] and last not in _THINGS_TOO:
        # “Support can extend it”: without a word before it only many of a thing are things.
        return
    is_counted = determiner.lower() in _EACH or determiner.isdigit()
    if last in _COUNTED_ONLY and not is_counted:
        return
    if last in _NO_TABLES or (last in NOT_THINGS and last not in _THINGS_TOO):
        return
    is_role = last in _PERSONS or (names_people(noun) and last not in ORGANISATIONS)
    if what in DEPARTMENTS or is_role:
        return
    yield noun


def may_be_table(noun: str) -> bool:
    """Whether a noun is more than an attribute, a word of the process or what packs bring."""
    last = noun.rpartition("_")[2]
    return (
        len(last) > 2
        and last not in _NO_TABLES
        and last not in NOT_THINGS
        and not names_people(noun)
    )


def _is_past(word: str) -> bool:
    return any(form == "past" for form, _ in FORMS.get(word, ()))
