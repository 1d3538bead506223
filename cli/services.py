"""The services, each imported when it is first used: `./sage --help` needs no database driver."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.services import (
        accounts,
        administering,
        auditing,
        configuring,
        control,
        demo,
        exporting,
        following,
        health,
        inviting,
        launching,
        members,
        pinning,
        reading,
        retention,
        routing,
        signing_in,
        teams,
        tokens,
    )

__all__ = [
    "accounts",
    "administering",
    "auditing",
    "configuring",
    "control",
    "demo",
    "exporting",
    "following",
    "health",
    "inviting",
    "launching",
    "members",
    "pinning",
    "reading",
    "retention",
    "routing",
    "signing_in",
    "teams",
    "tokens",
]


def __getattr__(name: str) -> ModuleType:
    if name not in __all__:
        raise AttributeError(name)
    return import_module(f"core.services.{name}")
