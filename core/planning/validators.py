"""What validators say of the artifacts, in this process and without a network.

Where a kind of document has a validator that others wrote, that one speaks. For the planner's own
documents its structure is checked: see `core.planning.structure`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from importlib.metadata import version
from itertools import islice

from compose_spec import PyCompose
from gherkin.parser import Parser
from sqlglot import exp, parse
from sqlglot.errors import SqlglotError

from core.domain.artifact import Validation
from core.planning import structure
from core.planning.openapi_validation import check_openapi

# Raised with what the structural checks look at; "1.0" is what they began with.
MARKDOWN, STRUCTURE = "markdown-structure 1.0", "plan-structure 1.0"
_MAX_MESSAGES = 5


# Valid PostgreSQL that sqlglot does not know; tests run it on a real server.
_UNKNOWN_TO_SQLGLOT = (
    ("CREATE EXTENSION", re.compile(r'^CREATE EXTENSION IF NOT EXISTS "[a-z_]+";$', re.M)),
    (
        "CREATE FUNCTION",
        re.compile(
            r'^CREATE OR REPLACE FUNCTION "\w+"\(\) RETURNS trigger LANGUAGE plpgsql AS '
            r"\$body\$$.*?^\$body\$;$",
            re.M | re.S,
        ),
    ),
    ("VALIDATE", re.compile(r'^ALTER TABLE "\w+" VALIDATE CONSTRAINT "\w+";$', re.M)),
    ("DEFERRABLE", re.compile(r" DEFERRABLE INITIALLY DEFERRED(?=,?$)", re.M)),
)


def validate_sql(sql: str) -> Validation:
    """Parse PostgreSQL statements with sqlglot; says what was kept from it."""
    left_out = []
    for name, pattern in _UNKNOWN_TO_SQLGLOT:
        sql, count = pattern.subn("", sql)
        if count:
            left_out.append(f"{name} was left out: sqlglot does not parse it")

    def check() -> None:
        # A migration and its baseline share most statements; an empty line stands between them.
        if not all(_is_parsed(piece) for piece in sql.split("\n\n")):
            _parse(sql)

    verdict = _verdict("sqlglot", check)
    return replace(verdict, messages=(*verdict.messages, *left_out))


@lru_cache(maxsize=1024)
def _is_parsed(sql: str) -> bool:
    try:
        _parse(sql)
    except (SqlglotError, ValueError):
        return False
    return True


def _parse(sql: str) -> None:
    for statement in parse(sql, dialect="postgres"):
        # What sqlglot only passes through it has not checked.
        if isinstance(statement, exp.Command) and statement.name.upper() not in {"SET", "BEGIN"}:
            raise ValueError(f"not understood: {statement.sql()[:80]}")


def validate_openapi(document: dict[str, object]) -> Validation:
    """Check an OpenAPI document with openapi-spec-validator."""

    def check() -> None:
        check_openapi(document)

    return _verdict("openapi-spec-validator", check)


def validate_compose(text: str) -> Validation:
    """Check a compose file with compose-spec."""

    def check() -> None:
        PyCompose.from_yaml(text)

    return _verdict("compose-spec", check)


def validate_gherkin(text: str) -> Validation:
    """Check a feature file with the official Gherkin parser."""

    def check() -> None:
        Parser().parse(text)

    return _verdict("gherkin-official", check)


def validate_markdown(text: str) -> Validation:
    """Check the build of a Markdown document: headings, tables, code."""
    return _found(MARKDOWN, structure.markdown_faults(text))


def validate_structure(faults: Callable[[], Iterable[str]]) -> Validation:
    """Return the verdict on a document of the planner's own kind, of what is wrong in it.

    A document that cannot even be looked through has failed, too.
    """
    try:
        return _found(STRUCTURE, faults())
    except Exception as error:  # whatever it stumbled over
        return _found(STRUCTURE, [f"{type(error).__name__}: {error}"])


def with_links(validation: Validation, slug: str, links: Iterable[str]) -> Validation:
    """Return the verdict on an artifact together with that on its links."""
    faults = tuple(structure.link_faults(slug, links))
    if not faults:
        return validation
    return replace(validation, verdict="failed", messages=(*faults, *validation.messages))


def _found(validator: str, faults: Iterable[str]) -> Validation:
    messages = tuple(fault[:300] for fault in islice(faults, _MAX_MESSAGES))
    return Validation(validator, "failed" if messages else "passed", messages)


@lru_cache(maxsize=8)
def _version(distribution: str) -> str:
    return version(distribution)


def _verdict(distribution: str, check: Callable[[], None]) -> Validation:
    validator = f"{distribution} {_version(distribution)}"
    try:
        check()
    except Exception as error:  # each validator has errors of its own, and all mean "failed"
        lines = str(error).strip().splitlines()[:_MAX_MESSAGES] or [type(error).__name__]
        return Validation(validator, "failed", tuple(line[:300] for line in lines))
    return Validation(validator, "passed")
