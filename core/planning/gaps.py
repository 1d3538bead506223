"""What the plan does not hold of a brief: demands, numbers and conditions that nothing used.

Nothing of a brief is dropped in silence. A clause that nothing was made of is listed; a demand, a
number or a condition inside a clause that something was made of becomes a question.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence

from core.domain.artifact import Evidence
from core.planning.ambiguities import conflict_questions, day_questions
from core.planning.demand_words import (
    BOUNDED,
    CASE,
    COMFORT,
    CONJUNCTION,
    DEMAND,
    FACT,
    FILES,
    FORMAT,
    HAPPENS,
    IDIOM,
    NAMED,
    NO_FIRST,
    OPTION,
    SPELLED,
    STRICT,
    STRONG,
)
from core.planning.demands import Demand, demand_questions, shortened
from core.planning.matches import Matches
from core.planning.model import Action, Question, Rule
from core.planning.open_numbers import Read, numbers_in, told_by, unused_numbers
from core.planning.reading.clauses import Clause
from core.planning.reading.conditions import Condition, ConditionKind, Part, conditions, parts
from core.planning.reading.nouns import words
from core.planning.reading.patterns import Pattern
from core.planning.reading.quantities import Quantity, quantities
from core.planning.reading.status_quo import is_volume
from core.planning.unread import is_within

_WORD = re.compile(r"[a-z]{4,}")
_QUOTED = re.compile("“[^”]*”")
_COMMON = words(
    """
    only must never nobody always with without that this their them they then than have from
    into after before until unless more most least what when which while where other every each
    shall should could would cannot does been being were will also same want like need some such
    very there here about
    """
)
# A moment that needs no telling which: it says nothing that may or may not be so.
_MOMENT = re.compile(r"(?:before|after) (?:the |their |its |our )?[a-z]+", re.IGNORECASE)
_LONG = 120  # a clause of so many letters is asked about as one
_BESIDE = 4  # letters between parts that follow each other
_LONGEST = 180  # one demand, with what stands beside it
_ASKING: dict[ConditionKind, tuple[str, str]] = {
    "exception": (
        "how is this exception recognised, and what holds then",
        "The rest of the sentence is planned without this exception.",
    ),
    "restriction": (
        "how does the system know that this holds, and what happens when it does not",
        "The rest of the sentence is planned as if it always held.",
    ),
    "end": (
        "which event is meant, and what is refused after it",
        "The rest of the sentence is planned without this end.",
    ),
    "case": (
        "how does the system notice this case, and what shall it do then",
        "The rest of the sentence is planned without this case.",
    ),
}


def gap_questions(
    clauses: Sequence[Clause], found: Matches, rules: Sequence[Rule], actions: Sequence[Action]
) -> tuple[Question, ...]:
    """Ask about everything that demands something and that no rule was made of.

    `clauses` are those of the body and the reasons of user stories. A case or an end that names one
    of the `actions` (“before they submit”) is in the plan by it.
    """
    read = _read(found, rules, {re.split("[A-Z]", action.name)[0] for action in actions} - {""})
    demands: list[Demand] = []
    open_conditions: list[tuple[Condition, Clause]] = []
    for clause in dict.fromkeys(clauses):
        for point in _open_points(clause, read):
            if isinstance(point, Demand):
                demands.append(point)
                _show(point.quote, clause, found)
            else:
                open_conditions.append((point, clause))
    asked = {(one.inside, one.words) for one in demands}
    open_conditions = [
        (one, clause)
        for one, clause in open_conditions
        if not any(clause.text == inside and one.words in said for inside, said in asked)
    ]
    for condition, clause in open_conditions:
        _show(shortened(condition.words), clause, found)
    return (
        *demand_questions(demands),
        *_condition_questions(open_conditions),
        *conflict_questions(found),
        *day_questions(clauses),
    )


def left_over(
    clauses: Iterable[Clause],
    found: Matches,
    rules: Sequence[Rule],
    partly: Container[Clause] = (),
) -> tuple[str, ...]:
    """Return the clauses of a brief without a plan that are not wholly understood.

    No questions about parts of them are asked yet, so that they are listed as a whole, and so are
    those that nothing took up but `partly`.
    """
    read = _read(found, rules, set())
    return tuple(
        dict.fromkeys(
            clause.text
            for clause in clauses
            if (clause not in found.used and not is_volume(clause.text))
            or clause in partly
            or next(_open_points(clause, read), None) is not None
        )
    )


def _show(quote: str, clause: Clause, found: Matches) -> None:
    """Note which words of a clause a question shows: a long one is cut."""
    words_shown = quote.strip("…")
    start = clause.text.find(words_shown)
    if start < 0:  # a bracket was closed, or left out
        words_shown = words_shown.rstrip(")")
        start = max(0, clause.text.find(words_shown))
    found.questioned.setdefault(clause, []).append((start, start + len(words_shown)))


def demands_of(clause: Clause) -> tuple[Demand, ...]:
    """Return what a clause that nothing was made of demands."""
    return tuple(_whole(clause, quantities(clause.text), DEMAND))


def _read(found: Matches, rules: Sequence[Rule], verbs: Iterable[str]) -> Read:
    read = Read(found, tuple(sorted(verbs)))
    for rule in rules:
        for said in dict.fromkeys(item.words for item in rule.evidence):
            read.rules.setdefault(said, []).append(rule)
    return read


def _open_points(clause: Clause, read: Read) -> Iterator[Demand | Condition]:
    """Yield what a clause leaves open."""
    if is_volume(clause.text):
        return
    found = read.found
    numbers = [] if clause in found.described else unused_numbers(clause, read)
    if clause not in found.ruled:
        if clause.section == "reason":
            demands = STRONG
            is_comfort = not numbers or bool(COMFORT.search(clause.text))
            if is_comfort and not STRICT.search(clause.text):
                return
        else:
            demands = STRONG if clause in found.claimed else DEMAND
        whole = list(_whole(clause, numbers, demands))
        if whole:
            yield from whole
            return
    open_conditions = [one for one in conditions(clause.text) if _is_open(one, clause, read)]
    if clause in found.used:
        yield from open_conditions
    covered = [(one.start, one.end) for one in open_conditions]
    if clause in found.ruled:
        left = [n for n in numbers if not any(start <= n.start < end for start, end in covered)]
        yield from _parts_with(left, clause)
        yield from _unused_demands(clause, read, covered, numbers)
    elif clause in found.used:
        yield from _unused_options(clause, read, covered)


def _whole(clause: Clause, numbers: Sequence[Quantity], demands: Pattern) -> Iterator[Demand]:
    """Yield the demands of a clause that no rule was made of: a long one has several."""
    text = IDIOM.sub(lambda idiom: " " * len(idiom[0]), clause.text)
    if text.rstrip().endswith(":"):  # it announces what follows
        return
    if not numbers and not demands.search(text):
        return
    pieces = [Part(text, 0, len(text))] if len(text) <= _LONG else _pieces(text, numbers, demands)
    for piece in pieces:
        mine = tuple(n for n in numbers if piece.start <= n.start < piece.end)
        if not mine and not demands.search(text, piece.start, piece.end):
            continue
        words = clause.text[piece.start : piece.end].strip()
        if (
            len(pieces) > 1
            and FACT.search(words)
            and not mine
            and not STRONG.search(text, piece.start, piece.end)
        ):
            continue
        words = CONJUNCTION.sub("", words) if len(pieces) > 1 else words
        split = [(n,) for n in mine] if len(words) > _LONG and len(mine) > 1 else [mine]
        yield from (Demand(words, clause.text, some) for some in split)


def _pieces(text: str, numbers: Sequence[Quantity], demands: Pattern) -> list[Part]:
    """Cut a long clause at its commas and conjunctions, into pieces that demand one thing each."""

    def demand(piece: Part) -> bool:
        has_number = any(piece.start <= number.start < piece.end for number in numbers)
        return has_number or bool(demands.search(text, piece.start, piece.end))

    pieces: list[Part] = []
    for part in parts(text):
        last = pieces[-1] if pieces else None
        if last and part.end - last.start <= _LONGEST and not (demand(last) and demand(part)):
            pieces[-1] = Part(text[last.start : part.end], last.start, part.end)
        else:
            pieces.append(part)
    return pieces


def _parts_with(numbers: Sequence[Quantity], clause: Clause) -> Iterator[Demand]:
    """Yield the parts of a planned clause that hold a number which no rule has bound."""
    for part in parts(clause.text):
        mine = tuple(n for n in numbers if part.start <= n.start < part.end)
        end = max([part.start + len(part.words), *(n.end for n in mine)])
        words = CONJUNCTION.sub("", clause.text[part.start : end].strip())
        if mine and len(words) > _LONG:
            yield from (Demand(words, clause.text, (n,)) for n in mine)
        elif mine:
            yield Demand(words, clause.text, mine)


def _is_open(condition: Condition, clause: Clause, read: Read) -> bool:
    """Whether nothing found its words in a condition; a pack's cue alone settles none."""
    places = read.found.settled.get(clause, set())
    if condition.kind in {"end", "case"}:
        places = places | read.found.touched.get(clause, set())
        if any(word.lower().startswith(read.verbs) for word in condition.words.split()):
            return False
    stems = _stems(condition.words)
    if not any(condition.start <= place < condition.end for place in places):
        if condition.kind != "end":
            return True
        is_told = bool(stems) and stems <= _told_stems(clause, read)
        return not is_told and not _is_offset(condition, clause, read)
    if condition.kind in {"end", "case"} or clause not in read.found.ruled:
        return False
    # A cue may run over the whole sentence: its rule must also speak of the exception.
    return bool(stems) and not stems & _told_stems(clause, read)


def _told_stems(clause: Clause, read: Read) -> set[str]:
    """Return the words that the rules of a clause say beside what they quote of it."""
    rules = read.rules.get(clause.text, [])
    return _stems(
        " ".join(
            _QUOTED.sub("", told_by(rule)).replace(dict(rule.bindings).get("words", "\n"), "")
            for rule in rules
        )
    )


def _is_offset(condition: Condition, clause: Clause, read: Read) -> bool:
    """Whether a rule has bound the time that a condition counts from: “3 days before arrival”."""
    if not _MOMENT.fullmatch(condition.words):
        return False
    before = clause.text[: condition.start].rstrip()
    bound = {value for rule in read.rules.get(clause.text, []) for _, value in rule.bindings}
    return any(
        quantity.kind == "duration" and quantity.end == len(before) and quantity.value in bound
        for quantity in quantities(clause.text)
    )


def _unused_demands(
    clause: Clause,
    read: Read,
    covered: Sequence[tuple[int, int]],
    numbers: Sequence[Quantity],
) -> Iterator[Demand]:
    """Yield the parts of a clause that demand something where no rule found its words.

    A part in which one did is asked about too where none of the rules speaks of it: they were made
    of other words, or say less.
    """
    text = IDIOM.sub(lambda idiom: " " * len(idiom[0]), clause.text)
    places = read.found.settled.get(clause, set())
    told = " ".join(told_by(rule) for rule in read.rules.get(clause.text, []))
    said, named = _stems(told), {name.lower() for name in NAMED.findall(told)}
    left: list[Part] = []
    taken = [*covered, *((number.start, number.end) for number in numbers)]
    for part in _but_cases(parts(text)):
        if len(part.words.split()) < 2 or any(_overlap(part, one) for one in taken):
            continue
        stems = _stems(part.words)
        has_number = bool(numbers_in(part.words) - numbers_in(told))
        if not stems and not (STRONG.search(part.words) and has_number):
            continue
        is_said = bool(stems) and len(stems & said) >= max(1, len(stems) / 3)
        unnamed = {name.lower() for name in NAMED.findall(part.words)} - named
        if not FILES.search(told):
            unnamed = {name for name in unnamed if not FORMAT.fullmatch(name)}
        counted = SPELLED.search(part.words)
        if stems and stems <= said and not has_number and not unnamed:
            is_left = False
        elif (has_number and BOUNDED.search(part.words)) or (counted and counted[0] not in told):
            is_left = True
        elif STRONG.search(part.words) or NO_FIRST.match(part.words):
            is_left = not is_said or not is_within(part, places)
        else:
            is_left = not is_said and not is_within(part, places) and _happens(part, read)
        if (is_left or unnamed) and left and part.start - left[-1].end < _BESIDE:
            left[-1] = Part(clause.text[left[-1].start : part.end], left[-1].start, part.end)
        elif is_left or unnamed:
            left.append(part)
    for part in left:
        start = part.start
        if clause.text[start:].lower().startswith("or "):  # the other half of what stands before
            start = max(clause.text.rfind(mark, 0, start) + 1 for mark in ",;:()")
        words = clause.text[start : part.end].strip()
        yield Demand(CONJUNCTION.sub("", words), clause.text)


def _but_cases(found: Sequence[Part]) -> list[Part]:
    """Return the parts of a clause but those that open a case: the next one tells what holds."""
    last = found[-1] if found else None
    return [part for part in found if part is last or not CASE.match(part.words)]


def _happens(part: Part, read: Read) -> bool:
    """Whether a part says that something is done, and no operation of the plan does it."""
    words = part.words.split()
    return (
        len(words) > 3
        and bool(HAPPENS.search(part.words))
        and not FACT.search(part.words)
        and not _operates(part, read)
    )


def _operates(part: Part, read: Read) -> bool:
    """Whether a part names an operation of the plan."""
    return any(word.lower().startswith(read.verbs) for word in part.words.split())


def _overlap(part: Part, other: tuple[int, int]) -> bool:
    return other[0] < part.end and part.start < other[1]


def _unused_options(
    clause: Clause, read: Read, covered: Sequence[tuple[int, int]]
) -> Iterator[Demand]:
    """Yield the parts of a clause, used for something else, that say what people may do."""
    places = read.found.settled.get(clause, set()) | read.found.touched.get(clause, set())
    for part in parts(clause.text):
        if SPELLED.search(part.words):
            yield Demand(CONJUNCTION.sub("", part.words), clause.text)
            continue
        if not OPTION.search(part.words) or len(part.words.split()) < 3:
            continue
        if is_within(part, places) or _operates(part, read):
            continue
        if not any(start < part.end and part.start < end for start, end in covered):
            yield Demand(CONJUNCTION.sub("", part.words), clause.text)


def _condition_questions(
    found: Sequence[tuple[Condition, Clause]],
) -> Iterator[Question]:
    for number, (condition, clause) in enumerate(found, 1):
        asking, assumption = _ASKING[condition.kind]
        yield Question(
            f"condition-{number}",
            f"“{shortened(condition.words)}” in “{shortened(clause.text, condition.words)}”: "
            f"{asking}?",
            assumption,
            (Evidence(clause.text, "condition"),),
        )


def _stems(text: str) -> set[str]:
    return {word.rstrip("s")[:5] for word in _WORD.findall(text.lower()) if word not in _COMMON}
