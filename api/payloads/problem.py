"""Problem details (RFC 9457): the one shape in which something is refused."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

MEDIA_TYPE = "application/problem+json"


class FieldProblem(BaseModel):
    """What is wrong with one part of a request."""

    pointer: str = Field(description="where: a path that begins with body, query, path or header")
    detail: str


class Problem(BaseModel):
    """Why something was refused, and what to do."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "Not Found",
                    "status": 404,
                    "detail": "There is no such session in your teams.",
                    "code": "not_found",
                    "hint": "Check the id and the team.",
                    "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                }
            ]
        }
    )

    type: str = Field(description="always about:blank: `code` tells which problem it is")
    title: str = Field(description="what the status means")
    status: int
    detail: str = Field(description="a sentence about what happened")
    code: str = Field(description="stable; what a program goes by")
    hint: str = Field(description="what to do")
    trace_id: str = Field(description="finds the request in the log and the audit")
    errors: list[FieldProblem] | None = Field(None, description="of a request that was not valid")
    reason: str | None = Field(
        None, description="of lease_lost: why the attempt does not hold its task any more"
    )
