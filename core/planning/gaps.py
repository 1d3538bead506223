"""What the plan does not hold of a brief: demands, numbers and conditions that nothing used.

Nothing of a brief is dropped in silence. A clause that nothing was made of is listed; a demand, a
number or a condition inside a clause that something was made of becomes a question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from core.domain.artifact import Evidence
from core.planning.matching import Matches
from core.planning.model import Action, Question, Rule
from core.planning.reading.clauses import Clause
from core.planning.reading.conditions import Condition, ConditionKind, conditions, parts
from core.planning.reading.quantities import Quantity, quantities

_WAITS = "Nothing is built for it until it is answered."
_DEMAND = re.compile(
    r"\b(?:must|never|nobody|no one|no-one|only|at most|at least|maximum|max|minimum|may not|"
    r"cannot|"
    r"can't|not|unless|until|without|always|every|limit|shall|ha(?:s|ve) to|except|as long as|"
    r"provided)\b",
    re.IGNORECASE,
)
# Inside a clause that is planned in part: what only a demand says.
_STRONG = re.compile(
    r"\b(?:must|never|nobody|no one|no-one|may not|cannot|can't|shall|ha(?:s|ve) to|not|"
    r"without|only|no (?=[a-z]+ (?:is|are|may|can|must|should)))\b",
    re.IGNORECASE,
)
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
    verbs = {re.split("[A-Z]", action.name)[0] for action in actions} - {""}
    asked: list[Question] = []
    for clause in dict.fromkeys(clauses):
        for kind, text, assumption in _open_points(clause, found, rules, verbs):
            slug = f"{kind}-{len(asked) + 1}"
            asked.append(Question(slug, text, assumption, (Evidence(clause.text, kind),)))
    return (*asked, *_conflicts(found), *_unclear_days(clauses))


def left_over(clauses: Iterable[Clause], found: Matches, rules: Sequence[Rule]) -> tuple[str, ...]:
    """Return the clauses of a brief without a plan that are not wholly understood.

    No questions about parts of them are asked yet, so that they are listed as a whole.
    """
    return tuple(
        dict.fromkeys(
            clause.text
            for clause in clauses
            if clause not in found.used
            or next(_open_points(clause, found, rules, set()), None) is not None
        )
    )


def missed(clauses: Iterable[Clause], found: Matches) -> tuple[str, ...]:
    """Return the clauses that nothing was made of, in their words."""
    return tuple(dict.fromkeys(clause.text for clause in clauses if clause not in found.used))


def _open_points(
    clause: Clause, found: Matches, rules: Sequence[Rule], verbs: set[str]
) -> Iterator[tuple[str, str, str]]:
    """Yield what a clause leaves open: what kind of thing, the question, what is assumed."""
    numbers = [] if clause in found.described else _unused_numbers(clause, found, rules)
    if clause not in found.ruled:
        is_side = clause.section == "reason" or clause in found.claimed
        demands = _STRONG if is_side else _DEMAND
        if numbers or demands.search(clause.text):
            yield (
                "demand",
                f"“{short(clause.text)}”: what exactly must hold, and what shall happen when it "
                "would be violated?",
                _WAITS,
            )
            return
    open_conditions = [
        one for one in conditions(clause.text) if _is_open(one, clause, found, verbs)
    ]
    if clause in found.used:
        for condition in open_conditions:
            asking, assumption = _ASKING[condition.kind]
            yield (
                "condition",
                f"“{condition.words}” in “{short(clause.text)}”: {asking}?",
                assumption,
            )
    if clause in found.ruled:
        covered = [(one.start, one.end) for one in open_conditions]
        for number in numbers:
            if not any(start <= number.start < end for start, end in covered):
                yield (
                    "demand",
                    f"What hangs on “{number.words}” in “{short(clause.text)}”, and what shall "
                    "happen when it would be violated?",
                    _WAITS,
                )
        for words in _unused_demands(clause, found, covered, numbers):
            yield (
                "demand",
                f"“{words}” in “{short(clause.text)}”: what exactly must hold, and what shall "
                "happen when it would be violated?",
                _WAITS,
            )


def _is_open(condition: Condition, clause: Clause, found: Matches, verbs: set[str]) -> bool:
    """Whether nothing found its words in a condition; a pack's cue alone settles none."""
    places = found.settled.get(clause, set())
    if condition.kind in {"end", "case"}:
        places = places | found.touched.get(clause, set())
        if any(word.lower().startswith(tuple(verbs)) for word in condition.words.split()):
            return False
    return not any(condition.start <= place < condition.end for place in places)


def _unused_numbers(clause: Clause, found: Matches, rules: Sequence[Rule]) -> list[Quantity]:
    """Return the quantities of a clause that no rule made of it has bound."""
    bound = {
        value
        for rule in rules
        if any(item.words == clause.text for item in rule.evidence)
        for _, value in rule.bindings
    }
    return [
        quantity
        for quantity in quantities(clause.text)
        # Counts describe more often than they demand, and so does “a month”.
        if (quantity.kind != "count" or quantity.per or quantity.comparison not in {"", "about"})
        and not re.match(r"(?:an?|one)\b", quantity.words, re.IGNORECASE)
        and not any(quantity.value == value or quantity.words in value for value in bound)
        and not (
            quantity.kind == "count"
            and any(
                quantity.start <= place < quantity.end for place in found.settled.get(clause, set())
            )
        )
    ]


def _unused_demands(
    clause: Clause,
    found: Matches,
    covered: Sequence[tuple[int, int]],
    numbers: Sequence[Quantity],
) -> Iterator[str]:
    """Yield the parts of a clause that demand something where no rule found its words."""
    places = found.settled.get(clause, set())
    for part in parts(clause.text):
        if not _STRONG.search(part.words) or len(part.words.split()) < 3:
            continue
        if any(part.start <= place < part.end for place in places):
            continue
        if any(start < part.end and part.start < end for start, end in covered):
            continue
        if any(part.start <= number.start < part.end for number in numbers):
            continue
        yield part.words


def _conflicts(found: Matches) -> Iterator[Question]:
    seen: set[tuple[str, str]] = set()
    for conflict in found.conflicts:
        if (conflict.slug, conflict.words) in seen or conflict.second in found.ruled:
            continue
        seen.add((conflict.slug, conflict.words))
        yield Question(
            f"conflict.{conflict.slug}.{len(seen)}",
            f"“{short(conflict.first.text)}” and “{short(conflict.second.text)}” give two numbers "
            "for one rule: which one holds, or which one for which case?",
            "The one that the brief names first.",
            (Evidence(conflict.second.text, "conflict"),),
        )


def _unclear_days(clauses: Sequence[Clause]) -> Iterator[Question]:
    days = [
        (clause, quantity)
        for clause in clauses
        for quantity in quantities(clause.text)
        if quantity.kind == "date" and quantity.unit in {"relative", "ambiguous"}
    ]
    for number, (said, day) in enumerate(days, 1):
        why = "depends on the day it was written" if day.unit == "relative" else "could be two days"
        yield Question(
            f"day-{number}",
            f"“{day.words}” in “{short(said.text)}” {why}: which date is it?",
            "No date is planned with.",
            (Evidence(said.text, "day"),),
        )


def short(text: str) -> str:
    """Return a text as it is quoted in a question."""
    return text if len(text) <= 120 else f"{text[:117].rstrip()}…"
