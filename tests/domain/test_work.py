"""What executors send, made safe to store."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.artifact import Evidence, Validation
from core.domain.attempt import content_hash, is_large, retry_delay
from core.domain.decision import Alternative
from core.domain.work import RoleResult, clean_result
from core.errors import InvalidInput
from tests.factories import make_artifact, make_decision

DIRTY = "a\x00b\ud800c"
CLEAN = "abc"


def texts_of(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [t for pair in value.items() for part in pair for t in texts_of(part)]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in texts_of(inner)]
    if is_dataclass(value):
        return [t for field in fields(value) for t in texts_of(getattr(value, field.name))]
    return []


def test_every_text_of_a_result_is_cleaned() -> None:
    result = RoleResult(
        output={DIRTY: [DIRTY, {"deep": (DIRTY,)}]},
        artifacts=(
            make_artifact(
                DIRTY,
                kind=DIRTY,
                media_type=DIRTY,
                title=DIRTY,
                body=DIRTY,
                evidence=(Evidence(DIRTY, DIRTY),),
                links=(DIRTY,),
                validation=Validation(DIRTY, "failed", (DIRTY,)),
            ),
        ),
        decisions=(
            make_decision(
                text=DIRTY,
                rationale=DIRTY,
                category=DIRTY,
                alternatives=(Alternative(DIRTY, DIRTY),),
                evidence=(DIRTY,),
                revisit_trigger=DIRTY,
            ),
        ),
        questions=(DIRTY,),
        usage={"note": DIRTY},
    )
    dirty = [text for text in texts_of(clean_result(result)) if "\x00" in text or "\ud800" in text]
    assert dirty == []


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        2**64,
        -(2**70),
        datetime(2026, 1, 1, tzinfo=UTC),
        UUID(int=1),
        Decimal("1.5"),
        b"bytes",
        {"a", "b"},
        object(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_whatever_an_executor_puts_into_its_output_can_be_stored_and_hashed(value: object) -> None:
    output = clean_result(RoleResult(output={"value": value, "list": [value]})).output
    assert orjson.loads(orjson.dumps(output)) == json.loads(json.dumps(output)) == output
    assert len(content_hash(output)) == 64


def test_data_nested_too_deep_is_refused_and_never_ends_in_a_stack_overflow() -> None:
    deep: object = "x"
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(InvalidInput, match="levels deep"):
        clean_result(RoleResult(output={"value": deep}))


@given(st.dictionaries(st.text(max_size=3), st.integers() | st.text(max_size=5), max_size=5))
def test_a_hash_does_not_depend_on_the_order_of_keys(value: dict) -> None:
    assert content_hash(value) == content_hash(dict(reversed(value.items())))


def test_a_value_is_large_beyond_two_kilobytes() -> None:
    assert not is_large("x" * 2048)
    assert is_large("x" * 2049)
    assert is_large({"text": "x" * 2048})


def test_retries_wait_5_10_and_20_seconds_then_there_are_no_more() -> None:
    delays = (5.0, 10.0, 20.0)
    assert [retry_delay(failures, delays) for failures in (1, 2, 3, 4)] == [5.0, 10.0, 20.0, None]
