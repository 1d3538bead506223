"""Whether everything is there that a session needs."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from api.payloads.payload import Answer


class Alive(Answer):
    """The process answers."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"status": "alive", "version": "0.1.0"}]}
    )

    status: Literal["alive"]
    version: str


class Health(Answer):
    """The state of each part: `ok`, or a sentence about what is wrong."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": "healthy",
                    "version": "0.1.0",
                    "database": "ok",
                    "redis": "ok",
                    "dispatcher": "ok",
                    "worker": "ok",
                    "missing": [],
                }
            ]
        }
    )

    status: Literal["healthy", "degraded"]
    version: str
    database: str
    redis: str
    dispatcher: str
    worker: str
    missing: list[str] = Field(description="the names of the parts that are not there")
