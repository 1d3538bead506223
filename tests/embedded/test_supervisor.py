"""The whole life of an instance, with real processes and real signals."""

from __future__ import annotations

import os
import signal
import socket
import stat
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from embedded.runtime import find_running, stop_running
from tests.embedded.conftest import Start
from tests.embedded.support import (
    Person,
    eventually,
    me,
    ordinary_person,
    processes_of,
    query,
    succeeds,
)


def test_ctrl_c_stops_all_of_it_and_keeps_the_data(start: Start, person: Person) -> None:
    instance = start(person)
    runtime = instance.ready()
    assert runtime.pid == instance.process.pid
    assert runtime.port == instance.port
    assert urllib.request.urlopen(runtime.address).status == 200
    query(runtime.database_url, "INSERT INTO written VALUES ('kept')")
    redis.Redis.from_url(runtime.redis_url).set("kept", "yes")

    assert instance.end(signal.SIGINT) == 0
    assert processes_of(instance.data_dir) == []
    assert not (instance.data_dir / "runtime.json").exists()
    assert find_running(instance.data_dir) is None

    again = start(person, instance.data_dir).ready()
    assert query(again.database_url, "SELECT word FROM written") == [("kept",)]
    assert redis.Redis.from_url(again.redis_url).get("kept") == b"yes"


def test_a_killed_supervisor_leaves_no_orphan(start: Start, person: Person) -> None:
    instance = start(person)
    runtime = instance.ready()
    query(runtime.database_url, "INSERT INTO written VALUES ('kept')")
    assert len(processes_of(instance.data_dir)) > 5

    instance.end(signal.SIGKILL)
    # The next one starts at once, without waiting until the old servers have ended.
    next_runtime = start(person, instance.data_dir, port=instance.port).ready()
    assert query(next_runtime.database_url, "SELECT word FROM written") == [("kept",)]

    os.kill(next_runtime.pid, signal.SIGKILL)
    eventually(lambda: processes_of(instance.data_dir) == [], 5)


def test_passwords_are_asked_and_nothing_is_open_to_others(start: Start, person: Person) -> None:
    instance = start(person)
    runtime = instance.ready()

    without = psycopg.conninfo.make_conninfo(runtime.database_url, password="wrong")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(without)
    port = int(runtime.redis_url.split(":")[-1].split("/")[0])
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=port, retry=Retry(NoBackoff(), 0)).ping()

    for path in [instance.data_dir, *instance.data_dir.rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode & 0o077 == 0, f"{path} is open to others: {mode:o}"
        assert path.stat().st_uid == person.uid

    pids = {process.pid for process in processes_of(instance.data_dir)}
    bound = [found for found in psutil.net_connections("all") if found.pid in pids and found.laddr]
    assert {tuple(found.laddr)[:1] for found in bound} == {("127.0.0.1",)}

    secrets = {runtime.database_url.split(":")[2].split("@")[0], runtime.redis_url.split(":")[2]}
    for process in processes_of(instance.data_dir):
        assert not any(secret in " ".join(process.cmdline()) for secret in secrets)


def test_what_dies_comes_back_at_the_same_place(start: Start) -> None:
    instance = start(me())
    runtime = instance.ready()
    query(runtime.database_url, "INSERT INTO written VALUES ('kept')")
    for word in ("bin/postgres", "valkey-server", "sleep", "http.server"):
        victim = instance.child(word)
        victim.kill()
        eventually(partial(instance.is_up, word, but=victim.pid), 5)
    eventually(lambda: succeeds(lambda: query(runtime.database_url, "SELECT 1")))
    assert query(runtime.database_url, "SELECT word FROM written") == [("kept",)]
    eventually(lambda: succeeds(redis.Redis.from_url(runtime.redis_url).ping))
    eventually(lambda: succeeds(lambda: urllib.request.urlopen(runtime.address)))
    assert "postgres ended (SIGKILL)" in instance.text()


def test_a_second_one_is_told_where_the_first_is(start: Start) -> None:
    first = start(me())
    runtime = first.ready()
    second = start(me(), first.data_dir)
    assert second.end() == 1
    assert "already_running: " in second.text()
    assert runtime.address in second.text()
    assert f"pid {runtime.pid}" in second.text()
    assert first.process.poll() is None


def test_stop_ends_the_running_one(start: Start) -> None:
    instance = start(me())
    runtime = instance.ready()
    with ThreadPoolExecutor() as pool:  # it waits for the end, which we have to collect
        stopping = pool.submit(stop_running, instance.data_dir)
        assert instance.end() == 0
        assert stopping.result() == runtime.pid
    assert stop_running(instance.data_dir) is None


def test_a_busy_port_is_named_before_anything_starts(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        instance = start(me(), port=port)
        assert instance.end() == 1
    assert f"port_busy: Port {port}" in instance.text()
    assert "SAGE_PORT=" in instance.text()
    assert not (instance.data_dir / "postgres").exists()


def test_a_failed_step_shows_the_end_of_its_log(start: Start) -> None:
    instance = start(me(), kind="broken-step")
    assert instance.end() == 1
    assert "seed failed with status 1" in instance.text()
    assert "the seed is rotten" in instance.text()
    assert processes_of(instance.data_dir) == []


def test_a_program_that_cannot_start_stops_the_start(start: Start) -> None:
    instance = start(me(), kind="broken-program")
    assert instance.end() == 1
    assert "no web today" in instance.text()
    assert processes_of(instance.data_dir) == []
    assert not (instance.data_dir / "runtime.json").exists()


def test_a_part_that_dies_while_others_wait_for_it_ends_the_start_and_is_named(
    start: Start,
) -> None:
    instance = start(me(), kind="broken-worker")
    assert instance.end() == 1  # within 15 s, though the dashboard has 60 s
    assert "start_failed: worker ended with status 1" in instance.text()
    assert "no work today" in instance.text()
    assert processes_of(instance.data_dir) == []


def test_what_a_start_waits_for_is_told_and_is_the_error_that_it_ends_with(start: Start) -> None:
    instance = start(me(), kind="waiting")
    assert instance.end() == 1
    assert instance.text().count("web waits. The redis is missing.") == 1
    ended = "redis_unavailable: web was not ready within 1 s. The redis is missing. -> Start it."
    assert ended in instance.text()
    assert processes_of(instance.data_dir) == []


def test_a_second_ctrl_c_kills_what_does_not_listen(start: Start) -> None:
    instance = start(me(), kind="stubborn")
    instance.ready()
    instance.process.send_signal(signal.SIGINT)
    eventually(lambda: "stopping" in instance.text())
    time.sleep(0.3)
    assert instance.process.poll() is None
    begun = time.monotonic()
    assert instance.end(signal.SIGINT) == 0
    assert time.monotonic() - begun < 3
    assert processes_of(instance.data_dir) == []


def test_a_folder_that_cannot_be_written_is_named(start: Start, ordinary: Person) -> None:
    home = ordinary.new_folder()
    home.chmod(0o500)
    instance = start(ordinary, home / "data")
    assert instance.end() == 1
    home.rmdir()
    assert f"data_folder_unusable: The data folder {home}/data cannot be" in instance.text()
    assert "SAGE_DATA_DIR" in instance.text()


@pytest.mark.parametrize("first_is_root", [True, False])
def test_data_of_another_user_is_refused(start: Start, first_is_root: bool) -> None:
    other = ordinary_person()
    if isinstance(other, str):
        pytest.skip(other)
    first, second = (me(), other) if first_is_root else (other, me())
    instance = start(first)
    instance.ready()
    instance.end(signal.SIGTERM)
    _open_path(instance.data_dir)
    before = _owners(instance.data_dir)
    refused = start(second, instance.data_dir)
    assert refused.end() == 1
    assert "data_folder_unusable" in refused.text()
    assert _owners(instance.data_dir) == before


def _open_path(data_dir: Path) -> None:
    for folder in (data_dir.parent, data_dir):
        folder.chmod(0o777)


def _owners(data_dir: Path) -> set[int]:
    return {path.stat().st_uid for path in data_dir.rglob("*")}
