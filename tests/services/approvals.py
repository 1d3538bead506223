"""What tests of approvals ask and answer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from core.domain.access import SYSTEM
from core.domain.approval import Answer, Approval, ApprovalStatus, Gate, Question
from core.domain.session import Session
from core.services import answering, approving, control
from core.services.approving import ApprovalFilter
from core.services.transaction import transact
from tests.factories import Someone, claim, complete

QUESTION = Question("designer", "May a rejection need a reason?", "It slows finance down.")
GATE = Gate("designer", "May the schema change?")
ENDS = ("cancel", "end", "expire", "needs input")
YES, NO = ApprovalStatus.APPROVED, ApprovalStatus.REJECTED


def pending_of(session: Session) -> list[Approval]:
    """Return what a session asks, the oldest first."""
    statuses = frozenset({ApprovalStatus.PENDING})
    query = ApprovalFilter(session_id=session.id, statuses=statuses)
    return list(approving.list_approvals(SYSTEM, query).items)


def asked_of(approval: Approval) -> Approval:
    """Return an approval as it stands now."""
    return approving.get_approval(SYSTEM, approval.id)


def answer_yes(
    someone: Someone, approval: Approval, *, reason: str = "", changed_input: Any = None
) -> Approval:
    """Approve in somebody's name."""
    answer = Answer(YES, reason, changed_input)
    return answering.decide_approval(someone.principal, approval.id, answer)


def answer_no(someone: Someone, approval: Approval, reason: str) -> Approval:
    """Reject in somebody's name."""
    return answering.decide_approval(someone.principal, approval.id, Answer(NO, reason))


def end_session_by(someone: Someone, session: Session, end: str) -> None:
    """End a session whose architect has not begun, in one of the ways `ENDS`."""
    match end:
        case "cancel":
            control.cancel_session(someone.principal, session.id)
        case "end":
            control.end_session(someone.principal, session.id)
        case "expire":
            control.expire_session(session.id)
        case _:
            asking = claim(someone, session, "architect")
            complete(asking, outcome="needs_input", questions=("Who?",))


def let_expire(approval: Approval) -> None:
    """Let the time come until which an answer was waited for; nobody has looked yet."""
    query = text(
        """
        UPDATE approvals SET expires_at = clock_timestamp(),
            requested_at = clock_timestamp() - (expires_at - requested_at)
        WHERE id = :id
        """
    )
    transact(lambda db: db.execute(query, {"id": approval.id}))
