"""What the structural checks find: each with a fault planted into a sound document."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import yaml

from core.planning import FeatureModel, understand
from core.planning import structure as s
from core.planning.validators import validate_markdown, validate_structure, with_links
from tests.planning.plans import artifact, brief, plan

SOUND = """# Title

> By somebody.

## First

| a | b |
| --- | --- |
| 1 \\| 2 | 3 |

### Deeper

```mermaid
# no heading
| no table
```

## Second

- a point
"""


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("### Deeper", "#### Deeper", "line 11: a heading of level 4 after one of level 2"),
        ("## Second", "# Second", "line 18: a heading of level 1 after one of level 3"),
        ("### Deeper", "###", "line 11: a heading without a text"),
        ("\n- a point\n", "", "line 18: a heading with nothing under it"),
        ("## First", "## Zeroth\n\n## First", "line 5: a heading with nothing under it"),
        ("| 1 \\| 2 | 3 |", "| 1 | 2 | 3 |", "line 9: 3 cells in a table of 2 columns"),
        ("| 1 \\| 2 | 3 |", "| 1", "line 9: 0 cells in a table of 2 columns"),
        ("| --- | --- |\n", "", "line 7: a table without a line under its head"),
        ("table\n```", "table", "a piece of code without an end"),
        ("# Title\n\n", "", "line 1: a text before the first heading"),
    ],
)
def test_a_fault_of_markdown_is_found(old: str, new: str, fault: str) -> None:
    assert validate_markdown(SOUND).verdict == "passed"
    assert old in SOUND
    found = validate_markdown(SOUND.replace(old, new, 1))
    assert found.verdict == "failed"
    assert fault in found.messages


def test_a_link_leads_to_what_a_role_makes() -> None:
    passed = validate_markdown(SOUND)
    assert with_links(passed, "api", ("rules",)) == passed
    failed = with_links(passed, "api", ("api", "rulez"))
    assert failed.verdict == "failed"
    assert failed.messages == ("links to itself", "links to “rulez”, which no role makes")


@cache
def model() -> FeatureModel:
    return understand(brief("expense-approval"))


def spoiled(change: Callable[[Any], object], slug: str) -> Any:
    """Return the plain values of a document with one fault in them."""
    body = artifact(plan("expense-approval"), slug).body
    value = yaml.safe_load(body) if slug == "monitoring" else json.loads(body)
    change(value)
    return value


def model_with(**changes: Any) -> FeatureModel:
    return replace(model(), **changes)


def test_a_fault_of_a_feature_model_is_found() -> None:
    sound = model()
    first = sound.entities[0]
    pointing = next(e for e in sound.entities if any(f.references for f in e.fields))
    lost = next(f.references for f in pointing.fields if f.references)
    planted = {
        f"entity “{first.name}” is there 2 times": model_with(entities=(first, *sound.entities)),
        f"operation “{sound.actions[0].name}” is there 2 times": model_with(
            actions=(sound.actions[0], *sound.actions)
        ),
        f"field of {pointing.name} “{pointing.fields[0].name}” is there 2 times": model_with(
            entities=tuple(
                replace(e, fields=(e.fields[0], *e.fields)) if e is pointing else e
                for e in sound.entities
            )
        ),
        f"refers to “{lost}”, which is missing": model_with(
            entities=tuple(e for e in sound.entities if e.name != lost)
        ),
        "is about “nothing”, which is missing": model_with(
            actions=(replace(sound.actions[0], entity="nothing"),)
        ),
        "is for “nobody”, who is missing": model_with(
            actions=(replace(sound.actions[0], actors=("nobody",)),)
        ),
        f"the rule {sound.rules[0].slug} is kept by nothing": model_with(
            rules=(replace(sound.rules[0], mechanisms=()),)
        ),
    }
    assert list(s.model_faults(sound)) == []
    for fault, bad in planted.items():
        assert any(fault in one for one in s.model_faults(bad)), fault


def set_first(key: str, name: str, value: object) -> Callable[[Any], object]:
    return lambda document: document[key][0].__setitem__(name, value)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda d: None, None),
        (set_first("threats", "mitigation", ""), "has no mitigation"),
        (set_first("threats", "operation", ""), "has no operation"),
        (set_first("threats", "risk", "grave"), "“grave” is no risk"),
        (set_first("threats", "stride", "Theft"), "“Theft” is no kind of STRIDE"),
        (set_first("threats", "operation", "fly"), "“fly” is no operation"),
        (lambda d: d["threats"].clear(), "no threat to createExpense"),
    ],
)
def test_a_fault_of_threats_is_found(change: Callable[[Any], object], fault: str | None) -> None:
    check_faults(s.threats_faults(spoiled(change, "threats")["threats"], model()), fault)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda d: None, None),
        (set_first("pages", "components", []), "has no components"),
        (set_first("pages", "page", ""), "page ? has no page"),
        (lambda d: d["pages"].append(d["pages"][0]), "is there 2 times"),
        (lambda d: d["pages"][0]["components"][0].update(name=""), "component has no name"),
        (
            lambda d: d["pages"][0]["components"][0].update(operation="fly"),
            "a component calls “fly”, which is no operation",
        ),
        (lambda d: d["pages"].clear(), "no page calls createExpense"),
    ],
)
def test_a_fault_of_pages_is_found(change: Callable[[Any], object], fault: str | None) -> None:
    check_faults(s.pages_faults(spoiled(change, "pages")["pages"], model()), fault)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda d: None, None),
        (lambda d: d.clear(), "there is no list of alerts"),
        (set_first("alerts", "when", ""), "has no when"),
        (set_first("alerts", "name", ""), "alert ? has no name"),
        (lambda d: d["alerts"].append(d["alerts"][0]), "is there 2 times"),
    ],
)
def test_a_fault_of_alerts_is_found(change: Callable[[Any], object], fault: str | None) -> None:
    check_faults(s.alerts_faults(spoiled(change, "monitoring")), fault)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda d: None, None),
        (set_first("operations", "threat", ""), "has no threat, and no hole says so"),
        (lambda d: d["tables"].append(d["tables"][0]), "is there 2 times"),
        (
            lambda d: d["holes"].append({"of": "x", "missing": "y", "closed_by": "dba"}),
            "hole has no text",
        ),
    ],
)
def test_a_fault_of_the_matrix_is_found(change: Callable[[Any], object], fault: str | None) -> None:
    check_faults(s.matrix_faults(spoiled(change, "consistency-matrix")), fault)


def test_what_cannot_be_looked_through_has_failed() -> None:
    found = validate_structure(lambda: s.threats_faults([{}], model()))
    assert (found.verdict, found.messages) == ("failed", ("KeyError: 'rule'",))


def check_faults(faults: Any, wanted: str | None) -> None:
    found = list(faults)
    if wanted is None:
        assert found == []
    else:
        assert any(wanted in one for one in found), found
