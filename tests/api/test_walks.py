"""Callers that follow the document's links, of every kind: documented answers, no foreign data."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case, Response
from schemathesis.generation.stateful.state_machine import APIStateMachine

from api.application import make_api
from core.domain.access import Scope, TeamRole
from tests.api.cases import name_real_things, named, request_of
from tests.api.test_unthought import CHECKS
from tests.api.world import Ids, World, make_world
from tests.profiles import WITH_SERVERS

SCHEMA = schemathesis.openapi.from_dict(make_api().openapi()).exclude(path_regex="^/auth/log")
STEPS = 25
Headers = dict[str, str]

KINDS: dict[str, Callable[[World], Headers]] = {
    "owner": World.token,
    "member": lambda world: world.token_of(TeamRole.MEMBER),
    "viewer": lambda world: world.token_of(TeamRole.VIEWER),
    "reading token": lambda world: world.token(scopes=[Scope.READ]),
    "token of another team": World.bound_elsewhere,
    "stranger": lambda world: world.token_of(None),
}
OUTSIDE = {"token of another team", "stranger"}
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def in_bodies_too(ids: Ids) -> dict[str, str]:
    """Return a world's things as operations call them, also in what is sent."""
    return named(ids) | {"supersedes_id": str(ids.decision), "role": "dba"}


class Walk:
    """A caller on its way: what it sends, and what it must never read."""

    def __init__(self, world: World, headers: Headers, secret: set[str]) -> None:
        self.world = world
        self.headers = headers
        self.secret = secret
        self.turns = itertools.count()
        self.answers: Counter[int] = Counter()
        self.followed: Counter[str] = Counter()

    def name_real_things(self, case: Case, places: list[dict[str, str]]) -> None:
        """Let two of three calls that no link filled in name things that are there."""
        turn = next(self.turns)
        real = places[turn % len(places)]
        if turn % 3:
            name_real_things(case, real)

    def send(self, case: Case) -> Response:
        sent = request_of(case, self.headers)
        answer = self.world.client.request(**sent)
        self.answers[answer.status_code] += 1
        asked = set(_ID.findall(f"{sent['url']} {sent.get('params')} {sent.get('json')}"))
        leaked = set(_ID.findall(answer.text)) & self.secret - asked
        assert not leaked, f"{case.method} {case.formatted_path} told {leaked}"
        return Response.from_any(answer)


def machine(walk: Walk, places: list[dict[str, str]]) -> type[APIStateMachine]:
    """Return the machine that takes a walk through the links of the document."""
    base = SCHEMA.as_state_machine()

    class Walking(base):  # type: ignore[misc, valid-type]
        def step(self, input: Any) -> Any:
            if input.transition is None or not input.is_applied:
                walk.name_real_things(input.case, places)
            else:
                walk.followed[input.transition.id] += 1
            return super().step(input)

        def call(self, case: Case, **kwargs: Any) -> Response:
            return walk.send(case)

        def validate_response(self, response: Response, case: Case, **kwargs: Any) -> None:
            case.validate_response(response, checks=CHECKS)

    return Walking


def everything_of(world: World) -> Iterator[str]:
    """Yield the id of each thing of a world, also those that its own answers tell."""
    yield from in_bodies_too(world.ids).values()
    session = world.ids.session
    for path in (f"/sessions/{session}", f"/sessions/{session}/events", f"/teams/{world.ids.team}"):
        yield from _ID.findall(world.get(path).text)


@pytest.mark.parametrize("kind", KINDS)
def test_wherever_links_lead_no_answer_is_undocumented_or_foreign(world: World, kind: str) -> None:
    headers = KINDS[kind](world)
    foreign = make_world(world.client)
    teams = world.client.get("/api/teams", headers=headers).text
    mine = {str(world.owner.user.id), *_ID.findall(teams)}
    secret = set(everything_of(foreign)) - mine
    if kind in OUTSIDE:
        secret |= set(everything_of(world)) - mine
    walk = Walk(world, headers, secret)
    walking = machine(walk, [in_bodies_too(one.ids) for one in (world, foreign, world)])
    walking.run(
        settings=settings(
            max_examples=max(1, WITH_SERVERS // 3),
            stateful_step_count=STEPS,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
    )
    assert walk.followed, "no link was followed"
    assert walk.answers[200], "nothing was ever answered"
