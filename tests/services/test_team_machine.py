"""Random users, teams, invitations, removals and launches; nobody ever sees what is not theirs.

After each act, everything that every user can list, count, search and read is compared with a
small model, and every refusal with the one for an id that never existed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC
from functools import partial
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.domain.access import Scope, UserPrincipal
from core.domain.attempt import WorkerIdentity
from core.domain.people import User
from core.domain.pipeline import Step, make_pipeline
from core.domain.session import LaunchRequest
from core.errors import AppError
from core.ids import new_id
from core.services import (
    accounts,
    boarding,
    browsing,
    claiming,
    control,
    inviting,
    journaling,
    launching,
    members,
    reading,
    teams,
    tokens,
)
from core.services.browsing import SessionQuery
from core.services.journaling import JournalQuery
from tests.factories import (
    Someone,
    complete,
    define_pipeline,
    launch,
    make_artifact,
    make_decision,
    make_someone,
)
from tests.profiles import WITH_SERVERS
from tests.services.foreign_looks import (
    AT_ARTIFACTS,
    AT_DECISIONS,
    AT_INVITATIONS,
    AT_SESSIONS,
    AT_SNAPSHOTS,
    AT_TEAMS,
    WORD,
    Look,
)
from tests.services.listening import Listeners
from tests.services.team_model import OPEN, Model, ModelInvitation, ModelTeam, ModelToken

PEOPLE = 3
MOST_TEAMS = 3
MOST_SESSIONS = 10
MOST_TOKENS = 8
EXAMPLES = int(os.environ.get("SAGE_FUZZ_EXAMPLES", max(1, WITH_SERVERS // 3)))
STEPS = int(os.environ.get("SAGE_FUZZ_STEPS", "30"))
Saying = tuple[type, str, str, str]
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


def saying(act: Callable[[], Any]) -> Saying:
    """Return everything that a refusal says; fails when it is none."""
    acts_done["looks"] += 1
    try:
        found = act()
    except AppError as error:
        return type(error), error.code, error.message, error.hint_text
    raise AssertionError(f"not refused: {found!r}")


class Access(RuleBasedStateMachine):
    """A few people, their teams, and what they do to each other."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.people: list[UserPrincipal] = []
        self.names: list[str] = []
        self.team_ids: list[UUID] = []
        self.invitation_ids: list[UUID] = []
        self.session_ids: list[tuple[UUID, UUID]] = []  # team, session
        self.touched: set[UUID] = set()
        self.turn = 0
        self.sayings: dict[tuple[UUID, Look], Saying] = {}
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

    @precondition(lambda self: len(self.session_ids) < MOST_SESSIONS)
    @rule(data=st.data())
    def launch(self, data: st.DataObject) -> None:
        team_id = self._team(data)
        user = self._somebody(data, team_id)
        number = len(self.session_ids)
        someone = Someone(User(user.user_id, "", "", False), team_id)
        code, session = outcome(
            lambda: launch(someone, feature_name=f"{WORD} {number}", pipeline="tiny")
        )
        assert code == self.model.refusal(user.user_id, team_id, "launch")
        if session:
            self.model.teams[team_id].sessions[session.id] = "active"
            self.session_ids.append((team_id, session.id))

    @precondition(lambda self: self.session_ids)
    @rule(data=st.data())
    def decide(self, data: st.DataObject) -> None:
        team_id, session_id = data.draw(st.sampled_from(self.session_ids))
        self._touch(team_id)
        user = self._somebody(data, team_id)
        draft = make_decision(strategic=True)
        code, made = outcome(lambda: journaling.record_decision(user, session_id, draft))
        assert code == self.model.refusal(user.user_id, team_id, "decide")
        if code is None:
            self.model.teams[team_id].decisions += 1
            self.model.teams[team_id].decision_ids.add(made)

    @precondition(lambda self: self.session_ids)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        team_id, session_id = data.draw(st.sampled_from(self.session_ids))
        self._touch(team_id)
        user, of_team = self._somebody(data, team_id), self.model.teams[team_id].sessions
        expected = self.model.refusal(user.user_id, team_id, "control")
        if expected is None and of_team[session_id] != "active":
            expected = "illegal_transition"
        code, _ = outcome(lambda: control.cancel_session(user, session_id))
        assert code == expected
        if code is None:
            of_team[session_id] = "cancelled"

    @precondition(lambda self: self.session_ids)
    @rule(data=st.data())
    def work(self, data: st.DataObject) -> None:
        """Let a session's one role end, and leave an artifact and a snapshot."""
        team_id, session_id = data.draw(st.sampled_from(self.session_ids))
        team = self.model.teams[self._touch(team_id)]
        owner = UserPrincipal(team.owner)
        (task,) = reading.list_tasks(owner, session_id)
        claimed = claiming.claim_task(task.id, WorkerIdentity("machine"))
        assert (claimed is None) == (team.sessions[session_id] != "active")
        if claimed is None:
            return
        complete(claimed, artifacts=(make_artifact(),))
        team.sessions[session_id] = "completed"
        team.snapshots.add(claimed.snapshot_id)
        team.artifacts |= {one.id for one in reading.list_artifacts(owner, session_id)}

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

    @rule(data=st.data(), who=user_of)
    def watch(self, data: st.DataObject, who: int) -> None:
        """Let a tab watch a team, through the hub of the tab's socket."""
        user, team_id = self.people[who], self._team(data)
        is_in = team_id in self.model.mine(user.user_id)
        acts_done["acts"] += 1
        self.listeners.catch_up()
        kind = self.listeners.watch(user.user_id, team_id)
        assert kind == ("watching" if is_in else "not_found")

    @invariant()
    def nobody_hears_of_what_is_not_theirs(self) -> None:
        self.listeners.catch_up()
        for user_id, heard in self.listeners.heard().items():
            acts_done["heard"] += len(heard)
            assert heard <= self.model.mine(user_id)

    @invariant()
    def everybody_sees_what_is_theirs_and_nothing_else(self) -> None:
        self.turn += 2
        for principal in self.people:
            mine = self.model.mine(principal.user_id)
            assert {team.id for team in accounts.list_teams(principal)} == mine
            expected = {id_ for team_id, id_ in self.session_ids if team_id in mine}
            found = {one.id for one in reading.list_sessions(principal, limit=100)}
            assert found == expected
            waiting = {one.id for one in inviting.list_waiting(principal)}
            assert waiting == self.model.waiting(principal.user_id)
            for team_id in self._looked_at():
                if team_id in mine:
                    self._compare(principal, team_id)
                else:
                    self._is_hidden(principal, team_id)
        self.touched.clear()

    def _looked_at(self) -> set[UUID]:
        """Return the teams that the last act was about, and two others in turn."""
        start = self.turn % len(self.team_ids)
        return self.touched | {*self.team_ids[start : start + 2]}

    def _compare(self, principal: UserPrincipal, team_id: UUID) -> None:
        acts_done["looks"] += 4
        team = self.model.teams[team_id]
        page = browsing.browse_sessions(principal, SessionQuery(team_id, text=WORD.lower()))
        assert {row.session.id for row in page.rows} == set(team.sessions)
        assert (page.total, sum(page.of_team.values())) == (len(team.sessions),) * 2
        journal = journaling.list_journal(principal, JournalQuery(team_id))
        assert (len(journal.entries), journal.in_force) == (team.decisions,) * 2
        people = members.read_people(principal, team_id)
        roles = {one.user_id: one.role.value for one in people.members}
        assert roles == team.roles | {team.owner: "owner"}
        is_managed = self.model.refusal(principal.user_id, team_id, "manage") is None
        shown = {one.id for one in people.invitations}
        assert shown == (self.model.open_of(team_id) if is_managed else set())
        board = boarding.read_board(principal, team_id, UTC)
        on_board = {card.session.id for card in (*board.working, *board.stuck)}
        assert on_board == {id_ for id_, status in team.sessions.items() if status == "active"}

    def _is_hidden(self, principal: UserPrincipal, team_id: UUID) -> None:
        team = self.model.teams[team_id]
        assert reading.list_sessions(principal, team_id=team_id) == []
        self._are_refused(principal, AT_TEAMS, [team_id])
        self._are_refused(principal, AT_SESSIONS, list(team.sessions)[:2])
        self._are_refused(principal, AT_ARTIFACTS, list(team.artifacts)[:2])
        self._are_refused(principal, AT_SNAPSHOTS, list(team.snapshots)[:2])
        self._are_refused(principal, AT_DECISIONS, list(team.decision_ids)[:2])
        for session_id in list(team.sessions)[:2]:
            prefix = str(session_id)[:-1]
            code, *_ = saying(partial(reading.find_session_id, principal, prefix))[1:]
            assert code == "not_found"
        for id_ in list(self.model.open_of(team_id))[:2]:
            if self.model.invitations[id_].user != principal.user_id:
                self._are_refused(principal, AT_INVITATIONS, [id_])

    def _are_refused(
        self, principal: UserPrincipal, looks: Mapping[str, Look], ids: Iterable[UUID]
    ) -> None:
        for id_ in ids:
            for look in looks.values():
                said = saying(partial(look, principal, id_))
                assert said == self._of_no_id(principal, look)

    def _of_no_id(self, principal: UserPrincipal, look: Look) -> Saying:
        """Return what is said about an id that never existed."""
        key = (principal.user_id, look)
        if key not in self.sayings:
            self.sayings[key] = saying(partial(look, principal, new_id()))
        return self.sayings[key]

    def _know(self, team_id: UUID, team: ModelTeam) -> None:
        self.model.teams[team_id] = team
        self.team_ids.append(team_id)
        # A pipeline of one step keeps a launch small.
        define_pipeline(team_id, make_pipeline("tiny", [Step("architect")]))

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


def test_nobody_ever_sees_what_is_not_theirs(system: None) -> None:
    run_state_machine_as_test(
        Access,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            phases=[Phase.generate],  # with servers, shrinking takes minutes and seldom helps
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(
        f"\n{acts_done['acts']} acts, {acts_done['refused']} of them refused; "
        f"{acts_done['looks']} looks at what the model says; "
        f"{acts_done['by tokens']} acts by tokens; {acts_done['heard']} times a tab heard its team"
    )
    assert acts_done["refused"] < acts_done["acts"]
