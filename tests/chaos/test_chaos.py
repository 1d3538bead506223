"""The short form of `make chaos`, in a process of its own."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from embedded.process import Child, Program
from tests.chaos.crew import ROOT
from tests.chaos.harness import why_void

SECONDS = 12


def test_nothing_is_lost_or_doubled_whatever_dies(tmp_path: Path) -> None:
    size = ["--sessions", "14", "--minutes", str(SECONDS / 60)]
    program = Program(
        name="chaos",
        argv=[sys.executable, "-m", "tests.chaos", *size],
        death_signal=signal.SIGKILL,
        env={"PYTHONPATH": str(ROOT), "MUTANT": ""},
    )
    child = Child(program, tmp_path)
    child.start()
    try:
        status = child.wait()
    finally:
        child.kill()
    said = child.log.read_text()
    print(said)  # the first line names the seed
    # Void, and not green, where a kind of fault has not struck or no attempt was lost.
    assert status == 0, said


def test_a_run_in_which_too_little_happened_is_void() -> None:
    def why(mutant: str = "", unstruck: tuple[str, ...] = (), **seen: object) -> list[str]:
        return list(why_void(mutant, unstruck, **({"crashes": 1, "has_mutated": False} | seen)))

    assert why() == []
    assert why(unstruck=("worker SIGKILL",)) == ["no worker SIGKILL struck"]
    assert why(crashes=0) == ["no attempt was lost"]
    assert why("reap", crashes=0) == []
    assert why("fence") == why("cas") == ["the mutant never came into play"]
    assert why("fence", has_mutated=True) == []
