"""What the tests of the tools begin with."""

from __future__ import annotations

import pytest

from tests.api.tools.speaking import Caller
from tests.api.world import World


@pytest.fixture
def caller(world: World) -> Caller:
    """A program that may do everything that the owner may."""
    return Caller(world.client, world.token())
