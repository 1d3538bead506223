"""A page with nothing but the player: of the log `?log=` in the folder SAGE_TEST_LOGS."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

import streamlit as st

from core.domain.events import Event, decode_body, encode_body
from core.domain.replay import make_timeline
from pages.parts.player import draw_player, pack
from tests.domain.logs import SESSION


def write_log(path: Path, log: list[Event]) -> None:
    """Write a log for the page to read."""
    rows = [(one.seq, one.at.isoformat(), one.type, encode_body(one.body)) for one in log]
    path.write_text(json.dumps(rows), encoding="utf-8")


def read_log(path: Path) -> list[Event]:
    """Read what `write_log` wrote."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    return [
        Event(SESSION, seq, datetime.fromisoformat(at), decode_body(type_name, payload))
        for seq, at, type_name, payload in rows
    ]


if __name__ == "__main__":
    st.set_page_config(layout="wide")
    st.title("Replay")
    name = st.query_params.get("log")
    if name:
        draw_player(pack(make_timeline(read_log(Path(os.environ["SAGE_TEST_LOGS"]) / name))))
