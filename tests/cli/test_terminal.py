"""What the terminal gets: harmless text, honest widths, no colour where none is wanted."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import termios
import time
from pathlib import Path

import pytest

from cli.brief import find_name
from cli.terminal import plain, plain_line
from cli.wording import duration
from tests.cli.conftest import Crew, Here
from tests.cli.roles import NASTY
from tests.conftest import ROOT

SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2Jcleared", "cleared"),
        ("\x1bcreset", "reset"),
        ("bell\x07 back\x08space \rreturn", "bell backspace return"),
        ("\u202egnp.exe\u202c \u2066a\u2069", "gnp.exe a"),
        ("[bold]markup[/bold] :smile:", "[bold]markup[/bold] :smile:"),
        ("tab\tand\nline 😀 שלום", "tab\tand\nline 😀 שלום"),
        ("\x1b", ""),
        ("\x1b[", ""),
        ("\x1b[12;", "12;"),
    ],
)
def test_control_sequences_are_taken_out(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_a_line_is_one_line() -> None:
    assert plain_line(" a\n\tb \u2028 c ") == "a b c"


def test_json_carries_everything_and_controls_nothing(here: Here, brief: Path) -> None:
    ran = here.sage("launch", str(brief), "--executor", "nasty", "--wait", "--json")
    shown = here.sage("show", ran.json["session_id"], "--json")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown.out)
    assert "名前" in shown.out
    assert "\u202egnp.exe" in shown.json["decisions"][0]["text"]
    assert "\x1b[31mred" in shown.json["decisions"][0]["text"]


def test_nothing_untrusted_controls_the_terminal(here: Here, brief: Path) -> None:
    here.env(COLUMNS="250")  # room for whole names in the list
    ran = here.sage(
        *("launch", str(brief), "--executor", "nasty", "--watch", "--name", NASTY[:150])
    )
    session_id = here.sage("sessions", "--json", "--limit", "1").json["sessions"][0]["session_id"]
    for out in (ran.out, here.sage("show", session_id).out, here.sage("sessions").out):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", out)
        assert "[bold]markup[/bold]" in out


def test_a_duration_that_nobody_knows_yet_is_left_out() -> None:
    assert (duration(None), duration(0)) == ("", "0.0 s")


@pytest.mark.parametrize(
    ("brief", "source", "name"),
    [
        ("# Expense approval #\n\ntext", "b.md", "Expense approval"),
        ("From: Ann\n\n## Shift swap\n", "b.md", "Shift swap"),
        ("```\n# a comment\n```\nExport", "b.md", "Export"),
        ("Dark mode please! It should follow. " + "x" * 80, "-", "Dark mode please"),
        ("Deletion (GDPR Art. 17). A user " + "x" * 80, "-", "Deletion (GDPR Art. 17)"),
        ("w" * 300, "-", "w" * 79 + "…"),
        ("***\n", "payroll.md", "payroll"),
        ("***\n", "-", "A feature without a name"),
    ],
)
def test_names_from_briefs(brief: str, source: str, name: str) -> None:
    assert find_name(brief, source) == name


def test_the_live_board_fits_sixty_columns_and_ctrl_c_detaches(
    crew: Crew, here: Here, brief: Path
) -> None:
    arguments = ("launch", str(brief), "--executor", "slow", "--watch", "--name", "Long " * 30)
    terminal = Terminal(crew.env, arguments, columns=60)
    terminal.read_until("thinking about")
    terminal.type(b"\x03")
    screen = terminal.read_to_end()
    assert terminal.code == 0
    assert "Traceback" not in screen
    assert "goes on without you" in screen
    assert screen.count("\x1b[?25l") == screen.count("\x1b[?25h") == 1  # the cursor is back
    board = screen.partition("The session goes on")[0].replace("^C", "")  # the terminal's echo
    lines = [SEQUENCE.sub("", line) for line in re.split(r"[\r\n]|\x1b\[1A", board)]
    assert [line for line in lines if len(line) > 60] == []
    assert any(re.match(r"1 ▶ architect +running +\d.* s +1 +thinking ab.*… $", x) for x in lines)
    session = here.sage("sessions", "--json", "--limit", "1").json["sessions"][0]
    assert session["status"] == "active"
    assert here.sage("cancel", session["session_id"]).code == 0


def test_the_live_board_shows_how_far_a_role_is(crew: Crew, here: Here, brief: Path) -> None:
    terminal = Terminal(
        crew.env | {"NO_COLOR": "1"},
        ("launch", str(brief), "--executor", "halfway", "--watch"),
        columns=100,
    )
    terminal.read_until(" 42% ")
    terminal.type(b"\x03")
    assert " 42% halfway there" in SEQUENCE.sub("", terminal.read_to_end())
    session = here.sage("sessions", "--json", "--limit", "1").json["sessions"][0]
    assert here.sage("cancel", session["session_id"]).code == 0


def test_the_live_board_ends_with_the_session(crew: Crew, brief: Path) -> None:
    arguments = ("launch", str(brief), "--executor", "brief", "--watch")
    terminal = Terminal(crew.env | {"NO_COLOR": "1"}, arguments, columns=100)
    screen = terminal.read_to_end()
    assert terminal.code == 0
    last_board = SEQUENCE.sub("", screen).rpartition("Expense approval")[2]
    assert last_board.count("completed") == 8
    assert "7 of 7 roles" in last_board
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", screen)  # no colours


class Terminal:
    """A command on a pseudo-terminal of its own."""

    def __init__(self, env: dict[str, str], arguments: tuple[str, ...], *, columns: int) -> None:
        self.code: int | None = None
        self._seen = ""
        self._pid, self._descriptor = pty.fork()
        if self._pid == 0:
            size = struct.pack("HHHH", 40, columns, 0, 0)
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            os.execve(ROOT / "sage", ["sage", *arguments], env | {"TERM": "xterm-256color"})

    def type(self, keys: bytes) -> None:
        os.write(self._descriptor, keys)

    def read_until(self, text: str) -> str:
        deadline = time.monotonic() + 20
        while text not in self._seen:
            assert time.monotonic() < deadline, self._seen
            if not self._read():
                raise AssertionError(f"it ended without {text!r}: {self._seen}")
        return self._seen

    def read_to_end(self) -> str:
        while self._read():
            pass
        os.close(self._descriptor)
        _, status = os.waitpid(self._pid, 0)
        self.code = os.waitstatus_to_exitcode(status)
        return self._seen

    def _read(self) -> bool:
        try:
            piece = os.read(self._descriptor, 65536)
        except OSError:  # how Linux says that the other end is closed
            piece = b""
        self._seen += piece.decode(errors="replace")
        return bool(piece)
