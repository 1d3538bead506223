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
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from core.domain.access import UserPrincipal
from core.errors import AppError
from core.ids import new_id
from core.services import accounts, boarding, browsing, inviting, journaling, members, reading
from core.services.browsing import SessionQuery
from core.services.journaling import JournalQuery
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
from tests.services.session_acts import SessionActs
from tests.services.team_acts import TeamActs
from tests.services.team_world import acts_done, user_of
from tests.services.token_acts import TokenActs

EXAMPLES = int(os.environ.get("SAGE_FUZZ_EXAMPLES", max(1, WITH_SERVERS // 3)))
STEPS = int(os.environ.get("SAGE_FUZZ_STEPS", "30"))
Saying = tuple[type, str, str, str]


def saying(act: Callable[[], Any]) -> Saying:
    """Return everything that a refusal says; fails when it is none."""
    acts_done["looks"] += 1
    try:
        found = act()
    except AppError as error:
        return type(error), error.code, error.message, error.hint_text
    raise AssertionError(f"not refused: {found!r}")


class Access(TeamActs, SessionActs, TokenActs):
    """A few people, their teams, what they do to each other, and what each of them sees."""

    def __init__(self) -> None:
        super().__init__()
        self.turn = 0
        self.sayings: dict[tuple[UUID, Look], Saying] = {}

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
