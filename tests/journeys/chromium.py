"""Which Chromium the tests drive; `python -m tests.journeys.chromium` tells, and fails without."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REASON = (
    "Chromium is not installed here. Install it: sudo apt install chromium "
    "(where that is a snap: .venv/bin/python -m playwright install chromium)"
)


def find_chromium() -> str | None:
    """Return the program: one of the system's, else one that Playwright has brought."""
    for name in NAMES:
        program = shutil.which(name)
        if program is not None and not _is_snap(Path(program)):
            return program
    brought = sorted(_playwright_folder().glob("chromium-*/chrome-linux*/chrome"))
    return str(brought[-1]) if brought else None


def demand_chromium() -> str:
    """Return the program, or end the test: skipped where it may be missing, else failed.

    `make test` installs it for root, and SAGE_TEST_BROWSER=required, which CI sets, demands it.
    """
    program = find_chromium()
    if program is not None:
        return program
    if os.geteuid() == 0 or os.environ.get("SAGE_TEST_BROWSER") == "required":
        pytest.fail(REASON, pytrace=False)
    pytest.skip(REASON)


def _is_snap(program: Path) -> bool:
    """Tell whether it is a snap or leads to one: it has a /tmp of its own and sees no other."""
    resolved = program.resolve()
    if resolved.name == "snap" or program.is_relative_to("/snap"):
        return True
    with resolved.open("rb") as file:
        start = file.read(8192)
    return start.startswith(b"#!") and b"/snap/" in start


def _playwright_folder() -> Path:
    given = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    return Path(given) if given else Path.home() / ".cache" / "ms-playwright"


if __name__ == "__main__":
    found = find_chromium()
    print(found or REASON)
    sys.exit(found is None)
