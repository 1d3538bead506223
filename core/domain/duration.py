"""Durations as people read them; `shared.js` writes them alike in browsers."""

from __future__ import annotations

import math


def duration_text(seconds: float) -> str:
    """Return a duration: 0.8 s, 42 s, 1:42, 1 h 04 min, 2 d 3 h.

    It is cut and not rounded, as a clock that runs shows what has passed. What is below zero is
    none: the database's clock may be ahead of ours.
    """
    seconds = max(seconds, 0.0)
    if seconds < 10:
        return f"{math.floor(seconds * 10) / 10:.1f} s"
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d}"
    if whole < 86_400:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{whole // 86_400} d {whole % 86_400 // 3600} h"
