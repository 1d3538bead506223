"""What agents read of a session: its report, and the journal of its decisions, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from core.domain.access import Principal
from core.domain.markdown import as_text, decision_lines, verdict_words
from core.domain.session import Decision
from core.services import reading
from core.services.reading import SessionOutline, SessionReport


def read_report(principal: Principal, session_id: UUID) -> str:
    """Return a session's roles, artifacts and questions as a page; raises `NotFound`."""
    report = reading.get_report(principal, session_id)
    return "\n".join(_report(report)) + "\n"


def read_journal(principal: Principal, session_id: UUID) -> str:
    """Return a session's brief and decisions, with their reasons, as a page; raises `NotFound`."""
    outline = reading.get_outline(principal, session_id)
    return "\n".join(_journal(outline)) + "\n"


def _report(report: SessionReport) -> Iterator[str]:
    session = report.session
    outcome = f", {session.outcome.value.replace('_', ' ')}" if session.outcome else ""
    yield from (f"# {as_text(session.feature_name)}", "")
    yield f"Session `{session.id}` is {session.status.value}{outcome}."
    yield f"It was launched at {session.created_at.isoformat()}."
    if session.questions:
        yield from ("", "## Questions", "")
        yield from (f"{n}. {as_text(each)}" for n, each in enumerate(session.questions, start=1))
    yield from ("", "## Tasks", "")
    yield from ("| role | status | attempts | task | what went wrong |", "| --- " * 5 + "|")
    for task in report.tasks:
        wrong = as_text(task.error_message or "")
        role = as_text(task.role)
        yield f"| {role} | {task.status.value} | {task.attempt} | `{task.id}` | {wrong} |"
    yield from ("", "## Artifacts", "")
    if report.artifacts:
        yield from ("| role | artifact | kind | validator | body |", "| --- " * 5 + "|")
    else:
        yield "There are none."
    for one in report.artifacts:
        cells = (as_text(one.agent_role), as_text(one.title or one.slug), as_text(one.kind))
        verdict = verdict_words(one.validation)
        yield f"| {' | '.join(cells)} | {verdict} | `GET /api/artifacts/{one.id}` |"
    yield from ("", f"## Decisions: {len(report.decisions)}", "")
    yield f"They stand with their reasons in `sage://sessions/{session.id}/journal`."


def _journal(outline: SessionOutline) -> Iterator[str]:
    yield from (f"# Decisions on {as_text(outline.session.feature_name)}", "")
    yield from (f"> {as_text(line)}".rstrip() for line in outline.brief.splitlines())
    strategic = [one for one in outline.decisions if one.task_id is None]
    yield from ("", "## Strategic", "")
    yield from _listed(strategic)
    for task in outline.tasks:
        own = [one for one in outline.decisions if one.task_id == task.id]
        if own:
            yield from ("", f"## Of {as_text(task.role)}", "")
            yield from _listed(own)


def _listed(decisions: list[Decision]) -> Iterator[str]:
    if not decisions:
        yield "There are none."
    superseded_by = {one.supersedes_id: one for one in decisions if one.supersedes_id}
    for one in decisions:
        yield from decision_lines(one)
        yield f"  - id: `{one.id}`"
        if one.id in superseded_by:
            yield f"  - superseded by: {as_text(superseded_by[one.id].text)}"
