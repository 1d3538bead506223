"""Tables of a feature model: the baseline that it presupposes, the migration, and its way back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from core.planning.model import PERSON, Entity, FeatureModel, Field, Index, Trigger
from core.planning.reading.nouns import plural

_SQL_TYPES = {
    "text": "text", "long_text": "text", "integer": "bigint", "money": "numeric(12, 2)",
    "currency": "text", "date": "date", "time": "time", "moment": "timestamptz",
    "flag": "boolean", "uuid": "uuid", "ref": "uuid", "json": "jsonb", "choice": "text",
}  # fmt: skip
_MAX_IDENTIFIER = 63


def quoted(name: str) -> str:
    """Return an SQL identifier in quotes, shortened to what PostgreSQL keeps, still unique."""
    if len(name) > _MAX_IDENTIFIER:
        digest = hashlib.sha256(name.encode()).hexdigest()[:8]
        name = f"{name[: _MAX_IDENTIFIER - 9]}_{digest}"
    return '"' + name.replace('"', '""') + '"'


def table(entity: Entity | str) -> str:
    """Return the name of an entity's table."""
    return plural(entity if isinstance(entity, str) else entity.name)


def baseline(model: FeatureModel) -> tuple[str, ...]:
    """Return the statements that create what the feature presupposes."""
    existing = [_presupposed(entity) for entity in model.entities if entity.existing]
    statements: list[str] = []
    for entity in _in_order(existing):
        statements.append(_create(entity, later=_cyclic(entity, existing)))
        statements.extend(_create_index(entity, index) for index in _key_indexes(entity))
    statements.extend(_late_keys(existing))
    return tuple(statements)


def migration(model: FeatureModel) -> tuple[str, ...]:
    """Return the statements of the migration on top of the baseline.

    New tables come in one transaction. Tables in use are only locked for moments: their columns
    come first, indexes are built concurrently, which PostgreSQL only does outside of a
    transaction, and constraints are added without a look at old rows and validated afterwards.
    """
    new = list(model.new_entities)
    used = [entity for entity in model.entities if entity.existing]
    extensions = sorted({name for entity in model.entities for name in entity.extensions})
    statements = ["SET lock_timeout = '5s';", "SET statement_timeout = '5min';"]
    columns = [_add_column(entity, field) for entity in used for field in _added(entity)]
    keys = [statement for entity in used for statement in _late_unique(entity)]
    if keys:  # other tables may point at what they make unique
        statements += ["BEGIN;", *columns, "COMMIT;"] if columns else []
        statements += keys
        columns = []
    inside = [f"CREATE EXTENSION IF NOT EXISTS {quoted(name)};" for name in extensions]
    for entity in _in_order(new):
        inside.append(_create(entity, later=_cyclic(entity, new)))
        inside.extend(_create_index(entity, index) for index in all_indexes(entity))
    inside.extend(_late_keys(new))
    inside.extend(columns)
    late = [(entity, name, sql) for entity in used for name, sql in _late_constraints(entity)]
    inside.extend(
        f"ALTER TABLE {quoted(table(entity))}\n    ADD CONSTRAINT {quoted(name)} {sql};"
        for entity, name, sql in late
    )
    inside.extend(
        statement
        for entity in model.entities
        for trigger in entity.triggers
        for statement in _create_trigger(entity, trigger)
    )
    if inside:
        statements += ["BEGIN;", *inside, "COMMIT;"]
    aside = [
        f"ALTER TABLE {quoted(table(entity))} VALIDATE CONSTRAINT {quoted(name)};"
        for entity, name, sql in late
        if sql.endswith(" NOT VALID")
    ]
    if aside:
        aside = ["BEGIN;", *aside, "COMMIT;"]  # validating takes long and locks weakly: apart
    aside += [
        _create_index(entity, index, concurrently=True)
        for entity in used
        for index in _late_indexes(entity)
    ]
    if aside:
        # A build that fails leaves an invalid index behind; drop it before trying again.
        statements += ["SET statement_timeout = '2h';", *aside]
    return tuple(statements)


def way_back(model: FeatureModel) -> tuple[str, ...]:
    """Return the statements that undo the migration; what it stored is lost."""
    statements = ["SET lock_timeout = '5s';"]
    used = [entity for entity in model.entities if entity.existing]
    statements.extend(
        f"DROP INDEX CONCURRENTLY IF EXISTS {quoted(index.name)};"
        for entity in used
        for index in _late_indexes(entity)
    )
    inside = [
        f"ALTER TABLE {quoted(table(entity))} DROP CONSTRAINT IF EXISTS {quoted(name)};"
        for entity in used
        for name, _ in _late_constraints(entity)
    ]
    inside += [
        f"DROP INDEX IF EXISTS {quoted(name)};"
        for entity in used
        for name, _ in _late_uniques(entity)
    ]
    inside += [
        f"ALTER TABLE {quoted(table(entity))} DROP COLUMN IF EXISTS {quoted(field.name)};"
        for entity in used
        for field in _added(entity)
    ]
    new = list(model.new_entities)
    late = [
        f"ALTER TABLE IF EXISTS {quoted(table(entity))} DROP CONSTRAINT IF EXISTS "
        f"{quoted(f'{table(entity)}_{field.name}_fkey')};"
        for entity in new
        for field in _cyclic(entity, new)
    ]
    drops = [f"DROP TABLE IF EXISTS {quoted(table(e))};" for e in reversed(_in_order(new))]
    # A table takes its triggers along, but not the functions that they call.
    triggers = [(entity, trigger) for entity in model.entities for trigger in entity.triggers]
    untied = [
        f"DROP TRIGGER IF EXISTS {quoted(trigger.name)} ON {quoted(table(entity))};"
        for entity, trigger in triggers
        if entity.existing
    ]
    functions = [f"DROP FUNCTION IF EXISTS {quoted(t.name)}();" for _, t in triggers]
    if inside or drops or untied:
        statements += ["BEGIN;", *untied, *late, *drops, *functions, *inside, "COMMIT;"]
    return tuple(statements)


def unfilled(model: FeatureModel) -> tuple[str, ...]:
    """Say which new columns of tables in use must be filled before they can be mandatory."""
    return tuple(
        f"{table(entity)}.{field.name} is empty in old rows: fill it, then set it NOT NULL."
        for entity in model.entities
        if entity.existing
        for field in _added(entity)
        if field.required and not field.default
    )


def all_indexes(entity: Entity) -> tuple[Index, ...]:
    """Return an entity's own indexes, and one for each foreign key that nothing else leads with."""
    return (*entity.indexes, *_key_indexes(entity))


def _key_indexes(entity: Entity) -> tuple[Index, ...]:
    leading = {field.name for field in entity.fields if field.unique}
    leading |= {
        _first_column(constraint.sql)
        for constraint in entity.constraints
        if constraint.kind == "unique"
    }
    leading |= {_first_column(index.columns) for index in entity.indexes if not index.where}
    return tuple(
        Index(f"{table(entity)}_{field.name}_idx", f'"{field.name}"', serves="its foreign key")
        for field in entity.fields
        if field.references and field.name not in leading
    )


def _first_column(columns: str) -> str:
    hit = re.match(r'\s*"([^"]+)"', columns)
    return hit[1] if hit else ""


def _presupposed(entity: Entity) -> Entity:
    fields = tuple(field for field in entity.fields if field.existing or _is_whole(entity))
    return Entity(entity.name, summary=entity.summary, fields=fields, existing=True)


def _added(entity: Entity) -> tuple[Field, ...]:
    """Return the columns that the feature adds to an existing table."""
    return tuple(f for f in entity.fields if not f.existing and not _is_whole(entity))


def _is_whole(entity: Entity) -> bool:
    """Whether a person named a table as existing: then all its fields are there."""
    return entity.evidence == (PERSON,)


def _late_uniques(entity: Entity) -> list[tuple[str, str]]:
    """Return what becomes unique in a table in use: the index's name and its columns."""
    found = [(c.name, c.sql) for c in entity.constraints if c.kind == "unique"]
    found += [
        (f"{table(entity)}_{field.name}_key", quoted(field.name))
        for field in _added(entity)
        if field.unique
    ]
    return found


def _late_unique(entity: Entity) -> list[str]:
    """Return the statements that make something unique without a lock while they look at it."""
    return [
        f"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {quoted(name)}\n"
        f"    ON {quoted(table(entity))} ({columns});"
        for name, columns in _late_uniques(entity)
    ]


def _late_constraints(entity: Entity) -> list[tuple[str, str]]:
    """Return what a table in use is to keep from now on: name and SQL, old rows not looked at.

    PostgreSQL knows no such way for an exclusion constraint: it locks the table while it looks.
    """
    found = []
    for field in _added(entity):
        name = f"{table(entity)}_{field.name}"
        if field.references:
            found.append((f"{name}_fkey", f"{_reference(field)} NOT VALID"))
        found += [(key, f"CHECK ({check}) NOT VALID") for key, check in _checks(entity, field)]
    for constraint in entity.constraints:
        if constraint.kind == "check":
            found.append((constraint.name, f"CHECK ({constraint.sql}) NOT VALID"))
        elif constraint.kind == "foreign_key":
            found.append((constraint.name, f"FOREIGN KEY {constraint.sql} NOT VALID"))
        elif constraint.kind == "exclude":
            found.append((constraint.name, f"EXCLUDE {constraint.sql}"))
    return found


def _late_indexes(entity: Entity) -> tuple[Index, ...]:
    """Return the indexes that a table in use gets: its own, and those of its new keys."""
    added = {field.name for field in _added(entity)}
    keys = (index for index in _key_indexes(entity) if index.columns.strip('"') in added)
    return (*entity.indexes, *keys)


def _in_order(entities: Iterable[Entity]) -> list[Entity]:
    """Sort entities so that each comes after those it refers to, as far as there is no circle."""
    waiting = list(entities)
    placed: list[Entity] = []
    while waiting:
        open_names = {entity.name for entity in waiting}
        ready = next(
            (e for e in waiting if not _referenced(e) & (open_names - {e.name})), waiting[0]
        )
        placed.append(ready)
        waiting.remove(ready)
    return placed


def _referenced(entity: Entity) -> set[str]:
    return {field.references for field in entity.fields if field.references}


def _cyclic(entity: Entity, entities: list[Entity]) -> tuple[Field, ...]:
    """Return the fields that refer to an entity which is created later."""
    order = [other.name for other in _in_order(entities)]
    position = order.index(entity.name)
    return tuple(field for field in entity.fields if field.references in order[position + 1 :])


def _late_keys(entities: list[Entity]) -> list[str]:
    return [
        f"ALTER TABLE {quoted(table(entity))}\n    ADD {_key(entity, field)};"
        for entity in _in_order(entities)
        for field in _cyclic(entity, entities)
    ]


def _create(entity: Entity, later: tuple[Field, ...] = ()) -> str:
    lines = ['"id" uuid PRIMARY KEY DEFAULT gen_random_uuid()']
    lines.extend(_column(field) for field in entity.fields)
    lines.append('"created_at" timestamptz NOT NULL DEFAULT now()')
    for field in entity.fields:
        lines.extend(_field_constraints(entity, field, keyed=field not in later))
    for constraint in entity.constraints:
        sql = {
            "check": f"CHECK ({constraint.sql})",
            "unique": f"UNIQUE ({constraint.sql})",
            "exclude": f"EXCLUDE {constraint.sql}",
            "foreign_key": f"FOREIGN KEY {constraint.sql}",
        }[constraint.kind]
        lines.append(f"CONSTRAINT {quoted(constraint.name)} {sql}")
    body = ",\n    ".join(lines)
    summary = f"-- {entity.title}: {entity.summary}\n" if entity.summary else ""
    return f"{summary}CREATE TABLE IF NOT EXISTS {quoted(table(entity))} (\n    {body}\n);"


def _column(field: Field) -> str:
    parts = [quoted(field.name), _SQL_TYPES[field.type]]
    if field.required:
        parts.append("NOT NULL")
    if field.default:
        parts.append(f"DEFAULT {field.default}")
    return " ".join(parts)


def _field_constraints(entity: Entity, field: Field, keyed: bool = True) -> list[str]:
    name = f"{table(entity)}_{field.name}"
    found = []
    if field.references and keyed:
        found.append(_key(entity, field))
    if field.unique:
        found.append(f"CONSTRAINT {quoted(f'{name}_key')} UNIQUE ({quoted(field.name)})")
    found += [f"CONSTRAINT {quoted(key)} CHECK ({check})" for key, check in _checks(entity, field)]
    return found


def _checks(entity: Entity, field: Field) -> list[tuple[str, str]]:
    """Return what a field's type demands of its values: the constraint's name, and its SQL."""
    name = f"{table(entity)}_{field.name}"
    found = []
    if field.choices:
        values = ", ".join(f"'{choice}'" for choice in field.choices)
        found.append((f"{name}_known", f"{quoted(field.name)} IN ({values})"))
    if field.type == "money":
        found.append((f"{name}_not_negative", f"{quoted(field.name)} >= 0"))
    if field.type == "currency":
        found.append((f"{name}_iso", f"{quoted(field.name)} ~ '^[A-Z]{{3}}$'"))
    return found


def _key(entity: Entity, field: Field) -> str:
    return f"CONSTRAINT {quoted(f'{table(entity)}_{field.name}_fkey')} {_reference(field)}"


def _reference(field: Field) -> str:
    on_delete = f" ON DELETE {field.on_delete}" if field.on_delete else ""
    return (
        f"FOREIGN KEY ({quoted(field.name)}) "
        f'REFERENCES {quoted(table(field.references))} ("id"){on_delete}'
    )


def _create_index(entity: Entity, index: Index, concurrently: bool = False) -> str:
    unique = "UNIQUE " if index.unique else ""
    aside = "CONCURRENTLY " if concurrently else ""
    method = f" USING {index.method}" if index.method != "btree" else ""
    # An expression needs parentheses of its own; plain columns do not.
    columns = index.columns if index.columns.startswith('"') else f"({index.columns})"
    where = f"\n    WHERE {index.where}" if index.where else ""
    return (
        f"CREATE {unique}INDEX {aside}IF NOT EXISTS {quoted(index.name)}\n"
        f"    ON {quoted(table(entity))}{method} ({columns}){where};"
    )


def _create_trigger(entity: Entity, trigger: Trigger) -> tuple[str, str]:
    name, body = quoted(trigger.name), trigger.body.replace("\n", "\n    ")
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$\n"
        f"BEGIN\n    {body}\nEND\n$body$;",
        f"CREATE OR REPLACE TRIGGER {name} {trigger.when} ON {quoted(table(entity))}\n"
        f"    FOR EACH ROW EXECUTE FUNCTION {name}();",
    )


def _add_column(entity: Entity, field: Field) -> str:
    # Rows are there already: only a column with a default can be mandatory at once.
    column = _column(field) if field.default else f"{quoted(field.name)} {_SQL_TYPES[field.type]}"
    return f"ALTER TABLE {quoted(table(entity))}\n    ADD COLUMN IF NOT EXISTS {column};"
