"""Sharing: each way in has an end, a right, and a token that nobody guesses."""

from __future__ import annotations

import pytest

from core.planning import understand
from tests.planning.packs.briefs import (
    assert_rules_can_go,
    bound,
    built,
    change,
    planned,
    refused,
    rule_texts,
)
from tests.planning.test_database import insert, user

DOCUMENTS = (
    "Users can share a document with colleagues by e-mail or by a link. Invitations expire after 7 "
    "days and can be revoked. Guests are viewers or editors. Nobody can guess a link."
)
DIGESTS = ["0" * 64, "1" * 64, "2" * 64]


def test_end_rights_and_links_are_found() -> None:
    model = planned(DOCUMENTS)
    texts = rule_texts(model)
    assert bound(model, "sharing")["subject"] == "document"
    assert model.not_understood == ()
    assert "7 days" in texts["sharing.expiry"]
    assert {"sharing.link", "sharing.rights", "sharing.no-guessing", "sharing.ends"} <= set(texts)
    assert "sharing.expiry" not in {question.slug for question in model.questions}


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("As a team lead I want to invite colleagues to a workspace.", "workspace"),
        ("Owners invite guests to view albums.", "album"),
        ("Users can create recipes and edit recipes. They share them with friends.", "recipe"),
    ],
)
def test_what_is_shared_is_found(text: str, subject: str) -> None:
    assert bound(planned(text), "sharing")["subject"] == subject


def test_sharing_of_nothing_that_is_named_is_asked_about() -> None:
    model = understand("People should be able to invite each other.")
    assert not model.plannable
    assert "topic.sharing" in {question.slug for question in model.questions}


@pytest.mark.parametrize("text", ["The share of late orders falls.", "Our market share grows."])
def test_a_share_of_something_is_not_shared(text: str) -> None:
    assert "sharing" not in {matched.slug for matched in understand(text).packs}


def test_an_invitation_does_not_wait_for_an_approval() -> None:
    model = planned(
        "Employees submit contracts. Managers approve contracts within 3 days. Users share "
        "contracts by invitation. An invitation is valid within 5 days."
    )
    assert "3 days" in rule_texts(model)["approval.deadline"]


def test_the_database_keeps_ends_rights_and_hashes(empty_database: str) -> None:
    with built(DOCUMENTS, empty_database) as db:
        ann, bob = user(db, "ann"), user(db, "bob")
        document = insert(db, "documents")
        way = {
            "document_id": document,
            "invited_by_id": ann,
            "created_at": "2030-01-01 00:00Z",
            "expires_at": "2030-01-08 00:00Z",
        }
        with refused("invitations_expiry"):
            insert(
                db,
                "invitations",
                **way | {"expires_at": "2030-01-08 00:01Z"},
                token_hash=DIGESTS[0],
            )
        with refused("invitations_hash_only"):
            insert(db, "invitations", **way, token_hash="token")
        with refused("invitations_link_reads"):
            insert(db, "invitations", **way, token_hash=DIGESTS[0], access="editor")
        insert(db, "invitations", **way, token_hash=DIGESTS[0])
        letter = {**way, "address": "bob@example.org", "access": "editor"}
        key = insert(db, "invitations", **letter, token_hash=DIGESTS[1])
        with refused("invitations_one_open"):
            insert(db, "invitations", **letter, token_hash=DIGESTS[2])
        with refused("invitations_accepted_in_time"):
            change(db, "invitations", key, accepted_at="2030-01-02 00:00Z")
        with refused("invitations_accepted_in_time"):
            change(db, "invitations", key, accepted_at="2030-01-09 00:00Z", accepted_by_id=bob)
        change(db, "invitations", key, revoked_at="2030-01-02 00:00Z")
        with refused("invitations_accepted_in_time"):
            change(db, "invitations", key, accepted_at="2030-01-03 00:00Z", accepted_by_id=bob)
        insert(db, "document_members", document_id=document, user_id=bob)
        with refused("document_members_once"):
            insert(db, "document_members", document_id=document, user_id=bob, access="editor")
        with refused("document_members_access_known"):
            insert(db, "document_members", document_id=document, user_id=ann, access="owner")


def test_each_rule_can_be_switched_off() -> None:
    assert_rules_can_go(DOCUMENTS)
