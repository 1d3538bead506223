"""Where the browser comes from, and what happens without one; with stand-ins for what installs."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.journeys.chromium import REASON, find_chromium
from tests.journeys.crew import chromium

# Finds Chromium once a file of the wanted name is there.
PYTHON = """#!/bin/sh
echo "$*" >> calls
case "$*" in
    "-m playwright install"*) [ ! -e playwright-brings-it ] || touch browser;;
    *) echo 'no browser here'; [ -e browser ];;
esac
"""
APT_GET = '#!/bin/sh\necho "apt-get $*" >> calls\n[ ! -e apt-brings-it ] || touch browser\n'


def lay_program(path: Path, text: str = "#!/bin/sh\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any browser."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("PLAYWRIGHT_BROWSERS_PATH", "SAGE_TEST_BROWSER"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_a_program_of_the_system_is_taken(machine: Path, name: str) -> None:
    program = lay_program(machine / "bin" / name)
    assert find_chromium() == str(program)


def test_a_snap_is_passed_over_and_what_playwright_brought_is_taken(machine: Path) -> None:
    lay_program(machine / "bin" / "snap")
    (machine / "bin" / "chromium").symlink_to(machine / "bin" / "snap")
    lay_program(machine / "bin" / "chromium-browser", "#!/bin/sh\nexec /snap/bin/chromium\n")
    assert find_chromium() is None
    folder = machine / ".cache" / "ms-playwright"
    brought = lay_program(folder / "chromium-1234" / "chrome-linux64" / "chrome")
    assert find_chromium() == str(brought)


@pytest.mark.parametrize(
    ("uid", "required", "outcome"),
    [
        (1000, "", pytest.skip.Exception),
        (1000, "required", pytest.fail.Exception),
        (0, "", pytest.fail.Exception),
    ],
)
def test_only_an_ordinary_user_may_do_without(
    machine: Path,
    monkeypatch: pytest.MonkeyPatch,
    uid: int,
    required: str,
    outcome: type[BaseException],
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    monkeypatch.setenv("SAGE_TEST_BROWSER", required)
    either = (pytest.skip.Exception, pytest.fail.Exception)  # what is skipped fails no test
    with pytest.raises(either, match="sudo apt install chromium") as ended, chromium():
        pass
    assert (ended.type, str(ended.value)) == (outcome, REASON)


def run_script(machine: Path, uid: int, **env: str) -> subprocess.CompletedProcess[str]:
    lay_program(machine / ".venv" / "bin" / "python", PYTHON)
    lay_program(machine / "bin" / "apt-get", APT_GET)
    lay_program(machine / "bin" / "id", f"#!/bin/sh\necho {uid}\n")
    return subprocess.run(
        [ROOT / "tests" / "journeys" / "chromium.sh"],
        cwd=machine,
        env={"PATH": f"{machine / 'bin'}:/usr/bin:/bin"} | env,
        capture_output=True,
        text=True,
        check=False,
    )


def calls(machine: Path) -> str:
    return (machine / "calls").read_text()


def test_a_browser_that_is_there_is_enough(machine: Path) -> None:
    (machine / "browser").touch()
    ran = run_script(machine, uid=0)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert "install" not in calls(machine)


@pytest.mark.parametrize("source", ["apt", "playwright"])
def test_root_gets_one_installed(machine: Path, source: str) -> None:
    (machine / f"{source}-brings-it").touch()
    assert run_script(machine, uid=0).returncode == 0
    assert "apt-get install -y -qq chromium" in calls(machine)
    assert ("playwright install" in calls(machine)) == (source == "playwright")


def test_root_without_any_is_told_and_tests_do_not_begin(machine: Path) -> None:
    ran = run_script(machine, uid=0)
    assert ran.returncode == 1
    assert "no browser here" in ran.stderr


@pytest.mark.parametrize(("required", "status"), [("", 0), ("required", 1)])
def test_an_ordinary_user_is_told_and_nothing_is_installed(
    machine: Path, required: str, status: int
) -> None:
    ran = run_script(machine, uid=1000, SAGE_TEST_BROWSER=required)
    assert ran.returncode == status
    assert "no browser here" in ran.stderr
    assert ("left out" in ran.stderr) == (status == 0)
    assert "install" not in calls(machine)
