"""The player in a real browser: whatever way a moment is reached, it shows the fold's state."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect, sync_playwright

from core.domain import events as ev
from core.domain.events import Event, EventBody
from core.domain.session_state import fold, to_json
from tests.domain.logs import SESSION, START, logs
from tests.journeys.chromium import demand_chromium
from tests.journeys.player_page import write_log
from tests.profiles import WITH_SERVERS

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
TASK = "task-0"
_numbers = count(1)


class Stage:
    """The page with the player, and the log that is on it."""

    def __init__(self, address: str, folder: Path, page: Page) -> None:
        self.address, self.folder, self.page = address, folder, page
        self.log: list[Event] = []

    def show(self, log: list[Event], **address: int) -> None:
        """Open the page on a log; `seq` is the deep link's moment."""
        self.log = log
        name = f"log-{next(_numbers)}"
        write_log(self.folder / name, log)
        more = "".join(f"&{key}={value}" for key, value in address.items())
        self.page.goto(f"{self.address}/?log={name}{more}")
        self.page.locator(".controls").wait_for()

    def ask(self, script: str) -> Any:
        """Evaluate JavaScript on the player, as `player`."""
        return self.page.locator(".sage").evaluate(f"({{player}}) => {script}")

    @property
    def seq(self) -> int:
        return int(self.ask("player.cursor.seq"))

    def check(self) -> None:
        """The player's state is the fold's at its cursor."""
        seq, state = self.ask("[player.cursor.seq, player.state]")
        assert state == to_json(fold(self.log[:seq]))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    program = demand_chromium()
    folder = tmp_path_factory.mktemp("logs")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    script = str(Path(__file__).with_name("player_page.py"))
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)],
        cwd=ROOT,
        env=os.environ | {"SAGE_TEST_LOGS": str(folder), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/_stcore/health", server)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM)
            page = browser.new_page(viewport={"width": 1100, "height": 900})
            yield Stage(address, folder, page)
            browser.close()
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            with urlopen(url):
                return
        except OSError:
            assert server.poll() is None, "the page's server ended"
            assert time.monotonic() < end, "the page's server does not answer"
            time.sleep(0.1)


def log_of(*bodies: EventBody) -> list[Event]:
    """A launch of one task, and an event each second after it."""
    launched = ev.SessionLaunched(
        "Expense approval", "one", (ev.TaskOrder(TASK, "dba", (), "llm"),)
    )
    return [
        Event(SESSION, seq, START + timedelta(seconds=seq), body)
        for seq, body in enumerate((launched, *bodies), start=1)
    ]


DECIDED = log_of(
    ev.TaskReady(TASK),
    ev.TaskStarted(TASK, 1, "w"),
    ev.DecisionRecorded("one", TASK, "data"),
    ev.TaskRetryScheduled(TASK, 1, START.isoformat(), "broken", "It broke."),
    ev.TaskStarted(TASK, 2, "w"),
    ev.DecisionRecorded("two", TASK, "data"),
    ev.ApprovalRequested("yes-or-no", TASK, "designer"),
    *(ev.TaskNote(TASK, 2, f"Note {number}") for number in range(12)),
    ev.DecisionSuperseded("one", "two"),
    ev.TaskCompleted(TASK, 2),
)

MOVES = st.one_of(
    st.integers(0, 60).map(lambda seq: f"player.seek({seq})"),
    st.floats(0, 1).map(lambda part: f"player.seekTime({part} * player.record.end)"),
    st.sampled_from([-10, -1, 1, 10]).map(lambda by: f"player.step({by})"),
    st.tuples(st.sampled_from(["decision", "failure", "approval"]), st.sampled_from([-1, 1])).map(
        lambda jump: f"player.jump('{jump[0]}', {jump[1]})"
    ),
    st.just("player.shorten()"),
    st.integers(20, 150).map(
        lambda ms: (
            "(player.setSpeed(64), player.play(), new Promise((done) => setTimeout(() => "
            f"done(player.pause()), {ms})))"
        )
    ),
)


@settings(max_examples=WITH_SERVERS // 2)
@given(logs(), st.lists(MOVES, min_size=5, max_size=12))
def test_playing_jumping_and_going_back_show_the_folds_state(
    stage: Stage, log: list[Event], moves: list[str]
) -> None:
    stage.show(log)
    assert stage.seq == len(log)
    stage.check()
    for move in moves:
        stage.ask(f"(async () => {{ await {move}; }})()")
        stage.check()


def test_every_moment_forwards_and_backwards(stage: Stage) -> None:
    stage.show(DECIDED)
    last = len(DECIDED)
    for seq in (*range(last + 1), *range(last, -1, -1)):
        stage.ask(f"player.seek({seq})")
        stage.check()


def test_it_plays_to_the_end_without_the_server(stage: Stage) -> None:
    stage.show(DECIDED, seq=0)
    stage.page.context.set_offline(True)
    try:
        stage.ask("player.setSpeed(64)")
        stage.page.get_by_role("button", name="Play (space)").click()
        expect(stage.page.get_by_role("button", name="Play (space)")).to_be_visible()
        assert stage.seq == len(DECIDED)
        stage.check()
    finally:
        stage.page.context.set_offline(False)


def test_keys_step_jump_and_play(stage: Stage) -> None:
    stage.show(DECIDED, seq=0)
    ways = (
        ("ArrowRight", 1),
        ("Shift+ArrowRight", 11),
        ("ArrowLeft", 10),
        ("Home", 0),
        ("]", 4),
        ("]", 7),
        ("[", 4),
        ("p", 5),
        ("a", 8),
        ("End", len(DECIDED)),
    )
    for key, seq in ways:
        stage.press(key)
        assert stage.seq == seq, key
        stage.check()
    speed = stage.ask("player.speed")
    stage.press("+")
    assert stage.ask("player.speed") == 2 * speed
    stage.press("-", "w")
    assert stage.ask("[player.speed, player.scale.isShort]") == [speed, True]
    stage.press("Home", " ")
    assert stage.ask("player.isPlaying")
    stage.press(" ")
    assert not stage.ask("player.isPlaying")


def test_the_address_leads_back_to_the_moment(stage: Stage) -> None:
    stage.show(DECIDED, seq=7)
    assert stage.seq == 7
    stage.press("ArrowLeft")
    stage.page.wait_for_url("**seq=6")
    stage.page.reload()
    stage.page.locator(".controls").wait_for()
    assert stage.seq == 6


@pytest.mark.parametrize("asked", [-3, 10_000])
def test_a_moment_that_is_not_there_is_the_nearest(stage: Stage, asked: int) -> None:
    stage.show(DECIDED, seq=asked)
    assert stage.seq == len(DECIDED)


def test_the_panels_tell_the_state_of_the_moment(stage: Stage) -> None:
    stage.show(DECIDED, seq=7)
    roles = stage.page.get_by_role("region", name="Roles at this moment")
    expect(roles).to_contain_text("try 2")
    expect(roles).to_contain_text("It broke.")
    in_force = stage.page.get_by_role("heading", name="Decisions in force")
    expect(in_force).to_contain_text("2")
    stage.press("End")
    expect(in_force).to_contain_text("1")
    expect(roles).to_contain_text("Completed")


def places_of(stage: Stage) -> list[float]:
    """Return where on the axis, from 0 to 1, the events stand."""
    places: list[float] = stage.ask(
        "player.record.at.map((at) => player.scale.place(at) / player.scale.end)"
    )
    return places


def test_where_all_is_waiting_nothing_is_shortened(stage: Stage) -> None:
    waits = (1, 40, 2, 90, 600, 5)
    log = log_of(ev.TaskReady(TASK), *(ev.TaskStarted(TASK, one, "w") for one in range(1, 6)))
    at = [timedelta(seconds=sum(waits[:place])) for place in range(len(log))]
    stage.show([replace(one, at=START + wait) for one, wait in zip(log, at, strict=True)])
    for is_short in (False, True):
        assert stage.ask("player.scale.isShort") == is_short
        assert stage.ask("player.scale.gaps") == []
        assert places_of(stage) == pytest.approx([wait / at[-1] for wait in at])
        stage.ask("player.shorten()")
        stage.check()


def test_what_happened_at_one_moment_has_its_place_too(stage: Stage) -> None:
    log = log_of(ev.TaskReady(TASK), ev.TaskStarted(TASK, 1, "w"), ev.TaskCompleted(TASK, 1))
    stage.show([replace(one, at=START) for one in log])
    for _ in range(2):
        stage.ask("player.shorten()")
        assert places_of(stage) == [0, 0, 0, 0]
        assert stage.ask("[player.scale.end, player.speed].every(Number.isFinite)")
        stage.press("Home", "ArrowRight", "ArrowRight")
        assert stage.seq == 2
        stage.check()


def test_scrubbing_on_the_lanes_and_on_the_minimap(stage: Stage) -> None:
    stage.show(DECIDED)
    for place in (".lanes", ".minimap"):
        box = stage.page.locator(place).bounding_box()
        assert box is not None
        middle = box["y"] + box["height"] / 2 - 12
        stage.page.mouse.move(box["x"] + box["width"] * 0.9, middle)
        stage.page.mouse.down()
        stage.page.mouse.move(box["x"] + box["width"] * 0.5, middle, steps=3)
        stage.page.mouse.up()
        reached = stage.seq
        assert 3 < reached < len(DECIDED) - 3
        stage.check()
        stage.press("ArrowLeft")
        assert stage.seq == reached - 1
        stage.press("End")
        assert stage.seq == len(DECIDED)


def test_what_agents_write_is_text(stage: Stage) -> None:
    attack = "<img src=x onerror=\"document.title='taken'\">"
    stage.show(
        log_of(ev.TaskReady(TASK), ev.TaskStarted(TASK, 1, "w"), ev.TaskNote(TASK, 1, attack))
    )
    expect(stage.page.locator(".told")).to_contain_text(attack)
    expect(stage.page.locator(".role")).to_contain_text(attack)
    assert stage.page.locator(".sage img").count() == 0
    assert stage.page.title() != "taken"


def test_a_phone_sees_large_buttons_and_nothing_beside_the_page(stage: Stage) -> None:
    stage.page.set_viewport_size({"width": 390, "height": 800})
    try:
        stage.show(DECIDED)
        for button in stage.page.locator(".controls button:visible").all():
            box = button.bounding_box()
            assert box is not None
            assert box["height"] >= 44
        assert stage.page.evaluate("document.documentElement.scrollWidth") <= 390
    finally:
        stage.page.set_viewport_size({"width": 1100, "height": 900})
