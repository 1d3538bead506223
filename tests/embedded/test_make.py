"""`make` and the making of .venv, with stand-ins for Python where a machine lacks something."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.embedded.support import REPOSITORY

TOOLS = ("sh", "cat", "cksum", "flock", "mkdir", "touch", "rm", "pwd", "echo")
TOO_OLD = "#!/bin/sh\nexit 1\n"
NO_VENV_MODULE = '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\n'
# Makes an environment whose pip only writes down that it was called, and may be told to fail.
WORKS = """#!/bin/sh
if [ "$1 $2" = "-m venv" ]; then
    mkdir -p .venv/bin
    printf '%s\\n' '#!/bin/sh' \\
        'if [ "$1 $2" = "-m pip" ]; then echo call >> pip-calls; [ ! -e pip-fails ]; fi' \\
        > .venv/bin/python
    chmod +x .venv/bin/python
fi
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A bare project on a machine that has only the named tools, and no Python yet."""
    (tmp_path / "bin").mkdir()
    for tool in (*TOOLS, "chmod"):
        found = shutil.which(tool)
        if found:
            (tmp_path / "bin" / tool).symlink_to(found)
    shutil.copy(REPOSITORY / "embedded" / "venv.sh", tmp_path / "venv.sh")
    (tmp_path / "requirements.txt").write_text("nothing==1\n")
    return tmp_path


def add_python(project: Path, name: str, script: str) -> None:
    path = project / "bin" / name
    path.write_text(script)
    path.chmod(0o755)


def make_venv(project: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["./venv.sh", "requirements.txt"],
        cwd=project,
        env={"PATH": str(project / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )


def pip_calls(project: Path) -> int:
    calls = project / "pip-calls"
    return len(calls.read_text().splitlines()) if calls.exists() else 0


def test_it_installs_once_and_again_when_the_requirements_change(project: Path) -> None:
    add_python(project, "python3", WORKS)
    assert make_venv(project).returncode == 0
    assert make_venv(project).stdout == ""
    assert pip_calls(project) == 1
    (project / "requirements.txt").write_text("nothing==2\n")
    assert "Installing requirements.txt" in make_venv(project).stdout
    assert pip_calls(project) == 2


def test_an_interrupted_installation_is_made_anew(project: Path) -> None:
    add_python(project, "python3", WORKS)
    (project / "pip-fails").touch()
    failed = make_venv(project)
    assert failed.returncode == 1
    assert "could not be installed" in failed.stderr
    (project / "pip-fails").unlink()
    (project / ".venv" / "half-installed").touch()
    assert "making it anew" in make_venv(project).stdout
    assert not (project / ".venv" / "half-installed").exists()
    assert make_venv(project).stdout == ""


def test_a_venv_without_a_working_python_is_made_anew(project: Path) -> None:
    add_python(project, "python3", WORKS)
    (project / ".venv" / "bin").mkdir(parents=True)
    (project / ".venv" / "bin" / "python").symlink_to("/nowhere/python3")
    assert "making it anew" in make_venv(project).stdout
    assert make_venv(project).stdout == ""


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (NO_VENV_MODULE, "apt install python3-venv"),
        (TOO_OLD, "needs Python 3.11 or later; the Python here is older"),
        (None, "none was found"),
    ],
)
def test_what_a_machine_lacks_is_named(project: Path, script: str | None, said: str) -> None:
    if script:
        add_python(project, "python3", script)
    result = make_venv(project)
    assert result.returncode == 1
    assert said in result.stderr
    assert not (project / ".venv").exists()


def test_a_folder_that_cannot_be_written_is_named(project: Path) -> None:
    add_python(project, "python3", WORKS)
    (project / "bin" / "mkdir").unlink()
    add_python(project, "mkdir", "#!/bin/sh\nexit 1\n")  # as for another's folder; root may all
    result = make_venv(project)
    assert result.returncode == 1
    assert f"This folder cannot be written: {project}." in result.stderr
    assert "Make it yours" in result.stderr


def test_an_environment_of_another_user_is_named(project: Path) -> None:
    add_python(project, "python3", WORKS)
    assert make_venv(project).returncode == 0
    (project / "requirements.txt").write_text("nothing==2\n")
    (project / "bin" / "touch").unlink()
    add_python(project, "touch", "#!/bin/sh\nexit 1\n")
    result = make_venv(project)
    assert result.returncode == 1
    assert ".venv cannot be written" in result.stderr
    assert pip_calls(project) == 1


def test_an_environment_that_cannot_be_made_is_told_and_made_anew_later(project: Path) -> None:
    add_python(project, "python3", '#!/bin/sh\ncase "$*" in "-m venv .venv") exit 1;; esac\n')
    result = make_venv(project)
    assert result.returncode == 1
    assert "could not be made with python3" in result.stderr
    assert "Is the disk full" in result.stderr
    assert pip_calls(project) == 0
    add_python(project, "python3", WORKS)
    assert "making it anew" in make_venv(project).stdout
    assert pip_calls(project) == 1


def test_a_later_python_is_preferred_and_a_bare_one_passed_over(project: Path) -> None:
    add_python(project, "python3.13", NO_VENV_MODULE)
    add_python(project, "python3.12", WORKS)
    add_python(project, "python3", TOO_OLD)
    assert make_venv(project).returncode == 0


def test_help_lists_every_target() -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    targets = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split()
    shown = subprocess.run(
        ["make"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout
    for target in targets:
        assert re.search(rf"^  make {target} +\S", shown, re.MULTILINE), target
    assert os.access(REPOSITORY / ".ci" / "run", os.X_OK)


def test_every_requirement_is_pinned_and_names_no_host() -> None:
    for path in REPOSITORY.glob("requirements*.txt"):
        for line in path.read_text().splitlines():
            code = line.partition("#")[0].strip()
            assert not code or code == "-r requirements.txt" or re.fullmatch(r"\S+==\S+", code)
        assert "://" not in path.read_text()
