"""The services, each imported when it is first used: `./sage --help` needs no database driver."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.services import (
        accounts,
        configuring,
        control,
        demo,
        health,
        launching,
        reading,
        signing_in,
    )

__all__ = [
    "accounts",
    "configuring",
    "control",
    "demo",
    "health",
    "launching",
    "reading",
    "signing_in",
]


def __getattr__(name: str) -> ModuleType:
    if name not in __all__:
        raise AttributeError(name)
    return import_module(f"core.services.{name}")
