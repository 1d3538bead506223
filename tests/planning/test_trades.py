"""The briefs of many trades, against what a careful reader expects of each plan."""

from __future__ import annotations

import re

import pytest

from tests.planning.plans import BRIEFS, EXPECTED, brief
from tests.planning.trades import TRADES


def test_every_brief_has_one_expectation() -> None:
    briefs = {path.stem for path in BRIEFS.glob("*.md")} - {"README"}
    assert briefs == EXPECTED.keys() | TRADES.keys()
    assert not EXPECTED.keys() & TRADES.keys()


@pytest.mark.parametrize("name", sorted(TRADES))
def test_an_expectation_speaks_of_its_brief(name: str) -> None:
    expected = TRADES[name]
    words = " ".join(brief(name).split())
    assert [quote for quote in expected.constraints if quote not in words] == []
    assert len(set(expected.constraints)) == expected.demands
    assert all(re.compile(pattern) for _, patterns in expected.says for pattern in patterns)
    if expected.planned:
        assert 60 <= len(words.split()) <= 250
        assert expected.says
        assert expected.constraints
