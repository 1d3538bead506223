"""Whether everything is there that a session needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Alive:
    """The process answers."""

    status: Literal["alive"]
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The state of each part: `ok`, or what is wrong with it."""

    status: Literal["healthy", "degraded"]
    version: str
    database: str
    redis: str
    dispatcher: str
    worker: str
    missing: tuple[str, ...]
