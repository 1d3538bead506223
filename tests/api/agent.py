"""A program that works as an agent, by HTTP."""

from __future__ import annotations

from typing import Any

from core.domain.access import Scope
from tests.api.conforming import check
from tests.api.world import World

CLAIM = ("POST", "/tasks/claim")


class Agent:
    """A program with a token that may execute; every answer is held against the document."""

    def __init__(self, world: World) -> None:
        self._client = world.client
        self.headers = world.token(scopes=[Scope.EXECUTE])
        self._document = self._client.get("/api/openapi.json").json()

    def claim(self, **wanted: Any) -> Any:
        answer = self._client.post("/api/tasks/claim", json=wanted, headers=self.headers)
        check(self._document, CLAIM, answer)
        return answer

    def take(self, **wanted: Any) -> dict[str, Any]:
        answer = self.claim(**wanted)
        assert answer.status_code == 200, answer.text
        order: dict[str, Any] = answer.json()
        return order

    def report(self, what: str, order: dict[str, Any], **fields: Any) -> Any:
        path = f"/api/tasks/{order['task_id']}/{what}"
        body = {"attempt": order["attempt"]} | fields
        answer = self._client.post(path, json=body, headers=self.headers)
        check(self._document, ("POST", f"/tasks/{{task_id}}/{what}"), answer)
        return answer
