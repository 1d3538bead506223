"""A worker as it is, but observed: a witness hears of every recording that returned."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.domain.attempt import Claim
from core.services import recording
from tests.chaos.mutants import take_out_guard
from tests.chaos.witness import testify
from workers.entry import main


def observe_recordings() -> None:
    """Have each recording testify after it went through."""
    recording.record_result = _observed("completed", recording.record_result)
    recording.fail_attempt = _observed("failed", recording.fail_attempt)


def _observed(what: str, record: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(claim: Claim, *args: Any, **options: Any) -> Any:
        recorded = record(claim, *args, **options)
        testify(what, claim.task_id, claim.attempt)
        return recorded

    return wrapped


if __name__ == "__main__":
    take_out_guard()
    observe_recordings()
    main()
