"""What the command line starts as processes of their own, always in the project's folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent

DISPATCHER = (sys.executable, "-m", "workers.dispatcher")
WORKER = (sys.executable, "-m", "workers.entry")
MCP = (sys.executable, "-m", "api.tools.stdio")
SEED = (sys.executable, "-m", "cli", "seed")
ALEMBIC = (sys.executable, "-m", "alembic", "-c", "alembic.ini")
MIGRATE = (*ALEMBIC, "upgrade", "head")
ALEMBIC_SECONDS = 300


def web(host: str, port: int) -> tuple[str, ...]:
    """Return the command line of the dashboard."""
    return (
        *(sys.executable, "-m", "streamlit", "run", "app.py"),
        *("--server.port", str(port)),
        *("--server.address", host),
        *("--server.headless", "true"),
    )


def replace_this_process(argv: tuple[str, ...]) -> NoReturn:
    """Become another program: signals and the exit status are then its own."""
    os.chdir(ROOT)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(argv[0], argv)


def run_alembic(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Alembic and return what it said."""
    return subprocess.run(
        [*ALEMBIC, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=ALEMBIC_SECONDS,
    )


def last_line(text: str) -> str:
    """Return the last line that says something."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
