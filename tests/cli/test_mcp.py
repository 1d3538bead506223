"""`./sage mcp`: messages on standard output alone; without a good token it does not begin."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Crew

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


@pytest.fixture
def token(crew: Crew) -> str:
    crew.sage("seed")
    made = crew.sage("token", "make", "agent", "--scope", "read", "--json")
    return str(made.json["token"])


def test_it_speaks_the_protocol_until_its_input_ends(crew: Crew, token: str) -> None:
    junk = b'{"jsonrpc": "2.0", "id": {}}\n\xff\n[\n'
    ran = crew.sage("mcp", stdin=junk + json.dumps(INITIALIZE).encode() + b"\n", SAGE_TOKEN=token)
    assert (ran.code, "Traceback" in ran.err) == (0, False)
    answers = [json.loads(line) for line in ran.out.splitlines()]
    (welcome,) = [one["result"] for one in answers if one.get("id") == 1]
    assert welcome["serverInfo"]["name"] == "sage-mode"
    assert "claim_task" in welcome["instructions"]


@pytest.mark.parametrize(
    ("token_of", "said"), [("", "SAGE_TOKEN is not set."), ("sage_x", "token")]
)
def test_without_a_good_token_it_says_so_and_ends(crew: Crew, token_of: str, said: str) -> None:
    ran = crew.sage("mcp", SAGE_TOKEN=token_of)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert len(ran.err.splitlines()) == 2


def test_without_a_database_it_says_so_and_ends(crew: Crew) -> None:
    away = "postgresql://sage:hunter2@127.0.0.1:1/sage"
    ran = crew.sage("mcp", SAGE_TOKEN="sage_x", DATABASE_URL=away)
    assert (ran.code, ran.out) == (3, "")
    assert "hunter2" not in ran.err
