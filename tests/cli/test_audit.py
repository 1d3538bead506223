"""`./sage audit`: reading who changed what, and verifying that it still stands."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from embedded.servers import RunningServers
from tests.cli.conftest import DATABASE, Here


@pytest.fixture
def superuser(servers: RunningServers) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    url = servers.admin_url.rpartition("/")[0] + f"/{DATABASE}"
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SET session_replication_role = replica")
        yield db


def launched(here: Here, brief: Path) -> str:
    ran = here.sage("launch", str(brief), "--executor", "empty", "--wait", "--json")
    return str(ran.json["session_id"])


def sealed(here: Here) -> dict:
    """Verify once the dispatcher has sealed everything, which takes it a second."""
    deadline = time.monotonic() + 15
    while True:
        ran = here.sage("audit", "verify", "--json")
        if not ran.json["waiting"]:
            return ran.json | {"code": ran.code}
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_the_dispatcher_seals_and_everything_is_right(here: Here, brief: Path) -> None:
    launched(here, brief)
    found = sealed(here)
    assert (found["code"], found["is_right"], found["broken"]) == (0, True, [])
    assert "accounts" in {one["chain"] for one in found["chains"]}
    ran = here.sage("audit", "verify")
    assert ran.code == 0
    assert "right   accounts" in ran.out


def test_the_first_broken_row_is_named(
    here: Here, brief: Path, superuser: psycopg.Connection[tuple[object, ...]]
) -> None:
    session_id = launched(here, brief)
    assert sealed(here)["is_right"]
    query = "SELECT id, subject FROM audit_events WHERE details ->> 'session_id' = %s"
    event_id, subject = superuser.execute(query, [session_id]).fetchall()[0]
    change = "UPDATE audit_events SET subject = %s WHERE id = %s"
    superuser.execute(change, ["Something else", event_id])
    try:
        ran = here.sage("audit", "verify")
        as_json = here.sage("audit", "verify", "--json")
    finally:
        superuser.execute(change, [subject, event_id])
    assert ran.code == as_json.code == 1
    assert f"row {event_id} (number" in ran.out
    assert "the row is not what was sealed" in ran.out
    (broken,) = as_json.json["broken"]
    assert broken["row"] == event_id
    assert here.sage("audit", "verify").code == 0


def test_what_was_done_in_the_terminal_is_listed(here: Here, brief: Path) -> None:
    session_id = launched(here, brief)
    listed = here.sage("audit", "list", "--kind", "session.launched", "--json").json["events"]
    newest = listed[0]
    assert newest["details"]["session_id"] == session_id
    assert (newest["actor"], newest["address"]) == ("user admin", "terminal")
    assert len(newest["trace_id"]) == 32
    assert "session.launched" in here.sage("audit", "list", "--text", session_id).out


def test_changes_of_accounts_are_listed_apart(here: Here) -> None:
    here.sage("user", "create", "audited", "--email", "audited@example.org")
    listed = here.sage("audit", "list", "--accounts", "--json").json["events"]
    assert ("user.created", "audited") in {(one["kind"], one["subject"]) for one in listed}
    team = here.sage("audit", "list", "--json").json["events"]
    assert "user.created" not in {one["kind"] for one in team}


def test_a_list_of_nothing_says_so(here: Here) -> None:
    ran = here.sage("audit", "list", "--text", "nothing is like this", "--since", "2030-01-01")
    assert (ran.code, ran.out) == (0, "Nothing was noted that is like this.\n")


def test_a_team_of_others_is_not_found(here: Here) -> None:
    here.sage("user", "create", "outsider", "--email", "outsider@example.org")
    ran = here.sage("audit", "list", "--as", "outsider", "--team", "Demo")
    assert ran.code == 2
