"""`./sage doctor`: what it finds, what it leaves alone, and what containers ask of it."""

from __future__ import annotations

import socket

import pytest
import yaml

from tests.cli.conftest import Here
from tests.conftest import ROOT
from tests.embedded.support import Person, me, ordinary_person


def forbidden(*_: object, **__: object) -> None:
    raise AssertionError("it was not asked for")


def test_it_looks_only_at_what_it_is_asked_for(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("run_alembic", "pinned_packages", "bind_error", "shutil.disk_usage"):
        monkeypatch.setattr(f"cli.doctor.{name}", forbidden)
    monkeypatch.setattr("core.services.health.transact", forbidden)
    ran = here.sage("doctor", "--only", "redis", "--only", "python", "--json")
    assert ran.code == 0
    assert [part["part"] for part in ran.json["parts"]] == ["python", "redis"]


def test_dashboard_and_port_are_one_look(here: Here) -> None:
    for name in ("dashboard", "port"):
        ran = here.sage("doctor", "--only", name, "--json")
        assert [part["part"] for part in ran.json["parts"]] == ["port"]


def test_a_part_that_there_is_not_is_refused(here: Here) -> None:
    ran = here.sage("doctor", "--only", "wroker")
    assert ran.code == 2
    assert "There is no part 'wroker'." in ran.err
    assert "worker" in ran.err


@pytest.mark.parametrize("name", ["worker", "dispatcher"])
def test_a_container_is_well_only_by_a_process_of_its_own(
    here: Here, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    kind, program, *arguments = services[name]["healthcheck"]["test"]
    assert (kind, program) == ("CMD", "./sage")
    assert here.sage(*arguments).code == 0
    monkeypatch.setattr(socket, "gethostname", lambda: "another-container")
    ran = here.sage(*arguments)
    assert ran.code == 3
    assert f"No {name} on another-container gave a sign of life" in ran.out
    assert here.sage("doctor", "--only", name).code == 0


def test_a_data_folder_below_one_that_others_have_closed_is_a_finding() -> None:
    person = ordinary_person() if me().uid == 0 else me()
    if not isinstance(person, Person):
        pytest.skip(person)
    closed = person.new_folder()
    output = closed.with_suffix(".out")
    closed.chmod(0)  # to its owner as well: it may be entered by nobody but root
    try:
        env = {"SAGE_DATA_DIR": str(closed / "below" / "data")}
        with pytest.MonkeyPatch.context() as patch:
            for key in ("DATABASE_URL", "REDIS_URL"):
                patch.delenv(key, raising=False)
            for key, value in env.items():
                patch.setenv(key, value)
            argv = ["-m", "cli", "doctor", "--only", "data folder", "--only", "disk"]
            started = person.start(argv, closed, output)
        assert started.wait(30) == 1
        assert f"{closed}/below/data cannot be written" in output.read_text()
        assert "MB free" in output.read_text()
    finally:
        closed.rmdir()
        output.unlink()
