"""A team with something of everything, and programs that ask about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from starlette.testclient import TestClient

from core.domain.access import SYSTEM, Principal, Scope, TeamRole
from core.domain.pipeline import Step, make_pipeline
from core.domain.role import RoleProfile
from core.domain.session import Session
from core.ids import new_id
from core.services import inviting, notifying, reading, tokens, webhooks
from tests.factories import (
    Someone,
    add_member,
    claim,
    complete,
    define_pipeline,
    define_role,
    launch,
    make_artifact,
    make_decision,
    make_someone,
    make_team_of,
)

OWN = {"origin": "http://testserver"}
FOREIGN = {"origin": "http://evil.example"}


@dataclass(frozen=True)
class Ids:
    """What a call names: a team's things, or things that never were."""

    team: UUID
    session: UUID
    task: UUID
    artifact: UUID
    decision: UUID
    member: UUID
    notification: UUID
    webhook: UUID
    delivery: UUID
    invitation: UUID


def never_were() -> Ids:
    return Ids(*(new_id() for _ in range(10)))


@dataclass(frozen=True)
class World:
    """A team, its session, and who asks."""

    client: TestClient
    owner: Someone
    session: Session
    ids: Ids

    def token(
        self,
        principal: Principal | None = None,
        scopes: Iterable[Scope] = frozenset(Scope),
        *,
        team_id: UUID | None = None,
    ) -> dict[str, str]:
        """Return the header of a new token, of the owner by default."""
        asking = principal or self.owner.principal
        made = tokens.make_token(asking, "ci", scopes, days=1, team_id=team_id)
        return {"authorization": f"Bearer {made.plain}"}

    def token_of(self, role: TeamRole | None) -> dict[str, str]:
        """Return the header of somebody with a place in the team; None: a stranger's."""
        other = make_someone()
        if role is not None:
            add_member(self.ids.team, other.user, role)
        return self.token(other.principal)

    def bound_elsewhere(self) -> dict[str, str]:
        """Return the header of the owner's token for another team."""
        return self.token(team_id=make_team_of(self.owner.user).team_id)

    def get(self, path: str, **options: Any) -> Any:
        """Read as the owner."""
        return self.client.get(f"/api{path}", headers=self.token(), **options)

    def post(self, path: str, json: Any = None, **options: Any) -> Any:
        """Write as the owner."""
        headers = self.token() | options.pop("headers", {})
        return self.client.post(f"/api{path}", json=json, headers=headers, **options)


def make_world(client: TestClient) -> World:
    someone = make_someone()
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    complete(
        claimed,
        output={"components": ["api"]},
        artifacts=(make_artifact(),),
        decisions=(make_decision(strategic=True), make_decision(text="A tactical one")),
    )
    (artifact,) = reading.list_artifacts(someone.principal, session.id)
    decisions = reading.get_report(someone.principal, session.id).decisions
    strategic = next(one for one in decisions if one.task_id is None)
    member = make_someone()
    add_member(someone.team_id, member.user)
    invited = inviting.invite_person(someone.principal, someone.team_id, "new@example.org")
    notifying.notify(SYSTEM, "role:owner", "Look at this.", team_id=someone.team_id)
    (told,) = notifying.list_notices(someone.principal).items
    hook = webhooks.add_webhook(
        someone.principal, someone.team_id, "https://example.org/hooks", ["session.finished"]
    ).webhook
    define_role(someone.team_id, RoleProfile("reader", "Reader", ("review",), "Read it."))
    define_pipeline(someone.team_id, make_pipeline("short", [Step("architect")]))
    ids = Ids(
        someone.team_id,
        session.id,
        claimed.task_id,
        artifact.id,
        strategic.id,
        member.user.id,
        told.id,
        hook.id,
        webhooks.send_test(someone.principal, someone.team_id, hook.id).id,
        invited.invitation.id,
    )
    return World(client, someone, session, ids)
