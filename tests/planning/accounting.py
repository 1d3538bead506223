"""What became of the constraints of a brief: each is built, asked about, or lost.

A constraint is a quote of the brief. A rule, a question or a quality wish takes it up when its
evidence holds the quoted words; a rule must also speak of it, by its numbers or by its words,
since a long sentence may hold three demands of which only one became a rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, get_args

from core.planning import FeatureModel

Fate = Literal[
    "mechanism",  # a rule that speaks of it, and something that keeps the rule
    "rule",  # a rule that speaks of it, and nothing that keeps the rule
    "quality",  # a wish about how well
    "asked",  # a question with its words
    "not_understood",  # listed among what the planner could not use
    "set_aside",  # a non-goal, or switched off by a person
    "passed_over",  # its words are the evidence of rules that speak of something else
    "dropped",  # nowhere
]
FATES: tuple[Fate, ...] = get_args(Fate)

_BORDER = re.compile(r"[.;!?] ")
_WORD = re.compile(r"[a-z0-9]+(?:[.,:'’][a-z0-9]+)*")
_NUMBER = re.compile(r"\d[\d,]*(?:[.:]\d+)*")
_NUMBER_WORDS = {
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "thirty": "30",
}  # fmt: skip
_ENOUGH_WORDS = 0.6  # of a quote, where evidence is narrower than the sentence
_ENOUGH_STEMS = 1 / 3  # of a quote's own words, in a rule that puts it differently
_COMMON = frozenset(
    _WORD.findall(
        "only must never nobody always with without that this their them they then than have from "
        "into after before until unless more most least what when which while where other every "
        "each shall should could would cannot does doesn been being were will also same"
    )
)


def fate(quote: str, model: FeatureModel) -> Fate:
    """Return what became of a quote of the brief; the best of it, where several took it up.

    Of a quote over two sentences each half may have become something else: then the worse counts.
    """
    whole = _fate(quote, model)
    halves = [half for half in _BORDER.split(quote) if len(_words(half)) > 1]
    if whole not in {"passed_over", "dropped"} or len(halves) < 2:
        return whole
    return max((_fate(half, model) for half in halves), key=FATES.index)


def _fate(quote: str, model: FeatureModel) -> Fate:
    near = [
        rule for rule in model.rules if _takes_up(quote, [item.words for item in rule.evidence])
    ]
    kept = " ".join(
        " ".join(
            [
                rule.text,
                *(value for _, value in rule.bindings),
                *(f"{mechanism.where} {mechanism.how}" for mechanism in rule.mechanisms),
            ]
        )
        for rule in near
    )
    if near and _speaks_of(quote, kept):
        return "mechanism" if any(rule.mechanisms for rule in near) else "rule"
    if _takes_up(quote, (e.words for quality in model.qualities for e in quality.evidence)):
        return "quality"
    questions = [text for q in model.questions for text in (q.text, *(e.words for e in q.evidence))]
    if _takes_up(quote, questions):
        return "asked"
    if _takes_up(quote, model.not_understood):
        return "not_understood"
    omitted = [e.words for omission in model.omissions for e in omission.evidence]
    if _takes_up(quote, [*model.non_goals, *omitted]):
        return "set_aside"
    return "passed_over" if near else "dropped"


def _takes_up(quote: str, texts: Iterable[str]) -> bool:
    """Whether the words of a quote stand in the texts, most of them and all of its numbers.

    A quote may go over the border of two clauses, and evidence may be narrower than the quote.
    """
    words = _words(quote)
    held = [False] * len(words)
    spoken = [_words(text) for text in texts]
    for start in range(len(words)):
        for end in range(len(words), start, -1):
            run = words[start:end]
            if _weighs(run, words) and any(_holds(text, run) for text in spoken):
                held[start:end] = [True] * (end - start)
                break
    has_numbers = all(held[n] for n, word in enumerate(words) if any(map(str.isdigit, word)))
    return has_numbers and sum(held) >= _ENOUGH_WORDS * len(words)


def _weighs(run: Sequence[str], quote: Sequence[str]) -> bool:
    """Whether finding this run of words means anything: “of the” stands everywhere."""
    if len(run) == len(quote) or len(run) >= 3:
        return True
    return len(run) == 2 and any(map(str.isdigit, "".join(run)))


def _holds(text: Sequence[str], run: Sequence[str]) -> bool:
    size = len(run)
    return any(text[start : start + size] == run for start in range(len(text) - size + 1))


def _speaks_of(quote: str, text: str) -> bool:
    numbers = _numbers(quote)
    if numbers:
        return numbers <= _numbers(text)
    stems = _stems(quote)
    return len(stems & _stems(text)) >= max(1, _ENOUGH_STEMS * len(stems))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _numbers(text: str) -> set[str]:
    """Return the numbers of a text, however written: `ten`, `10`, `10.00`, `10,000`."""
    found = {_plain(number) for number in _NUMBER.findall(text)}
    return found | {_NUMBER_WORDS[word] for word in _words(text) if word in _NUMBER_WORDS}


def _plain(number: str) -> str:
    number = number.replace(",", "")
    return number.rstrip("0").rstrip(".") if "." in number else number


def _stems(text: str) -> set[str]:
    return {word[:5] for word in _words(text) if len(word) >= 4 and word not in _COMMON}
