"""What programs do with people's API tokens."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from core.domain.access import Scope
from core.domain.session import LaunchRequest
from core.services import accounts, browsing, launching, reading, teams, tokens
from core.services.browsing import SessionQuery
from tests.services.foreign_looks import WORD
from tests.services.team_model import ModelToken
from tests.services.team_world import TeamWorld, acts_done, outcome, user_of

MOST_TOKENS = 8


class TokenActs(TeamWorld):
    """Acts by tokens, each with what the model expects of it."""

    @precondition(lambda self: len(self.tokens) < MOST_TOKENS)
    @rule(data=st.data(), who=user_of, scope=st.sampled_from(Scope), is_bound=st.booleans())
    def make_token(self, data: st.DataObject, who: int, scope: Scope, is_bound: bool) -> None:
        user = self.people[who]
        team_id = self._team(data) if is_bound else None
        expected = team_id and self.model.refusal(user.user_id, team_id, "read")
        code, made = outcome(
            lambda: tokens.make_token(user, "machine", [scope], days=1, team_id=team_id)
        )
        assert code == expected
        if made:
            self.tokens.append(ModelToken(user.user_id, scope.value, team_id, made.plain))

    @precondition(lambda self: self.tokens)
    @rule(data=st.data(), act=st.sampled_from(["read", "launch", "manage"]))
    def act_by_token(self, data: st.DataObject, act: str) -> None:
        token, team_id = data.draw(st.sampled_from(self.tokens)), self._team(data)
        if token.team is not None and data.draw(st.booleans()):
            team_id = self._touch(token.team)
        acts_done["by tokens"] += 1
        team = self.model.teams[team_id]

        def work() -> Any:
            asks = tokens.find_token_principal(token.plain)
            if act == "read":
                return browsing.browse_sessions(asks, SessionQuery(team_id, text=WORD)).total
            if act == "manage":
                return teams.describe_team(asks, team_id, "Described by a program")
            request = LaunchRequest(team_id, f"{WORD} token", "A brief.", pipeline="tiny")
            return launching.launch_session(asks, request).session

        code, made = outcome(work)
        assert code == self.model.token_refusal(token, team_id, act)
        if code is None and act == "read":
            assert made == len(team.sessions)
        elif code is None and act == "launch":
            team.sessions[made.id] = "active"
            self.session_ids.append((team_id, made.id))

    @precondition(lambda self: self.tokens)
    @rule(data=st.data())
    def list_by_token(self, data: st.DataObject) -> None:
        """What is narrowed and not refused holds the token's teams alone."""
        token = data.draw(st.sampled_from(self.tokens))
        acts_done["by tokens"] += 1
        code, asks = outcome(lambda: tokens.find_token_principal(token.plain))
        mine = self.model.mine(token.user) & ({token.team} if token.team else {*self.model.teams})
        assert code == (None if mine or not token.team else "token_refused")
        if asks is None:
            return
        found = {one.id for one in reading.list_sessions(asks, limit=100)}
        assert found == {id_ for team_id, id_ in self.session_ids if team_id in mine}
        assert {team.id for team in accounts.list_teams(asks)} == mine
