"""The short form of `make chaos`, in a process of its own."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from embedded.process import Child, Program
from tests.chaos.crew import ROOT

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
    assert status == 0, child.log.read_text()
