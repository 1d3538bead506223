"""A program that calls tools at `/mcp` by plain requests; results are held against their schema."""

from __future__ import annotations

from itertools import count
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from starlette.testclient import TestClient

from api.tools.catalogue import TOOLS
from api.tools.refusals import PROBLEM

MESSAGE = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
_numbers = count(1)


class Refused(AssertionError):
    """A tool refused a call; `code` says why."""

    def __init__(self, result: dict[str, Any]) -> None:
        self.problem: dict[str, Any] = result["_meta"][PROBLEM]
        self.code: str = self.problem["code"]
        self.text: str = result["content"][0]["text"]
        super().__init__(self.text)


def message(method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": next(_numbers), "method": method, "params": params}


class Caller:
    """Calls tools with a token."""

    def __init__(self, client: TestClient, headers: dict[str, str]) -> None:
        self._client = client
        self.headers = MESSAGE | headers

    def post(self, body: Any) -> Any:
        return self._client.post("/mcp", json=body, headers=self.headers)

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Return the answer to a message: its `result`, or its `error`."""
        answer = self.post(message(method, **params))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def result(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Return the result of a tool, refused or not."""
        return self.checked(name, self.ask("tools/call", name=name, arguments=arguments)["result"])

    def checked(self, name: str, found: dict[str, Any]) -> dict[str, Any]:
        """Return a result that is what the tool's schema says."""
        if not found["isError"]:
            schema = TOOLS[name].described.output_schema
            assert schema is not None
            validator = Draft202012Validator(schema, format_checker=FormatChecker())
            validator.validate(found["structuredContent"])
        return found

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Return what a tool answers; raises `Refused`."""
        found = self.result(tool, arguments)
        if found["isError"]:
            raise Refused(found)
        answered: dict[str, Any] = found["structuredContent"]
        return answered
