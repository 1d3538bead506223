"""What a brief is about: its things, the weightiest first, by deeds, title and how often named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.planning.reading.clauses import Clause
from core.planning.reading.deed import Deed
from core.planning.reading.deeds import TOLD_OF, VERBS
from core.planning.reading.nouns import is_thing, plural, singular, words
from core.planning.reading.patterns import Pattern, folded
from core.planning.reading.people import names_people
from core.planning.reading.phrases import phrase_after
from core.planning.reading.spoken import spoken_things

# What is done with a thing, not the thing: “sample tracking” is about samples.
_DOINGS = words(
    """
    tracking handling management approval release processing calendar planning entry overview
    process administration registration request online tool app system portal software review
    """
)
_OF_THE_TOOL = re.compile(r"(?<=[a-z]) (?:admin|desk|pool|page|console|backend|tool|app)$", re.I)
_ASIDE = re.compile(r"\([^()]*\)")
_SEGMENT = re.compile(r"[,:;/&]|\s[-–—]\s|\band\b", re.IGNORECASE)
_DOING_OF = re.compile(r"^\s*(?:[a-z]+ing|management|administration) of\b", re.IGNORECASE)
_ING = re.compile(r"^\s*[a-z]+ing\s+(?=[a-z])", re.IGNORECASE)
# What is no thing of its own beside what it stands on: packs bring these.
_BROUGHT = words("tag hashtag comment notification")
_FILES = words("photo picture image attachment file")  # they belong to something
# Something happens to it: a thing that only the title names must be spoken of so.
_HANDLED = (
    r"\b(?:{thing}) (?:is|are|was|can|can't|cannot|must|may|expires?|lapses?|has|have|needs?)\b|"
    r"\b(?:pause|stop|cancel|close|change|sign|withdraw|renew|extend|open|two active|signed|every|"
    r"each|last|new|same) (?:an? |the )?(?:\w+ )?(?:{thing})\b"
)
_FINITE = Pattern(
    r"\b(?:is|are|was|were|be|been|has|have|had|can|may|must|should|shall|will|would|could|do|does|"
    r"want|wants|need|needs|get|gets|we|they|you|i|it|please|don't|isn't|let|make|add|create|"
    r"build|introduce|implement|develop|provide|integrate|connect)\b"
)
_VERB_LIKE = Pattern(rf"\b(?:{'|'.join(sorted(VERBS))})s?\b (?:an?|the|their|each)\b")
_WORD = re.compile(r"\w+")
_MAX_LABEL_WORDS = 12
_PARTICIPLE = re.compile(r"^(?:[a-z]+(?:ring|ned|red|ted|ced|ized|ised|ared)|digital|online|new)_")
_CREATED, _CREATED_WEAKLY, _TITLED = 4, 2, 4
_MAX_MENTIONS = 6
# Below this weight a thing is only mentioned.
_ENOUGH = 5


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that the brief is about, and how much speaks for it."""

    noun: str
    weight: int
    is_created: bool  # somebody creates it for sure
    is_named: bool  # only the title names it
    is_handled: bool = False  # nobody creates it, but several things are done to it
    told: tuple[Clause, ...] = ()  # no deed names it, but these sentences are about it
    is_asked_for: bool = True  # and demand something of it

    @property
    def is_spoken(self) -> bool:
        """Whether only what the sentences are about speaks for it."""
        return bool(self.told)


def is_label(text: str) -> bool:
    """Whether a clause only names something: “Tennis club, 9 courts”, “Meter readings season”."""
    return (
        len(text.split()) <= _MAX_LABEL_WORDS
        and not _FINITE.search(text)
        and not _VERB_LIKE.search(text)
    )


def things(clauses: Sequence[Clause], deeds: Sequence[Deed]) -> tuple[Thing, ...]:
    """Return the things of a brief that are worth a table, the weightiest first."""
    body = [clause for clause in clauses if clause.section == "body"]
    points: dict[str, int] = {}
    made = {deed.noun for deed in deeds if deed.kind == "create"}
    created = {deed.noun for deed in deeds if deed.kind == "create" and not deed.is_weak}
    for deed in deeds:
        if deed.kind == "create":
            worth = _CREATED_WEAKLY if deed.is_weak else _CREATED
            if deed.of:  # the brief speaks of what it belongs to
                worth += _CREATED_WEAKLY
            points[deed.noun] = max(points.get(deed.noun, 0), worth)
    handled = _handled(deeds)
    for noun in handled:
        points[noun] = max(points.get(noun, 0), _CREATED)
    told_of = spoken_things(clauses)
    for noun in points.keys() & told_of.keys():
        points[noun] = max(points[noun], _CREATED)
    spoken = {
        noun: told
        for noun, told in told_of.items()
        if not any(_same(noun, other) for other in points)
    }
    for noun in spoken:
        points[noun] = _CREATED
    for deed in deeds:  # a part goes behind what it belongs to
        if deed.kind == "create" and deed.of in points and deed.noun in points:
            points[deed.of] = max(points[deed.of], points[deed.noun] + 1)
    titled = _titled(clauses, body)
    for noun in titled:
        known = [other for other in points if _same(noun, other)]
        for other in known:
            points[other] += _TITLED
        if not known and _is_handled(noun, body):
            points[_short(noun, body)] = _TITLED
    naming = _naming(body)
    found = [
        Thing(
            noun,
            worth + min(_MAX_MENTIONS, _mentions(noun, naming, body)),
            noun in created or (noun in spoken and spoken[noun].is_kept),
            noun not in made and noun not in handled and noun not in spoken,
            noun in handled and noun not in made,
            tuple(spoken[noun].clauses) if noun in spoken else (),
            noun not in spoken or spoken[noun].is_asked_for,
        )
        for noun, worth in points.items()
    ]
    found = [thing for thing in found if thing.weight >= _ENOUGH and thing.noun not in _BROUGHT]
    if any(thing.noun not in _FILES for thing in found):
        found = [thing for thing in found if thing.noun not in _FILES]
    # What the title names goes before what is as heavy.
    return tuple(
        sorted(
            found,
            key=lambda thing: (
                -thing.weight,
                not any(_same(noun, thing.noun) for noun in titled),
            ),
        )
    )


def _handled(deeds: Iterable[Deed]) -> list[str]:
    """Return the things that several deeds are about, whoever brings them into being."""
    verbs: dict[str, set[str]] = {}
    for deed in deeds:
        if deed.kind in {"stamp", "set"}:
            verbs.setdefault(deed.noun, set()).add(f"{deed.verb} {deed.attribute}")
    for deed in deeds:
        if deed.kind not in {"stamp", "set"} and deed.noun in verbs:
            verbs[deed.noun].add(deed.kind)
        if deed.of in verbs:
            verbs[deed.of].add(f"a part {deed.noun}")
    return [noun for noun, done in verbs.items() if len(done) > 1]


def _short(noun: str, body: Iterable[Clause]) -> str:
    """Return the last word of a title's name where the text never says the whole of it."""
    whole = noun.replace("_", " ")
    if any(whole in clause.text.lower() for clause in body):
        return noun
    return noun.rpartition("_")[2]


def _is_handled(noun: str, body: Iterable[Clause]) -> bool:
    last = noun.rpartition("_")[2]
    many = plural(last)
    texts = [
        clause.text for clause in body if last in (lower := folded(clause.text)) or many in lower
    ]
    if not texts:  # which is quicker to see than a pattern is made
        return False
    thing = f"{re.escape(last)}|{re.escape(many)}"
    handled = re.compile(_HANDLED.format(thing=thing), re.IGNORECASE)
    return any(handled.search(text) for text in texts)


def _naming(body: Iterable[Clause]) -> dict[str, set[int]]:
    """Return the places of the clauses that name each word, to count many nouns at once."""
    found: dict[str, set[int]] = {}
    for place, clause in enumerate(body):
        for word in _WORD.findall(clause.text.lower()):
            found.setdefault(word, set()).add(place)
    return found


def _mentions(noun: str, naming: Mapping[str, set[int]], body: Iterable[Clause]) -> int:
    last = noun.rpartition("_")[2]
    if noun in TOLD_OF or not last.isalnum():
        return mentions(noun, body)
    return len(naming.get(last, set()) | naming.get(plural(last), set()))


def mentions(noun: str, clauses: Iterable[Clause]) -> int:
    """Return how many clauses name a thing, or its last word alone."""
    last = noun.rpartition("_")[2]
    names = (last, plural(last))
    told = TOLD_OF.get(noun) or "|".join(map(re.escape, names))
    texts = [clause.text.lower() for clause in clauses]
    if noun not in TOLD_OF:  # to look for words is quicker than to look for a pattern
        texts = [text for text in texts if names[0] in text or names[1] in text]
    pattern = re.compile(rf"\b(?:{told})\b", re.IGNORECASE) if texts else None
    return sum(bool(pattern.search(text)) for text in texts) if pattern else 0


def _titled(clauses: Sequence[Clause], body: Sequence[Clause]) -> list[str]:
    """Return what the title names and the text speaks of again."""
    labels = [clause.text for clause in clauses if clause.section == "title"]
    for clause in body[:1]:
        head, mark, _ = clause.text.partition(":")
        if is_label(clause.text):
            labels.append(clause.text.partition(",")[0])
        elif mark and len(head.split()) <= 3 and is_label(head):
            labels.append(head)
    found: dict[str, None] = {}
    for label in labels:
        others = [part for part in body if not part.text.startswith(label)]
        for piece in _SEGMENT.split(_ASIDE.sub("", label)):
            noun = _spoken_of(_named(piece), others)
            if noun:
                found.setdefault(noun)
    return list(found)


def _spoken_of(noun: str, body: Sequence[Clause]) -> str:
    """Return what the text speaks of again: of a key cabinet, the keys."""
    while noun and not mentions(noun, body):
        noun = singular(noun.rpartition("_")[0])
        if noun and (not is_thing(noun) or names_people(noun)):
            return ""
    return noun


def _named(piece: str) -> str:
    piece = _OF_THE_TOOL.sub("", _ING.sub("", _DOING_OF.sub("", piece)).strip())
    noun = phrase_after(piece)
    parts = noun.split("_")
    while len(parts) > 1 and parts[-1] in _DOINGS:
        parts = [*parts[:-2], singular(parts[-2])]
    name = _PARTICIPLE.sub("", "_".join(parts))
    if not is_thing(name) or name in _DOINGS or names_people(name):
        return ""
    return name


def _same(one: str, other: str) -> bool:
    return one == other or one.endswith(f"_{other}") or other.endswith(f"_{one}")
