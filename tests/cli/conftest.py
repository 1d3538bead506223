"""A whole Sage Mode without its dashboard: a database, Redis, a worker and a dispatcher."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cli import terminal
from cli.main import run
from core.settings import get_settings
from embedded.servers import RunningServers
from tests.conftest import ROOT, migrate

DATABASE = "sage_cli"
EXECUTORS = {
    "empty": "bench.roles:EmptyRole",
    "slow": "tests.cli.roles:SlowRole",
    "halfway": "tests.cli.roles:HalfwayRole",
    "brief": "tests.cli.roles:BriefRole",
    "failing": "tests.cli.roles:FailingRole",
    "asking": "tests.cli.roles:AskingRole",
    "nasty": "tests.cli.roles:NastyRole",
}
SETTINGS = ("DATABASE_URL", "REDIS_URL", "NO_COLOR", "FORCE_COLOR", "COLUMNS")


@dataclass(frozen=True)
class Ran:
    """What a command gave back."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on standard output; fails when there is anything else."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Crew:
    """The environment in which commands find the running parts."""

    env: dict[str, str]

    def sage(self, *arguments: str, stdin: bytes = b"", cwd: Path = ROOT, **env: str) -> Ran:
        """Run `./sage` as a process."""
        done = subprocess.run(
            [ROOT / "sage", *arguments],
            input=stdin,
            cwd=cwd,
            env=self.env | env,
            capture_output=True,
            timeout=60,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


class Here:
    """Runs commands in this process, which is quick; `env` changes what they see."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def env(self, **values: str) -> None:
        for name, value in values.items():
            self._monkeypatch.setenv(name, value)
        get_settings.cache_clear()
        for console in (terminal.out, terminal.err):  # each knows its width from the start
            console.cache_clear()

    def sage(self, *arguments: str) -> Ran:
        self._capsys.readouterr()
        code = run(arguments)
        return Ran(code, *self._capsys.readouterr())


@pytest.fixture(scope="session")
def crew(servers: RunningServers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    """A worker and a dispatcher on a database of their own, until the tests end."""
    with psycopg.connect(servers.database_url, autocommit=True) as db:
        db.execute(f"CREATE DATABASE {DATABASE}")
    url = servers.database_url.rpartition("/")[0] + f"/{DATABASE}"
    migrate(url)
    env = {name: value for name, value in os.environ.items() if name not in SETTINGS} | {
        "DATABASE_URL": url,
        "REDIS_URL": servers.redis_url.rpartition("/")[0] + "/1",
        "SAGE_DATA_DIR": str(tmp_path_factory.mktemp("data")),
        "SAGE_EXTRA_EXECUTORS": json.dumps(EXECUTORS),
        "SAGE_WORKERS": "2",
        "SAGE_LOG_LEVEL": "info",  # as people write it, too
        "TZ": "Asia/Kolkata",
    }
    processes = [
        subprocess.Popen([ROOT / "sage", part], cwd="/", env=env, start_new_session=True)
        for part in ("dispatcher", "worker")
    ]
    with psycopg.connect(url, autocommit=True) as db:
        _wait_for_signs_of_life(db)
    yield Crew(env)
    for process in processes:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def here(
    crew: Crew, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Here]:
    """Commands in this process, beside the crew."""
    here = Here(monkeypatch, capsys)
    here.env(**{name: value for name, value in crew.env.items() if os.environ.get(name) != value})
    yield here
    get_settings.cache_clear()


@pytest.fixture
def brief(tmp_path: Path) -> Path:
    """A brief in a file."""
    path = tmp_path / "brief.md"
    path.write_text("# Expense approval\n\nEmployees submit expenses, managers approve them.\n")
    return path


def _wait_for_signs_of_life(db: psycopg.Connection[tuple[str]]) -> None:
    deadline = time.monotonic() + 30
    while True:
        alive = {kind for (kind,) in db.execute("SELECT kind FROM worker_heartbeats")}
        if alive == {"worker", "dispatcher"}:
            return
        assert time.monotonic() < deadline, f"only {alive} came to life"
        time.sleep(0.05)
