"""PostgreSQL and Valkey alone: restarts of every kind, odd folders, and root's two ways."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import redis

from embedded.errors import AlreadyRunning, DataFolderUnusable, DiskFull, RootRefused, StartFailed
from embedded.folder import prepare_folder
from embedded.identity import identity_for
from embedded.postgres import PostgresServer
from embedded.process import Child, Program
from embedded.servers import RunningServers, running_servers
from embedded.valkey import ValkeyServer
from tests.embedded.support import (
    REPOSITORY,
    eventually,
    ordinary_person,
    processes_of,
    query,
)

POSTGRES_15 = Path("/usr/lib/postgresql/15/bin")

RESTARTS: dict[str, Callable[[RunningServers], None]] = {
    "immediate": lambda servers: servers.postgres.stop("immediate"),
    "fast": lambda servers: servers.postgres.stop(),
    "postmaster killed": lambda servers: servers.postgres.kill(),
}


@pytest.mark.parametrize("bin_folder", [None, POSTGRES_15], ids=["wheel", "postgresql-15"])
def test_committed_rows_survive_every_kind_of_stop(folder: Path, bin_folder: Path | None) -> None:
    if bin_folder and not bin_folder.exists():
        pytest.skip("PostgreSQL 15 is not installed on this machine")
    with running_servers(folder, durable=False, postgres_bin=bin_folder) as servers:
        url = servers.database_url
        query(url, "CREATE TABLE written (word text)")
        for name, stop in RESTARTS.items():
            query(url, f"INSERT INTO written VALUES ('{name}')")
            stop(servers)
            servers.postgres.start()
            assert servers.database_url == url
        assert query(url, "SELECT word FROM written") == [(name,) for name in RESTARTS]
        assert query(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == [
            (False,)
        ]
        assert query(servers.admin_url, "SHOW server_encoding") == [("UTF8",)]
    assert processes_of(folder) == []


@pytest.mark.parametrize("appendonly", [True, False])
def test_valkey_keeps_or_forgets_as_told(folder: Path, appendonly: bool) -> None:
    with running_servers(folder, durable=False, appendonly=appendonly) as servers:
        redis.Redis.from_url(servers.redis_url).set("word", "kept")
        servers.valkey.stop()
        servers.valkey.start()
        kept = redis.Redis.from_url(servers.redis_url).get("word")
        assert kept == (b"kept" if appendonly else None)


def test_odd_and_long_paths_work(folder: Path) -> None:
    odd = folder / 'a "quoted" \\ name, with ünïcode' / ("long" * 30)
    with running_servers(odd, durable=False) as servers:
        assert query(servers.database_url, "SELECT 1") == [(1,)]
        redis.Redis.from_url(servers.redis_url).set("word", "kept")


def test_a_folder_serves_one_caller(folder: Path) -> None:
    with running_servers(folder, durable=False):
        second = running_servers(folder, durable=False)
        with pytest.raises(AlreadyRunning):
            second.__enter__()


def test_servers_do_not_outlive_a_killed_caller(folder: Path) -> None:
    code = (
        "import pathlib, sys, time\n"
        "from embedded.servers import running_servers\n"
        "with running_servers(pathlib.Path(sys.argv[1]), durable=False):\n"
        "    print('up', flush=True); time.sleep(100)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, folder], stdout=subprocess.PIPE, cwd=REPOSITORY
    ) as caller:
        assert caller.stdout
        assert caller.stdout.readline() == b"up\n"
        assert len(processes_of(folder)) > 3
        caller.kill()
    eventually(lambda: processes_of(folder) == [], 5)


def test_a_server_started_in_a_thread_outlives_the_thread(folder: Path) -> None:
    with running_servers(folder, durable=False) as servers:
        servers.postgres.kill()
        thread = threading.Thread(target=servers.postgres.start)
        thread.start()
        thread.join()
        assert query(servers.database_url, "SELECT pg_sleep(0.2)")
        os.kill(servers.postgres.pid, 0)


def test_a_stale_pid_file_with_a_living_pid_is_recognised(folder: Path) -> None:
    with running_servers(folder, durable=False) as servers:
        pid_file = folder / "postgres" / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        servers.postgres.stop()
        with subprocess.Popen(["sleep", "5"]) as somebody_else:
            # As after a restart of the machine: the number now belongs to another program.
            pid_file.write_text("\n".join([str(somebody_else.pid), *lines[1:]]) + "\n")
            servers.postgres.start()
            somebody_else.kill()
        assert query(servers.database_url, "SELECT 1") == [(1,)]


def test_servers_that_an_earlier_run_left_are_ended_first(folder: Path) -> None:
    with running_servers(folder, durable=False) as servers:
        redis.Redis.from_url(servers.redis_url).set("word", "kept")
        # What a later run would do, if the earlier one had died without telling its children.
        postgres, valkey = PostgresServer(folder, durable=False), ValkeyServer(folder)
        for later, earlier in ((postgres, servers.postgres), (valkey, servers.valkey)):
            later.start()
            assert later.pid != earlier.pid
            assert psutil.Process(earlier.pid).status() == psutil.STATUS_ZOMBIE
        assert query(postgres.url, "SELECT 1") == [(1,)]
        assert redis.Redis.from_url(valkey.url).get("word") == b"kept"
        valkey.stop()
        postgres.stop()


def test_an_interrupted_creation_is_done_again(folder: Path) -> None:
    (folder / "postgres.new").mkdir()
    (folder / "postgres.new" / "PG_VERSION").write_text("18\n")
    with running_servers(folder, durable=False) as servers:
        assert query(servers.database_url, "SELECT 1") == [(1,)]
    assert not (folder / "postgres.new").exists()
    assert not (folder / ".postgres.password").exists()


def test_data_without_its_passwords_or_of_another_version_is_refused(folder: Path) -> None:
    with running_servers(folder, durable=False):
        pass
    (folder / "postgres" / "PG_VERSION").write_text("11\n")
    with pytest.raises(DataFolderUnusable, match="PostgreSQL 11"):
        PostgresServer(folder).start()
    (folder / "postgres.json").unlink()
    with pytest.raises(DataFolderUnusable, match="password"):
        PostgresServer(folder).start()


def test_a_full_disk_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DiskFull, match="are needed"):
        prepare_folder(folder, min_free_bytes=2**60)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "open", full)
    with pytest.raises(DiskFull, match="is full"):
        prepare_folder(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_without_namespaces_root_runs_postgresql_as_nobody(folder: Path) -> None:
    nobody = ordinary_person()
    if isinstance(nobody, str):
        pytest.skip(nobody)
    server = PostgresServer(folder, durable=False, namespaces=False)
    server.start()
    assert query(server.url, "SELECT 1") == [(1,)]
    assert (folder / "postgres").stat().st_uid == nobody.uid
    server.stop()
    # What nobody made stays nobody's, also once namespaces are allowed.
    later = PostgresServer(folder, durable=False)
    later.start()
    assert query(later.url, "SELECT 1") == [(1,)]
    later.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_root_without_any_way_is_told_what_to_do(folder: Path) -> None:
    closed = folder / "closed"
    (closed / "data").mkdir(parents=True)
    closed.chmod(0o700)
    with pytest.raises(RootRefused) as refusal:
        identity_for(Path("/bin/true"), closed / "data", namespaces=False)
    assert "DATABASE_URL" in refusal.value.hint_text


def test_logs_are_rotated_at_start_and_private(folder: Path) -> None:
    log = folder / "logs" / "talker.log"
    log.parent.mkdir()
    log.write_bytes(b"old" * 4_000_000)
    child = Child(Program("talker", ["echo", "new"]), log.parent)
    child.start()
    assert child.wait() == 0
    assert log.read_text() == "new\n"
    assert log.with_name("talker.log.1").stat().st_size == 12_000_000
    assert log.stat().st_mode & 0o077 == 0


def test_what_does_not_get_ready_is_killed_with_its_children(folder: Path) -> None:
    argv = ["sh", "-c", f"cd '{folder}'; sleep 77 & sleep 77"]
    child = Child(Program("never", argv, ready=lambda _pid: False, ready_within=0.3), folder)
    child.start()
    eventually(lambda: len(processes_of(folder)) == 3)
    with pytest.raises(StartFailed, match="not ready within"):
        child.wait_until_ready()
    eventually(lambda: processes_of(folder) == [], 3)
