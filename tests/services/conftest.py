"""Loads the profile for Hypothesis; what several files of these tests begin with."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

import tests.profiles  # noqa: F401
from core.services import dispatching
from core.settings import get_settings
from core.signals.logins import REVOKED_CHANNEL
from core.signals.wakeups import Listener
from tests.services.aging import DAYS


@pytest.fixture
def heard(system: None) -> Listener:
    """What is announced about ended access."""
    listener = Listener(get_settings().redis_url or "", REVOKED_CHANNEL)
    listener.wait(0.05)
    return listener


@pytest.fixture
def keeps_for_thirty_days(system: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Details are kept for `aging.DAYS`."""
    monkeypatch.setenv("DETAIL_RETENTION_DAYS", str(DAYS))
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.fixture
def webhook_settings(system: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let webhooks lead to this machine; returns what changes other settings of theirs."""

    def change(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"SAGE_WEBHOOK_{name.upper()}", value)
        get_settings.cache_clear()

    change(allow_private="1", timeout_seconds="2")
    dispatching.schedule_jobs()
    return change
