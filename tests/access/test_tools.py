"""Each tool and each resource of MCP x each person: who may call and read it, over the wire.

People call with a token of their own that has every scope, as programs do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx2
import pytest

from api.tools.catalogue import TOOLS
from api.tools.refusals import PROBLEM
from api.tools.resources import RESOURCES
from core.domain.access import Action, Scope, TokenPrincipal
from core.services import tokens
from tests.access.actions import may
from tests.access.marks import Marked
from tests.access.persons import KINDS, Person
from tests.factories import Someone, claim, complete, launch, make_someone
from tests.services.working import launch_external

_numbers = count(1)
HEADERS = {"accept": "application/json", "content-type": "application/json"}
TASK = {"task_type": "review", "description": "Look at the indexes."}
DECISION = {"text": "One table", "rationale": "Decided once", "category": "data"}


@dataclass(frozen=True)
class Row:
    """A tool: the action that it is, and what it is called with; None: what all have their own."""

    action: Action | None
    arguments: Callable[[dict[str, Any]], dict[str, Any]]
    is_of_an_agent: bool = False  # about a task that the caller has claimed


def on(*names: str, **fields: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return the arguments that name things by the ids of a place, and others as they are."""
    return lambda ids: {f"{name}_id": str(ids[name]) for name in names} | fields


def report(**fields: Any) -> Row:
    return Row(Action.REPORT, on("task", attempt=1, **fields), is_of_an_agent=True)


ROWS: dict[str, Row] = {
    "send_task": Row(Action.LAUNCH, on("team", target="dba", task=TASK)),
    "list_teams": Row(None, on()),
    "notify": Row(Action.NOTIFY, on("team", target="team", message="Look at it.")),
    "launch_session": Row(
        Action.LAUNCH, on("team", feature_name="Expenses", brief="Employees submit expenses.")
    ),
    "list_sessions": Row(Action.READ, on("team")),
    "fetch_status": Row(Action.READ, lambda ids: {"id": str(ids["session"])}),
    "list_decisions": Row(Action.READ, on("session")),
    "record_decision": Row(Action.DECIDE, on("session", **DECISION)),
    "claim_task": Row(Action.EXECUTE, on("team")),
    "heartbeat_task": report(),
    "report_progress": report(note="Reading"),
    "complete_task": report(output={}),
    "request_approval": report(approver_role="designer", reason="May the schema change?"),
    "fail_task": report(error_code="away", message="No model."),
}
READS = [name for name, row in ROWS.items() if row.action is Action.READ]
# What these say of a session; the journal also has what the team decided.
SHOWS = {
    "report": {"session", "artifact"},
    "journal": {"session", "brief", "tactical decision", "strategic decision", "reason"},
}


def test_every_tool_and_every_resource_has_a_row() -> None:
    assert set(ROWS) == set(TOOLS)
    assert set(SHOWS) == set(RESOURCES)


def ask(host: str, headers: dict[str, str], method: str, **params: Any) -> httpx2.Response:
    body = {"jsonrpc": "2.0", "id": next(_numbers), "method": method, "params": params}
    return httpx2.post(f"http://{host}/mcp", json=body, headers=HEADERS | headers)


def call(host: str, headers: dict[str, str], tool: str, arguments: dict[str, Any]) -> Any:
    answer = ask(host, headers, "tools/call", name=tool, arguments=arguments)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def token_of(person: Person) -> dict[str, str]:
    """Return what a person's program shows; a program's own token stays what it is."""
    if isinstance(person.principal, TokenPrincipal):
        return person.headers
    made = tokens.make_token(person.principal, "agent", list(Scope), days=1)
    return {"Authorization": f"Bearer {made.plain}"}


def may_ask(who: str) -> bool:
    return KINDS[who].is_signed_in or KINDS[who].scope is not None


def code_of(result: dict[str, Any]) -> str:
    """Return the code of a refusal, also of one that is told as an answer."""
    if result["isError"]:
        return str(result["_meta"][PROBLEM]["code"])
    told = result["structuredContent"]
    return str(told["status"]) if told.get("kind") == "none" else ""


def new_ids() -> tuple[Someone, dict[str, Any]]:
    """Make a team with work for an agent, and a task that somebody else has done."""
    team = make_someone()
    session = launch(team)
    claimed = claim(team, session, "architect")
    complete(claimed)
    launch_external(team)
    return team, {"team": team.team_id, "session": session.id, "task": claimed.task_id}


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("who", [one for one in KINDS if may_ask(one)])
def test_a_tool_does_what_the_table_says(
    host: str, servers_of_matrix: None, who: str, name: str
) -> None:
    row = ROWS[name]
    team, ids = new_ids()
    headers = token_of(KINDS[who].make(team))
    if row.is_of_an_agent and may(who, Action.EXECUTE):
        claimed = call(host, headers, "claim_task", {"team_id": str(team.team_id)})
        ids["task"] = claimed["structuredContent"]["order"]["task_id"]
    code = code_of(call(host, headers, name, row.arguments(ids)))
    if row.action is None or may(who, row.action):
        assert code == ""
    else:
        assert code == ("not_allowed" if KINDS[who].role else "not_found")


@pytest.mark.parametrize("who", [one for one in KINDS if not may_ask(one)])
def test_who_has_no_token_is_told_nothing(
    host: str, marked: Marked, persons: dict[str, Person], who: str
) -> None:
    for method, params in (
        ("tools/list", {}),
        ("tools/call", {"name": "list_teams", "arguments": {}}),
        ("resources/read", {"uri": f"sage://sessions/{marked.session.id}/report"}),
    ):
        answer = ask(host, persons[who].headers, method, **params)
        assert answer.status_code in (401, 403), method
        assert not marked.seen_in(answer.content)


def test_a_login_alone_opens_no_tool(host: str, persons: dict[str, Person]) -> None:
    headers = persons["owner"].headers | {"origin": f"http://{host}"}
    answer = ask(host, headers, "tools/list")
    assert answer.status_code in (401, 403)


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize("who", [one for one in KINDS if may_ask(one)])
def test_what_is_read_is_of_ones_own_teams(
    host: str, marked: Marked, persons: dict[str, Person], who: str, name: str
) -> None:
    headers = token_of(persons[who])
    result = call(host, headers, name, ROWS[name].arguments(dict(marked.ids)))
    seen = marked.seen_in(str(result).encode())
    assert bool(seen) == may(who, Action.READ), seen


@pytest.mark.parametrize("name", SHOWS)
@pytest.mark.parametrize("who", [one for one in KINDS if may_ask(one)])
def test_a_resource_is_read_by_whom_the_table_says(
    host: str, marked: Marked, persons: dict[str, Person], who: str, name: str
) -> None:
    headers = token_of(persons[who])
    address = RESOURCES[name].address(marked.session.id)
    answer = ask(host, headers, "resources/read", uri=address)
    listed = ask(host, headers, "resources/list")
    if may(who, Action.READ):
        assert marked.seen_in(answer.content) == SHOWS[name]
        assert address in listed.text
    else:
        assert answer.json()["error"]["data"]["code"] == "not_found"
        assert not marked.seen_in(answer.content + listed.content)
