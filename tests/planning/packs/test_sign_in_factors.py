"""Sign-in with a second factor: for whom, what replaces it, who resets it, how long it holds."""

from __future__ import annotations

import pytest

from core.planning import understand
from tests.planning.packs.briefs import (
    assert_consistent,
    assert_rules_can_go,
    assert_rules_stand,
    built,
    change,
    planned,
    refused,
    rule_texts,
)
from tests.planning.test_database import insert, user

CLINIC = (
    "Doctors sign in with their password. Anybody who can see lab results must use a second "
    "factor from 1 April, by an authenticator app, never by SMS. Everyone gets eight recovery "
    "codes. The head of support can reset somebody's second factor after calling them back. "
    "After four wrong codes the account is locked for half an hour. Sessions last 10 hours, "
    "then people sign in again. We log people out after 15 minutes without activity. Remember "
    "this device for 14 days. New accounts are by invitation only; an invitation expires after "
    "3 days."
)


def slugs(text: str) -> set[str]:
    return {rule.slug for rule in understand(text).rules}


def test_a_clinic_is_read_to_the_last_word() -> None:
    model = planned(CLINIC)
    texts = rule_texts(model)
    assert "Anybody who can see lab results" in texts["sign-in.second-factor-who"]
    assert "from 1 April" in texts["sign-in.second-factor-from"]
    assert texts["sign-in.recovery-codes-count"] == "A set has 8 recovery codes."
    assert texts["sign-in.factor-reset"].startswith("The head of support can reset")
    assert "After 4 wrong codes" in texts["sign-in.code-lockout"]
    assert "30 minutes" in texts["sign-in.lock-time"]
    assert "ends 10 hours after the sign-in" in texts["sign-in.session-length"]
    assert "15 minutes" in texts["sign-in.time-out"]
    assert "for 14 days" in texts["sign-in.remembered-device"]
    assert "3 days" in texts["sign-in.invitation-time"]
    assert "sign-in.no-sms" in texts
    assert model.not_understood == ()
    asked = {question.slug for question in model.questions}
    assert not asked & {"sign-in.lockout", "sign-in.recovery", "sign-in.time-out"}


@pytest.mark.parametrize(
    ("text", "slug", "other"),
    [
        ("Users log in. Sessions last 12 hours.", "session-length", "time-out"),
        ("Users have to log in again every 14 days.", "session-length", "time-out"),
        ("Users stay signed in for 30 days.", "session-length", "time-out"),
        ("Sessions end after 20 minutes of inactivity.", "time-out", "session-length"),
        ("Log out after 20 minutes without activity.", "time-out", "session-length"),
    ],
)
def test_how_long_a_session_is_idle_is_not_how_long_it_lasts(
    text: str, slug: str, other: str
) -> None:
    found = slugs(text)
    assert f"sign-in.{slug}" in found
    assert f"sign-in.{other}" not in found


def test_an_idle_time_and_an_end_stand_in_one_sentence() -> None:
    texts = rule_texts(
        planned("Sessions expire after 8 hours of inactivity and after 30 days in any case.")
    )
    assert "8 hours" in texts["sign-in.time-out"]
    assert "30 days" in texts["sign-in.session-length"]


def test_numbers_in_words_are_numbers() -> None:
    texts = rule_texts(planned("Users log in. After five failed attempts the account is locked."))
    assert "After 5 failed attempts" in texts["sign-in.lockout"]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Users log in. Clerks lock an order after five wrong deliveries.", "sign-in.code-lockout"),
        ("Users log in. A discount code is valid for 3 days.", "sign-in.recovery-codes"),
        ("Users log in. Hosts send invitations to a party; they expire after 2 days.",
         "sign-in.invitation-time"),
        ("Users log in. The last five orders are shown.", "sign-in.password-history"),
        ("Users log in. An administrator can reset the counter.", "sign-in.factor-reset"),
    ],
)  # fmt: skip
def test_what_only_sounds_like_it_is_none(text: str, slug: str) -> None:
    assert slug not in slugs(text)


def test_each_rule_can_go_alone() -> None:
    assert_rules_can_go(CLINIC)


def test_the_plan_is_consistent() -> None:
    model = planned(CLINIC)
    assert_consistent(model)
    assert_rules_stand(model)


def test_the_rules_of_a_clinic_hold_in_the_database(empty_database: str) -> None:
    with built(CLINIC, empty_database) as db:
        doctor, chief = user(db, "doctor"), user(db, "chief")
        code = {"user_id": doctor, "code_no": 1, "code_hash": "$argon2id$v=19$x"}
        insert(db, "recovery_codes", **code)
        with refused("recovery_codes_numbered"):
            insert(db, "recovery_codes", **code)
        with refused("recovery_codes_count"):
            insert(db, "recovery_codes", **code | {"code_no": 9})
        with refused("recovery_codes_hash_only"):
            insert(db, "recovery_codes", **code | {"code_no": 2, "code_hash": "12345678"})
        reset = {"user_id": doctor, "reset_by_id": chief, "identity_check": "called back"}
        insert(db, "factor_resets", **reset)
        with refused("factor_resets_not_own"):
            insert(db, "factor_resets", **reset | {"reset_by_id": doctor})
        with refused("factor_resets_checked"):
            insert(db, "factor_resets", **reset | {"identity_check": " "})
        factor = insert(db, "second_factors", user_id=doctor, kind="app_code", secret_encrypted="x")
        with refused("second_factors_locked"):
            change(db, "second_factors", factor, failed_attempts=4)
        session = {
            "user_id": doctor,
            "token_hash": "0" * 64,
            "device": "x",
            "created_at": "2026-01-01 08:00Z",
            "last_seen_at": "2026-01-01 17:50Z",
        }
        with refused("login_sessions_longest"):
            insert(db, "login_sessions", **session, expires_at="2026-01-01 18:01Z")
        insert(db, "login_sessions", **session, expires_at="2026-01-01 18:00Z")
