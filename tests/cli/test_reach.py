"""When database or Redis are not there, or go away in the middle of a launch."""

from __future__ import annotations

import json
import os
import shlex
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from cli import watch
from core.errors import DatabaseUnavailable
from core.services import reading, transaction
from core.store.database import dispose_engines
from embedded.ports import free_port
from embedded.runtime import holding
from tests.cli.conftest import Crew, Here

COMMANDS = [
    ("sessions",),
    ("show", "01234567"),
    ("events", "01234567"),
    ("artifacts", "01234567", "--out", "plan"),
    ("cancel", "01234567"),
    ("seed",),
    ("user", "create", "henry", "--email", "henry@example.org"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_without_a_database_every_command_ends_with_3_soon(
    here: Here, command: tuple[str, ...]
) -> None:
    here.env(DATABASE_URL=f"postgresql://sage:hunter2@127.0.0.1:{free_port('127.0.0.1')}/sage")
    began = time.monotonic()
    ran = here.sage(*command, *([] if command[0] == "seed" else ["--json"]))
    assert ran.code == 3
    assert time.monotonic() - began < 3
    assert "hunter2" not in ran.out + ran.err
    if command[0] != "seed":
        assert ran.json["error"]["code"] == "database_unavailable"


def test_migrate_without_a_database(crew: Crew) -> None:
    url = f"postgresql://sage:hunter2@127.0.0.1:{free_port('127.0.0.1')}/sage"
    ran = crew.sage("migrate", DATABASE_URL=url)
    assert ran.code == 3
    assert "does not let us in" in ran.err
    assert "hunter2" not in ran.err
    assert len(ran.err.splitlines()) == 2


def test_without_redis_nothing_is_launched(here: Here, brief: Path) -> None:
    before = here.sage("sessions", "--json").json
    here.env(REDIS_URL=f"redis://127.0.0.1:{free_port('127.0.0.1')}/0")
    ran = here.sage("launch", str(brief), "--json")
    assert (ran.code, ran.json["error"]["code"]) == (3, "redis_unavailable")
    assert here.sage("sessions", "--json").json == before  # reading needs no Redis


def test_nothing_runs_here(here: Here, brief: Path, tmp_path: Path) -> None:
    here.env(DATABASE_URL="", REDIS_URL="", SAGE_DATA_DIR=str(tmp_path))
    for command in (("launch", str(brief)), ("sessions",), ("worker",), ("dispatcher",)):
        ran = here.sage(*command)
        assert (ran.code, ran.out) == (3, ""), command
        assert "No running Sage Mode was found." in ran.err
        assert "make run" in ran.err
    assert "Nothing is running" in here.sage("stop").out


def test_the_note_of_a_killed_run_counts_for_nothing(here: Here, tmp_path: Path) -> None:
    urls = {"database_url": "postgresql://a:b@127.0.0.1:1/a", "redis_url": "redis://127.0.0.1:1"}
    (tmp_path / "runtime.json").write_text(json.dumps(urls))
    here.env(DATABASE_URL="", REDIS_URL="", SAGE_DATA_DIR=str(tmp_path))
    ran = here.sage("sessions", "--json")
    assert (ran.code, ran.json["error"]["code"]) == (3, "not_running")


def test_a_run_that_is_just_starting_is_told(here: Here, tmp_path: Path) -> None:
    here.env(DATABASE_URL="", REDIS_URL="", SAGE_DATA_DIR=str(tmp_path))
    with holding(tmp_path):
        ran = here.sage("sessions")
    assert ran.code == 3
    assert f"just starting (pid {os.getpid()})" in ran.err


def test_an_empty_database_is_told(here: Here, brief: Path, empty_database: str) -> None:
    here.env(DATABASE_URL=empty_database)
    ran = here.sage("launch", str(brief))
    assert ran.code == 3
    assert "its tables are missing" in ran.err
    assert "./sage migrate" in ran.err


def test_a_missing_worker_is_told_and_the_session_waits(
    here: Here, brief: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.services.health.ALIVE_SECONDS", -1.0)
    ran = here.sage("launch", str(brief), "--executor", "empty")
    assert ran.code == 0
    assert "No worker gave a sign of life" in ran.err
    assert "The session waits for it." in ran.err


@pytest.mark.parametrize("stored", [True, False], ids=["stored", "lost"])
def test_a_commit_whose_answer_is_lost_can_be_repeated(
    here: Here, crew: Crew, brief: Path, monkeypatch: pytest.MonkeyPatch, *, stored: bool
) -> None:
    before = _session_ids(here)
    defaults = transaction.transact_alone.__kwdefaults__
    assert defaults is not None
    with (
        monkeypatch.context() as hurry,
        cutting_proxy(crew.env["DATABASE_URL"], forward=stored) as url,
    ):
        hurry.setitem(defaults, "budget_seconds", 0.5)
        here.env(DATABASE_URL=url)
        ran = here.sage("launch", str(brief), "--executor", "external", "--json")
        dispose_engines()
    assert (ran.code, ran.json["error"]["code"]) == (3, "unconfirmed")
    assert "it is not known" in ran.json["error"]["message"]
    here.env(DATABASE_URL=crew.env["DATABASE_URL"])
    assert len(_session_ids(here) - before) == stored
    program, *repeated = shlex.split(ran.json["error"]["hint"].partition(": ")[2])
    assert program == "./sage"
    again = here.sage(*repeated)
    assert again.code == 0
    assert _session_ids(here) - before == {again.json["session_id"]}


def test_a_launched_session_is_named_even_when_the_database_leaves_then(
    here: Here, brief: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise DatabaseUnavailable

    monkeypatch.setattr(reading, "get_report", gone)
    ran = here.sage("launch", str(brief), "--executor", "external")
    assert ran.code == 3
    assert "was launched" in ran.err


def test_watching_outlives_a_short_absence_of_the_database(
    here: Here, brief: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: Callable[..., list[object]] = reading.list_events  # type: ignore[assignment]
    absences = iter([True, True, False])

    def sometimes(*arguments: object, **options: object) -> list[object]:
        if next(absences, False):
            raise DatabaseUnavailable
        return read(*arguments, **options)

    monkeypatch.setattr(reading, "list_events", sometimes)
    ran = here.sage("launch", str(brief), "--executor", "empty", "--wait")
    assert ran.code == 0
    assert ran.err.count("The database does not answer") == 2
    absences = iter([True] * 99)
    monkeypatch.setattr(watch, "PATIENCE_SECONDS", 0.0)
    ran = here.sage("launch", str(brief), "--executor", "empty", "--wait")
    assert ran.code == 3


def _session_ids(here: Here) -> set[str]:
    listed = here.sage("sessions", "--json", "--limit", "100").json["sessions"]
    return {session["session_id"] for session in listed}


SYNC = b"S\x00\x00\x00\x04"  # the last message of a statement


class cutting_proxy:  # noqa: N801  used as a function
    """A way to the database that breaks at the statement of a launch, and stays broken.

    With `forward` the statement still arrives, and only its answer is lost.
    """

    def __init__(self, url: str, *, forward: bool) -> None:
        self._forward = forward
        start, _, address = url.rpartition("@")
        place, _, name = address.partition("/")
        host, _, port = place.partition(":")
        self._server = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._url = f"{start}@127.0.0.1:{self._listener.getsockname()[1]}/{name}"

    def __enter__(self) -> str:
        threading.Thread(target=self._accept, daemon=True).start()
        return self._url

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._server)
                for pump in (self._pump_to_server, self._pump_to_client):
                    threading.Thread(target=pump, args=(client, server), daemon=True).start()

    def _pump_to_server(self, client: socket.socket, server: socket.socket) -> None:
        is_launch = False
        for data in _pieces(client):
            is_launch = is_launch or b"INSERT INTO execution_sessions" in data
            if is_launch and data.endswith(SYNC):
                self._listener.shutdown(socket.SHUT_RDWR)
                self._listener.close()
                client.shutdown(socket.SHUT_RDWR)
                if self._forward:
                    server.sendall(data)
                    time.sleep(0.2)
                break
            server.sendall(data)
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)

    def _pump_to_client(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            for data in _pieces(server):
                client.sendall(data)
        client.close()


def _pieces(source: socket.socket) -> Iterator[bytes]:
    with suppress(OSError):
        while data := source.recv(65536):
            yield data
