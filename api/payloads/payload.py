"""What all payloads have in common, and the values that their examples share."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic.config import JsonDict as Example

__all__ = ["Answer", "Example", "Line", "Request"]

SESSION_ID = "0199c1d4-7f3a-7cc0-9d6e-3f1b5a2c8e10"
TEAM_ID = "0199c1d0-1111-7aaa-8bbb-0123456789ab"
USER_ID = "0199c1cf-2222-7aaa-8bbb-0123456789ab"
TASK_ID = "0199c1d4-7f3b-7cc0-9d6e-3f1b5a2c8e11"
DECISION_ID = "0199c1d4-8a00-7cc0-9d6e-3f1b5a2c8e12"
ARTIFACT_ID = "0199c1d4-8a01-7cc0-9d6e-3f1b5a2c8e13"
SNAPSHOT_ID = "0199c1d4-8a02-7cc0-9d6e-3f1b5a2c8e14"
EARLIER = "2026-11-22T09:14:03.120000Z"
LATER = "2026-11-22T09:14:05.480000Z"
CURSOR = "MjAyNi0xMS0yMlQwOToxNDowMy4xMjAwMDArMDA6MDB8MDE5OWMxZDQ"

Line = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class Answer(BaseModel):
    """What goes out; made from the domain's own objects by their attributes."""

    model_config = ConfigDict(
        from_attributes=True, json_schema_serialization_defaults_required=True
    )

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing to do an act with, so that asking again may have more luck."""
        return False


class Request(BaseModel):
    """What comes in; a field that nobody knows is refused, as it is a typing error."""

    model_config = ConfigDict(extra="forbid")
