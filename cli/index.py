"""The index page of a plan: its artifacts with their verdicts, its decisions with their reasons."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from cli.terminal import plain_line
from cli.wording import ending
from core.domain.artifact import Validation
from core.domain.session import Decision

if TYPE_CHECKING:
    from core.services.reading import SessionReport

# An underscore inside a word means nothing in Markdown.
_SPECIAL = re.compile(r"([\\`*{}\[\]<>|#~&]|(?<!\w)_|_(?!\w))")
_VERDICTS = {"passed": "passed", "failed": "**failed**", "not_checked": "not checked"}


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
        verdict = _verdict(artifact.validation)
        yield f"| {_text(artifact.agent_role)} | {linked} | {_text(artifact.kind)} | {verdict} |"
    yield from ("", "## Decisions", "")
    if not report.decisions:
        yield "There are none."
    for decision in report.decisions:
        yield from _decision(decision)


def _decision(decision: Decision) -> Iterator[str]:
    reach = "tactical" if decision.task_id else "strategic"
    author = _text(decision.author_role or "a person")
    yield f"- **{_text(decision.text)}**  "
    yield f"  {reach}, {_text(decision.category)}, by {author}, confidence {decision.confidence}"
    if decision.rationale:
        yield f"  - why: {_text(decision.rationale)}"
    for alternative in decision.alternatives:
        yield f"  - not: {_text(alternative.text)}, since {_text(alternative.rejected_because)}"
    if decision.revisit_trigger:
        yield f"  - look at it again: {_text(decision.revisit_trigger)}"


def _verdict(validation: Validation) -> str:
    said = _VERDICTS.get(validation.verdict, _text(validation.verdict))
    by = f" ({_text(validation.validator)})" if validation.validator else ""
    return said + by + "".join(f"<br>{_text(each)}" for each in validation.messages)


def _text(text: str) -> str:
    """Return a text on one line that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", plain_line(text))
