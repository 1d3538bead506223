"""How Python values become parameters of statements that are written out."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    Double,
    Text,
    TextClause,
    TextualSelect,
    bindparam,
    column,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID

_TYPES: dict[Any, Any] = {
    UUID: PgUUID(as_uuid=True),
    str: Text(),
    int: BigInteger(),
    float: Double(),
    bool: Boolean(),
    datetime: DateTime(timezone=True),
    dict: JSONB(),
    list: JSONB(),
    list[UUID]: ARRAY(PgUUID(as_uuid=True)),
    list[str]: ARRAY(Text()),
    list[int]: ARRAY(BigInteger()),
}


def bind(sql: str, **types: Any) -> TextClause:
    """Return a statement with the type of each parameter; a bare `list` or `dict` is JSON."""
    return text(sql).bindparams(*(bindparam(name, type_=_TYPES[t]) for name, t in types.items()))


def returning(statement: TextClause, *names: str) -> TextualSelect:
    """Return a statement that yields the named columns, in this order.

    Naming them lets SQLAlchemy keep what it knows of the rows from one execution to the next.
    """
    return statement.columns(*(column(name) for name in names))
