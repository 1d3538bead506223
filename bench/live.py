"""From a commit to the changed card in a browser, and what idle viewers cost.

Runs servers, the app and Chromium, prints one JSON object. What is measured begins right after
the commit, before the wake-up is sent, and ends when the page's DOM has changed, by the clock of
this machine.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

from cli import processes
from core.domain.access import UserPrincipal
from core.domain.artifact import Artifact
from core.domain.attempt import WorkerIdentity
from core.domain.decision import DecisionDraft
from core.domain.people import Team, User
from core.domain.session import LaunchRequest, Session
from core.domain.work import RoleResult
from core.services import accounts, claiming, launching, reading, recording, signing_in
from core.settings import get_settings
from core.signals import wakeups
from embedded.ports import free_port
from embedded.servers import running_servers

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PASSWORD = "correct horse battery"
WORKER = WorkerIdentity("bench")
ROLES = ("architect", "backend_dev", "dba", "frontend_dev", "ui_ux", "security", "it_admin")
READY = (
    "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"
)
# Notes when a mark first stands in an element of that kind.
OBSERVE = """(selector) => {
  window.seen = {};
  const root = [...document.querySelectorAll('*')].map((e) => e.shadowRoot)
    .find((shadow) => shadow && shadow.querySelector('.stages'));
  new MutationObserver(() => {
    for (const node of root.querySelectorAll(selector)) {
      const mark = (node.textContent.match(/mark-\\d+/) || [])[0];
      if (mark) window.seen[mark] ??= performance.timeOrigin + performance.now();
    }
  }).observe(root, {subtree: true, childList: true, characterData: true});
}"""


class Clock:
    """Takes the time at which a service has committed: when it announces that."""

    def __init__(self) -> None:
        self.committed_ms = 0.0
        announce = wakeups.announce

        def noting(*args: Any, **kwargs: Any) -> None:
            self.committed_ms = time.time() * 1000
            announce(*args, **kwargs)

        claiming.announce = recording.announce = noting  # type: ignore[attr-defined]


@contextmanager
def running_app(app: str = "app:app", health: str = "/healthz") -> Iterator[tuple[str, int]]:
    """Serve the app as in production, or another; yields its address and process id."""
    port = free_port("127.0.0.1")
    process = subprocess.Popen(processes.dashboard("127.0.0.1", port, app), cwd=ROOT)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urlopen(f"{address}{health}").close()
                break
            except OSError:
                time.sleep(0.1)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(20)


def launch(user: User, team: Team) -> Session:
    """Launch a session that no worker takes up."""
    principal = UserPrincipal(user.id)
    request = LaunchRequest(team.id, "Expense approval", "Employees submit expenses for approval.")
    return launching.launch_session(principal, request).session


def open_page(browser: Browser, address: str, session: Session) -> Page:
    """Open the live view in a browser of its own."""
    ticket = signing_in.sign_in("bench", PASSWORD, address="127.0.0.1", agent="bench")
    context = browser.new_context()
    cookie = signing_in.redeem_ticket(ticket)
    context.add_cookies([{"name": signing_in.cookie_name(), "value": cookie, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/live?session={session.id}&team={session.team_id}")
    page.wait_for_selector(READY)
    page.wait_for_selector(".chip:has-text('Live')")
    page.wait_for_timeout(1000)
    return page


def waits(page: Page, selector: str, acts: Sequence[Callable[[], float]]) -> list[float]:
    """Return the milliseconds from each act's commit to its mark in the page; loses none."""
    page.evaluate(OBSERVE, selector)
    committed: dict[str, float] = {}
    for number, act in enumerate(acts):
        committed[f"mark-{number}"] = act()
        page.wait_for_function("(mark) => window.seen[mark]", arg=f"mark-{number}", polling=20)
    seen = page.evaluate("window.seen")
    return [seen[mark] - at for mark, at in committed.items()]


def summary(values: Sequence[float]) -> dict[str, float]:
    """Return the median and the 95th percentile."""
    ordered = sorted(values)
    return {
        "samples": len(ordered),
        "p50_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[int(len(ordered) * 0.95)], 1),
    }


def measure_cards(browser: Browser, address: str, user: User, team: Team, most: int) -> Any:
    """Measure notes on a card."""
    clock, session = Clock(), launch(user, team)
    task = reading.list_tasks(UserPrincipal(user.id), session.id)[0]
    claimed = claiming.claim_task(task.id, WORKER)
    page = open_page(browser, address, session)

    def note(number: int) -> float:
        time.sleep(0.02)
        if claimed:
            claiming.note_task(claimed, f"mark-{number}")
        return clock.committed_ms

    acts = [lambda number=number: note(number) for number in range(most)]
    found = summary(waits(page, ".note", acts))
    page.context.close()
    return found


def decided(mark: str) -> RoleResult:
    """Return a decision, which comes over the socket."""
    return RoleResult({}, decisions=(DecisionDraft(mark, "It is simple.", "design", "high"),))


def made(mark: str) -> RoleResult:
    """Return an artifact, whose title comes with a rerun of the fragment."""
    return RoleResult({}, artifacts=(Artifact(mark, "document", "text/plain", mark, "Short."),))


def measure_results(
    browser: Browser,
    address: str,
    user: User,
    team: Team,
    most: int,
    make: Callable[[str], RoleResult],
    selector: str,
) -> Any:
    """Measure what roles hand in."""
    clock, found = Clock(), []
    for _ in range(most):
        session = launch(user, team)
        tasks = reading.list_tasks(UserPrincipal(user.id), session.id)
        ids = {task.role: task.id for task in tasks}
        page = open_page(browser, address, session)

        def decide(number: int, ids: dict[str, Any] = ids) -> float:
            time.sleep(0.1)
            claimed = claiming.claim_task(ids[ROLES[number]], WORKER)
            if claimed:
                recording.record_result(claimed, make(f"mark-{number}"))
            return clock.committed_ms

        acts = [lambda number=number: decide(number) for number in range(len(ROLES))]
        found += waits(page, selector, acts)
        page.context.close()
    return summary(found)


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used."""
    parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def measure_idle(
    browser: Browser, address: str, pid: int, user: User, team: Team, viewers: int, seconds: int
) -> Any:
    """Measure what viewers of a quiet session cost the app."""
    session = launch(user, team)
    pages = [open_page(browser, address, session) for _ in range(viewers)]
    time.sleep(5)
    before, began = cpu_seconds(pid), time.monotonic()
    time.sleep(seconds)
    used = (cpu_seconds(pid) - before) / (time.monotonic() - began)
    for page in pages:
        page.context.close()
    time.sleep(5)
    before, began = cpu_seconds(pid), time.monotonic()
    time.sleep(seconds)
    alone = (cpu_seconds(pid) - before) / (time.monotonic() - began)
    return {
        "viewers": viewers,
        "percent_of_a_core": round(used * 100, 2),
        "percent_without_viewers": round(alone * 100, 2),
    }


def main() -> None:
    """Measure, and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=int, default=200)
    parser.add_argument("--sessions", type=int, default=4)
    parser.add_argument("--viewers", type=int, default=20)
    parser.add_argument("--seconds", type=int, default=20)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_servers(Path(folder)) as servers:
        os.environ |= {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
        get_settings.cache_clear()
        subprocess.run([sys.executable, "-m", "alembic", "upgrade", "head"], cwd=ROOT, check=True)
        user = signing_in.sign_up("bench", "bench@example.org", PASSWORD)
        team = accounts.list_teams(UserPrincipal(user.id))[0]
        with running_app() as (address, pid), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            figures = {
                "card": measure_cards(browser, address, user, team, wanted.notes),
                "decision": measure_results(
                    browser, address, user, team, wanted.sessions, decided, ".decision"
                ),
                "artifact": measure_results(
                    browser, address, user, team, wanted.sessions, made, ".note"
                ),
                "idle": measure_idle(
                    browser, address, pid, user, team, wanted.viewers, wanted.seconds
                ),
                "load_average": os.getloadavg()[0],
            }
            browser.close()
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
