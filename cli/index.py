"""The index page of a plan: its artifacts with their verdicts, its decisions with their reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from cli.terminal import plain_line
from cli.wording import ending
from core.domain.markdown import as_text, decision_lines, verdict_words

if TYPE_CHECKING:
    from core.services.reading import SessionReport


def index_page(report: SessionReport, paths: Mapping[object, str]) -> str:
    """Return the page in Markdown; `paths` are the artifacts' paths by id."""
    return "\n".join(_lines(report, paths)) + "\n"


def _lines(report: SessionReport, paths: Mapping[object, str]) -> Iterator[str]:
    session = report.session
    yield f"# {_text(session.feature_name)}"
    yield ""
    yield f"Session `{session.id}` is {ending(session.status, session.outcome)}."
    if session.questions:
        yield from ("", "## Questions", "")
        yield from (f"{n}. {_text(each)}" for n, each in enumerate(session.questions, start=1))
    yield from ("", "## Artifacts", "")
    if report.artifacts:
        yield from ("| role | artifact | kind | validator |", "| --- | --- | --- | --- |")
    else:
        yield "There are none."
    for artifact in report.artifacts:
        path = paths.get(artifact.id)
        title = _text(artifact.title or artifact.slug)
        linked = title if path is None else f"[{title}]({quote(path)})"
        verdict = verdict_words(artifact.validation, plain_line)
        yield f"| {_text(artifact.agent_role)} | {linked} | {_text(artifact.kind)} | {verdict} |"
    yield from ("", "## Decisions", "")
    if not report.decisions:
        yield "There are none."
    for decision in report.decisions:
        yield from decision_lines(decision, plain_line)


def _text(text: str) -> str:
    """Return a text on one line that Markdown shows as it is."""
    return as_text(text, plain_line)
