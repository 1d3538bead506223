"""The lifecycles as the design has them, written down a second time: (from, act) -> to.

The code is held against this table, and never the table taken from the code: whoever changes a
lifecycle says so here as well.
"""

from __future__ import annotations

SESSION_TABLE: dict[tuple[str, str], str] = {
    ("pending", "activate"): "active",
    ("pending", "cancel"): "cancelled",
    ("pending", "expire"): "expired",
    ("active", "pause"): "paused",
    ("active", "complete"): "completed",
    ("active", "fail"): "failed",
    ("active", "cancel"): "cancelled",
    ("active", "expire"): "expired",
    ("paused", "resume"): "active",
    ("paused", "complete"): "completed",
    ("paused", "fail"): "failed",
    ("paused", "cancel"): "cancelled",
    ("paused", "expire"): "expired",
    ("failed", "retry"): "active",
}

TASK_TABLE: dict[tuple[str, str], str] = {
    ("blocked", "free"): "ready",
    ("blocked", "wait"): "waiting",
    ("blocked", "cancel"): "cancelled",
    ("ready", "claim"): "running",
    ("ready", "block"): "blocked",
    ("ready", "cancel"): "cancelled",
    ("running", "complete"): "completed",
    ("running", "fail"): "failed",
    ("running", "retry"): "ready",
    ("running", "lose"): "ready",
    ("running", "wait"): "waiting",
    ("running", "block"): "blocked",
    ("running", "cancel"): "cancelled",
    ("waiting", "free"): "ready",
    ("waiting", "fail"): "failed",
    ("waiting", "block"): "blocked",
    ("waiting", "cancel"): "cancelled",
    ("failed", "free"): "ready",
    ("failed", "wait"): "waiting",
}

SESSION_MOVES = {(before, after) for (before, _), after in SESSION_TABLE.items()}
TASK_MOVES = {(before, after) for (before, _), after in TASK_TABLE.items()}
