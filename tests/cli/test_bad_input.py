"""What cannot be used is refused in one sentence with a hint, and exit code 2."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Crew, Here

GOOD = b"Employees submit expenses, managers approve them."


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \n\t\r\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"x" * (64 * 1024 + 1), "longer than 64 KB"),
        (b"\x7fELF\x02\x01\x01" + bytes(200), "binary"),
        (b"\xff\xfe\x00plan", "not UTF-8"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not UTF-8"),
        (b"\x00\x00\x00", "binary"),
    ],
)
def test_briefs_that_cannot_be_used(here: Here, tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "brief"
    path.write_bytes(content)
    ran = here.sage("launch", str(path))
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert len(ran.err.splitlines()) == 2


def test_files_that_cannot_be_read(here: Here, tmp_path: Path) -> None:
    here.env(HOME=str(tmp_path))
    for source, said in (
        (str(tmp_path / "none.md"), "There is no file"),
        (str(tmp_path), "is a folder"),
        (str(tmp_path / "none" / "brief.md"), "There is no file"),
        ("nul\x00byte", "cannot be read"),
        ("x" * 5000, "cannot be read: File name too long"),
    ):
        ran = here.sage("launch", source)
        assert (ran.code, ran.out) == (2, ""), source
        assert said in ran.err, source


def test_an_unreadable_file(here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "secret.md"
    path.write_bytes(GOOD)
    path.chmod(0)
    if os.geteuid() == 0:  # whom no file's mode keeps out
        monkeypatch.setattr(Path, "open", refuse)
    ran = here.sage("launch", str(path))
    assert ran.code == 2
    assert "cannot be read: Permission denied" in ran.err


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--team", "Nowhere"), "not_found", "no team called 'Nowhere'"),
        (("--team", "'; DROP TABLE teams; --"), "not_found", "no team called"),
        (("--as", "nobody-here"), "not_found", "no user 'nobody-here'"),
        (("--as", "\udcff\x1b[31m"), "not_found", "no user"),
        (("--pipeline", "waterfall"), "invalid_input", "no pipeline 'waterfall'"),
        (("--pipeline", "\udcff\x00"), "invalid_input", "no pipeline"),
        (("--executor", "oracle"), "invalid_input", "no executor 'oracle'"),
        (("--name", " \n"), "invalid_input", "no name"),
        (("--name", "n" * 201), "invalid_input", "201 characters"),
        (("--key", ""), "invalid_input", "launch key"),
        (("--watch", "--wait"), "invalid_input", "exclude each other"),
        (("--colour",), "invalid_input", "No such option"),
    ],
)
def test_options_that_cannot_be_used(
    here: Here, brief: Path, options: tuple[str, ...], code: str, said: str
) -> None:
    in_words = here.sage("launch", str(brief), *options)
    assert (in_words.code, in_words.out) == (2, "")
    assert said in in_words.err
    assert "\x1b" not in in_words.err
    as_json = here.sage("launch", str(brief), *options, "--json")
    assert (as_json.code, as_json.err) == (2, "")
    assert as_json.json["error"]["code"] == code
    assert said in as_json.json["error"]["message"]
    assert as_json.json["error"]["hint"]


def test_nothing_of_what_was_refused_is_stored(here: Here, brief: Path) -> None:
    before = here.sage("sessions", "--json").json["sessions"]
    assert here.sage("launch", str(brief), "--executor", "oracle").code == 2
    assert here.sage("sessions", "--json").json["sessions"] == before


@pytest.mark.parametrize(
    "name",
    [
        """O'Hara's "quoted" `feature`""",
        "Robert'); DROP TABLE users;--",
        "<script>alert(1)</script> &amp; [bold red]markup[/bold red] :smile:",
        "Überweisung 😀 名前 עִבְרִית العربية",
    ],
)
def test_names_are_stored_and_shown_as_they_are(here: Here, brief: Path, name: str) -> None:
    here.env(COLUMNS="200")  # room for whole names in the list
    launched = here.sage("launch", str(brief), "--executor", "empty", "--name", name, "--json")
    assert launched.json["feature_name"] == name
    again = ("launch", str(brief), "--executor", "external", "--name", name)
    for command in (("sessions",), ("show", launched.json["session_id"]), again):
        assert name in here.sage(*command).out


@pytest.mark.parametrize(
    ("session", "said"),
    [
        ("12345", "no session id"),
        ("nothing-like-it", "no session id"),
        ("'; --", "no session id"),
        ("%_%_%_", "no session id"),
        ("0123456", "no such session"),
        ("01234567-89ab-7def-8123-456789abcdef", "no such session"),
    ],
)
@pytest.mark.parametrize("command", ["show", "events", "cancel", "retry"])
def test_ids_of_nothing(here: Here, command: str, session: str, said: str) -> None:
    ran = here.sage(command, session)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_wrong_commands_are_explained(here: Here) -> None:
    assert "Did you mean 'launch'?" in here.sage("lunch").err
    missing = here.sage("user", "create", "--json")
    assert missing.code == 2
    assert missing.json["error"]["hint"] == "`./sage user create --help` shows how it is used."


def test_users_that_cannot_be_made(here: Here) -> None:
    assert here.sage("user", "create", "grace", "--email", "grace@example.org").code == 0
    for name, email in (("grace", "g@x.org"), ("gr ace", "g@x.org"), ("gracia", "nowhere")):
        assert here.sage("user", "create", name, "--email", email).code == 2


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SAGE_PORT", "many", "SAGE_PORT"),
        ("SAGE_EXTRA_EXECUTORS", "not json", "JSON"),
        ("DATABASE_URL", "mysql://root:hunter2@host/db", "DATABASE_URL is no address"),
        ("DATABASE_URL", "postgresql://sage:hunter2@host:port/db", "DATABASE_URL is no address"),
        ("REDIS_URL", "http://:hunter2@host", "REDIS_URL is no address"),
        ("SAGE_LOG_LEVEL", "loud", "SAGE_LOG_LEVEL (Input should be 'DEBUG', 'INFO',"),
        ("SESSION_RETENTION_DAYS", "0", "SESSION_RETENTION_DAYS"),
        ("AUDIT_RETENTION_DAYS", "0", "AUDIT_RETENTION_DAYS"),
    ],
)
def test_settings_that_cannot_be_used_are_named_without_their_value(
    here: Here, name: str, value: str, said: str
) -> None:
    here.env(**{name: value})
    ran = here.sage("sessions")
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "hunter2" not in ran.err


def test_an_unforeseen_error_is_no_traceback(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(*_: object, **__: object) -> None:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr("core.services.reading.list_sessions", explode)
    ran = here.sage("sessions")
    assert (ran.code, ran.out) == (1, "")
    assert "did not foresee (RuntimeError)" in ran.err
    assert "hunter2" not in ran.err
    here.env(SAGE_LOG_LEVEL="debug")
    with pytest.raises(RuntimeError):
        here.sage("sessions")


def test_endless_input_is_not_read_to_its_end(crew: Crew) -> None:
    ran = crew.sage("launch", "/dev/zero")
    assert ran.code == 2
    assert "longer than 64 KB" in ran.err
