"""What time does to sessions."""

from __future__ import annotations

from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field

from api.payloads.payload import EARLIER, LATER, SESSION_ID, TEAM_ID, Answer, Example

AGING: Example = {
    "session_id": SESSION_ID,
    "team_id": TEAM_ID,
    "feature_name": "Expense approval",
    "status": "completed",
    "active_at": EARLIER,
    "due_at": LATER,
    "pinned_at": None,
    "pinned_by": "",
}


class Aging(Answer):
    """A session that time will change, unless something happens in it."""

    model_config = ConfigDict(json_schema_extra={"examples": [AGING]})

    session_id: UUID
    team_id: UUID
    feature_name: str
    status: str
    active_at: AwareDatetime = Field(description="its latest event")
    due_at: AwareDatetime | None = Field(description="not before; null: never")
    pinned_at: AwareDatetime | None
    pinned_by: str = Field(description="the user name of who pinned it")


class RetentionPlan(Answer):
    """What will become of a team's sessions: each list the soonest first, and how many in all."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "now": EARLIER,
                    "session_days": 7,
                    "detail_days": 30,
                    "audit_days": 90,
                    "expiring": [],
                    "losing_details": [AGING],
                    "pinned": [],
                    "count_expiring": 0,
                    "count_losing": 1,
                    "count_pinned": 0,
                    "count_gone": 12,
                    "may_pin": True,
                }
            ]
        }
    )

    now: AwareDatetime
    session_days: int = Field(description="unfinished sessions expire after so long in silence")
    detail_days: int = Field(description="finished ones keep their details so long; 0: for good")
    audit_days: int
    expiring: list[Aging]
    losing_details: list[Aging]
    pinned: list[Aging]
    count_expiring: int
    count_losing: int
    count_pinned: int
    count_gone: int = Field(description="sessions whose details were taken already")
    may_pin: bool
