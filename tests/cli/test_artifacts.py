"""Artifacts as files: where they go, and where they never go."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from cli.artifacts import extension_for, safe_name, write_files
from core.errors import InvalidInput
from tests.cli.conftest import Here
from tests.cli.roles import NastyRole


@pytest.fixture
def session_id(here: Here, brief: Path) -> str:
    """A session whose artifacts have names that want to be elsewhere."""
    ran = here.sage("launch", str(brief), "--executor", "nasty", "--wait", "--json")
    return str(ran.json["session_id"])


def test_each_artifact_is_one_file_below_the_folder(
    here: Here, session_id: str, tmp_path: Path
) -> None:
    out = tmp_path / "deep" / "plan"
    ran = here.sage("artifacts", session_id, "--out", str(out), "--json")
    assert ran.code == 0
    files = {path for path in tmp_path.rglob("*") if path.is_file() and path.name != "brief.md"}
    assert {path.parent for path in files} == {out, out / "architect"}
    bodies = {path.read_text() for path in files if path.name != "index.md" or path.parent != out}
    assert {f"body of {slug}\n" for slug in NastyRole.SLUGS if "\x1b" not in slug} <= bodies
    assert len(files) == len(NastyRole.SLUGS) + 2
    assert {str(out / each["path"]) for each in ran.json["artifacts"]} == {
        str(path) for path in files - {out / "index.md"}
    }
    assert not Path("/etc/sage-escaped.md").exists()
    assert (out / "architect" / "plan.sql").exists()
    assert (out / "architect" / "interface.json").read_text() == '{"openapi": "3.1.0"}'


def test_taking_a_plan_along_is_noted_in_the_audit(
    here: Here, session_id: str, tmp_path: Path
) -> None:
    assert here.sage("artifacts", session_id, "--out", str(tmp_path / "plan")).code == 0
    ran = here.sage("audit", "list", "--kind", "session.exported", "--text", session_id, "--json")
    (event,) = ran.json["events"]
    assert event["address"] == "terminal"
    assert event["details"]["artifacts"] > len(NastyRole.SLUGS)


def test_the_index_links_every_file_and_tells_verdicts_and_decisions(
    here: Here, session_id: str, tmp_path: Path
) -> None:
    out = tmp_path / "plan"
    said = here.sage("artifacts", session_id, "--out", str(out))
    assert "interface did not pass its validator." in said.err
    index = (out / "index.md").read_text()
    links = [unquote(link) for link in re.findall(r"\]\((\S+)\) \|", index)]
    assert sorted(links) == sorted(
        str(path.relative_to(out)) for path in (out / "architect").iterdir()
    )
    assert "**failed** (openapi)<br>no paths" in index
    assert "- not: Nothing, since it is less" in index
    assert "\x1b" not in index
    assert "\u202e" not in index
    assert r"\<b\>" in index


def test_writing_again_replaces_and_follows_no_link(
    here: Here, session_id: str, tmp_path: Path
) -> None:
    out, precious = tmp_path / "plan", tmp_path / "precious"
    precious.write_text("mine")
    (out / "architect").mkdir(parents=True)
    (out / "architect" / "plan.sql").symlink_to(precious)
    for _ in range(2):
        assert here.sage("artifacts", session_id, "--out", str(out)).code == 0
    assert precious.read_text() == "mine"
    assert (out / "architect" / "plan.sql").read_text() == "body of plan.sql\n"


def test_a_folder_that_leads_elsewhere_is_refused(
    here: Here, session_id: str, tmp_path: Path
) -> None:
    out, elsewhere = tmp_path / "plan", tmp_path / "elsewhere"
    out.mkdir()
    elsewhere.mkdir()
    (out / "architect").symlink_to(elsewhere)
    ran = here.sage("artifacts", session_id, "--out", str(out))
    assert ran.code == 2
    assert "leads out of the folder" in ran.err
    assert list(elsewhere.iterdir()) == []


def test_a_place_that_cannot_be_written(here: Here, session_id: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "plan", Path("/proc/plan")):
        ran = here.sage("artifacts", session_id, "--out", str(place))
        assert ran.code == 2, place
        assert "Cannot write into" in ran.err


def test_a_session_without_artifacts_has_an_index(here: Here, brief: Path, tmp_path: Path) -> None:
    ran = here.sage("launch", str(brief), "--executor", "asking", "--wait", "--json")
    out = tmp_path / "plan"
    assert here.sage("artifacts", ran.json["session_id"], "--out", str(out)).code == 0
    assert "1. Who needs it?" in (out / "index.md").read_text()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("openapi", "openapi"),
        ("../../etc/passwd", "etc-passwd"),
        ("a..b...c", "a.b.c"),
        ("..", "unnamed"),
        ("\x00\n", "unnamed"),
        ("C:\\con", "C-con"),
        ("ﬁle／name", "file-name"),
        ("é" * 200, "é" * 60),
    ],
)
def test_a_name_becomes_one_that_every_file_system_takes(text: str, name: str) -> None:
    assert safe_name(text) == name


@pytest.mark.parametrize(
    ("media_type", "extension"),
    [
        ("text/markdown; charset=utf-8", "md"),
        ("Application/SQL", "sql"),
        ("application/vnd.oai.openapi+json;version=3.1", "json"),
        ("application/vnd.oai.openapi+yaml", "yaml"),
        ("text/plain", "txt"),
        ("application/x-sh; ../../x", "txt"),
        ("", "txt"),
    ],
)
def test_a_file_gets_the_extension_of_its_media_type(media_type: str, extension: str) -> None:
    assert extension_for(media_type) == extension


def test_no_draft_stays_behind(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        write_files(tmp_path, {"a/b\x00": "text"})
    write_files(tmp_path, {"a/b": "text"})
    assert [path.name for path in tmp_path.rglob("*")] == ["a", "b"]
