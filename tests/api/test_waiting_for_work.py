"""Agents that wait for work over HTTP: holding up nobody, and claiming nothing once they left."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from api.payloads.agent import LONGEST_WAIT_SECONDS
from core.services import agents, tokens
from core.settings import Settings
from tests.api.agent import Agent
from tests.api.leaving import ask_and_leave
from tests.api.world import World
from tests.services.working import launch_external

LONG_SECONDS = 60  # no test waits for its end


def test_many_who_wait_hold_up_nobody_and_are_handed_what_is_launched(world: World) -> None:
    waiting = [Agent(world) for _ in range(12)]  # more than there are threads
    with ThreadPoolExecutor(len(waiting)) as pool:
        asked = [pool.submit(one.take, wait_seconds=LONG_SECONDS) for one in waiting]
        time.sleep(1)
        assert world.get("/teams").status_code == 200
        assert not any(one.done() for one in asked)
        for _ in waiting:
            launch_external(world.owner)
        tasks = {one.result(LONG_SECONDS / 2)["task_id"] for one in asked}
    assert len(tasks) == len(waiting)


def test_who_waits_for_nothing_is_told_so_in_time(world: World) -> None:
    began = time.monotonic()
    assert Agent(world).claim(wait_seconds=1.5).status_code == 204
    assert 1 <= time.monotonic() - began < LONG_SECONDS / 2


def test_who_found_no_work_may_ask_again_with_the_same_key(world: World) -> None:
    agent = Agent(world)
    agent.headers = agent.headers | {"Idempotency-Key": str(uuid4())}
    assert agent.claim().status_code == 204
    assert agent.claim().status_code == 204
    launch_external(world.owner)
    first = agent.take()
    assert agent.take() == first
    assert first["attempt"] == 1


def test_a_key_is_held_for_longer_than_anybody_may_wait_for_work() -> None:
    assert Settings().idempotency_lock_seconds >= LONGEST_WAIT_SECONDS + 30


def test_nothing_is_claimed_for_who_has_gone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    after_the_first_look(monkeypatch, lambda: launch_external(world.owner))
    headers = Agent(world).headers
    ask_and_leave(world, "/api/tasks/claim", {"wait_seconds": LONG_SECONDS}, headers)
    assert Agent(world).take()["attempt"] == 1


def test_a_token_that_is_revoked_during_the_wait_claims_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def revoke() -> None:
        for token in tokens.list_tokens(world.owner.principal):
            tokens.revoke_token(world.owner.principal, token.id)
        launch_external(world.owner)

    agent = Agent(world)
    after_the_first_look(monkeypatch, revoke)
    answer = agent.claim(wait_seconds=LONG_SECONDS)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_refused")
    assert Agent(world).take()["attempt"] == 1


def after_the_first_look(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    find_work = agents.find_work
    acts = [act]

    def find(*args: Any) -> Any:
        found = find_work(*args)
        if acts:
            acts.pop()()
        return found

    monkeypatch.setattr(agents, "find_work", find)
