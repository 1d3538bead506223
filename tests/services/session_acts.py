"""What people do in their teams: launch sessions, decide, cancel, and let roles work."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from core.domain.access import UserPrincipal
from core.domain.attempt import WorkerIdentity
from core.domain.people import User
from core.services import claiming, control, journaling, reading
from tests.factories import Someone, complete, launch, make_artifact, make_decision
from tests.services.foreign_looks import WORD
from tests.services.team_world import TeamWorld, outcome

MOST_SESSIONS = 10


class SessionActs(TeamWorld):
    """Acts on sessions, each with what the model expects of it."""

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
