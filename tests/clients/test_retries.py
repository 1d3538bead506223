"""Calls over a bad connection: done once, with one key, however often they are sent."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from sage_mode_client import NotFound, ServerError, TooMany, Unavailable, Unreachable
from tests.clients.faces import client_of
from tests.clients.proxy import AGAIN_SECONDS, Manner, Proxy
from tests.factories import Someone
from tests.services.working import launch_external

BRIEF = "Employees submit expenses. Their manager approves or rejects them."
ROUGH = (Manner.CUT_BEFORE, Manner.CUT_MIDWAY, Manner.BUSY, Manner.CUT_MIDWAY)


def launch(client: Any, someone: Someone, name: str = "Expenses", **options: Any) -> Any:
    return client.launch(someone.team_id, name, BRIEF, **options)


def test_one_launch_over_a_rough_way_makes_one_session_with_one_key(
    proxy: Proxy, someone: Someone, token: str, kind: str
) -> None:
    with client_of(kind, proxy.address, token) as client:
        proxy.behave(*ROUGH)
        began = time.monotonic()
        session = launch(client, someone)
        assert time.monotonic() - began >= AGAIN_SECONDS
        assert len(proxy.heard) == len(ROUGH) + 1
        assert len(proxy.keys()) == 1
        assert len({one.trace for one in proxy.heard}) == 1
        other = launch(client, someone)
        assert len(proxy.keys()) == 2
        found = {one.id for one in client.walk_sessions(team_id=someone.team_id, limit=1)}
        assert found == {session.id, other.id}


def test_a_key_of_ones_own_is_the_same_act_in_another_client(
    proxy: Proxy, someone: Someone, token: str, kind: str
) -> None:
    key = "6c4f1d4a-7a33-4d4f-9a55-0d4f1c6f2b11"
    made = []
    for _ in range(2):
        with client_of(kind, proxy.address, token) as client:
            made.append(launch(client, someone, idempotency_key=key).id)
    assert made[0] == made[1]


def test_what_is_still_worked_on_is_waited_for_and_not_done_again(
    proxy: Proxy, someone: Someone, token: str, kind: str
) -> None:
    session = launch_external(someone)
    with client_of(kind, proxy.address, token) as client:
        proxy.behave(Manner.HANG_UP)
        order = client.claim_task(session_id=session.id, wait_seconds=1)
        assert order is not None
        assert (order.session_id, order.attempt) == (session.id, 1)
        assert len(proxy.heard) > 1
        assert len(proxy.keys()) == 1
        assert client.claim_task(session_id=session.id) is None


@pytest.mark.parametrize(
    ("manner", "error"), [(Manner.BUSY, Unavailable), (Manner.LIMITED, TooMany)]
)
def test_who_has_no_patience_hears_when_to_come_again(
    proxy: Proxy, token: str, kind: str, manner: Manner, error: type[Unavailable]
) -> None:
    with client_of(kind, proxy.address, token, patience_seconds=0.5) as client:
        proxy.behave(manner)
        with pytest.raises(error) as refused:
            client.me()
        assert refused.value.retry_after_seconds == AGAIN_SECONDS
        assert len(proxy.heard) == 1


def test_patience_ends(proxy: Proxy, token: str, kind: str) -> None:
    with client_of(kind, proxy.address, token, patience_seconds=0.6) as client:
        proxy.behave(*[Manner.CUT_BEFORE] * 100)
        began = time.monotonic()
        with pytest.raises(Unreachable) as failed:
            client.me()
        assert time.monotonic() - began < 5
        assert len(proxy.heard) > 1
        assert {one.trace for one in proxy.heard} == {failed.value.trace_id}
        assert failed.value.__cause__ is not None


def test_a_refusal_is_told_at_once(proxy: Proxy, token: str, kind: str) -> None:
    with client_of(kind, proxy.address, token) as client:
        proxy.behave()
        with pytest.raises(NotFound):
            client.get_session("0192f0c1-7d1a-7c3e-9a55-0d4f1c6f2b11")
        assert len(proxy.heard) == 1


def invite(client: Any, someone: Someone) -> Any:
    return client.invite(someone.team_id, "new@example.org")


def sign_up(client: Any, someone: Someone) -> Any:
    return client.sign_up("mara", "mara@example.org", "a long password of mine")


def test_what_answers_with_a_secret_is_sent_again_and_made_once(
    proxy: Proxy, someone: Someone, token: str, kind: str
) -> None:
    with client_of(kind, proxy.address, token) as client:
        proxy.behave(*ROUGH)
        made = invite(client, someone)
        assert len(proxy.heard) == len(ROUGH) + 1
        (open_one,) = client.list_invitations(someone.team_id).items
        assert (open_one.id, bool(made.link)) == (made.id, True)


@pytest.mark.parametrize("manner", [Manner.CUT_MIDWAY, Manner.BAD_GATEWAY, Manner.BUSY])
def test_what_may_not_be_done_twice_is_sent_once(
    proxy: Proxy, someone: Someone, token: str, kind: str, manner: Manner
) -> None:
    with client_of(kind, proxy.address, token) as client:
        proxy.behave(manner)
        with pytest.raises((Unreachable, ServerError)):
            sign_up(client, someone)
        assert len(proxy.heard) == 1


@pytest.mark.parametrize("act", [sign_up, launch], ids=["sign_up", "launch"])
def test_a_server_that_was_not_reached_is_tried_again(
    token: str, someone: Someone, kind: str, act: Callable[..., Any]
) -> None:
    with client_of(kind, "http://127.0.0.1:9", token, patience_seconds=1) as client:
        began = time.monotonic()
        with pytest.raises(Unreachable):
            act(client, someone)
        assert time.monotonic() - began >= 1


def test_events_go_on_where_the_connection_was_lost(
    proxy: Proxy, someone: Someone, token: str, kind: str
) -> None:
    with client_of(kind, proxy.address, token) as client:
        session = launch(client, someone)
        numbers = [one.seq for one in client.events(session.id)]
        assert numbers == list(range(1, session.last_seq + 1))
        proxy.behave(Manner.CUT_MIDWAY, Manner.BUSY, Manner.CUT_MIDWAY)
        assert [one.seq for one in client.events(session.id)] == numbers
        assert len(proxy.heard) == 4
        assert proxy.heard[0].path.endswith("after=0&limit=1000")
        assert not proxy.heard[1].path.endswith("after=0&limit=1000")
        assert [one.seq for one in client.events(session.id, after=2)] == numbers[2:]
