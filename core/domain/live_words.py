"""What a live view shows of a decision: from the page at first, then from the tab's socket."""

from __future__ import annotations

from typing import Any

from core.domain.session import Decision

MAX_CHARACTERS = 500


def line_of(decision: Decision, *, is_superseded: bool = False) -> dict[str, Any]:
    """Return a decision's line as JSON-able values."""
    return {
        "id": str(decision.id),
        "task_id": str(decision.task_id) if decision.task_id else None,
        "role": decision.author_role,
        "text": decision.text[:MAX_CHARACTERS],
        "kind": "tactical" if decision.task_id else "strategic",
        "confidence": decision.confidence,
        "superseded": is_superseded,
        "at": decision.created_at.isoformat(),
    }
