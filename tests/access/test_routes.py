"""Each route of the app x each person: what a cookie opens, and that a token opens none of them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import httpx2
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from core.domain.access import UserPrincipal
from core.ids import new_id
from core.services.transaction import ask
from core.store import people
from tests.access.marks import Marked
from tests.access.persons import KINDS, Person, signed_in
from tests.conftest import ROOT

OPEN, SIGNED_IN = "open to all", "signed in"
_LIST = """
import json
from app import app
routes = app._build_starlette_app().routes
print(json.dumps([[one.path, sorted(getattr(one, "methods", None) or [])] for one in routes]))
"""


@dataclass(frozen=True)
class Row:
    """A route: to whom it is open, at which address it is asked, and what lets in answers."""

    open_to: str
    at: str
    answers: frozenset[int]


def row(open_to: str, at: str, *answers: int) -> Row:
    return Row(open_to, at, frozenset(answers))


SCRIPTLESS = "/_stcore/bidi-components/none/none.js"
UPLOAD = f"/_stcore/upload_file/{new_id()}/file"  # a Streamlit session that nobody opened
ROWS: dict[str, Row] = {
    "/healthz": row(OPEN, "/healthz", 200),
    "/readyz": row(OPEN, "/readyz", 200, 503),
    "/auth/redeem": row(OPEN, "/auth/redeem", 400),
    "/auth/sign-out": row(OPEN, "/auth/sign-out", 200),
    "/auth/me": row(SIGNED_IN, "/auth/me", 200),
    "/auth/oidc/start": row(OPEN, "/auth/oidc/start", 303, 403, 404),
    "/auth/oidc/callback": row(OPEN, "/auth/oidc/callback", 303, 403, 404),
    # What there is in it finds out by itself who asks: tests/api/operations.py has its table.
    "/api": row(OPEN, "/api/none", 404),
    "/mcp": row(OPEN, "/mcp", 403, 405),  # tests/access/test_tools.py has its table
    "/_stcore/health": row(OPEN, "/_stcore/health", 200, 204),
    "/_stcore/metrics": row(SIGNED_IN, "/_stcore/metrics", 200, 204),
    "/_stcore/host-config": row(OPEN, "/_stcore/host-config", 200),
    "/media/{file_id:path}": row(SIGNED_IN, "/media/0123456789.csv", 404, 204),
    "/_stcore/upload_file/{session_id}/{file_id}": row(SIGNED_IN, UPLOAD, 404),
    "/component/{path:path}": row(SIGNED_IN, "/component/none/index.html", 404, 204),
    "/_stcore/bidi-components/{path:path}": row(SIGNED_IN, SCRIPTLESS, 404, 204),
    "/auth/login": row(SIGNED_IN, "/auth/login", 302, 307, 400, 404),
    "/auth/logout": row(SIGNED_IN, "/auth/logout", 302, 307, 400, 404),
    "/oauth2callback": row(SIGNED_IN, "/oauth2callback", 302, 307, 400, 404),
    # The agent API is off: it describes that it is, and does nothing.
    "/_stcore/agent/interact": row(SIGNED_IN, "/_stcore/agent/interact", 403, 404, 405),
    "/_stcore/agent/openapi.json": row(SIGNED_IN, "/_stcore/agent/openapi.json", 200, 405),
    "/_stcore/agent/mcp": row(SIGNED_IN, "/_stcore/agent/mcp", 400, 405),
    "": row(SIGNED_IN, "/live?team={team}&session={session}", 200),
}
SOCKETS = {"/tab": SIGNED_IN, "/_stcore/stream": OPEN}  # the sign-in page has one, too
METHODS = {
    "/auth/redeem": ["POST"],
    "/auth/sign-out": ["POST"],
    "/_stcore/upload_file/{session_id}/{file_id}": ["PUT", "DELETE", "OPTIONS"],
    "": ["GET", "HEAD"],
    **{name: ["GET", "POST", "PUT", "DELETE"] for name in ROWS if "/agent/" in name},
}
WITH_OPTIONS = {
    *("/_stcore/health", "/_stcore/metrics", "/_stcore/bidi-components/{path:path}"),
    *("/media/{file_id:path}", "/component/{path:path}"),
}


@cache
def routes() -> dict[str, set[str]]:
    """Return the paths of the app's routes with their methods, as its own process builds them."""
    ran = subprocess.run(
        [sys.executable, "-c", _LIST], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found: dict[str, set[str]] = {}
    for path, methods in json.loads(ran.stdout.splitlines()[-1]):
        found.setdefault(path, set()).update(methods)
    return found


def methods_of(name: str) -> list[str]:
    usual = ["GET", "HEAD"] + (["OPTIONS"] if name in WITH_OPTIONS else [])
    return METHODS.get(name, usual)


def cells() -> Iterator[tuple[str, str]]:
    yield from ((name, method) for name in ROWS for method in methods_of(name))


def test_every_route_has_a_row() -> None:
    found = set(routes())
    assert found == set(ROWS) | set(SOCKETS)
    for name in found - set(SOCKETS) - {""}:
        asked = set(methods_of(name))
        left_out = routes()[name] - asked
        assert not left_out or "/agent/" in name, f"{name}: nobody asks for {left_out}"


@pytest.mark.parametrize(("name", "method"), list(cells()))
@pytest.mark.parametrize("who", KINDS)
def test_a_route_is_open_to_whom_the_table_says(
    host: str, marked: Marked, persons: dict[str, Person], who: str, name: str, method: str
) -> None:
    asked, person = ROWS[name], persons[who]
    if name == "/auth/sign-out" and person.is_signed_in:
        person = _once_more(person)  # it ends the login
    headers = {"origin": f"http://{host}", "accept": "application/json"} | person.headers
    at = asked.at.format(**marked.ids)
    answer = httpx2.request(method, f"http://{host}{at}", headers=headers, follow_redirects=False)
    if asked.open_to == OPEN or person.is_signed_in:
        assert answer.status_code in asked.answers
    else:
        assert answer.status_code == 401
        assert method == "HEAD" or answer.json()["error"]["code"] == "signed_out"
    own = {"member"} if name == "/auth/me" else set()  # the visitor's own name
    assert marked.seen_in(answer.content + str(answer.headers).encode()) <= own


@pytest.mark.parametrize("path", SOCKETS)
@pytest.mark.parametrize("who", KINDS)
def test_a_socket_is_open_to_whom_the_table_says(
    host: str, persons: dict[str, Person], who: str, path: str
) -> None:
    person = persons[who]

    def open_socket() -> bool:
        at, origin = f"ws://{host}{path}", Origin(f"http://{host}")
        with connect(at, origin=origin, additional_headers=person.headers, proxy=None):
            return True

    if SOCKETS[path] == OPEN or person.is_signed_in:
        assert open_socket()
    else:
        with pytest.raises(InvalidStatus) as refused:
            open_socket()
        assert refused.value.response.status_code == 403


def _once_more(person: Person) -> Person:
    """Return the person with another login."""
    assert isinstance(person.principal, UserPrincipal)
    user_id = person.principal.user_id
    user = ask(lambda db: people.get_user(db, user_id))
    assert user is not None
    return signed_in(user, person.role)
