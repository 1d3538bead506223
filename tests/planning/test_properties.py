"""What holds for every brief: nothing dropped in silence, order and wording lose no constraint."""

from __future__ import annotations

import hashlib
import os
import random
import re
import subprocess
import sys
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.planning import FeatureModel, understand
from core.planning.packs import PACKS
from core.planning.reading.clauses import clauses
from core.planning.reading.cues import compiled
from core.planning.reading.patterns import needs_of
from core.planning.reading.quantities import quantities
from core.planning.reading.synonyms import wordings
from tests.planning.plans import EXPECTED, PLANNED, artifacts, brief, run
from tests.planning.test_packs import SMALL_BRIEFS

few = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
ALL = {**{name: brief(name) for name in PLANNED}, **SMALL_BRIEFS}
SENTENCES = sorted({part.text for text in ALL.values() for part in clauses(text)})
UNKNOWN = (
    "the moon is full",
    "a wizard has spoken",
    "Saturn stands in the ninth house",
    "the parrot objects",
)
EXCEPTIONS = ("unless {}", "except when {}", "as long as {}", "provided that {}", "only if {}")
# The same said otherwise. Both sides are read as the same constraint with the same value.
SYNONYMS = (
    (r"\bmust never\b", "shall never"),
    (r"\bmust be\b", "has to be"),
    (r"\bmust be\b", "shall be"),
    (r"\bNobody\b", "No one"),
    (r"\bNo one\b", "Nobody"),
    (r"\babove (?=\d)", "over "),
    (r"\babove (?=\d)", "more than "),
    (r"\b500 EUR\b", "EUR 500"),
    (r"\b500 EUR\b", "500 €"),
    (r"\b500 EUR\b", "€500"),
    (r"\b24h\b", "24 hours"),
    (r"\b24h\b", "one day"),
    (r"\b24h\b", "1 day"),
    (r"\bten years\b", "10 years"),
    (r"\bsix weeks\b", "6 weeks"),
    (r"\b10 MB\b", "10MB"),
    (r"\b10 MB\b", "10 megabytes"),
    (r"\b95%", "95 percent"),
    (r"\b300 ms\b", "300ms"),
    (r"\b31 March\b", "March 31st"),
    (r"\bcannot\b", "can not"),
    (r"\bat most\b", "no more than"),
    (r"\bmax\b", "at most"),
    (r"\bAt least\b", "A minimum of"),
)
_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}


def constraints(model: FeatureModel) -> set[tuple[str, str]]:
    """Return each rule with its value; a day and 24 hours are the same."""
    found = set()
    for rule in model.rules:
        value = dict(rule.bindings).get("value", "")
        number, _, unit = value.partition(" ")
        if unit in _SECONDS:
            value = f"{float(number) * _SECONDS[unit]:g} s"
        found.add((rule.slug, value))
    return found


@cache
def sentences(name: str) -> tuple[str, ...]:
    return tuple(part.text for part in clauses(ALL[name]) if part.section == "body")


def written(pieces: list[str] | tuple[str, ...]) -> str:
    return " ".join(f"{piece[0].upper()}{piece[1:]}." for piece in pieces)


def asked(model: FeatureModel) -> str:
    return " ".join(question.text for question in model.questions)


@few
@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=8, unique=True))
def test_every_sentence_is_used_or_listed(pieces: list[str]) -> None:
    model = understand(written(pieces))
    if not model.plannable:
        assert model.questions
    elsewhere = {*model.not_understood, *model.background}
    evidence = [item.words for rule in model.rules for item in rule.evidence]
    evidence += [item.words for match in model.packs for item in match.evidence]
    evidence += [item.words for question in model.questions for item in question.evidence]
    for part in clauses(written(pieces)):
        if part.section != "body" or part.text in elsewhere:
            continue
        is_used = any(words and (words in part.text or part.text in words) for words in evidence)
        assert is_used or model.plannable is False or _describes_a_record(part.text, model)


def _describes_a_record(text: str, model: FeatureModel) -> bool:
    """Whether a sentence says what somebody does with a thing that the plan stores."""
    stored = {word for entity in model.entities for word in entity.name.split("_")}
    return any(word in text.lower() for word in stored)


@few
@given(
    st.sampled_from(sorted(ALL)), st.sampled_from(EXCEPTIONS), st.sampled_from(UNKNOWN), st.data()
)
def test_an_exception_that_nothing_knows_is_asked_about(
    name: str, form: str, unknown: str, data: st.DataObject
) -> None:
    pieces = list(sentences(name))
    place = data.draw(st.integers(0, len(pieces) - 1))
    pieces[place] = f"{pieces[place]} {form.format(unknown)}"
    model = understand(written(pieces))
    if model.plannable:
        assert unknown in asked(model) or any(unknown in text for text in model.not_understood)


@few
@given(
    st.sampled_from(sorted(ALL)),
    st.sampled_from(("77 USD", "13.7%", "9 GB", "2031-05-06", "next Tuesday", "3:33")),
    st.data(),
)
def test_a_number_that_no_rule_takes_is_asked_about(
    name: str, number: str, data: st.DataObject
) -> None:
    pieces = list(sentences(name))
    place = data.draw(st.integers(0, len(pieces) - 1))
    pieces[place] = f"{pieces[place]}, zorbed at {number}"
    model = understand(written(pieces))
    if not model.plannable:
        return
    bound = " ".join(value for rule in model.rules for _, value in rule.bindings)
    described = [
        item.words
        for rule in model.rules
        if rule.slug.rpartition(".")[2] in DESCRIBING
        for item in rule.evidence
    ]
    missed = " ".join(model.not_understood)
    assert number.rstrip("%") in bound + asked(model) + missed or any(
        number in words for words in described
    )


DESCRIBING = {
    pattern.slug.rpartition(".")[2] for pack in PACKS for pattern in pack.rules if pattern.describes
}


@few
@given(st.sampled_from(sorted(ALL)), st.randoms(use_true_random=False))
def test_the_order_of_sentences_loses_no_constraint(name: str, chance: random.Random) -> None:
    pieces = list(sentences(name))
    straight = understand(written(pieces))
    chance.shuffle(pieces)
    assert constraints(understand(written(pieces))) == constraints(straight)


@pytest.mark.parametrize("name", sorted(ALL))
def test_other_words_for_the_same_lose_no_constraint(name: str) -> None:
    text = ALL[name]
    expected = constraints(understand(text))
    for pattern, other in SYNONYMS:
        changed = re.sub(pattern, other, text)
        if changed != text:
            assert constraints(understand(changed)) == expected, other


def test_the_synonyms_are_tried() -> None:
    texts = " ".join(ALL.values())
    tried = [pattern for pattern, _ in SYNONYMS if re.search(pattern, texts)]
    assert len(tried) >= len(SYNONYMS) - 2


def digest_of_all_plans() -> str:
    """Return one checksum over every artifact of every brief; run in a process of its own."""
    known = hashlib.sha256()
    for name in sorted(EXPECTED):
        for one in artifacts(run(brief(name))):
            known.update(one.slug.encode())
            known.update(one.body.encode())
    return known.hexdigest()


def test_the_same_brief_gives_the_same_bytes_in_every_process() -> None:
    code = "from tests.planning.test_properties import digest_of_all_plans as d; print(d())"
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "4711")
    }
    assert len(digests) == 1


CUES = sorted(
    {
        cue
        for pack in PACKS
        for cue in (*pack.cues, *(cue for rule in pack.rules for cue in rule.cues), pack.unless)
        if cue
    }
)


def test_no_cue_is_skipped_where_it_would_have_been_found() -> None:
    texts = [wording for text in SENTENCES for wording in wordings(text)]
    for cue in CUES:
        for wording in texts:
            if not compiled(cue).may_be_in(wording.folded):
                assert not re.search(cue, wording.text, re.IGNORECASE), (cue, wording.text)


def test_most_cues_know_a_word_that_they_need() -> None:
    assert sum(bool(needs_of(cue)) for cue in CUES) > 0.85 * len(CUES)


def calls_to_read(text: str) -> int:
    """Count the calls that understanding a text takes: work that no busy machine makes longer."""
    count = 0

    def profile(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    previous = sys.getprofile()
    sys.setprofile(profile)
    try:
        understand(text)
    finally:
        sys.setprofile(previous)
    return count


def test_work_grows_with_the_length_of_the_brief_and_no_faster() -> None:
    chance = random.Random(7)
    words = " ".join(ALL.values()).split()
    text = " ".join(
        " ".join(chance.choices(words, k=chance.randint(5, 20))).strip(".;") + "."
        for _ in range(160)
    )
    half = calls_to_read(text[: len(text) // 2])
    whole = calls_to_read(text)
    assert whole < 2.6 * half


@pytest.mark.parametrize(
    "text",
    ["a, ", "unless if ", "9:00 to ", "1,000", "- [ ] - ", "**a**_b_", "every 5 of ", "x" * 99],
    ids=lambda text: text[:9].strip(),
)
def test_repeated_pieces_do_not_explode(text: str) -> None:
    long = (text * 20_000)[:20_000]
    assert calls_to_read(long) < 1_500_000
    assert len(quantities(long[:2000])) < 1000
