"""The diagrams of the plans, drawn by the Mermaid that the pages draw them with, in Chromium."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import streamlit
from playwright.sync_api import Page

from tests.journeys.crew import chromium
from tests.planning.plans import PLANNED, artifact, artifacts, brief, plan, run
from tests.planning.test_fuzz import MANGLED, NASTY
from tests.planning.test_packs import SMALL_BRIEFS

STATIC = Path(streamlit.__file__).parent / "static"
FENCED = re.compile(r"^```mermaid\n(.*?)^```", re.MULTILINE | re.DOTALL)
DRAW = """
async ([module, diagrams]) => {
    const found = Object.values(await import(module)).map(one => one.default ?? one);
    const mermaid = found.find(one => one && one.render && one.parse);
    mermaid.initialize({startOnLoad: false, securityLevel: "strict"});
    const verdicts = [];
    for (const [number, text] of diagrams.entries()) {
        try {
            const {svg} = await mermaid.render(`drawn${number}`, text);
            verdicts.push(svg.includes("<svg") ? "" : "no picture");
        } catch (error) {
            verdicts.push(String(error.message || error));
        }
    }
    return verdicts;
}
"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and writes no log."""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(STATIC)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with chromium() as browser:
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/static/manifest.json")
        yield page
    server.shutdown()


def verdicts(page: Page, diagrams: list[str]) -> list[str]:
    """Return for each diagram what Mermaid has against it; nothing when it drew it."""
    (module,) = (STATIC / "static/js").glob("mermaid.core.*.js")
    found: list[str] = page.evaluate(DRAW, [f"/static/js/{module.name}", diagrams])
    return found


def diagrams_of(texts: list[str]) -> list[str]:
    return list(
        dict.fromkeys(
            diagram
            for text in texts
            for one in artifacts(run(text))
            for diagram in FENCED.findall(one.body)
        )
    )


def test_mermaid_draws_every_diagram_of_the_plans(page: Page) -> None:
    found = diagrams_of([*(brief(name) for name in PLANNED), *SMALL_BRIEFS.values()])
    assert {one.split()[0] for one in found} >= {"flowchart", "erDiagram", "stateDiagram-v2"}
    said = verdicts(page, found)
    assert [(wrong, one) for wrong, one in zip(said, found, strict=True) if wrong] == []


def test_states_are_drawn_as_the_rules_say_and_no_further() -> None:
    body = artifact(plan("shift-swap"), "user-flows").body
    (drawn,) = (one for one in FENCED.findall(body) if one.startswith("stateDiagram"))
    numbers = {text: number for number, text in re.findall(r"(s\d): (\w+)", drawn)}
    steps = set(re.findall(r"(\S+) --> (\S+)", drawn))
    assert (numbers["accepted"], numbers["confirmed"]) in steps
    assert (numbers["confirmed"], numbers["declined"]) not in steps
    assert ("[*]", numbers["open"]) in steps


def test_mermaid_draws_what_nasty_words_became(page: Page) -> None:
    wrap = "Users can create notes and edit notes. Admins approve notes. {}"
    found = diagrams_of([wrap.format(words) for words in NASTY])
    said = verdicts(page, found)
    assert [(wrong, one) for wrong, one in zip(said, found, strict=True) if wrong] == []


def test_mermaid_draws_what_mangled_briefs_became(page: Page) -> None:
    chance = random.Random(9)
    ways = ("markdown", "odd words", "shuffled", "tags")
    texts = [MANGLED[way](brief("shift-swap"), chance) for way in ways]
    found = diagrams_of(texts)
    said = verdicts(page, found)
    assert [(wrong, one) for wrong, one in zip(said, found, strict=True) if wrong] == []


def test_the_verdict_on_a_broken_diagram_is_not_empty(page: Page) -> None:
    (verdict,) = verdicts(page, ["flowchart LR\n    a[[ --> end"])
    assert verdict
