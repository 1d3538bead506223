"""The table in docs/security.md: no item is missing, and what it says shows it is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d\.\d+\.\d+) \| (.+) \| (.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`([a-z_/]+\.py)::(test_\w+)`")
# Levels 1 and 2 of ASVS 5.0, chapters V6 to V8: of each section so many items, from the first.
ITEMS = {
    **{"6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4},
    **{"7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2},
    **{"8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1},
}


def test_every_item_of_both_levels_has_one_row() -> None:
    wanted = [f"{section}.{n}" for section, most in ITEMS.items() for n in range(1, most + 1)]
    assert sorted(row[0] for row in ROW.findall(TABLE)) == sorted(wanted)


def test_every_row_names_a_test_or_says_why_it_does_not_apply() -> None:
    for item, how, shown in ROW.findall(TABLE):
        assert NAMED.search(shown) or "does not apply" in how, item


def test_every_test_that_is_named_exists() -> None:
    missing = [
        f"{file}::{name}" for file, name in NAMED.findall(TABLE) if name not in functions_of(file)
    ]
    assert not missing


def functions_of(file: str) -> set[str]:
    path = ROOT / "tests" / file
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.exists() else ast.Module([], [])
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
