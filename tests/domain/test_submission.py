"""What agents may hand in, and what comes of odd things in it."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.artifact import NOT_CHECKED, Artifact, Evidence, Validation
from core.domain.decision import Alternative, DecisionDraft
from core.domain.submission import MAX_RESULT_BYTES, check_submission, clean_fraction
from core.domain.work import RoleResult
from core.errors import AppError, InvalidInput, TooLarge

ARTIFACT = Artifact("api-errors", "notes", "text/markdown", "Errors", "# Errors\n")
DECISION = DecisionDraft("One table", "Each step is decided once", "data", "high")
MANY = 101


def hand_in(**changes: Any) -> RoleResult:
    return check_submission(RoleResult(**({"output": {}} | changes)))


def with_artifact(**changes: Any) -> RoleResult:
    return hand_in(artifacts=(replace(ARTIFACT, **changes),))


def with_decision(**changes: Any) -> RoleResult:
    return hand_in(decisions=(replace(DECISION, **changes),))


@pytest.mark.parametrize(
    "media_type",
    [
        "text/markdown",
        "text/plain; charset=utf-8",
        "TEXT/CSV",
        "text/vnd.mermaid",
        "text/x-python",
        "text/css",
        "application/json",
        "application/sql",
        "application/yaml",
        "application/vnd.oai.openapi+json;version=3.1",
    ],
)
def test_plain_text_of_any_kind_is_kept(media_type: str) -> None:
    (artifact,) = with_artifact(media_type=media_type).artifacts
    assert artifact.media_type == media_type.lower()


@pytest.mark.parametrize(
    "media_type",
    [
        "",
        "text",
        "text/",
        "text/html",
        "Text/HTML; charset=utf-8",
        "application/xhtml+xml",
        "image/svg+xml",
        "text/xml",
        "text/javascript",
        "application/octet-stream",
        "application/pdf",
        "application/zip",
        "image/png",
        "text/plain\r\nX-Evil: 1",
        "text/plain; filename=../x",
        "text/" + "x" * 100,
    ],
)
def test_what_a_browser_runs_and_what_is_no_text_is_refused(media_type: str) -> None:
    with pytest.raises(InvalidInput):
        with_artifact(media_type=media_type)


@pytest.mark.parametrize(
    "slug", ["a", "api-errors", "v1.2", "feature-model.json", "x" * 100, "a_b"]
)
def test_slugs_are_words(slug: str) -> None:
    assert with_artifact(slug=slug).artifacts[0].slug == slug


@pytest.mark.parametrize(
    "slug", ["", " ", "Api", "../etc", "a/b", "a--b", ".a", "a.", "ä", "x" * 101, "a b", "-a"]
)
@pytest.mark.parametrize("name", ["slug", "kind", "links"])
def test_what_is_no_word_is_refused(slug: str, name: str) -> None:
    with pytest.raises(InvalidInput):
        with_artifact(**{name: (slug,) if name == "links" else slug})


@pytest.mark.parametrize(
    "changes",
    [
        {"artifacts": (ARTIFACT, ARTIFACT)},
        {"artifacts": tuple(replace(ARTIFACT, slug=f"a{n}") for n in range(51))},
        {"artifacts": (replace(ARTIFACT, title=""),)},
        {"artifacts": (replace(ARTIFACT, title="x" * 201),)},
        {"artifacts": (replace(ARTIFACT, links=("a",) * MANY),)},
        {"artifacts": (replace(ARTIFACT, evidence=(Evidence("a", "b"),) * MANY),)},
        {"decisions": (DECISION,) * MANY},
        {"decisions": (replace(DECISION, strategic=True),)},
        {"decisions": (replace(DECISION, text=" "),)},
        {"decisions": (replace(DECISION, text="x" * 501),)},
        {"decisions": (replace(DECISION, rationale=""),)},
        {"decisions": (replace(DECISION, category="mood"),)},
        {"decisions": (replace(DECISION, confidence="certain"),)},
        {"decisions": (replace(DECISION, alternatives=(Alternative("a", "b"),) * MANY),)},
        {"decisions": (replace(DECISION, evidence=("a",) * MANY),)},
        {"outcome": "perhaps"},
        {"outcome": "needs_input"},
        {"outcome": "needs_input", "questions": ("\x00 ",)},
        {"outcome": "needs_input", "questions": ("x" * 501,)},
        {"outcome": "needs_input", "questions": ("Who?",) * 21},
        {"output": ["a list"]},
        {"output": "a text"},
    ],
)
def test_what_is_out_of_bounds_is_refused_in_words(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as caught:
        hand_in(**changes)
    assert caught.value.message.endswith(".")
    assert caught.value.hint_text


def test_a_megabyte_is_the_most_in_whole() -> None:
    empty = len(json.dumps(asdict(hand_in(output={"text": ""}))).encode())
    assert hand_in(output={"text": "x" * (MAX_RESULT_BYTES - empty)})
    with pytest.raises(TooLarge):
        hand_in(output={"text": "x" * (MAX_RESULT_BYTES - empty + 1)})
    with pytest.raises(TooLarge):  # bytes count, not characters
        hand_in(output={"text": "é" * (MAX_RESULT_BYTES // 2)})


def test_an_agents_word_is_no_validators() -> None:
    said = Validation("sqlglot 30.30", "passed")
    assert with_artifact(validation=said).artifacts[0].validation == NOT_CHECKED


TEXT = st.text(st.characters(codec=None), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(
    output=st.dictionaries(TEXT, JSON, max_size=4),
    artifact=st.builds(Artifact, TEXT, TEXT, TEXT, TEXT, TEXT),
    decision=st.builds(DecisionDraft, TEXT, TEXT, TEXT, TEXT),
    questions=st.lists(TEXT, max_size=3),
)
def test_whatever_is_sent_is_refused_in_words_or_can_be_stored(
    output: dict, artifact: Artifact, decision: DecisionDraft, questions: list[str]
) -> None:
    for changes in ({"artifacts": (artifact,)}, {"decisions": (decision,)}, {}):
        try:
            result = hand_in(output=output, questions=tuple(questions), **changes)
        except AppError:
            continue
        stored = json.dumps(asdict(result), ensure_ascii=False, allow_nan=False)
        assert "\\u0000" not in stored
        stored.encode()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (0, 0.0),
        (0.5, 0.5),
        (1, 1.0),
        (-1, 0.0),
        (50, 1.0),
        pytest.param(10**400, 1.0, id="huge"),
        (float("inf"), 1.0),
        (float("nan"), None),
        (None, None),
        ("0.5", None),
        (True, None),
    ],
)
def test_progress_lies_between_0_and_1(said: Any, told: float | None) -> None:
    assert clean_fraction(said) == told
