"""The briefs of many trades, and what a careful reader expects of the plan for each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from core.planning import FeatureModel
from tests.planning.plans import BRIEFS, carriers


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the plan for one brief must hold."""

    outcome: str
    kind: str
    demands: int
    constraints: tuple[str, ...]
    entities: tuple[tuple[str, ...], ...] = ()
    says: tuple[tuple[str, tuple[str, ...]], ...] = ()
    wrong_rules: tuple[tuple[str, tuple[str, ...]], ...] = ()
    wrong_tables: tuple[str, ...] = ()
    at_most_tables: int | None = None

    @property
    def planned(self) -> bool:
        """Whether the brief is to be planned, not questioned."""
        return self.outcome == "planned"


def expectation(plain: dict[str, Any]) -> Expectation:
    """Return the expectation that stands in the file."""
    return Expectation(
        outcome=plain["outcome"],
        kind=plain["kind"],
        demands=plain["demands"],
        constraints=tuple(plain["constraints"]),
        entities=tuple(map(tuple, plain.get("entities", ()))),
        says=tuple((idea, tuple(found)) for idea, found in plain.get("says", {}).items()),
        wrong_rules=tuple(
            (idea, tuple(told)) for idea, told in plain.get("wrong_rules", {}).items()
        ),
        wrong_tables=tuple(plain.get("wrong_tables", ())),
        at_most_tables=plain.get("at_most_tables"),
    )


TRADES: dict[str, Expectation] = {
    name: expectation(plain)
    for name, plain in yaml.safe_load((BRIEFS / "trades.yaml").read_text(encoding="utf-8")).items()
}


def missing_things(expected: Expectation, model: FeatureModel) -> list[str]:
    """Return the things that no table or column of the model carries."""
    carried = carriers(model)
    return ["/".join(names) for names in expected.entities if not carried & set(names)]


def missing_ideas(expected: Expectation, texts: Sequence[str]) -> list[str]:
    """Return the ideas that none of the texts says."""
    return [idea for idea, patterns in expected.says if not _says(texts, patterns)]


def misreadings(expected: Expectation, model: FeatureModel) -> list[str]:
    """Return the rules and tables of a model that no careful reader draws from the brief."""
    texts = [rule.text for rule in model.rules]
    wrong = [idea for idea, patterns in expected.wrong_rules if _says(texts, patterns)]
    tables = {entity.name for entity in model.entities}
    return wrong + [f"the table {name}" for name in expected.wrong_tables if name in tables]


def _says(texts: Sequence[str], patterns: Sequence[str]) -> bool:
    return any(
        all(re.search(pattern, text, re.IGNORECASE) for pattern in patterns) for text in texts
    )
