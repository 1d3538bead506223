"""Log lines as text and as JSON, and tasks: each says the trace that it belongs to."""

from __future__ import annotations

import json
import logging
import sys
from contextvars import Context
from typing import Any
from uuid import UUID

import pytest

from core.domain.origin import Origin, coming_from
from core.domain.routing import OpenRequest, Routed, RouteRequest
from core.logs import JsonFormat, TextFormat
from core.services import claiming, dispatching, routing
from tests.factories import WORKER, Someone, claim, expire_lease, launch

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def record(message: str, exc_info: Any = None) -> logging.LogRecord:
    return logging.LogRecord("a.module", logging.WARNING, "x.py", 1, message, None, exc_info)


def test_an_entry_in_json_is_one_line_with_its_trace_and_its_exception() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        failed = record('a "quoted"\nmessage', exc_info=sys.exc_info())
    with coming_from(Origin("", TRACE)):
        line = JsonFormat("worker").format(failed)
    assert "\n" not in line
    entry = json.loads(line)
    assert (entry["trace_id"], entry["service"], entry["level"]) == (TRACE, "worker", "WARNING")
    assert entry["message"] == 'a "quoted"\nmessage'
    assert "ValueError: two" in entry["exception"]


def test_an_entry_in_text_says_its_trace_where_there_is_one() -> None:
    # In a context of its own: what ran before in this one may have said where it comes from.
    alone = Context().run(TextFormat().format, record("hello"))
    assert "trace" not in alone
    with coming_from(Origin("", TRACE)):
        assert f" trace {TRACE}: hello" in TextFormat().format(record("hello"))


def test_what_the_reaper_says_of_a_lost_attempt_belongs_to_the_trace_of_its_launch(
    someone: Someone, caplog: pytest.LogCaptureFixture
) -> None:
    with coming_from(Origin("", TRACE)):
        session = launch(someone)
    claimed = claim(someone, session, "architect")
    assert claimed.trace_id == TRACE
    expire_lease(claimed)
    caplog.handler.setFormatter(JsonFormat("dispatcher"))
    assert dispatching.reap_lost_attempts() == 1
    (entry,) = [json.loads(line) for line in caplog.text.splitlines() if "is lost" in line]
    assert (entry["trace_id"], entry["service"]) == (TRACE, "dispatcher")


def test_each_routed_task_belongs_to_the_trace_of_its_own_request(someone: Someone) -> None:
    def route(trace_id: str, session_id: UUID | None = None) -> Routed:
        order = RouteRequest(
            "dba", "review", "Review it", session_id=session_id, team_id=someone.team_id
        )
        with coming_from(Origin("", trace_id)):
            return routing.route_task(someone.principal, order)

    with coming_from(Origin("", TRACE)):
        order = OpenRequest("Reviews", team_id=someone.team_id)
        opened = routing.open_session(someone.principal, order).session
    for number, trace_id in enumerate(("1" * 32, "2" * 32), start=1):
        task = route(trace_id, opened.id).task
        claimed = claiming.claim_task(task.id, WORKER)
        assert claimed is not None
        assert (claimed.trace_id, claimed.routed_number) == (trace_id, number)
    alone = claiming.claim_task(route("3" * 32).task.id, WORKER)
    assert alone is not None
    assert alone.trace_id == "3" * 32
