"""What the planner makes of every brief of the collections: `make bench-planner`.

For each brief: what came out, which packs, what became of each constraint that a careful reader
counts, what the validators said of the artifacts, and how long all roles took together. Writes
`bench/results/planner.json` and prints it as a table. `dropped` has to be 0.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.commit import git_commit
from core.domain.work import RoleResult
from core.planning import FeatureModel, understand
from tests.planning.accounting import FATES, fate
from tests.planning.plans import EXPECTED, artifacts, brief, run, sayings
from tests.planning.trades import TRADES, Expectation, misreadings, missing_ideas, missing_things

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results" / "planner.json"
GOAL_MS = 100
LONGEST_BYTES, LONGEST_GOAL_MS = 64 * 1024, 1000
COLUMNS = (
    ("brief", 29),
    ("outcome", 13),
    ("kind", 15),
    ("quoted", 7),
    ("rules", 6),
    ("kept", 5),
    ("asked", 6),
    ("unread", 7),
    ("passed", 7),
    ("lost", 5),
    ("wrong", 6),
    ("ideas", 7),
    ("valid", 8),
    ("ms", 7),
)
EXPLAINED = """\
quoted: constraints that a careful reader counts; rules: became a rule; kept: of these with a
mechanism; asked: a question quotes it; unread: listed as not understood; passed: only near a rule
about something else; lost: nowhere. wrong: rules and tables that no careful reader draws from the
brief. ideas: said, of those expected. valid: artifacts that validators passed, of those checked.
* another outcome or kind than expected. ms: all roles."""


def main() -> None:
    """Measure, print, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--lost", action="store_true", help="print what was lost or misread")
    options = parser.parse_args()
    briefs = {
        name: _measured(name, TRADES.get(name), options.repetitions)
        for name in sorted([*EXPECTED, *TRADES])
    }
    result = {
        "totals": _totals(briefs),
        "goal_ms": GOAL_MS,
        "longest": _longest(),
        "git_commit": git_commit(),
        "python": platform.python_version(),
        "briefs": briefs,
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    _print(briefs)
    print(json.dumps({name: result[name] for name in ("totals", "longest")}, indent=2))
    if options.lost:
        _print_lost(briefs)


def _measured(name: str, expected: Expectation | None, repetitions: int) -> dict[str, Any]:
    """Plan one brief; the figures of the first collection have no constraints counted."""
    text = brief(name)
    results = run(text)  # not timed: imports and compiled patterns
    times = []
    for _ in range(repetitions):
        started = time.perf_counter()
        run(text)
        times.append((time.perf_counter() - started) * 1000)
    architect = results["architect"]
    model = FeatureModel.from_json(architect.output["feature_model"])
    figures: dict[str, Any] = {
        "outcome": architect.outcome,
        "kind": model.kind,
        "packs": [matched.slug for matched in model.packs],
        "tables": len(model.new_entities),
        "rules": len(model.rules),
        "questions": len(model.questions),
        "validators": _verdicts(results),
        "milliseconds": round(statistics.median(times), 1),
    }
    if expected is None:
        wanted = EXPECTED[name]["outcome"]
        meant = {"planned": "done"}
        outcomes = wanted if isinstance(wanted, list) else [wanted]
        figures["as_expected"] = architect.outcome in {meant.get(one, one) for one in outcomes}
        return figures
    return figures | _judged(expected, model, results)


def _longest() -> dict[str, Any]:
    """Read as much as a brief may hold: every brief of the collections, one after the other."""
    text = "\n\n".join(brief(name) for name in sorted([*EXPECTED, *TRADES]))
    text = (text * (1 + LONGEST_BYTES // len(text)))[:LONGEST_BYTES]
    started = time.perf_counter()
    model = understand(text)
    seconds = time.perf_counter() - started
    return {
        "characters": len(text),
        "rules": len(model.rules),
        "milliseconds": round(seconds * 1000, 1),
        "goal_ms": LONGEST_GOAL_MS,
    }


def _judged(
    expected: Expectation, model: FeatureModel, results: Mapping[str, RoleResult]
) -> dict[str, Any]:
    fates = {quote: fate(quote, model) for quote in expected.constraints}
    counted = Counter(fates.values())
    done = results["architect"].outcome == "done"
    return {
        "as_expected": done == expected.planned and model.kind == expected.kind,
        "constraints": {"quoted": len(fates)} | {name: counted[name] for name in FATES},
        "fates": fates,
        "things_missing": missing_things(expected, model),
        "misreadings": misreadings(expected, model),
        "ideas": len(expected.says),
        "ideas_missing": missing_ideas(expected, list(sayings(results))),
    }


def _verdicts(results: Mapping[str, RoleResult]) -> dict[str, int]:
    verdicts = Counter(one.validation.verdict for one in artifacts(results))
    return {name: verdicts[name] for name in ("passed", "failed")}


def _totals(briefs: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    judged = [found for found in briefs.values() if "constraints" in found]
    times = [found["milliseconds"] for found in briefs.values()]
    return {
        "briefs": len(briefs),
        "planned": sum(found["outcome"] == "done" for found in briefs.values()),
        "as_expected": sum(found["as_expected"] for found in briefs.values()),
        "constraints": {
            name: sum(found["constraints"][name] for found in judged) for name in ("quoted", *FATES)
        },
        "misreadings": sum(len(found["misreadings"]) for found in judged),
        "ideas": sum(found["ideas"] for found in judged),
        "ideas_missing": sum(len(found["ideas_missing"]) for found in judged),
        "validators": {
            name: sum(found["validators"][name] for found in briefs.values())
            for name in ("passed", "failed")
        },
        "milliseconds": {"median": statistics.median(times), "max": max(times)},
        "over_goal": sorted(name for name in briefs if briefs[name]["milliseconds"] > GOAL_MS),
    }


def _print(briefs: Mapping[str, Mapping[str, Any]]) -> None:
    print(EXPLAINED)
    print("".join(title.ljust(width) for title, width in COLUMNS) + "packs")
    for name, found in briefs.items():
        cells = (name, *_cells(found))
        row = "".join(
            str(cell).ljust(width) for cell, (_, width) in zip(cells, COLUMNS, strict=True)
        )
        print(row + " ".join(dict.fromkeys(found["packs"])))


def _cells(found: Mapping[str, Any]) -> tuple[object, ...]:
    verdicts = found["validators"]
    checked = verdicts["passed"] + verdicts["failed"]
    counted = found.get("constraints")
    if counted is None:
        constraints: tuple[object, ...] = ("",) * 9
    else:
        constraints = (
            counted["quoted"],
            counted["mechanism"] + counted["rule"] + counted["quality"],
            counted["mechanism"],
            counted["asked"],
            counted["not_understood"] + counted["set_aside"],
            counted["passed_over"],
            counted["dropped"],
            len(found["misreadings"]),
            f"{found['ideas'] - len(found['ideas_missing'])}/{found['ideas']}",
        )
    return (
        found["outcome"] + ("" if found["as_expected"] else "*"),
        found["kind"],
        *constraints,
        f"{verdicts['passed']}/{checked}",
        found["milliseconds"],
    )


def _print_lost(briefs: Mapping[str, Mapping[str, Any]]) -> None:
    for name, found in briefs.items():
        for quote, became in found.get("fates", {}).items():
            if became in {"passed_over", "dropped"}:
                print(f"{name}: {became}: {quote}")
        for idea in found.get("misreadings", ()):
            print(f"{name}: misread: {idea}")


if __name__ == "__main__":
    main()
