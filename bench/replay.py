"""The replay of 10,000 events: from the click to the first answer, and frames while playing.

The events lie in the database; the click reads, folds, packs and sends them to Chromium, which
draws them. Prints the milliseconds to the player that answers, its size, the milliseconds of a
jump to a random event and the frames a second while playing.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.request import urlopen
from uuid import UUID

from playwright.sync_api import Page, sync_playwright
from sqlalchemy import Connection

from core.domain import events as ev
from core.domain.access import SYSTEM, UserPrincipal
from core.domain.events import EventBody
from core.domain.session import LaunchRequest
from core.ids import new_id
from core.services import accounts, launching, reading
from core.services.transaction import transact
from core.settings import get_settings
from core.store import heads
from embedded.servers import running_servers

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results" / "replay.json"
PORT = 8699
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PLAY = """async ({player}) => {
  const frames = [];
  player.seek(0);
  player.setSpeed(64);
  player.play();
  const end = performance.now() + 5000;
  await new Promise((done) => {
    let last = performance.now();
    const step = (now) => {
      frames.push(now - last);
      last = now;
      if (now < end) requestAnimationFrame(step);
      else done();
    };
    requestAnimationFrame(step);
  });
  player.pause();
  return frames.slice(1);
}"""
JUMP = """({player}) => {
  const begin = performance.now();
  for (let n = 0; n < 100; n += 1) player.seek(Math.floor(Math.random() * player.record.last));
  return (performance.now() - begin) / 100;
}"""


def main() -> int:
    """Measure, print, and write `bench/results/replay.json`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--clicks", type=int, default=7)
    options = parser.parse_args()
    with ExitStack() as stack:
        _use_servers(stack)
        session_id = write_session(options.events)
        stack.enter_context(_page_server())
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        clicks = [click(page, session_id) for _ in range(options.clicks + 1)][1:]
        player = page.locator(".sage")
        jump_ms = player.evaluate(JUMP)
        frames = player.evaluate(PLAY)
        size = player.evaluate("({player}) => player.source.length")
        browser.close()
    figures = {
        "events": options.events,
        "megabytes": round(size / 1e6, 2),
        "click_to_answer_ms_p50": round(statistics.median(clicks)),
        "click_to_answer_ms_worst": round(max(clicks)),
        "jump_ms": round(jump_ms, 1),
        "frames_a_second": round(1000 / statistics.mean(frames), 1),
        "longest_frame_ms": round(max(frames)),
    }
    print(json.dumps(figures, indent=2))
    RESULTS.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


def click(page: Page, session_id: UUID) -> float:
    """Return the milliseconds from the click to a player that has answered a jump and drawn it."""
    page.goto(f"http://127.0.0.1:{PORT}/?session={session_id}")
    button = page.get_by_role("button", name="Open")
    button.wait_for()
    page.wait_for_timeout(500)
    begin = time.perf_counter()
    button.click()
    page.locator(".controls").wait_for()
    page.locator(".sage").evaluate(
        "({player}) => { player.seek(10); return new Promise(requestAnimationFrame); }"
    )
    return (time.perf_counter() - begin) * 1000


def write_session(number: int) -> UUID:
    """Store a session with so many events, one in ten of them a decision or an artifact."""
    user = accounts.create_user("bench", "bench@example.org")
    principal = UserPrincipal(user.id)
    team = accounts.list_teams(principal)[0]
    request = LaunchRequest(team.id, "A long session", "Employees submit expenses.")
    session = launching.launch_session(principal, request).session
    tasks = [str(task.id) for task in reading.list_tasks(principal, session.id)]
    bodies = list(_bodies(tasks, number))
    begin = session.created_at

    def work(db: Connection) -> None:
        head = heads.lock_head(db, session.id)
        assert head is not None
        for place, body in enumerate(bodies):
            head = heads.append_events(db, head, [body], begin + timedelta(seconds=place / 3))

    transact(work, budget_seconds=120)
    assert len(reading.list_events(SYSTEM, session.id)) >= number
    return session.id


def _bodies(tasks: list[str], number: int) -> Iterator[EventBody]:
    chance = random.Random(7)
    for task_id in tasks:
        yield ev.TaskStarted(task_id, 1, "bench")
        for place in range(number // len(tasks)):
            dice = chance.random()
            if dice < 0.05:
                yield ev.DecisionRecorded(str(new_id()), task_id, "data")
            elif dice < 0.1:
                yield ev.ArtifactRecorded(str(new_id()), task_id, f"part-{place}", "ddl")
            else:
                yield ev.TaskNote(task_id, 1, f"Looks at part {place} of the work before it")
        yield ev.TaskCompleted(task_id, 1)


def _use_servers(stack: ExitStack) -> None:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    servers = stack.enter_context(running_servers(folder))
    os.environ |= {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
    get_settings.cache_clear()
    subprocess.run([sys.executable, "-m", "alembic", "upgrade", "head"], cwd=ROOT, check=True)


@contextmanager
def _page_server() -> Iterator[None]:
    script = str(Path(__file__).with_name("replay_page.py"))
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(PORT)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            try:
                urlopen(f"http://127.0.0.1:{PORT}/_stcore/health").close()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait(10)


if __name__ == "__main__":
    raise SystemExit(main())
