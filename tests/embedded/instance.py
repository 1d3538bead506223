"""A small Sage Mode for tests: the real supervisor and servers, with stand-ins for the programs.

`python -m tests.embedded.instance DATA_DIR PORT KIND`, where KIND is one of `plain`, `stubborn`
(a program ignores SIGTERM), `broken-step`, `broken-program`, `broken-worker` (one that others wait
for), `waiting` (for a part that does not come) and `small-disk`.
"""

from __future__ import annotations

import signal
import sys
from dataclasses import replace
from pathlib import Path

from core.errors import AppError, RedisUnavailable
from embedded import supervisor
from embedded.folder import MIN_FREE_BYTES
from embedded.probes import answers_http
from embedded.process import Program

MIGRATE = """
import os, psycopg
with psycopg.connect(os.environ["DATABASE_URL"]) as db:
    db.execute("CREATE TABLE IF NOT EXISTS written (word text)")
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
time.sleep(1000)
"""


def build(data_dir: Path, port: int, kind: str) -> supervisor.Supervisor:
    """Puts the instance together."""
    python = sys.executable
    migrate = Program("migrate", [python, "-c", MIGRATE])
    failing = Program("seed", [python, "-c", "raise SystemExit('the seed is rotten')"])
    worker = Program("worker", ["sleep", "1000"], death_signal=signal.SIGKILL)
    if kind == "stubborn":
        worker = Program("worker", [python, "-c", STUBBORN], death_signal=signal.SIGKILL)
    web_argv = [python, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    web = Program("web", web_argv, ready=answers_http("127.0.0.1", port, "/"))
    if kind == "broken-program":
        web = Program("web", [python, "-c", "raise SystemExit('no web today')"], ready=web.ready)
    if kind == "broken-worker":
        worker = Program("worker", [python, "-c", "raise SystemExit('no work today')"])
        web = replace(web, ready=lambda _pid: False, ready_within=60.0)
    if kind == "waiting":
        supervisor._QUIET_SECONDS = 0.2
        missing = RedisUnavailable("The redis is missing.", hint="Start it.")
        web = replace(web, ready=lambda _pid: False, ready_within=1.0, waits_for=lambda: missing)
    return supervisor.Supervisor(
        data_dir,
        port,
        steps=[migrate, failing] if kind == "broken-step" else [migrate],
        programs=[worker, web],
        min_free_bytes=0 if kind == "small-disk" else MIN_FREE_BYTES,
        report=lambda line: print(line, flush=True),
        on_ready=lambda runtime: print(f"ready {runtime.address}", flush=True),
    )


if __name__ == "__main__":
    try:
        build(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]).run()
    except AppError as error:
        print(f"{error.code}: {error.message} -> {error.hint_text}", flush=True)
        sys.exit(1)
