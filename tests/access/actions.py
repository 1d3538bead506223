"""The table of actions: the service that asks, the control that offers, what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from streamlit.proto.WidgetStates_pb2 import WidgetState

from core.domain.access import (
    Action,
    Principal,
    is_allowed,
    scopes_allow,
)
from core.domain.approval import Answer, Approval, ApprovalStatus, Gate
from core.domain.pipeline import Step
from core.domain.session import LaunchRequest, Session
from core.services import (
    answering,
    approving,
    auditing,
    configuring,
    control,
    inviting,
    journaling,
    launching,
    notifying,
    reading,
)
from core.services.approving import ApprovalFilter
from core.services.auditing import AuditQuery
from core.services.permission import demand
from core.services.transaction import transact
from tests.access.asking import Shown, typed
from tests.access.persons import KINDS
from tests.factories import Someone, launch, launch_pipeline, make_decision, make_someone

ROLE = {"role": "scribe", "title": "Scribe", "capabilities": [], "instructions": "Write."}


@dataclass(frozen=True)
class Place:
    """A team with a session, to act in."""

    team: Someone
    session: Session

    @property
    def address(self) -> dict[str, str]:
        return {"team": str(self.team.team_id), "session": str(self.session.id)}


def new_place() -> Place:
    team = make_someone()
    session = launch(team)
    launch_pipeline(team, Step("architect", (), Gate("member", "May it begin?")))
    return Place(team, session)


Ask = Callable[[Principal, Place], Any]
Press = Callable[[Shown], tuple[WidgetState, ...]]


@dataclass(frozen=True)
class Row:
    """An action: the service that asks for it, the control that offers it, and what came of it."""

    ask: Ask
    page: str = ""
    label: str = ""  # of the control; empty while no page offers the action
    press: Press | None = None
    done: Callable[[Place], object] | None = None  # changes when the control worked


def press_launch(shown: Shown) -> tuple[WidgetState, ...]:
    return (typed(of(shown, "Feature"), "Forged"), typed(of(shown, "Brief"), "Somebody wants it."))


def press_invite(shown: Shown) -> tuple[WidgetState, ...]:
    return (typed(of(shown, "User name or e-mail"), "forged@example.org"),)


def of(shown: Shown, label: str) -> Any:
    found = shown.control(label)
    assert found is not None, f"no control {label!r}"
    return found


def nothing_more(shown: Shown) -> tuple[WidgetState, ...]:
    return ()


def sessions_of(place: Place) -> int:
    who, team_id = place.team.principal, place.team.team_id
    return len(reading.list_sessions(who, team_id=team_id))


def status_of(place: Place) -> str:
    return reading.get_session(place.team.principal, place.session.id).status.value


def invited(place: Place) -> int:
    return len(inviting.list_invitations(place.team.principal, place.team.team_id))


def asked(place: Place) -> Approval:
    query = ApprovalFilter(place.team.team_id)
    return approving.list_approvals(place.team.principal, query).items[0]


ROWS: dict[Action, Row] = {
    Action.READ: Row(lambda p, at: reading.get_session(p, at.session.id), "replay", "Read on"),
    Action.LAUNCH: Row(
        lambda p, at: launching.launch_session(
            p, LaunchRequest(at.team.team_id, "Name", "Somebody wants something.")
        ),
        *("launch", "Launch session", press_launch, sessions_of),
    ),
    Action.CONTROL: Row(
        lambda p, at: control.pause_session(p, at.session.id),
        *("live", "Pause", nothing_more, status_of),
    ),
    Action.DECIDE: Row(
        lambda p, at: journaling.record_decision(p, at.session.id, make_decision(strategic=True)),
        *("decisions", "Add decision"),
    ),
    Action.APPROVE: Row(
        lambda p, at: answering.decide_approval(p, asked(at).id, Answer(ApprovalStatus.APPROVED)),
        *("approvals", "Yes, go on", nothing_more, lambda at: asked(at).status.value),
    ),
    Action.EXECUTE: Row(
        lambda p, at: transact(lambda db: demand(db, p, at.team.team_id, Action.EXECUTE))
    ),
    Action.REPORT: Row(
        lambda p, at: transact(lambda db: demand(db, p, at.team.team_id, Action.REPORT))
    ),
    Action.NOTIFY: Row(lambda p, at: notifying.notify(p, "team", "Look.", team_id=at.team.team_id)),
    Action.CONFIGURE: Row(lambda p, at: configuring.define_role(p, at.team.team_id, ROLE)),
    Action.MANAGE: Row(
        lambda p, at: inviting.invite_person(p, at.team.team_id, "new@example.org"),
        *("people", "Invite", press_invite, invited),
    ),
    Action.OVERSEE: Row(lambda p, at: inviting.list_invitations(p, at.team.team_id)),
    Action.AUDIT: Row(
        lambda p, at: auditing.list_audit(p, AuditQuery(at.team.team_id)), "audit", "Export CSV"
    ),
}
OFFERED = [action for action, row in ROWS.items() if row.label]
PRESSED = [action for action, row in ROWS.items() if row.press]


def may(who: str, action: Action) -> bool:
    """Return the cell, as `core.domain.access` says it."""
    kind = KINDS[who]
    scope_allows = kind.scope is None or scopes_allow([kind.scope], action)
    return is_allowed(kind.role, action) and scope_allows


def address_of(row: Row, place: Place) -> dict[str, str]:
    of_session = row.page in ("live", "replay")
    return place.address if of_session else {"team": place.address["team"]}
