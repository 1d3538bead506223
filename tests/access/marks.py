"""A team in which everything bears a word of its own, so that whatever is read of it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.domain.access import SYSTEM
from core.domain.approval import Gate
from core.domain.people import Team
from core.domain.pipeline import Step, make_pipeline
from core.domain.session import Session
from core.services import (
    accounts,
    configuring,
    inviting,
    journaling,
    notifying,
    reading,
    teams,
    webhooks,
)
from tests.factories import (
    Someone,
    claim,
    complete,
    define_pipeline,
    launch,
    launch_pipeline,
    make_artifact,
    make_decision,
    make_team_of,
)

MEMBER_NAME = "perpetua"
MARKS = {
    "team": "Heliotropia",
    "description": "Ombrascura",
    "session": "Zanzibarwort",
    "brief": "Quicksilverleaf",
    "tactical decision": "Xanthochroia",
    "strategic decision": "Wolframite",
    "reason": "Yttriumglow",
    "artifact": "Palimpsestum",
    "artifact body": "Krakatoabytes",
    "pipeline": "mistralpipe",
    "invited": "vicuna",
    "member": MEMBER_NAME,
    "audit": "xylographer",
    "question": "Jacarandaquiz",
    "message": "Jacarandance",
    "webhook": "thaumatropes",
}


@dataclass(frozen=True)
class Marked:
    """The team, and the ids of what is in it."""

    someone: Someone
    session: Session
    ids: dict[str, UUID]
    token: str  # of the open invitation's link

    def seen_in(self, whole: bytes) -> set[str]:
        """Return which of the team's words stand somewhere."""
        return {name for name, word in MARKS.items() if word.encode() in whole}


def make_marked() -> Marked:
    """Make the team with something of everything in it."""
    user = accounts.create_user(f"{MEMBER_NAME}-first", f"{MEMBER_NAME}@example.org")
    someone = make_team_of(user)
    who, team_id = someone.principal, someone.team_id
    name: Team = teams.rename_team(who, team_id, MARKS["team"])
    teams.describe_team(who, team_id, MARKS["description"])
    define_pipeline(team_id, make_pipeline(MARKS["pipeline"], [Step("architect"), Step("dba")]))
    role: dict[str, Any] = {"title": "Role", "capabilities": [], "instructions": "Write."}
    configuring.define_role(who, team_id, {"role": MARKS["audit"], **role})
    notifying.notify(SYSTEM, "team", MARKS["message"], team_id=team_id)
    address = f"https://example.org/{MARKS['webhook']}"
    webhooks.add_webhook(who, team_id, address, ["session.failed"])
    invited = inviting.invite_person(who, team_id, f"{MARKS['invited']}@example.org")
    session = launch(
        someone, feature_name=MARKS["session"], brief=f"Employees need {MARKS['brief']}."
    )
    gate = Gate("member", f"{MARKS['question']}?")
    asking = launch_pipeline(someone, Step("architect", (), gate), feature_name=MARKS["session"])
    claimed = claim(someone, session, "architect")
    because = MARKS["reason"]
    complete(
        claimed,
        artifacts=(make_artifact(title=MARKS["artifact"], body=MARKS["artifact body"]),),
        decisions=(make_decision(text=MARKS["tactical decision"], rationale=because),),
    )
    draft = make_decision(text=MARKS["strategic decision"], rationale=because, strategic=True)
    decision_id = journaling.record_decision(who, session.id, draft)
    (artifact,) = reading.list_artifacts(who, session.id)
    ids = {
        "asking": asking.id,
        "team": name.id,
        "session": session.id,
        "task": claimed.task_id,
        "snapshot": claimed.snapshot_id,
        "decision": decision_id,
        "artifact": artifact.id,
        "invitation": invited.invitation.id,
    }
    return Marked(someone, session, ids, invited.token or "")
