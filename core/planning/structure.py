"""What is wrong in the build of the planner's own documents, one sentence for each fault.

It says that a document holds together: its parts are all there, and what it names exists. It does
not say that the plan is right.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from core.planning.model import FeatureModel

# What the seven roles make; a role of a team's own adds its review.
SLUGS = frozenset(
    {
        *("feature-model", "components", "rules", "open-questions"),
        *("api", "test-ideas", "acceptance"),
        *("baseline-ddl", "migration-ddl", "way-back-ddl", "relations"),
        *("pages", "page-map", "user-flows", "accessibility"),
        *("threats", "threat-report", "consistency", "consistency-matrix"),
        *("compose", "rollout", "monitoring", "plan"),
    }
)
Risk = Literal["low", "medium", "high", "critical"]
RISKS: tuple[Risk, ...] = ("low", "medium", "high", "critical")
STRIDE = {
    "S": "Spoofing",
    "T": "Tampering",
    "R": "Repudiation",
    "I": "Information disclosure",
    "D": "Denial of service",
    "E": "Elevation of privilege",
}
ALL = "every operation"

_FENCE = re.compile(r"(`{3,}|~{3,})")
_HEADING = re.compile(r"(#{1,6})(?: +(.*?) *)?$")
_BAR = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"\|(?: *:?-{3,}:? *\|)+ *$")

Rows = Sequence[Mapping[str, Any]]


def link_faults(slug: str, links: Iterable[str]) -> Iterator[str]:
    """Find links of an artifact that lead to nothing that the roles make, or to itself."""
    for link in links:
        if link == slug:
            yield "links to itself"
        elif link not in SLUGS:
            yield f"links to “{link}”, which no role makes"


def markdown_faults(text: str) -> Iterator[str]:
    """Find headings out of order or with nothing under them, ragged tables, and open code."""
    fence = ""
    rows: list[tuple[int, str]] = []  # of the table that is being read
    headings: list[tuple[int, int, str]] = []  # line, level, text
    said = 0  # the last line with a text that is no heading
    for number, line in enumerate([*text.split("\n"), ""], 1):
        if fence:
            fence = "" if line.strip() == fence else fence
            continue
        if line.startswith("|"):
            rows.append((number, line))
        elif rows:
            yield from _table_faults(rows)
            rows = []
        if heading := _HEADING.match(line):
            headings.append((number, len(heading[1]), heading[2] or ""))
            yield from _heading_faults(headings, said)
        elif line.strip():
            said = number
            fence = opened[1] if (opened := _FENCE.match(line)) else ""
            if not headings:
                yield f"line {number}: a text before the first heading"
    if headings and headings[-1][0] > said:
        yield f"line {headings[-1][0]}: a heading with nothing under it"
    if fence:
        yield "a piece of code without an end"


def _heading_faults(headings: Sequence[tuple[int, int, str]], said: int) -> Iterator[str]:
    """Look at the last heading and the one before it."""
    number, level, words = headings[-1]
    above, outer, _ = headings[-2] if len(headings) > 1 else (0, 0, "")
    if level > outer + 1 or (level == 1 and outer):
        yield f"line {number}: a heading of level {level} after one of level {outer}"
    if not words:
        yield f"line {number}: a heading without a text"
    if above > said and level <= outer:
        yield f"line {above}: a heading with nothing under it"


def _table_faults(rows: Sequence[tuple[int, str]]) -> Iterator[str]:
    first, head = rows[0]
    columns = len(_BAR.findall(head))
    if len(rows) == 1 or not _RULE.match(rows[1][1]):
        yield f"line {first}: a table without a line under its head"
    for number, line in rows[1:]:
        cells = len(_BAR.findall(line))
        if cells != columns:
            yield f"line {number}: {cells - 1} cells in a table of {columns - 1} columns"


def model_faults(model: FeatureModel) -> Iterator[str]:
    """Find what a feature model names and does not hold, and names that it gives twice."""
    entities = {entity.name for entity in model.entities}
    yield from _twice("entity", (entity.name for entity in model.entities))
    yield from _twice("operation", (action.name for action in model.actions))
    for entity in model.entities:
        yield from _twice(f"field of {entity.name}", (field.name for field in entity.fields))
        for field in entity.fields:
            if field.references and field.references not in entities:
                yield f"{entity.name}.{field.name} refers to “{field.references}”, which is missing"
    actors = {actor.name for actor in model.actors}
    for action in model.actions:
        if action.entity not in entities:
            yield f"{action.name} is about “{action.entity}”, which is missing"
        for actor in action.actors:
            if actor not in actors:
                yield f"{action.name} is for “{actor}”, who is missing"
    for rule in model.rules:
        # Without a plan there is nothing yet that could keep one.
        if model.plannable and not rule.mechanisms:
            yield f"the rule {rule.slug} is kept by nothing"


def pages_faults(pages: Rows, model: FeatureModel) -> Iterator[str]:
    """Find pages and components without a name, calls of what is no operation, and no page."""
    known = {action.name for action in model.actions}
    yield from _twice("page", (page["page"] for page in pages))
    called = set()
    for page in pages:
        yield from _empty(f"page {page['page'] or '?'}", page, ("page", "components"))
        for component in page["components"]:
            yield from _empty("component", component, ("name", "operation", "states"))
            called.add(component["operation"])
    for name in sorted(called - known):
        yield f"a component calls “{name}”, which is no operation"
    for name in sorted({action.name for action in model.actions if not action.signed} - called):
        yield f"no page calls {name}"


def threats_faults(threats: Rows, model: FeatureModel) -> Iterator[str]:
    """Find threats with a part missing, of no known kind or risk, and operations without one."""
    known = {action.name for action in model.actions}
    for one in threats:
        what = f"threat {one['rule'] or '?'}"
        yield from _empty(what, one, ("operation", "threat", "mitigation", "rule"))
        if one["risk"] not in RISKS:
            yield f"{what}: “{one['risk']}” is no risk"
        if one["stride"] not in STRIDE.values():
            yield f"{what}: “{one['stride']}” is no kind of STRIDE"
        if one["operation"] not in known | {ALL}:
            yield f"{what}: “{one['operation']}” is no operation"
    for name in sorted(known - {one["operation"] for one in threats}):
        yield f"no threat to {name}"


def alerts_faults(document: object) -> Iterator[str]:
    """Find alerts without a name, a condition or a meaning, and names given twice."""
    alerts = document.get("alerts") if isinstance(document, Mapping) else None
    if not isinstance(alerts, list):
        yield "there is no list of alerts"
        return
    for one in alerts:
        yield from _empty(f"alert {one.get('name') or '?'}", one, ("name", "when", "means"))
    yield from _twice("alert", (str(one.get("name")) for one in alerts))


def matrix_faults(matrix: Mapping[str, Any]) -> Iterator[str]:
    """Find what is missing in the matrix without a hole that says so, and holes half said.

    It is held against itself, not against the feature model: it shows what the roles handed on.
    """
    holes = {(row["of"], row["missing"]) for row in matrix["holes"]}
    for row in matrix["operations"]:
        for demand, value in row.items():
            if (
                value == ""
                and demand not in ("operation", "call")
                and (row["operation"], demand) not in holes
            ):
                yield f"{row['operation']} has no {demand}, and no hole says so"
    for row in matrix["holes"]:
        yield from _empty("hole", row, ("missing", "closed_by", "text"))
    for key, name in (("tables", "table"), ("pages", "page")):
        yield from _twice(name, (row[name] for row in matrix[key]))


def _twice(what: str, names: Iterable[str]) -> Iterator[str]:
    for name, times in Counter(names).items():
        if times > 1:
            yield f"{what} “{name}” is there {times} times"


def _empty(what: str, row: Mapping[str, Any], keys: Collection[str]) -> Iterator[str]:
    for key in keys:
        if not row.get(key):
            yield f"{what} has no {key}"
