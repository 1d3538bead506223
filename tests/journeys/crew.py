"""A whole Sage Mode for a browser: the app, workers and a dispatcher, that can be restarted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from cli import processes
from core.domain.people import User
from embedded.ports import free_port
from tests.journeys.chromium import demand_chromium
from tests.web.browser import CHEAP, ROOT
from tests.web.tabs import login_as

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
EXECUTORS = {
    "talking": "tests.journeys.roles:TalkingRole",
    "patient": "tests.journeys.roles:PatientPlanner",
    "asking": "tests.cli.roles:AskingRole",
    "failing": "tests.cli.roles:FailingRole",
}
READY = (
    "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"
)


class App:
    """The app's process, on a port that stays the same."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = os.environ | CHEAP | environment
        self._port = free_port("127.0.0.1")
        self._process: subprocess.Popen[bytes] | None = None
        self.address = f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        """The process that serves."""
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = subprocess.Popen(
            processes.dashboard("127.0.0.1", self._port), cwd=ROOT, env=self._environment
        )
        end = time.monotonic() + 60
        while not self._answers():
            assert time.monotonic() < end, "the app does not answer"
            time.sleep(0.1)

    def stop(self) -> None:
        """End it as a supervisor does."""
        if self._process:
            self._process.terminate()
            self._process.wait(20)

    def _answers(self) -> bool:
        try:
            return httpx2.get(f"{self.address}/healthz").status_code == 200
        except httpx2.TransportError:
            return False


@contextmanager
def running_crew(environment: dict[str, str], folder: Path) -> Iterator[App]:
    """Run the app, a dispatcher and two workers until the block ends."""
    environment = {
        **environment,
        "SAGE_DATA_DIR": str(folder),
        "SAGE_EXTRA_EXECUTORS": json.dumps(EXECUTORS),
        "SAGE_WORKERS": "2",
    }
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT,
            env=os.environ | environment,
            start_new_session=True,
        )
        for module in ("workers.dispatcher", "workers.entry")
    ]
    app = App(environment)
    try:
        app.start()
        yield app
    finally:
        app.stop()
        for process in workers:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run Chromium until the block ends; skip the test where there may be none."""
    program = demand_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


def signed_in(browser: Browser, app: App, user: User, **options: object) -> BrowserContext:
    """Return a browser of its own, with a login of the user."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    context.add_cookies([{"name": "sage_login", "value": login_as(user), "url": app.address}])
    context.set_default_timeout(20_000)
    return context


def wait_until_ready(page: Page) -> None:
    """Wait until the page's script has run."""
    page.wait_for_selector(READY)
