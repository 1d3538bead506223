"""The matrix of what operations, tables, pages and personal fields must have, and its holes.

It is computed from what the roles handed on, not from what they would have written: a result may
come from a model or a person. What a role that has not worked owes is not a hole in its work; it
is listed as unchecked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.domain.artifact import Evidence
from core.planning.model import PERSON, Entity, FeatureModel, Question
from core.planning.operations import parent_of
from core.planning.plan import contributions
from core.planning.reading.nouns import plural

Results = Mapping[str, Mapping[str, Any]]  # the output of each role, by its name

# What a write must have, and the role that gives it.
DEMANDS = {
    "permission": "backend_dev",
    "page": "frontend_dev",
    "threat": "security",
    "audit": "backend_dev",
    "test": "backend_dev",
    "metric": "backend_dev",
}
_NEEDED = ("backend_dev", "dba", "frontend_dev", "security")


@dataclass(frozen=True, slots=True)
class OperationRow:
    """A write, and what each demand found: empty where it is missing, None where unchecked."""

    name: str
    call: str
    cells: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Use:
    """A table or a page, and what uses it or is reached from it."""

    name: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonalField:
    """A column that says something about a person, and the rule by which it goes."""

    table: str
    name: str
    rule: str


@dataclass(frozen=True, slots=True)
class Hole:
    """Something that the results of the roles leave open between them."""

    subject: str  # an operation, a table or a page
    demand: str
    role: str  # who could close it
    text: str


@dataclass(slots=True)
class Matrix:
    """What fits together, and what does not."""

    operations: list[OperationRow] = field(default_factory=list)
    tables: list[Use] = field(default_factory=list)
    pages: list[Use] = field(default_factory=list)
    personal: list[PersonalField] = field(default_factory=list)
    holes: list[Hole] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)  # roles without a result

    @property
    def checked(self) -> int:
        """How many cells were looked at."""
        cells = sum(cell is not None for row in self.operations for cell in row.cells.values())
        return cells + len(self.tables) + len(self.pages) + len(self.personal)


def consistency(model: FeatureModel, results: Results) -> Matrix:
    """Return the matrix of a plan; `results` holds each role's output, as far as it has worked.

    Lists of other shape than the built-in roles write count as empty.
    """
    matrix = Matrix(unchecked=[role for role in _NEEDED if role not in results])
    endpoints = {
        str(one.get("operation", "")): one for one in rows_of(results, "backend_dev", "endpoints")
    }
    _check_operations(matrix, model, results, endpoints)
    _check_tables(matrix, model, results, endpoints)
    _check_pages(matrix, model, results, endpoints)
    _check_personal(matrix, model)
    return matrix


def choices_left(model: FeatureModel) -> tuple[Question, ...]:
    """Return what only a person can decide for the matrix to close, as questions."""
    found = []
    free = [action for action in model.actions if action.writes and not action.permission]
    if free:
        names = _listed([_lowered(action.summary) for action in free], "or")
        found.append(
            Question(
                "consistency.permission",
                f"Who may {names}?",
                "Whoever owns the row; where nobody does, an administrator.",
                _silent("consistency.permission", [action.evidence for action in free]),
            )
        )
    endless: dict[str, Entity] = {
        entity.title: entity for entity, _, rule in _personal_fields(model) if not rule
    }
    if endless:
        things = _listed([plural(entity.name).replace("_", " ") for entity in endless.values()])
        found.append(
            Question(
                "consistency.retention",
                f"How long are {things} kept, and are they deleted or anonymised then? They say "
                "who did what.",
                "Nothing deletes them until somebody decides.",
                _silent("consistency.retention", [one.evidence for one in endless.values()]),
            )
        )
    return tuple(found)


def with_choices_left(model: FeatureModel) -> FeatureModel:
    """Return a model that can be planned with the questions of `choices_left` among its own."""
    if not model.plannable:
        return model
    return replace(model, questions=(*model.questions, *choices_left(model)))


def _check_operations(
    matrix: Matrix, model: FeatureModel, results: Results, endpoints: Mapping[str, Any]
) -> None:
    wanted = {a.name: f"{a.method} {a.path}" for a in model.actions if a.writes}
    if "backend_dev" in results:
        for name, call in wanted.items():
            if name not in endpoints:
                matrix.holes.append(
                    Hole(
                        name,
                        "interface",
                        "backend_dev",
                        f"{call} is part of the feature, and the interface does not offer it.",
                    )
                )
        offered = {name: str(one.get("call", "")) for name, one in endpoints.items()}
        wanted = {
            name: call for name, call in offered.items() if name and not call.startswith("GET ")
        }
    pages = {
        str(one.get("operation", "")): str(one.get("page", ""))
        for one in rows_of(results, "frontend_dev", "components")
    }
    threats: dict[str, list[str]] = {}
    for one in rows_of(results, "security", "threats"):
        if one.get("mitigation"):
            threats.setdefault(str(one.get("operation", "")), []).append(str(one.get("risk", "")))
    for name, call in wanted.items():
        endpoint = endpoints.get(name, {})
        mine = threats.get(name, []) + threats.get("every operation", [])
        tests = endpoint.get("tests")
        cells = {
            "permission": str(endpoint.get("permission") or ""),
            "page": pages.get(name, "") or _pageless(endpoint),
            "threat": f"{len(mine)} with a mitigation" if mine else "",
            "audit": str(endpoint.get("audit") or ""),
            "test": f"{len(tests)} cases" if isinstance(tests, list) and tests else "",
            "metric": str(endpoint.get("metric") or ""),
        }
        row = OperationRow(
            name,
            call,
            {key: text if DEMANDS[key] in results else None for key, text in cells.items()},
        )
        matrix.operations.append(row)
        matrix.holes += [
            Hole(name, key, DEMANDS[key], f"{name} has no {_WANTED[key]}.")
            for key, text in row.cells.items()
            if text == ""
        ]


def _pageless(endpoint: Mapping[str, Any]) -> str:
    return "none: another system calls it" if endpoint.get("caller") == "a system" else ""


_WANTED = {
    "permission": "permission: nothing says who may call it",
    "page": "page: people cannot reach it",
    "threat": "threat with a mitigation: nobody has asked how it could be abused",
    "audit": "audit rule: nobody could tell later who did it",
    "test": "case to test",
    "metric": "metric: nobody would see it fail",
}


def _check_tables(
    matrix: Matrix, model: FeatureModel, results: Results, endpoints: Mapping[str, Any]
) -> None:
    if "dba" not in results or "backend_dev" not in results:
        return
    uses = _uses(model)
    for name, one in endpoints.items():
        tables = one.get("tables")
        for table in tables if isinstance(tables, list) else ():
            uses.setdefault(str(table), []).append(name)
    for one in rows_of(results, "dba", "schema_changes"):
        table = str(one.get("table", ""))
        by = tuple(dict.fromkeys(uses.get(table, ())))
        matrix.tables.append(Use(table, by))
        if not by:
            matrix.holes.append(
                Hole(
                    table,
                    "use",
                    "backend_dev",
                    f"No operation and no job reads or writes {table}: an operation is missing, "
                    "or the table should not be there.",
                )
            )


def _uses(model: FeatureModel) -> dict[str, list[str]]:
    """Return who uses a table besides operations: jobs and queries that name it, keys to it."""
    found: dict[str, list[str]] = {}
    gathered = contributions(model)
    for entity in model.entities:
        table = plural(entity.name)
        words = {table.replace("_", " "), entity.title}
        mine = found.setdefault(table, [])
        for job, _ in gathered.jobs:
            text = f"{job.name.replace('-', ' ')} {job.does}"
            if any(f" {word}" in f" {text}".lower() for word in words):
                mine.append(job.name)
        if any(f'"{table}"' in note.text for note, _ in gathered.notes if note.role == "dba"):
            mine.append("a query of the database administrator")
        known = {action.name for action in model.actions} | {job.name for job, _ in gathered.jobs}
        mine += [index.serves for index in entity.indexes if index.serves in known]
        mine += [
            f"rule {rule.slug}"
            for rule in model.rules
            if not rule.slug.startswith("retention.")
            and any(m.where in (table, entity.name) for m in rule.mechanisms)
        ]
        if entity.existing:
            mine += [
                f"key of {plural(other.name)}"
                for other in model.entities
                if any(one.references == entity.name for one in other.fields)
            ]
    return found


def _check_pages(
    matrix: Matrix, model: FeatureModel, results: Results, endpoints: Mapping[str, Any]
) -> None:
    if "frontend_dev" not in results:
        return
    known = set(endpoints) if "backend_dev" in results else {a.name for a in model.actions}
    reached: dict[str, list[str]] = {}
    for one in rows_of(results, "frontend_dev", "components"):
        page, operation = str(one.get("page", "")), str(one.get("operation", ""))
        if not page:
            continue  # a component that stands on every page
        mine = reached.setdefault(page, [])
        if operation in known:
            mine.append(operation)
        elif operation:
            matrix.holes.append(
                Hole(
                    page,
                    "operation",
                    "backend_dev",
                    f"“{page}” calls {operation}, which the interface does not offer.",
                )
            )
    for page, operations in reached.items():
        matrix.pages.append(Use(page, tuple(operations)))
        if not operations:
            matrix.holes.append(
                Hole(page, "operation", "frontend_dev", f"“{page}” reaches no operation.")
            )


def _check_personal(matrix: Matrix, model: FeatureModel) -> None:
    missing: dict[str, list[str]] = {}
    for entity, name, rule in _personal_fields(model):
        table = plural(entity.name)
        matrix.personal.append(PersonalField(table, name, rule))
        if not rule:
            missing.setdefault(table, []).append(name)
    matrix.holes += [
        Hole(
            table,
            "retention",
            "architect",
            f"No rule says when {_listed(names)} of {table} {'goes' if len(names) == 1 else 'go'}.",
        )
        for table, names in missing.items()
    ]


def _personal_fields(model: FeatureModel) -> Iterator[tuple[Entity, str, str]]:
    """Yield each column that tells something about a person, with the rule by which it goes.

    A reference to a user does so as well: it says who did what.
    """
    for entity in model.entities:
        rule = _retention(entity, model)
        for one in entity.fields:
            if one.references == "user":
                goes = {
                    "CASCADE": "goes with the person's account",
                    "SET NULL": "is cut when the person's account goes",
                }.get(one.on_delete, "")
                yield entity, one.name, rule or goes or _presupposed(entity, one.existing)
            elif one.personal:
                yield entity, one.name, rule or _presupposed(entity, one.existing)


def _presupposed(entity: Entity, existing: bool) -> str:
    whole = entity.existing and not any(one.existing for one in entity.fields)
    return "by the application's own rule, as today" if existing or whole else ""


def _retention(entity: Entity, model: FeatureModel, seen: Sequence[str] = ()) -> str:
    """Return the rule by which the rows of an entity go, its own or that of what it is part of."""
    for rule in model.rules:
        if rule.slug.startswith("retention.") and entity.name in dict(rule.bindings).values():
            return rule.slug
    if any(matched.slug == "erasure" for matched in model.packs):
        return "a step of the erasure's manifest"
    parent = parent_of(entity, model)
    if parent is None or parent.name in (*seen, "user"):
        return "goes with the person's account" if parent is not None else ""
    above = _retention(parent, model, (*seen, entity.name))
    return f"goes with its {parent.title}: {above}" if above else ""


def rows_of(results: Results, role: str, key: str) -> list[Mapping[str, Any]]:
    """Return a list of objects from a role's output; empty when there is none of that shape."""
    rows = results.get(role, {}).get(key)
    return [one for one in rows if isinstance(one, Mapping)] if isinstance(rows, list) else []


def _listed(items: Sequence[str], word: str = "and") -> str:
    return f" {word} ".join(part for part in (", ".join(items[:-1]), *items[-1:]) if part)


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _silent(rule: str, behind: Sequence[Sequence[Evidence]]) -> tuple[Evidence, ...]:
    """Return why something is asked: not for words of the brief, but for what they leave out."""
    theirs = any(PERSON in evidence for evidence in behind)
    return (Evidence("", rule), *((PERSON,) if theirs else ()))
