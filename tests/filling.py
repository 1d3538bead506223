"""Many rows at once, for tests of what a question costs when tables have grown."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlalchemy import Connection, text

from core.services.transaction import transact

_TABLE = re.compile(r"INSERT INTO (\w+)")


def fill_tables(script: str, values: Mapping[str, object], *, budget_seconds: float) -> None:
    """Run statements that each fill a table, in one transaction.

    Each table is analyzed once it is filled: a check of a foreign key keeps the plan that it got
    while the tables were small, and would read the whole of the grown one for every new row.
    """

    def fill(db: Connection) -> None:
        for statement in script.split(";\n"):
            db.execute(text(statement), values)
            for table in _TABLE.findall(statement):
                db.execute(text(f"ANALYZE {table}"))

    transact(fill, budget_seconds=budget_seconds)
