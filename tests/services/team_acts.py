"""What people do to teams: make, change and archive them, invite, manage and leave."""

from __future__ import annotations

from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from core.domain.access import UserPrincipal
from core.ids import new_id
from core.services import accounts, inviting, members, teams
from tests.services.team_model import OPEN, ModelInvitation, ModelTeam
from tests.services.team_world import PEOPLE, TeamWorld, outcome, user_of

MOST_TEAMS = 3


class TeamActs(TeamWorld):
    """Acts on teams, each with what the model expects of it."""

    @precondition(lambda self: len(self.team_ids) < PEOPLE * 2 + MOST_TEAMS)
    @rule(who=user_of, is_shared=st.booleans(), name=st.sampled_from(["Red", "Blue"]))
    def create_team(self, who: int, is_shared: bool, name: str) -> None:
        user = self.people[who]
        expected = "conflict" if self.model.owns_name(user.user_id, name) else None
        code, team = outcome(lambda: teams.create_team(user, name, is_shared=is_shared))
        assert code == expected
        if team:
            self._know(team.id, ModelTeam(user.user_id, name, is_shared))

    @rule(data=st.data(), name=st.sampled_from(["Red", "Blue", "Green"]))
    def rename(self, data: st.DataObject, name: str) -> None:
        team_id = self._team(data)
        user = self._somebody(data, team_id)
        team = self.model.teams[team_id]
        expected = self.model.refusal(user.user_id, team_id, "manage")
        if expected is None and self.model.owns_name(team.owner, name, but=team_id):
            expected = "conflict"
        code, _ = outcome(lambda: teams.rename_team(user, team_id, name))
        assert code == expected
        if code is None:
            team.name = name

    @rule(data=st.data(), is_shared=st.sampled_from([True, True, False]))
    def share(self, data: st.DataObject, is_shared: bool) -> None:
        team_id = self._team(data)
        user = self._somebody(data, team_id)
        act = teams.share_team if is_shared else teams.unshare_team
        code, _ = outcome(lambda: act(user, team_id))
        assert code == self.model.refusal(user.user_id, team_id, "manage")
        if code is None:
            self.model.teams[team_id].is_shared = is_shared
            if not is_shared:
                self.model.teams[team_id].roles.clear()
                for id_ in self.model.open_of(team_id):
                    self.model.invitations[id_].state = "withdrawn"

    @rule(data=st.data())
    def archive(self, data: st.DataObject) -> None:
        team_id = self._team(data)
        user = self._somebody(data, team_id)
        team = self.model.teams[team_id]
        expected = self.model.refusal(user.user_id, team_id, "manage")
        if expected == "team_archived":
            expected = None
        elif expected is None and not team.is_shared:
            others = (
                one
                for id_, one in self.model.teams.items()
                if id_ != team_id and one.owner == team.owner and not one.is_shared
            )
            expected = "conflict" if all(one.is_archived for one in others) else None
        code, _ = outcome(lambda: teams.archive_team(user, team_id))
        assert code == expected
        if code is None:
            team.is_archived = True

    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        team_id = self._team(data)
        user = self._somebody(data, team_id)
        expected = self.model.refusal(user.user_id, team_id, "manage")
        code, _ = outcome(lambda: teams.restore_team(user, team_id))
        assert code == (None if expected == "team_archived" else expected)
        if code is None:
            self.model.teams[team_id].is_archived = False

    @rule(data=st.data(), whom=user_of, role=st.sampled_from(["member", "viewer"]))
    def invite(self, data: st.DataObject, whom: int, role: str) -> None:
        team_id = self._team(data)
        user = self._somebody(data, team_id)
        target = self.people[whom].user_id
        expected = self.model.inviting(user.user_id, team_id, target)
        code, made = outcome(lambda: inviting.invite_person(user, team_id, self.names[whom], role))
        assert code == expected
        if made:
            self._invited(made, ModelInvitation(team_id, role, target, None))

    @rule(data=st.data(), role=st.sampled_from(["member", "viewer"]))
    def send_link(self, data: st.DataObject, role: str) -> None:
        team_id = self._team(data)
        user = self._somebody(data, team_id)
        expected = self.model.inviting(user.user_id, team_id, None)
        email = f"{new_id()}@example.org"
        code, made = outcome(lambda: inviting.invite_person(user, team_id, email, role))
        assert code == expected
        if made:
            self._invited(made, ModelInvitation(team_id, role, None, made.token))

    @precondition(lambda self: self.invitation_ids)
    @rule(data=st.data(), who=user_of, accepts=st.booleans())
    def answer(self, data: st.DataObject, who: int, accepts: bool) -> None:
        user, id_ = self.people[who], data.draw(st.sampled_from(self.invitation_ids))
        one = self.model.invitations[id_]
        self._touch(one.team)
        if one.token is None and one.user is not None and data.draw(st.integers(0, 3)):
            user = UserPrincipal(one.user)  # mostly the one who was asked
        word = "accepted" if accepts else "declined"
        expected = self.model.answering(user.user_id, id_, word)
        if one.token is not None:
            by_link = inviting.accept_link if accepts else inviting.decline_link
            code, _ = outcome(lambda: by_link(user, one.token or ""))
        else:
            by_id = inviting.accept_invitation if accepts else inviting.decline_invitation
            code, _ = outcome(lambda: by_id(user, id_))
        assert code == expected
        if code is None and accepts:
            self.model.accept(user.user_id, id_)
        elif code is None:
            one.state, one.user = "declined", user.user_id

    @precondition(lambda self: self.invitation_ids)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        id_ = data.draw(st.sampled_from(self.invitation_ids))
        one = self.model.invitations[id_]
        user = self._somebody(data, self._touch(one.team))
        expected = self.model.refusal(user.user_id, one.team, "manage")
        if expected is None and one.state not in (OPEN, "withdrawn"):
            expected = "invitation_over"
        code, _ = outcome(lambda: inviting.withdraw_invitation(user, id_))
        assert code == expected
        if code is None:
            one.state = "withdrawn"

    @rule(
        data=st.data(),
        act=st.sampled_from(["remove", "remove", "viewer", "member", "hand over"]),
    )
    def manage_member(self, data: st.DataObject, act: str) -> None:
        team_id = self._team(data)
        target = self._target(data, team_id)
        user = self._somebody(data, team_id)
        team = self.model.teams[team_id]
        expected = self.model.refusal(user.user_id, team_id, "manage")
        expected = expected or self.model.about(team_id, target)
        if expected is None and act == "hand over" and self.model.owns_name(target, team.name):
            expected = "conflict"
        if act == "remove":
            code, _ = outcome(lambda: members.remove_member(user, team_id, target))
        elif act == "hand over":
            code, _ = outcome(lambda: members.hand_over(user, team_id, target))
        else:
            code, _ = outcome(lambda: members.change_role(user, team_id, target, act))
        assert code == expected
        if code is not None:
            return
        if act == "hand over":
            team.roles[team.owner] = "member"
            del team.roles[target]
            former, team.owner = team.owner, target
            self._find_new_teams(former)
        elif act == "remove":
            del team.roles[target]
        else:
            team.roles[target] = act

    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        team_id = self._team(data)
        user = UserPrincipal(self._target(data, team_id))
        expected = self.model.refusal(user.user_id, team_id, "read")
        expected = expected or self.model.about(team_id, user.user_id)
        code, _ = outcome(lambda: members.leave_team(user, team_id))
        assert code == expected
        if code is None:
            del self.model.teams[team_id].roles[user.user_id]

    def _find_new_teams(self, user_id: UUID) -> None:
        """Take over the personal team that whoever gave the last one away has got."""
        if any(team.owner == user_id for team in self.model.teams.values()):
            return
        found = accounts.list_teams(UserPrincipal(user_id))
        (team,) = (one for one in found if one.id not in self.model.teams)
        assert (team.owner_id, team.is_shared) == (user_id, False)
        self._know(team.id, ModelTeam(user_id, team.name, False))

    def _invited(self, made: inviting.Invited, model: ModelInvitation) -> None:
        self.model.invitations[made.invitation.id] = model
        self.invitation_ids.append(made.invitation.id)
