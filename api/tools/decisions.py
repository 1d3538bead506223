"""What was decided on a session, and deciding."""

from __future__ import annotations

from uuid import UUID

from api.drafts import draft_of
from api.payloads.decision import Decision, DecisionTree, NewDecision
from api.payloads.payload import Request
from api.rendering import decision_of
from api.tools.tool import Call, Repeatable, reads, writes_once
from core.services import journaling


class OfSession(Request):
    """A session."""

    session_id: UUID


class RecordDecision(OfSession, NewDecision, Repeatable):
    """A strategic decision on a session."""


@reads
def list_decisions(call: Call, wanted: OfSession) -> DecisionTree:
    """List a session's decisions: the strategic ones, then those of each task."""
    return DecisionTree.model_validate(journaling.decision_tree(call.principal, wanted.session_id))


@writes_once
def record_decision(call: Call, wanted: RecordDecision) -> Decision:
    """Record a strategic decision on a session; tasks that start later are guided by it.

    With `supersedes_id` it takes the place of another strategic one of the same session.
    """
    decision_id = journaling.record_decision(
        call.principal,
        wanted.session_id,
        draft_of(wanted, strategic=True),
        supersedes_id=wanted.supersedes_id,
        act_key=call.act_key,
    )
    return decision_of(journaling.get_entry(call.principal, decision_id).entry.decision)


tools = (list_decisions, record_decision)
