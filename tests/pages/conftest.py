"""A visitor for the tests of pages."""

from __future__ import annotations

import pytest

import tests.profiles  # noqa: F401
from tests.factories import Someone
from tests.pages.visiting import Visitor, visitor


@pytest.fixture
def visits(someone: Someone, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """The owner of a shared team, with a browser."""
    return visitor(someone, monkeypatch)
