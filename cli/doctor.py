"""`./sage doctor`: every part that Sage Mode needs, whether it is there, and how to mend it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer

from cli import exits, services
from cli.acting import read_settings
from cli.options import AsJson
from cli.processes import ROOT, last_line, run_alembic
from cli.terminal import out, plain_line, put_json, say
from cli.wording import sign
from core.errors import InvalidInput
from core.settings import Settings
from embedded.folder import MIN_FREE_BYTES
from embedded.ports import bind_error
from embedded.probes import answers_http
from embedded.runtime import find_running

OLDEST_PYTHON = (3, 11)
SERVICES = ("database", "schema", "redis", "dispatcher", "worker")
_ALIASES = {"dashboard": "port"}  # one look: what listens on the port is the dashboard, or not
START = "`make run` starts everything; ./sage {} starts one alone."


@dataclass(frozen=True, slots=True)
class Finding:
    """One part: whether it is as it should be, what was seen, and how to mend it."""

    part: str
    ok: bool
    detail: str
    mend: str = ""


Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="PART", help="Check this part alone; may be repeated."),
]
Here = Annotated[
    bool,
    typer.Option("--here", help="Count only the dispatcher and workers that run on this machine."),
]
Check = Callable[[Settings], Finding]


def doctor(only: Only = None, here: Here = False, as_json: AsJson = False) -> None:
    """Check every part and say how to mend what is missing.

    Ends with 0 when all is well, 3 when a service is missing, 1 for everything else.
    """
    settings = read_settings()
    machine = _machine_checks()
    wanted = _wanted_parts(only, [*machine, *SERVICES])
    machine_found = [machine[part](settings) for part in wanted if part in machine]
    host = socket.gethostname() if here else None
    services_found = list(check_services(settings, wanted, host))
    findings = [*machine_found, *services_found]
    if as_json:
        ok = all(finding.ok for finding in findings)
        put_json({"ok": ok, "parts": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            _put(finding)
    if not all(finding.ok for finding in services_found):
        raise typer.Exit(exits.NOT_REACHABLE)
    if not all(finding.ok for finding in machine_found):
        raise typer.Exit(exits.FAILED)


def check_services(
    settings: Settings, wanted: Collection[str] = SERVICES, host: str | None = None
) -> Iterator[Finding]:
    """Look at what a session needs to run; with a host, at its own dispatcher and workers."""
    mends = {
        "database": "Start it with `make run`, or check DATABASE_URL.",
        "redis": "Start it with `make run`, or check REDIS_URL.",
        "dispatcher": START.format("dispatcher"),
        "worker": START.format("worker"),
    }
    parts = [part for part in SERVICES if part in wanted]
    if not parts:
        return
    looked = services.health.check_readiness(parts, host=host).parts
    seen = {part.name: part for part in looked}
    for name in parts:
        if name == "schema":
            yield _check_schema(settings)
        else:
            yield Finding(name, seen[name].is_there, seen[name].detail, mends[name])


def pinned_packages(requirements: str) -> dict[str, str]:
    """Return the version of each package that a requirements file names."""
    pins = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s#;]+)", requirements, re.MULTILINE)
    return dict(pins)


def _machine_checks() -> dict[str, Check]:
    """Return how to look at what has to be there before anything runs."""
    checks: dict[str, Check] = {
        "python": lambda _: _check_python(),
        "packages": lambda _: _check_packages(ROOT / "requirements.txt"),
    }
    own = Settings()
    if own.database_url is None or own.redis_url is None:  # else nothing is kept here
        checks["data folder"] = lambda settings: _check_folder(settings.data_dir)
        checks["disk"] = lambda settings: _check_disk(settings.data_dir)
    return checks | {"port": _check_port}


def _wanted_parts(only: list[str] | None, known: list[str]) -> list[str]:
    """Return the parts to look at, in their order; raises `InvalidInput` for an unknown one."""
    if not only:
        return known
    asked = {_ALIASES.get(part, part) for part in only}
    if unknown := sorted(asked - set(known)):
        raise InvalidInput(
            f"There is no part '{plain_line(unknown[0])}'.",
            hint="The parts are: " + ", ".join(sorted({*known, *_ALIASES})) + ".",
        )
    return [part for part in known if part in asked]


def _check_python() -> Finding:
    have = ".".join(str(part) for part in sys.version_info[:3])
    oldest = ".".join(str(part) for part in OLDEST_PYTHON)
    return Finding(
        "python",
        sys.version_info[:2] >= OLDEST_PYTHON,
        have,
        f"Install Python {oldest} or later, remove .venv, and run `make run`.",
    )


def _check_packages(requirements: Path) -> Finding:
    pins = pinned_packages(requirements.read_text(encoding="utf-8"))
    wrong = []
    for name, wanted in pins.items():
        try:
            have = version(name)
        except PackageNotFoundError:
            have = "missing"
        if have != wanted:
            wrong.append(f"{name} {have}, not {wanted}")
    detail = "; ".join(wrong[:5]) or f"{len(pins)} as pinned"
    return Finding("packages", not wrong, detail, "`make run` installs what requirements.txt says.")


def _check_folder(folder: Path) -> Finding:
    existing = _existing(folder)
    may = existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)
    detail = f"{folder} {'can' if may else 'cannot'} be written"
    mend = "Make the folder yours and writable, or set SAGE_DATA_DIR to another one."
    return Finding("data folder", may, detail, mend)


def _check_disk(folder: Path) -> Finding:
    free = shutil.disk_usage(_existing(folder)).free
    return Finding(
        "disk",
        free >= MIN_FREE_BYTES,
        f"{free // 2**20} MB free; {MIN_FREE_BYTES // 2**20} MB are needed",
        "Free some space, or set SAGE_DATA_DIR to a folder on another disk.",
    )


def _check_port(settings: Settings) -> Finding:
    running = find_running(settings.data_dir)
    if running is not None and running.port:
        host = running.address.removeprefix("http://").rpartition(":")[0].strip("[]")
        answers = answers_http(host, running.port)(running.pid)
        said = f"{running.address} {'answers' if answers else 'does not answer'}"
        return Finding("dashboard", answers, said, "Look into logs/web.log in the data folder.")
    problem = bind_error(settings.host, settings.port)
    if problem is not None and answers_http(settings.host, settings.port)(0):
        said = f"http://{settings.host}:{settings.port} answers, started from elsewhere"
        return Finding("dashboard", True, said)
    detail = f"{settings.port} is {'free' if problem is None else os.strerror(problem).lower()}"
    mend = "Stop what listens there, or set SAGE_PORT to another one."
    return Finding("port", problem is None, detail, mend)


def _check_schema(settings: Settings) -> Finding:
    mend = "`./sage migrate` brings the database to the newest schema."
    if settings.database_url is None:
        return Finding("schema", False, "There is no database to look at.", mend)
    try:
        done = run_alembic("current")
    except subprocess.TimeoutExpired:
        return Finding("schema", False, "The database did not answer in time.", mend)
    if done.returncode != 0:
        unreachable = "OperationalError" in done.stderr
        said = "It could not be looked at." if unreachable else last_line(done.stderr)
        return Finding("schema", False, said, mend)
    revision = last_line(done.stdout)
    at_head = "(head)" in revision
    said = revision if revision else "The database is empty."
    return Finding("schema", at_head, said if at_head else f"not the newest: {said}", mend)


def _existing(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that exists and that we may see."""
    # Not Path.exists(), which fails below a folder that others have closed.
    above = (folder, *folder.absolute().parents)
    return next(each for each in above if os.path.exists(each))


def _put(finding: Finding) -> None:
    mark = sign("completed" if finding.ok else "failed", out().encoding)
    word = "ok     " if finding.ok else "missing"
    look = "green" if finding.ok else "red"
    say(f"{mark} {finding.part:<12} {word} {finding.detail}", style=look)
    if not finding.ok and finding.mend:
        say(f"  {finding.mend}")
