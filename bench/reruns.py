"""The pages: how long their scripts run, first and again, on the demo team's sessions.

Speaks Streamlit's protocol over a socket as its frontend does, so that what is measured is the
server: from the request to the message that the script has finished. A first run is that of a new
tab, with the opening of its socket. An app of one line runs beside ours, before and after it: the
ratio to it is what our pages cost. Prints one JSON object.
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
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from bench.live import ROOT, running_app
from core.domain.access import UserPrincipal
from core.services import accounts, demo, reading, signing_in
from core.settings import get_settings
from embedded.servers import running_servers

RESULTS = ROOT / "bench" / "results" / "reruns.json"
GOALS_MS = {"first": 150.0, "again": 25.0}


class Tab:
    """A browser's tab, as the server sees it."""

    def __init__(self, socket: ClientConnection, page: str, query: dict[str, str]) -> None:
        self._socket = socket
        self._page, self._query = page, urlencode(query)
        self._script = ""

    def run(self) -> None:
        """Have the page's script run, and wait until it has finished."""
        request = BackMsg()
        request.rerun_script.query_string = self._query
        request.rerun_script.page_script_hash = self._script
        request.rerun_script.page_name = "" if self._script else self._page
        self._socket.send(request.SerializeToString())
        while True:
            frame = self._socket.recv(timeout=30)
            assert isinstance(frame, bytes)
            message = ForwardMsg.FromString(frame)
            kind = message.WhichOneof("type")
            if kind == "navigation":
                self._script = message.navigation.page_script_hash
            elif kind == "page_not_found":
                raise RuntimeError(f"there is no page {self._page!r}")
            elif kind == "delta" and message.delta.new_element.HasField("exception"):
                raise RuntimeError(message.delta.new_element.exception.message)
            elif kind == "script_finished":
                return


@contextmanager
def opened(address: str, login: str, page: str, query: dict[str, str]) -> Iterator[Tab]:
    """Open a tab on a page."""
    host = address.removeprefix("http://")
    with connect(
        f"ws://{host}/_stcore/stream",
        origin=Origin(address),
        subprotocols=[Subprotocol("streamlit"), Subprotocol("an-xsrf-token")],
        additional_headers={"Cookie": f"{signing_in.cookie_name()}={login}"} if login else None,
        proxy=None,
        max_size=None,
    ) as socket:
        yield Tab(socket, page, query)


def of_the_empty_app(tabs: int, reruns: int) -> dict[str, list[float]]:
    """Run the page of one line, which asks nobody and reads nothing."""
    with running_app("bench.empty_app:app", "/_stcore/health") as (address, _):
        return first_and_again(partial(opened, address, "", "", {}), tabs, reruns)


def milliseconds(act: Callable[[], object]) -> float:
    """Return how long an act takes."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def first_and_again(
    open_tab: Callable[[], AbstractContextManager[Tab]], tabs: int, reruns: int
) -> dict[str, list[float]]:
    """Run a page in fresh tabs, and again in each."""
    found: dict[str, list[float]] = {"first": [], "again": []}
    for _ in range(tabs):
        began = time.perf_counter()
        with open_tab() as tab:
            tab.run()
            found["first"].append((time.perf_counter() - began) * 1000)
            found["again"] += [milliseconds(tab.run) for _ in range(reruns)]
    return found


def summary(found: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    """Return the median and the 95th percentile of each kind of run."""
    return {
        kind: {
            "p50_ms": round(statistics.median(values), 1),
            "p95_ms": round(statistics.quantiles(values, n=20)[18], 1),
        }
        for kind, values in found.items()
    }


def main() -> None:
    """Measure every page, print the figures, and write `bench/results/reruns.json`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tabs", type=int, default=10)
    parser.add_argument("--reruns", type=int, default=5)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_servers(Path(folder)) as servers:
        os.environ |= {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
        get_settings.cache_clear()
        subprocess.run([sys.executable, "-m", "alembic", "upgrade", "head"], cwd=ROOT, check=True)
        demo.seed_demo()
        user, team = accounts.ensure_demo_team()
        password = accounts.ensure_demo_password() or ""
        ticket = signing_in.sign_in(user.user_name, password, address="127.0.0.1", agent="bench")
        login = signing_in.redeem_ticket(ticket) or ""
        sessions = reading.list_sessions(UserPrincipal(user.id), team_id=team.id)
        query = {"team": str(team.id)}
        of_session = query | {"session": str(sessions[-1].id)}
        pages = {
            "": query,
            "sessions": query,
            "decisions": query,
            "launch": query,
            "live": of_session,
            "replay": of_session,
            "work": of_session,
        }
        empty = of_the_empty_app(wanted.tabs, wanted.reruns)
        with running_app() as (address, _):
            figures = {
                page or "board": summary(
                    first_and_again(
                        partial(opened, address, login, page, asked), wanted.tabs, wanted.reruns
                    )
                )
                for page, asked in pages.items()
            }
        for kind, values in of_the_empty_app(wanted.tabs, wanted.reruns).items():
            empty[kind] += values
    beside = summary(empty)
    report = {
        "pages": figures,
        "empty_app": beside,
        "ratios_of_p50": {
            page: {
                kind: round(of_page[kind]["p50_ms"] / beside[kind]["p50_ms"], 2) for kind in beside
            }
            for page, of_page in figures.items()
        },
        "goals_ms": GOALS_MS,
        "load_average": os.getloadavg()[0],
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
