"""`python -m tests.chaos`: make a run and print what happened.

Exit codes: 0 green, 1 something was lost or doubled, 2 the run says nothing.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.chaos import mutants
from tests.chaos.harness import Options, Report, run

MOST_FINDINGS = 25
SECONDS_A_SESSION = 2.5


def main() -> int:
    """Read the options, make a run, and return the exit code."""
    options = _options()
    print(
        f"chaos: {options.sessions} sessions, seed {options.seed}, "
        f"{options.seconds:.0f} s of faults, mutant: {options.mutant or 'none'}",
        flush=True,
    )
    try:
        with tempfile.TemporaryDirectory(prefix="sage-chaos-") as folder:
            report = run(options, Path(folder))
    except Exception:
        traceback.print_exc()
        return 2
    _print(report)
    for reason in report.voids:
        print(f"VOID: {reason}")
    if report.voids:
        return 2
    return 0 if report.is_green else 1


def _options() -> Options:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--sessions", type=int, default=60)
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    parser.add_argument("--minutes", type=float, help="how long faults go on")
    given = parser.parse_args()
    mutant = os.environ.get(mutants.VARIABLE, "")
    if mutant and mutant not in mutants.MUTANTS:
        parser.error(f"MUTANT is one of {', '.join(mutants.MUTANTS)}")
    seconds = given.minutes * 60 if given.minutes else given.sessions * SECONDS_A_SESSION
    return Options(given.sessions, given.seed, seconds, mutant)


def _print(report: Report) -> None:
    _print_counts(f"faults ({report.faults.total()})", report.faults)
    _print_counts("people", report.acts)
    _print_counts("sessions ended", report.endings)
    _print_counts("figures", report.figures)
    print(
        f"time: {report.seconds:.0f} s, of these {report.quiet_seconds:.0f} s of quiet at the end"
    )
    for finding in report.findings[:MOST_FINDINGS]:
        print(f"  - {finding}")
    if len(report.findings) > MOST_FINDINGS:
        print(f"  - and {len(report.findings) - MOST_FINDINGS} more")
    print(
        "GREEN: nothing lost, nothing doubled"
        if report.is_green
        else f"RED: {len(report.findings)} findings"
    )


def _print_counts(title: str, counts: dict[str, int]) -> None:
    print(f"{title}: " + ", ".join(f"{name} {number}" for name, number in counts.items()))


if __name__ == "__main__":
    sys.exit(main())
