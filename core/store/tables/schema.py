"""What all tables share: metadata with fixed constraint names, and the usual columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    MetaData,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import UUID

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def id_column() -> Column[Any]:
    """Return a primary key that leaves the system: a UUIDv7 made in Python."""
    return Column("id", UUID(as_uuid=True), primary_key=True)


def team_column() -> Column[Any]:
    """Return the team that owns the row, for tables that hang on no session."""
    return Column("team_id", UUID(as_uuid=True), ForeignKey("teams.id"), nullable=False)


def time_column(name: str, *, nullable: bool = True, default_now: bool = False) -> Column[Any]:
    """Return a moment in time; `default_now` takes the clock at the statement, not at BEGIN."""
    return Column(
        name,
        DateTime(timezone=True),
        nullable=nullable,
        server_default=func.clock_timestamp() if default_now else None,
    )


def act_key_column(table: str) -> list[Any]:
    """Return the column by which a repeated act finds what it made, with its unique index."""
    column: Column[Any] = Column("act_key", Text)
    return [
        column,
        Index(f"uq_{table}_act_key", column, unique=True, postgresql_where=column.is_not(None)),
    ]


def one_of(column: str, values: Iterable[str], *, name: str | None = None) -> CheckConstraint:
    """Return a check that a column holds one of the values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=name or column)
