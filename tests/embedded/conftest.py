"""Fixtures: instances that are gone, with all their processes and files, when the test ends."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.embedded.support import Instance, Person, eventually, me, ordinary_person, processes_of

Start = Callable[..., Instance]


@pytest.fixture
def ordinary() -> Person:
    """An ordinary user: `nobody` when the tests run as root, else whoever runs them."""
    found = ordinary_person()
    if isinstance(found, Person):
        return found
    if me().uid != 0:
        return me()
    pytest.skip(found)


@pytest.fixture(params=["me", "nobody"])
def person(request: pytest.FixtureRequest) -> Person:
    """The present user, and in a second run of the test, from root, an ordinary one."""
    if request.param == "me":
        return me()
    found = ordinary_person()
    if isinstance(found, str):
        pytest.skip(found)
    return found


@pytest.fixture
def folder() -> Iterator[Path]:
    """A fresh folder of the present user."""
    made = me().new_folder()
    yield made
    _clear(made)


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts an instance: `start(person, data_dir=None, kind="plain", port=None)`."""
    started: list[Instance] = []
    homes: list[Path] = []

    def start_one(
        person: Person, data_dir: Path | None = None, kind: str = "plain", port: int | None = None
    ) -> Instance:
        if data_dir is None:
            homes.append(person.new_folder())
            data_dir = homes[-1] / "data"
        started.append(Instance(person, data_dir, kind, port))
        return started[-1]

    yield start_one
    for instance in started:
        # Not SIGKILL: a killed PostgreSQL leaves a shared memory segment to the machine.
        instance.end(signal.SIGTERM)
        instance.output.unlink()
        _clear(instance.data_dir)
    for home in homes:
        shutil.rmtree(home)


def _clear(folder: Path) -> None:
    for process in processes_of(folder):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    eventually(lambda: processes_of(folder) == [], 5)
    shutil.rmtree(folder, ignore_errors=True)
