"""Sign-in: hashes only, locked after failures, sessions that end, and a way back in."""

from __future__ import annotations

import json

import pytest

from core.planning import understand
from tests.planning.packs.briefs import (
    assert_rules_can_go,
    built,
    change,
    planned,
    refused,
    rule_texts,
)
from tests.planning.plans import artifact, run
from tests.planning.test_database import insert, user

PORTAL = (
    "Users sign in with e-mail and password. After 5 failed attempts the account is locked for 15 "
    "minutes. A second factor is required for administrators. Sessions end after 30 minutes of "
    "inactivity. People can sign out everywhere. A forgotten password is reset by a link that is "
    "valid for 1 hour."
)
DIGEST = "0" * 64


def test_lockout_time_out_and_recovery_keep_their_numbers() -> None:
    model = planned(PORTAL)
    texts = rule_texts(model)
    assert model.not_understood == ()
    assert texts["sign-in.means"] == "People prove who they are by e-mail and password."
    assert "After 5 failed attempts" in texts["sign-in.lockout"]
    assert "15 minutes" in texts["sign-in.lock-time"]
    assert "30 minutes" in texts["sign-in.time-out"]
    assert "1 hour" in texts["sign-in.recovery-time"]
    assert {"sign-in.second-factor", "sign-in.everywhere", "sign-in.password"} <= set(texts)
    assert not [q for q in model.questions if q.slug.startswith(("demand", "topic", "sign-in"))]


@pytest.mark.parametrize(
    ("text", "table", "absent"),
    [
        ("Users sign in by passkey, without a password.", "passkey", "password_credential"),
        ("Employees use single sign-on of their company.", "external_identity", "passkey"),
    ],
)
def test_other_means_bring_no_password(text: str, table: str, absent: str) -> None:
    names = {entity.name for entity in planned(text).entities}
    assert table in names
    assert absent not in names


def test_what_is_not_said_is_asked() -> None:
    asked = {question.slug for question in planned("Members can log in.").questions}
    assert {"sign-in.means", "sign-in.lockout", "sign-in.time-out", "sign-in.recovery"} <= asked


@pytest.mark.parametrize(
    "text",
    [
        "After signing in users can create notes.",
        "Guests see the menu without logging in.",
        "As an integrator I want to create API keys, to sign in with API keys.",
    ],
)
def test_signing_in_in_passing_is_not_planned(text: str) -> None:
    assert "sign-in" not in {matched.slug for matched in understand(text).packs}


def test_a_proof_is_sent_and_never_stored_or_answered() -> None:
    interface = json.loads(artifact(run(PORTAL), "api").body)
    request = interface["paths"]["/sessions"]["post"]["requestBody"]["content"]
    assert set(request["application/json"]["schema"]["properties"]) == {"e_mail", "proof"}
    shapes = interface["components"]["schemas"]
    assert all("proof" not in shape.get("properties", {}) for shape in shapes.values())


def test_the_database_refuses_plain_secrets_and_long_sessions(empty_database: str) -> None:
    with built(PORTAL, empty_database) as db:
        ann = user(db, "ann")
        with refused("password_credentials_hashed"):
            insert(db, "password_credentials", user_id=ann, password_hash="correct horse")
        key = insert(db, "password_credentials", user_id=ann, password_hash="$argon2id$v=19$x")
        with refused("password_credentials_locked"):
            change(db, "password_credentials", key, failed_attempts=5)
        change(db, "password_credentials", key, failed_attempts=5, locked_until="2030-01-01 00:15Z")
        times = {"created_at": "2030-01-01 08:00Z", "last_seen_at": "2030-01-01 08:00Z"}
        session = {"user_id": ann, "device": "phone", "token_hash": DIGEST, **times}
        with refused("login_sessions_idle"):
            insert(db, "login_sessions", **session, expires_at="2030-01-01 08:31Z")
        with refused("login_sessions_hash_only"):
            insert(
                db,
                "login_sessions",
                **session | {"token_hash": "token"},
                expires_at="2030-01-01 08:30Z",
            )
        with refused("login_sessions_end"):
            insert(db, "login_sessions", **session, expires_at="2030-01-01 08:00Z")
        insert(db, "login_sessions", **session, expires_at="2030-01-01 08:30Z")
        asked = {"user_id": ann, "token_hash": DIGEST, "created_at": "2030-01-01 08:00Z"}
        with refused("recovery_requests_short"):
            insert(db, "recovery_requests", **asked, expires_at="2030-01-01 09:01Z")
        link = insert(db, "recovery_requests", **asked, expires_at="2030-01-01 09:00Z")
        with refused("recovery_requests_end"):
            change(db, "recovery_requests", link, used_at="2030-01-01 09:01Z")
        with refused("recovery_requests_hash_only"):
            change(db, "recovery_requests", link, token_hash="token")
        insert(db, "second_factors", user_id=ann, kind="app_code", secret_encrypted="x")
        with refused("second_factors_one_kind"):
            insert(db, "second_factors", user_id=ann, kind="app_code", secret_encrypted="y")


@pytest.mark.parametrize("text", [PORTAL, "Users sign in by passkey or single sign-on."])
def test_each_rule_can_be_switched_off(text: str) -> None:
    assert_rules_can_go(text)


def test_passkeys_and_outside_identities_are_unique(empty_database: str) -> None:
    with built("Users sign in by passkey or single sign-on.", empty_database) as db:
        ann = user(db, "ann")
        key = {"user_id": ann, "name": "phone", "credential_id": "c", "public_key": "k"}
        insert(db, "passkeys", **key)
        with refused("passkeys_credential_id_key"):
            insert(db, "passkeys", **key)
        insert(db, "external_identities", user_id=ann, issuer="i", subject_id="s")
        with refused("external_identities_once"):
            insert(db, "external_identities", user_id=ann, issuer="i", subject_id="s")
