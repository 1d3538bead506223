"""The socket of a session and its tickets x each person: who hears it, and who learns nothing."""

from __future__ import annotations

import pytest

from core.domain.access import Action, is_allowed
from core.ids import new_id
from tests.access.marks import Marked
from tests.access.persons import KINDS, Person
from tests.api.sockets.listener import listen, refusal, ticket_for

WAYS = ("socket", "ticket")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("who", KINDS)
def test_a_sessions_socket_is_open_to_whom_the_table_allows(
    host: str, marked: Marked, persons: dict[str, Person], who: str, way: str
) -> None:
    kind, headers, origin = KINDS[who], persons[who].headers, f"http://{host}"
    session_id, query = marked.session.id, ""
    if is_allowed(kind.role, Action.READ):
        if way == "ticket":
            made = ticket_for(host, session_id, headers | {"Origin": origin})
            assert made.status_code == 201
            query, headers = f"?ticket={made.json()['ticket']}", {}
        with listen(host, session_id, headers, query=query, origin=origin) as program:
            program.hear_type("decision_created")
            assert "session" in marked.seen_in(str(program.heard).encode())
        return
    expected = 404 if kind.is_signed_in else 401
    for asked in (session_id, new_id()):
        if way == "ticket":
            answer = ticket_for(host, asked, headers | {"Origin": origin})
            assert answer.status_code == expected
            assert not marked.seen_in(answer.content)
        else:
            found = refusal(host, asked, headers, origin=origin)
            assert found["status"] == expected
            assert not marked.seen_in(str(found).encode())
