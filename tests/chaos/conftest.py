"""The stage of the workers' tests, for what is shown of the mutants."""

from tests.workers.conftest import stage

__all__ = ["stage"]
