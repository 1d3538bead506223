"""Packs combine: whatever two are asked for together, names stay unique and the DDL parses."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.planning import understand
from core.planning.packs import PACKS
from tests.planning.packs.briefs import (
    OF_ONE_THING,
    SENTENCES,
    assert_consistent,
    assert_rules_stand,
    built,
)
from tests.planning.packs.clashes import clashes

SLUGS = [pack.slug for pack in PACKS if pack.slug in SENTENCES]


def test_there_is_a_sentence_for_every_pack() -> None:
    assert set(SENTENCES) == {pack.slug for pack in PACKS}


@pytest.mark.parametrize("slug", SLUGS)
def test_a_sentence_calls_for_its_pack(slug: str) -> None:
    model = understand(SENTENCES[slug])
    assert slug in {matched.slug for matched in model.packs}


@pytest.mark.parametrize("slug", SLUGS)
def test_a_pack_combines_with_every_other(slug: str) -> None:
    for first, second in combinations(SLUGS, 2):
        if first == slug:
            text = f"{SENTENCES[first]} {SENTENCES[second]}"
            model = understand(text)
            assert model.plannable or model.questions, text
            try:
                assert_consistent(model)
                if model.plannable:
                    assert_rules_stand(model)
            except AssertionError as error:
                raise AssertionError(f"{first} with {second}: {text}") from error


def test_two_packs_about_one_thing_swallow_nothing_of_each_other() -> None:
    for first, second in combinations(OF_ONE_THING, 2):
        model = understand(f"{OF_ONE_THING[first]} {OF_ONE_THING[second]}")
        # The status of an approval takes the place of one that was only presupposed.
        found = [one for one in clashes(model) if "lesson.status" not in one]
        assert found == [], (first, second)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(sorted(SENTENCES.values())), min_size=3, max_size=8, unique=True))
def test_many_packs_combine_in_any_order(sentences: list[str]) -> None:
    assert_consistent(understand(" ".join(sentences)))


def test_the_tables_of_all_packs_together_run_on_postgresql(empty_database: str) -> None:
    # A move from one system to another is a project of its own, and what only makes something
    # faster or nicer has no tables.
    kinds = {pack.slug: pack.kind for pack in PACKS}
    brought = [text for slug, text in SENTENCES.items() if kinds[slug] in ("data", "none")]
    with built(" ".join(brought), empty_database):
        pass
