"""Running Sage Mode itself from the terminal: `up`, `stop`, `migrate`, `doctor`, the launcher."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.request import urlopen

import pytest

from cli import exits
from cli.doctor import pinned_packages
from cli.instance import _missing_part, _programs
from core.errors import AppError, DatabaseUnavailable, NotFound, NotRunning, RedisUnavailable
from core.settings import Settings
from embedded.errors import StartFailed
from embedded.ports import free_port
from tests.cli.conftest import SETTINGS, Crew, Here
from tests.conftest import ROOT
from tests.embedded.support import eventually, processes_of


@pytest.mark.skipif(not (ROOT / "app.py").exists(), reason="there is no dashboard yet")
def test_up_starts_everything_and_stop_ends_it(tmp_path: Path, brief: Path) -> None:
    port = free_port("127.0.0.1")
    env = {name: value for name, value in os.environ.items() if name not in SETTINGS} | {
        "SAGE_DATA_DIR": "data",
        "SAGE_PORT": str(port),
        "SAGE_WORKERS": "1",
    }
    crew = Crew(env)
    log = (tmp_path / "up.log").open("w")
    instance = subprocess.Popen([ROOT / "sage", "up"], cwd=tmp_path, env=env, stdout=log)
    try:
        _wait_for(tmp_path / "up.log", f"Sage Mode runs: http://127.0.0.1:{port}", instance)
        assert (tmp_path / "data" / "runtime.json").exists()
        second = crew.sage("up", cwd=tmp_path)
        assert second.code == 1
        assert f"already running: http://127.0.0.1:{port}" in second.err
        assert crew.sage("doctor", cwd=tmp_path).code == 0
        command = ("launch", brief.name, "--executor", "external")
        assert crew.sage(*command, cwd=tmp_path).code == 0
        assert crew.sage("stop", cwd=tmp_path).out == f"Stopped (pid {instance.pid}).\n"
        assert instance.wait(10) == 0
    finally:
        if instance.poll() is None:
            instance.send_signal(signal.SIGTERM)
            instance.wait(40)
    assert crew.sage("sessions", cwd=tmp_path).code == 3


def test_two_live_side_by_side_and_neither_leaves_anything(tmp_path: Path) -> None:
    ports = [free_port("127.0.0.1") for _ in range(2)]
    folders = [tmp_path / "one", tmp_path / "two"]
    envs = [
        {name: value for name, value in os.environ.items() if name not in SETTINGS}
        | {"SAGE_DATA_DIR": str(folder), "SAGE_PORT": str(port), "SAGE_WORKERS": "1"}
        for folder, port in zip(folders, ports, strict=True)
    ]
    instances = []
    for number, env in enumerate(envs):
        log = (tmp_path / f"{number}.log").open("w")
        instances.append(subprocess.Popen([ROOT / "sage", "up"], env=env, stdout=log, stderr=log))
    try:
        for number, instance in enumerate(instances):
            _wait_for(tmp_path / f"{number}.log", f"127.0.0.1:{ports[number]}", instance)
        user = ("user", "create", "henry", "--email", "henry@example.org")
        assert [Crew(env).sage(*user).code for env in envs] == [0, 0]  # each has its own
        # Killed outright, it takes all that it started with it; the other one goes on.
        instances[0].kill()
        instances[0].wait()
        eventually(lambda: processes_of(folders[0]) == [], 20)
        assert _answers(ports[1])
        assert len(processes_of(folders[1])) > 5
        instances[1].send_signal(signal.SIGINT)
        assert instances[1].wait(30) == 0
        assert processes_of(folders[1]) == []
    finally:
        for instance in instances:
            if instance.poll() is None:
                instance.send_signal(signal.SIGTERM)
                instance.wait(40)
        for process in [one for folder in folders for one in processes_of(folder)]:
            process.kill()


def test_a_start_that_fails_ends_with_1_or_3_and_says_why(crew: Crew, tmp_path: Path) -> None:
    nowhere = free_port("127.0.0.1")
    settings = {"SAGE_DATA_DIR": str(tmp_path / "data"), "SAGE_PORT": str(free_port("127.0.0.1"))}
    with socket.create_server(("127.0.0.1", 0)) as busy:
        taken = busy.getsockname()[1]
        ran = crew.sage("up", **settings | {"SAGE_PORT": str(taken)})
    assert (ran.code, ran.out) == (1, "")
    assert f"Port {taken} on 127.0.0.1 is taken" in ran.err
    servers = {
        "DATABASE_URL": f"postgresql://sage:hunter2@127.0.0.1:{nowhere}/sage",
        "REDIS_URL": f"redis://:hunter2@127.0.0.1:{nowhere}/0",
    }
    for name, url in servers.items():
        ran = crew.sage("up", **settings | {name: url})
        assert (ran.code, ran.out) == (3, ""), name
        assert f"correct {name}" in ran.err
        assert "hunter2" not in ran.err
        assert len(ran.err.splitlines()) == 2
    assert list((tmp_path / "data").rglob("*.log")) == []  # nothing was started for it


def test_every_error_of_a_start_has_its_exit_code() -> None:
    starts = [kind for kind in AppError.__subclasses__() if kind.__module__ == "embedded.errors"]
    assert len(starts) >= 7
    assert {exits.code_of_error(kind()) for kind in starts} == {exits.FAILED}
    away = (DatabaseUnavailable, RedisUnavailable, NotRunning)
    assert {exits.code_of_error(kind()) for kind in away} == {exits.NOT_REACHABLE}
    assert exits.code_of_error(NotFound()) == exits.BAD_INPUT


@pytest.mark.parametrize(
    ("missing", "kind"), [("redis", RedisUnavailable), ("worker", StartFailed)]
)
def test_what_the_dashboard_waits_for_is_read_from_its_answer(
    missing: str, kind: type[AppError]
) -> None:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"missing": [missing], missing: "It is away."}).encode()
            self.send_response(503)
            self.end_headers()
            self.wfile.write(body)

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        error = _missing_part("127.0.0.1", server.server_port)
    assert type(error) is kind
    assert error.message == f"The {missing} is missing: It is away."
    assert _missing_part("127.0.0.1", free_port("127.0.0.1")) is None


def test_a_migration_is_not_written_without_a_database(here: Here) -> None:
    here.env(DATABASE_URL=f"postgresql://sage@127.0.0.1:{free_port('127.0.0.1')}/sage")
    ran = here.sage("revision", "nothing")
    assert (ran.code, ran.out) == (3, "")
    assert len(ran.err.splitlines()) == 2


def test_the_dashboard_serves_alone_and_ends_when_it_is_told(crew: Crew) -> None:
    port = free_port("127.0.0.1")
    serving = subprocess.Popen(
        [ROOT / "sage", "dashboard"], env=crew.env | {"SAGE_PORT": str(port)}, cwd="/"
    )
    try:
        deadline = time.monotonic() + 60
        while not _answers(port):
            assert serving.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
    finally:
        serving.send_signal(signal.SIGTERM)
    # Once all is closed, uvicorn ends by the signal that it was given.
    assert serving.wait(20) == -signal.SIGTERM


def test_migrate_seed_and_doctor_on_a_server_of_ones_own(
    crew: Crew, here: Here, empty_database: str
) -> None:
    here.env(DATABASE_URL=empty_database)
    parts = _parts(here)
    assert parts["schema"]["ok"] is False
    assert "./sage migrate" in str(parts["schema"]["mend"])
    migrated = crew.sage("migrate", DATABASE_URL=empty_database)
    assert (migrated.code, migrated.err) == (0, "")
    parts = _parts(here)
    assert (parts["schema"]["ok"], parts["worker"]["ok"]) == (True, False)
    assert "team 'Demo' with its administrator 'admin'" in here.sage("seed").out


def test_doctor_finds_nothing_to_mend(here: Here) -> None:
    ran = here.sage("doctor", "--json")
    assert ran.code == 0, ran.out
    assert ran.json["ok"] is True
    names = {part["part"] for part in ran.json["parts"]}
    assert {"python", "packages", "database", "schema", "redis", "dispatcher", "worker"} <= names


def test_doctor_says_how_to_mend_what_is_missing(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.doctor.ROOT", tmp_path)
    (tmp_path / "requirements.txt").write_text("rich==0.1  # old\nno-such-package==1\n")
    (tmp_path / "file").write_text("")
    here.env(DATABASE_URL="", REDIS_URL="", SAGE_DATA_DIR=str(tmp_path / "file"))
    monkeypatch.setattr("cli.doctor.MIN_FREE_BYTES", 2**60)
    ran = here.sage("doctor", "--json")
    assert ran.code == 3
    parts = {part["part"]: part for part in ran.json["parts"]}
    assert "no-such-package missing, not 1" in parts["packages"]["detail"]
    for name in ("packages", "data folder", "disk", "database", "schema", "redis", "worker"):
        assert parts[name]["ok"] is False, name
        assert parts[name]["mend"], name
        assert f"✘ {name}" in here.sage("doctor").out


def test_doctor_sees_a_busy_port(here: Here) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        here.env(SAGE_PORT=str(busy.getsockname()[1]))
        ran = here.sage("doctor")
    assert ran.code == 1
    assert "in use" in ran.out


def test_pinned_packages_reads_names_versions_and_comments() -> None:
    text = (
        "# comment\nrich==15.0.0  # why\npsycopg[binary]==3.3.9\n-r other.txt\n\nx.y-z==1.post1\n"
    )
    assert pinned_packages(text) == {"rich": "15.0.0", "psycopg": "3.3.9", "x.y-z": "1.post1"}


def test_no_program_outlives_the_supervisor_but_the_worker_may_finish() -> None:
    programs = {program.name: program for program in _programs(Settings(host="::", port=8600))}
    assert programs["worker"].death_signal == signal.SIGKILL
    assert programs["dispatcher"].death_signal == signal.SIGKILL
    assert programs["worker"].grace > 20
    argv = list(map(str, programs["web"].argv))
    assert argv[argv.index("--host") + 1] == "::"
    assert argv[argv.index("--port") + 1] == "8600"


def test_without_its_environment_the_launcher_says_what_to_do(tmp_path: Path) -> None:
    shutil.copy(ROOT / "sage", tmp_path / "sage")
    ran = subprocess.run(
        [tmp_path / "sage", "sessions"], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (3, "")
    assert "make run" in ran.stderr


def test_the_launcher_may_be_a_link(crew: Crew, tmp_path: Path) -> None:
    (tmp_path / "sage").symlink_to(ROOT / "sage")
    ran = subprocess.run(
        [tmp_path / "sage", "sessions", "--json"], cwd=tmp_path, env=crew.env, check=False
    )
    assert ran.returncode == 0


def test_help_lists_every_command(crew: Crew) -> None:
    shown = crew.sage().out
    for command in (
        *("up", "stop", "migrate", "seed", "launch", "sessions", "show", "events", "artifacts"),
        *("cancel", "pause", "resume", "end", "retry", "worker", "dispatcher", "user", "doctor"),
        "dashboard",
    ):
        assert f"│ {command} " in shown, command


def _parts(here: Here) -> dict[str, dict[str, object]]:
    return {part["part"]: part for part in here.sage("doctor", "--json").json["parts"]}


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def _wait_for(log: Path, text: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while text not in log.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
