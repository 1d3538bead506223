"""A disk that is full, and one that fills as Sage Mode runs: a small one, mounted for the test."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from embedded.errors import DiskFull
from embedded.process import Child, Program
from embedded.supervisor import Supervisor
from tests.embedded.conftest import Start
from tests.embedded.support import eventually, me, query, succeeds

Mount = Callable[[str], Path]


@pytest.fixture
def small_disk() -> Iterator[Mount]:
    """Mounts a disk: `small_disk("4m")` returns the folder where it is."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    mounted: list[Path] = []

    def mount(size: str) -> Path:
        folder = me().new_folder()
        mounted.append(folder)
        command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", folder]
        tried = subprocess.run(command, capture_output=True, text=True, check=False)
        if tried.returncode != 0:
            pytest.skip(f"a small disk cannot be mounted here: {tried.stderr.strip()}")
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", "--lazy", folder], capture_output=True, check=False)
        folder.rmdir()


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Takes all the space that is left, until the block ends."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(2**16)):
            pass
    try:
        yield
    finally:
        filler.unlink()


def test_a_full_disk_is_told_also_where_both_servers_are_elsewhere(small_disk: Mount) -> None:
    folder = small_disk("1m")
    supervisor = Supervisor(folder, 1, database_url="postgresql://", redis_url="redis://")
    with filled(folder), pytest.raises(DiskFull, match=f"The disk of {folder} is full"):
        supervisor.run()


def test_a_program_whose_log_cannot_be_made_is_told(small_disk: Mount) -> None:
    folder = small_disk("1m,nr_inodes=3")
    (folder / "last-file").touch()
    child = Child(Program("echo", ["echo"]), folder / "logs")
    with pytest.raises(DiskFull, match=f"The disk of {folder} is full"):
        child.start()


def test_a_disk_that_fills_later_is_told_and_once_there_is_space_it_goes_on(
    small_disk: Mount, start: Start
) -> None:
    folder = small_disk("200m")
    instance = start(me(), folder / "data", kind="small-disk")
    runtime = instance.ready()
    with filled(folder):
        os.kill(instance.child("bin/postgres").pid, signal.SIGKILL)
        eventually(lambda: f"The disk of {folder / 'data'} is full: free some" in instance.text())
    eventually(partial(succeeds, lambda: query(runtime.database_url, "SELECT 1")), 15)
    assert instance.end(signal.SIGTERM) == 0
