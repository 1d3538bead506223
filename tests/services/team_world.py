"""People whose teams a random machine acts on, the model beside them, and who acts on what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from core.domain.access import Scope, UserPrincipal
from core.domain.pipeline import Step, make_pipeline
from core.errors import AppError
from core.services import accounts, inviting, tokens
from tests.factories import define_pipeline, make_someone
from tests.services.listening import Listeners
from tests.services.team_model import Model, ModelTeam, ModelToken

PEOPLE = 3
user_of = st.integers(0, PEOPLE - 1)
acts_done = {"acts": 0, "refused": 0, "looks": 0, "by tokens": 0, "heard": 0}


def outcome(act: Callable[[], Any]) -> tuple[str | None, Any]:
    """Return the code of the error that an act raises, or None and what it returned."""
    acts_done["acts"] += 1
    try:
        return None, act()
    except AppError as error:
        acts_done["refused"] += 1
        return error.code, None


class TeamWorld(RuleBasedStateMachine):
    """A few people with their teams; acts and looks are added to it."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.people: list[UserPrincipal] = []
        self.names: list[str] = []
        self.team_ids: list[UUID] = []
        self.invitation_ids: list[UUID] = []
        self.session_ids: list[tuple[UUID, UUID]] = []  # team, session
        self.touched: set[UUID] = set()
        self.tokens: list[ModelToken] = []
        self.listeners = Listeners()

    @initialize()
    def let_people_come(self) -> None:
        for _ in range(PEOPLE):
            user = make_someone().user
            self.people.append(UserPrincipal(user.id))
            self.names.append(user.user_name)
            for team in accounts.list_teams(self.people[-1]):
                self._know(team.id, ModelTeam(user.id, team.name, team.is_shared))
        first = next(id_ for id_ in self.team_ids if self.model.teams[id_].is_shared)
        owner = UserPrincipal(self.model.teams[first].owner)
        for principal, name in zip(self.people[1:], self.names[1:], strict=True):
            made = inviting.invite_person(owner, first, name)
            inviting.accept_invitation(principal, made.invitation.id)
            self.model.teams[first].roles[principal.user_id] = "member"

        scopes, bounds = (Scope.LAUNCH, Scope.ADMIN, Scope.READ), (None, None, first)
        for principal, scope, bound in zip(self.people, scopes, bounds, strict=True):
            self.listeners.enter(principal)
            assert self.listeners.watch(principal.user_id, first) == "watching"
            token = tokens.make_token(principal, "first", [scope], days=1, team_id=bound)
            self.tokens.append(ModelToken(principal.user_id, scope.value, bound, token.plain))

    def teardown(self) -> None:
        self.listeners.close()

    def _know(self, team_id: UUID, team: ModelTeam) -> None:
        self.model.teams[team_id] = team
        self.team_ids.append(team_id)
        # A pipeline of one step keeps a launch small.
        define_pipeline(team_id, make_pipeline("tiny", [Step("architect")]))

    def _team(self, data: st.DataObject) -> UUID:
        """Draw a team; shared ones, where things happen, more often."""
        shared = [id_ for id_ in self.team_ids if self.model.teams[id_].is_shared]
        lively = [id_ for id_ in shared if self.model.teams[id_].roles] or shared[:2]
        usual = lively if lively and data.draw(st.integers(0, 3)) else self.team_ids
        return self._touch(data.draw(st.sampled_from(usual)))

    def _touch(self, team_id: UUID) -> UUID:
        self.touched.add(team_id)
        return team_id

    def _target(self, data: st.DataObject, team_id: UUID) -> UUID:
        """Draw whom an act is about: mostly somebody in the team."""
        inside = sorted(self.model.teams[team_id].roles)
        if inside and data.draw(st.integers(0, 3)):
            return data.draw(st.sampled_from(inside))
        return data.draw(st.sampled_from(self.people)).user_id

    def _somebody(self, data: st.DataObject, team_id: UUID) -> UserPrincipal:
        """Draw who acts: mostly the owner, so that something comes of it."""
        if data.draw(st.integers(0, 2)):
            return UserPrincipal(self.model.teams[team_id].owner)
        return data.draw(st.sampled_from(self.people))
