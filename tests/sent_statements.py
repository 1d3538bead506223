"""What an act really sends to the database: each statement, with its values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from core.services.transaction import current_engine


def sent_by(act: Callable[[], object]) -> list[tuple[str, Any]]:
    """Run an act; returns the statements that it sent, in order."""
    sent: list[tuple[str, Any]] = []

    def note(conn: Any, cursor: Any, statement: str, values: Any, *_: Any) -> None:
        sent.append((statement, values))

    engine = current_engine()
    event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return sent
