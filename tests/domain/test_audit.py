"""What is hashed of an audit's row, and what breaks a chain."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from core.domain.audit import ACCOUNTS_CHAIN, AuditEvent, find_fault, hash_event, seal_event

EVENT = AuditEvent(
    id=7,
    team_id=UUID(int=1),
    kind="tea.made",
    actor="user mara",
    actor_id=UUID(int=2),
    subject="Earl Grey",
    at=datetime(2026, 11, 22, 3, 4, 5, 6, tzinfo=UTC),
    address="192.0.2.7",
    trace_id="trace",
    details={"sugar": 1.5, "milk": [True, None]},
)
CHANGES = {
    "id": 8,
    "team_id": None,
    "kind": "tea.spilt",
    "actor": "user eve",
    "actor_id": None,
    "subject": "Earl Gray",
    "at": EVENT.at + timedelta(microseconds=1),
    "address": "",
    "trace_id": "",
    "details": {"sugar": 1.5, "milk": [True, False]},
}


def test_every_word_of_a_row_is_in_its_hash() -> None:
    assert set(CHANGES) == set(AuditEvent.__dataclass_fields__)
    hashes = {hash_event(replace(EVENT, **{name: value})) for name, value in CHANGES.items()}
    assert len({*hashes, hash_event(EVENT)}) == len(CHANGES) + 1


def test_a_hash_depends_on_no_zone_and_no_order_of_keys() -> None:
    elsewhere = EVENT.at.astimezone(timezone(timedelta(hours=5, minutes=30)))
    turned = {"milk": [True, None], "sugar": 1.5}
    assert hash_event(replace(EVENT, at=elsewhere, details=turned)) == hash_event(EVENT)


def test_a_hash_stays_what_it_is() -> None:
    """Chains that are sealed already depend on it."""
    assert hash_event(EVENT) == "79fcd8d825297e889e0db63bf5abdcdd1c360f0ebf583a8692cf1108cfaa61a6"


def test_a_change_of_no_team_is_in_the_chain_of_accounts() -> None:
    assert replace(EVENT, team_id=None).chain == ACCOUNTS_CHAIN


def test_a_chain_that_was_built_has_no_fault() -> None:
    first = seal_event(EVENT, None)
    second = seal_event(replace(EVENT, id=9), first)
    assert (first.number, second.number) == (1, 2)
    assert find_fault(first, EVENT, None, dropped_through=0) is None
    assert find_fault(second, replace(EVENT, id=9), first, dropped_through=0) is None


@pytest.mark.parametrize(("through", "is_right"), [(0, False), (1, True)])
def test_a_row_may_be_missing_only_where_retention_says_so(through: int, is_right: bool) -> None:
    fault = find_fault(seal_event(EVENT, None), None, None, dropped_through=through)
    assert (fault is None) == is_right


def test_the_seal_of_a_dropped_row_must_still_follow_from_the_one_before() -> None:
    first = seal_event(EVENT, None)
    forged = replace(seal_event(EVENT, first), row_sha256="00" * 32)
    fault = find_fault(forged, None, first, dropped_through=9)
    assert fault is not None
    assert fault.number == 2
