"""The Python client as it is installed: typed, and on HTTPX alone."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from sage_mode_client import __version__
from tests.conftest import ROOT

FOLDER = ROOT / "clients/python"
BUILD = "import sys; from flit_core.buildapi import build_wheel; print(build_wheel(sys.argv[1]))"
# What a type checker finds in both clients, which have their methods from the same operations.
TYPED = """
from collections.abc import AsyncIterator, Iterator
from typing import Awaitable, assert_type
from uuid import UUID
from sage_mode_client import AsyncSageClient, SageClient
from sage_mode_client.models.agents import Order
from sage_mode_client.models.sessions import Session
from sage_mode_client.models.tasks import Task

def check(one: SageClient, other: AsyncSageClient, team_id: UUID) -> None:
    assert_type(one.launch(team_id, "A", "B", pipeline="short"), Session)
    assert_type(other.launch(team_id, "A", "B"), Awaitable[Session])
    assert_type(one.claim_task(roles=["dba"]), Order | None)
    assert_type(one.walk_sessions(status=["active"]), Iterator[Session])
    assert_type(other.walk_sessions(), AsyncIterator[Session])
    assert_type(one.walk_tasks(status=["ready"]), Iterator[Task])
    one.launch(team_id, "A")  # too few
    one.walk_sessions(status=["unknown"])  # no such status
    one.get_session(team_id).stauts  # no such field
"""


@pytest.fixture
def wheel(tmp_path: Path) -> zipfile.ZipFile:
    argv = [sys.executable, "-c", BUILD, str(tmp_path)]
    ran = subprocess.run(argv, cwd=FOLDER, capture_output=True, text=True, check=True)
    return zipfile.ZipFile(tmp_path / ran.stdout.strip())


def test_a_wheel_has_the_whole_client_and_asks_for_httpx_alone(
    wheel: zipfile.ZipFile, tmp_path: Path
) -> None:
    names = {one for one in wheel.namelist() if one.startswith("sage_mode_client/")}
    there = {one.relative_to(FOLDER).as_posix() for one in FOLDER.rglob("*.py")}
    assert names == there | {"sage_mode_client/py.typed"}
    metadata = wheel.read(f"sage_mode_client-{__version__}.dist-info/METADATA").decode()
    needed = [line for line in metadata.splitlines() if line.startswith("Requires-Dist")]
    assert len(needed) == 1
    assert needed[0].startswith("Requires-Dist: httpx")
    wheel.extractall(tmp_path / "installed")
    used = "import sage_mode_client as one; print(one.__file__); one.SageClient('http://a', 't')"
    argv = [sys.executable, "-c", used]
    ran = subprocess.run(
        argv, cwd=tmp_path / "installed", capture_output=True, text=True, check=True
    )
    assert str(tmp_path) in ran.stdout


def test_a_type_checker_knows_what_each_method_takes_and_returns(tmp_path: Path) -> None:
    file = tmp_path / "typed.py"
    file.write_text(TYPED)
    argv = [sys.executable, "-m", "mypy", "--strict", "--config-file", "", str(file)]
    ran = subprocess.run(
        argv,
        cwd=tmp_path,
        env={"MYPYPATH": str(FOLDER), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = TYPED.splitlines()
    wrong = [number for number, line in enumerate(lines, 1) if "  # " in line]
    found = [int(line.split(":")[1]) for line in ran.stdout.splitlines() if ": error:" in line]
    assert found == wrong, ran.stdout + ran.stderr
