"""How a task or a session stands, told in words; what is refused is told, too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from pydantic import Field

from api.payloads.approval import Approval
from api.payloads.payload import Answer, Request
from api.payloads.session import Session
from api.payloads.task import Task, TaskDetail
from api.rendering import session_of, task_detail_of, task_of
from api.tools.tool import Call, reads
from core.domain import approval as stored_approval
from core.domain import session as stored
from core.domain.access import Principal
from core.errors import AppError, InvalidInput, NotFound
from core.services import approving, inspecting, reading
from core.services.approving import ApprovalFilter
from core.services.reading import SessionOutline

_LONGEST_ID = 200


class FetchStatus(Request):
    """What is asked about."""

    id: str = Field(max_length=_LONGEST_ID, description="of a task, a session or an approval")


class Status(Answer):
    """How something stands; when it cannot be told, `kind` is none and `status` a code."""

    kind: str = Field(description="task, session, approval or none")
    status: str = Field(
        description="of the task, session or approval; else not_found, not_allowed, token_refused, "
        "database_unavailable, too_many_tries, invalid_input or the like"
    )
    text: str = Field(description="the same in words, and what to do")
    task: TaskDetail | None = None
    session: Session | None = None
    tasks: list[Task] = Field([], description="of a session, in order")
    approvals: list[Approval] = Field([], description="of a task, the latest first; or the one")


@reads
def fetch_status(call: Call, wanted: FetchStatus) -> Status:
    """Tell how a task, a session or an approval stands, by its id.

    Never fails: what is not there, not yours, or cannot be told now is told in `status` and `text`.
    """
    wanted_id = _read_id(wanted.id)
    try:
        return _of_task(call.principal, inspecting.get_task(call.principal, wanted_id))
    except NotFound:
        pass
    try:
        return _of_session(reading.get_outline(call.principal, wanted_id))
    except NotFound:
        pass
    try:
        return _of_approval(approving.get_approval(call.principal, wanted_id))
    except NotFound:
        raise NotFound("There is no such task, session or approval in your teams.") from None


def _of_session(found: SessionOutline) -> Status:
    return Status(
        kind="session",
        status=found.session.status.value,
        text=_session_words(found.session, found.tasks),
        session=session_of(found.session),
        tasks=[task_of(one) for one in found.tasks],
    )


def _refused(error: AppError) -> Status:
    return Status(kind="none", status=error.code, text=f"{error.message} {error.hint_text}")


def _read_id(text: str) -> UUID:
    try:
        return UUID(text.strip())
    except ValueError:
        raise InvalidInput(
            "That is no id of a task or a session.",
            hint="Send the whole UUID, as another tool told it.",
        ) from None


def _of_task(principal: Principal, found: stored.TaskDetail) -> Status:
    task = found.task
    query = ApprovalFilter(task_id=task.id, newest_first=True)
    asked = approving.list_approvals(principal, query).items
    return Status(
        kind="task",
        status=task.status.value,
        text=" ".join([_task_words(task), *map(_approval_words, asked)]),
        task=task_detail_of(found),
        approvals=[Approval.model_validate(one) for one in asked],
    )


def _of_approval(found: stored_approval.Approval) -> Status:
    return Status(
        kind="approval",
        status=found.status.value,
        text=_approval_words(found),
        approvals=[Approval.model_validate(found)],
    )


def _approval_words(found: stored_approval.Approval) -> str:
    words = f"{found.approver_role} was asked '{found.question}': {found.status.value}"
    by = f" by {found.decided_by}" if found.decided_by else ""
    because = f", because: {found.reason}" if found.reason else ""
    then = f"; {found.after_expiry}" if found.after_expiry else ""
    return f"{words}{by}{because}{then}."


def _task_words(task: stored.Task) -> str:
    status = task.status.value
    after = ", ".join(task.after) or "the session to go on"
    words = {
        "blocked": f"waits for {after}.",
        "ready": f"waits to be taken up by an executor '{task.executor}'.",
        "running": f"is worked on, attempt {task.attempt}. Ask again later.",
        "waiting": "waits for an approval. Ask again later.",
        "completed": "is completed; `task.output` is what it handed on.",
        "failed": f"failed: {task.error_message or task.error_code}",
    }
    return f"The task of {task.role} {words.get(status, f'is {status}.')}"


def _session_words(session: stored.Session, tasks: Sequence[stored.Task]) -> str:
    done = sum(task.status.value == "completed" for task in tasks)
    words = f"The session is {session.status.value}; {done} of {len(tasks)} tasks are completed."
    running = [task.role for task in tasks if task.status.value in ("running", "waiting")]
    if running:
        words += f" At work: {', '.join(running)}."
    if session.questions:
        words += " It ended with questions: answer them in the brief, and launch it again."
    for task in tasks:
        if task.status.value == "failed":
            words += f" {task.role} failed: {task.error_message or task.error_code}"
    return f"{words} Read more in sage://sessions/{session.id}/report."


tools = (replace(fetch_status, refused=_refused),)
