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


# What a browser sends at once stays far below this: a brief has 64 KB, its answers less.
_MESSAGE_BYTES = 4 * 1024 * 1024
_GRACEFUL_SECONDS = 5


def dashboard(host: str, port: int, app: str = "app:app") -> tuple[str, ...]:
    """Return the command line of the dashboard, or of another app to compare it with.

    Not `streamlit run`, which takes neither another event loop nor a bound on frames.
    """
    return (
        *(sys.executable, "-m", "uvicorn", app),
        *("--host", host, "--port", str(port), "--loop", "uvloop"),
        *("--ws", "websockets-sansio", "--ws-max-size", str(_MESSAGE_BYTES)),
        # A rerun sends fifty small messages: packing them costs more than they weigh.
        *("--ws-per-message-deflate", "false"),
        *("--no-access-log", "--log-level", "warning"),
        *("--timeout-graceful-shutdown", str(_GRACEFUL_SECONDS)),
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
