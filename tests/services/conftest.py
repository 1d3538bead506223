"""Loads the profile for Hypothesis."""

import tests.profiles  # noqa: F401
