"""What a session left, as Markdown; texts of others are shown as they are, never as markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from core.domain.artifact import Validation
from core.domain.session import Decision
from core.domain.text import clean_line

# An underscore inside a word means nothing in Markdown.
_SPECIAL = re.compile(r"([\\`*{}\[\]<>|#~&]|(?<!\w)_|_(?!\w))")
_VERDICTS = {"passed": "passed", "failed": "**failed**", "not_checked": "not checked"}

Clean = Callable[[str], str]


def as_text(text: str, clean: Clean = clean_line) -> str:
    """Return a text on one line that Markdown shows as it is; `clean` says what a line is."""
    return _SPECIAL.sub(r"\\\1", clean(text))


def verdict_words(validation: Validation, clean: Clean = clean_line) -> str:
    """Return what a validator said, for the cell of a table."""
    said = _VERDICTS.get(validation.verdict, as_text(validation.verdict, clean))
    by = f" ({as_text(validation.validator, clean)})" if validation.validator else ""
    return said + by + "".join(f"<br>{as_text(each, clean)}" for each in validation.messages)


def decision_lines(decision: Decision, clean: Clean = clean_line) -> Iterator[str]:
    """Yield a decision as an item of a list, with its reasons below it."""
    reach = "tactical" if decision.task_id else "strategic"
    author = as_text(decision.author_role or "a person", clean)
    yield f"- **{as_text(decision.text, clean)}**  "
    category = as_text(decision.category, clean)
    yield f"  {reach}, {category}, by {author}, confidence {decision.confidence}"
    if decision.rationale:
        yield f"  - why: {as_text(decision.rationale, clean)}"
    for other in decision.alternatives:
        because = as_text(other.rejected_because, clean)
        yield f"  - not: {as_text(other.text, clean)}, since {because}"
    if decision.revisit_trigger:
        yield f"  - look at it again: {as_text(decision.revisit_trigger, clean)}"
