"""Agents from outside take up tasks whose executor is `external`.

They are claimed by the very statement that workers claim with, and held under the same lease,
fence and deadline. The lease's owner names the principal, so that an attempt is reported on by
whoever claimed it and by nobody else.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from core import telemetry
from core.domain.access import (
    Action,
    Principal,
    SystemPrincipal,
    TokenPrincipal,
    UserPrincipal,
    require_scope,
)
from core.domain.agent import MOST_ROLES, AgentOrder, WorkQuery, agent_name
from core.domain.attempt import Claim, WorkerIdentity
from core.domain.role import canonical_role, check_role_name
from core.errors import InvalidInput, NotAllowed, NotFound, TeamArchived
from core.ids import new_id
from core.services.permission import demand, demand_held, may
from core.services.transaction import ask, transact
from core.settings import get_settings
from core.signals import wakeups
from core.signals.wakeups import announce
from core.store import attempts, external_work, journal, sessions
from core.store.database import send_directly
from core.store.external_work import WaitingTeam

# Whatever makes a task ready moves its session's log, and is said on one of these. A retry comes
# due without a word: `next_work_in` tells when.
CHANNELS = (wakeups.WORK_CHANNEL, wakeups.SESSIONS_CHANNEL)

_BUDGET_SECONDS = 5.0
_MOST_LOOKS = 5  # while others take what was in sight


def find_work(principal: Principal, wanted: WorkQuery) -> AgentOrder | None:
    """Claim for an agent the task that has waited longest; None when none is due.

    Only in teams where the principal may execute, of which a named team or session must be one:
    `NotFound`, `NotAllowed` or `TeamArchived` else.
    """
    agent = check_agent(principal)
    wanted = _check(wanted)
    for _ in range(_MOST_LOOKS):
        found = ask(lambda db: _waiting(db, agent, wanted), budget_seconds=_BUDGET_SECONDS)
        due = [team.team_id for team in found if team.due_in_seconds <= 0]
        if not due:
            return None
        for team_id in due:
            order = _take_up(agent, team_id, wanted)
            if order is not None:
                claim = order.claim
                announce(get_settings().redis_url, sessions=[(claim.session_id, claim.seq)])
                return order
    return None


def next_work_in(principal: Principal, wanted: WorkQuery) -> float | None:
    """Return in how many seconds a task will be due for an agent: 0 for now, None for none yet.

    For whoever waits for work, beside `CHANNELS`; claims nothing, and raises as `find_work` does.
    """
    agent = check_agent(principal)
    wanted = _check(wanted)
    waiting = ask(lambda db: _waiting(db, agent, wanted), budget_seconds=_BUDGET_SECONDS)
    return max(0.0, waiting[0].due_in_seconds) if waiting else None


def check_agent(principal: Principal) -> UserPrincipal | TokenPrincipal:
    """Return a principal that may be an agent; raises `NotAllowed` for one without the scope."""
    if isinstance(principal, SystemPrincipal):
        raise NotAllowed(
            "Sage Mode itself is no agent from outside.",
            hint="Work as a person, or with a token that has the scope execute.",
        )
    require_scope(principal, Action.EXECUTE)
    return principal


def _check(wanted: WorkQuery) -> WorkQuery:
    if len(wanted.roles) > MOST_ROLES:
        raise InvalidInput(f"{MOST_ROLES} roles are the most.", hint="Name none to take any.")
    roles = tuple(check_role_name(canonical_role(role)) for role in wanted.roles)
    return WorkQuery(wanted.team_id, wanted.session_id, roles)


def _waiting(
    db: Connection, agent: UserPrincipal | TokenPrincipal, wanted: WorkQuery
) -> list[WaitingTeam]:
    if wanted.team_id is not None:
        demand(db, agent, wanted.team_id, Action.EXECUTE)
    if wanted.session_id is not None:
        session = sessions.get_session(db, agent, wanted.session_id)
        if session is None or wanted.team_id not in (None, session.team_id):
            raise NotFound("There is no such session in your teams.")
        demand(db, agent, session.team_id, Action.EXECUTE)
    found = external_work.list_waiting(db, agent, wanted)
    return [one for one in found if may(db, agent, one.team_id, Action.EXECUTE)]


def _take_up(
    agent: UserPrincipal | TokenPrincipal, team_id: UUID, wanted: WorkQuery
) -> AgentOrder | None:
    """Claim a team's oldest due task, in one transaction.

    Its session's head is locked before it is claimed, as by everybody: the heads that others hold
    are passed over first, so that many agents do not queue up behind the same one.
    """
    snapshot_id = new_id()  # by which a repeated try finds its own claim
    worker = WorkerIdentity(agent_name(agent))
    lease_seconds = get_settings().agent_lease_seconds
    tried: list[UUID] = []

    def claim(db: Connection, task_id: UUID | None) -> Claim | None:
        if task_id is None:
            return None
        tried.append(task_id)
        return send_directly(
            db,
            lambda driver: attempts.claim_task(
                driver,
                task_id,
                snapshot_id=snapshot_id,
                worker=worker,
                queue_id=None,
                lease_seconds=lease_seconds,
            ),
        )

    def pick(db: Connection) -> UUID | None:
        found = external_work.pick_task(db, agent, team_id, wanted, waits=False)
        if found is None and external_work.pick_task(db, agent, team_id, wanted, waits=True):
            # Its head is ours now: what is still to be had stands in the tables of this moment.
            found = external_work.pick_task(db, agent, team_id, wanted, waits=False)
        return found

    def work(db: Connection) -> AgentOrder | None:
        try:
            demand_held(db, agent, team_id, Action.EXECUTE)
        except (NotAllowed, NotFound, TeamArchived):
            return None  # the right to it went away since we looked
        earlier = tried[-1] if tried else None  # of a try whose answer was lost
        claimed = claim(db, earlier) or claim(db, pick(db))
        if claimed is None:
            return None
        guiding = set(claimed.guiding)
        decisions = journal.list_decisions(db, agent, claimed.session_id)
        in_force = tuple(one for one in decisions if str(one.id) in guiding)
        asked = telemetry.Parent(claimed.trace_id, claimed.parent_span_id)
        traceparent = telemetry.traceparent_of(asked, str(claimed.task_id))
        return AgentOrder(claimed, lease_seconds, in_force, traceparent)

    return transact(work, budget_seconds=_BUDGET_SECONDS)
