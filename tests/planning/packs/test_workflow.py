"""Workflow: states in order, moves that chain, and what is left too long expires."""

from __future__ import annotations

import pytest

from core.planning import understand
from core.planning.reading.states import states_in
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

ARTICLES = (
    "Articles go from draft to review to published. Only editors may publish. An article can be "
    "sent back to draft. Drafts expire after 30 days. The history shows who moved it."
)
PIECES = (
    "A piece goes draft → edited → legal check (only if it is sensitive) → published. No author "
    "publishes their own piece."
)
POTHOLES = (
    "Citizens can report potholes with a location. A pothole has the status open, in progress or "
    "done. Potholes are closed automatically after 90 days."
)


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("draft to review to published", ("draft", "review", "published")),
        ("open, in progress, done", ("open", "in_progress", "done")),
        ("open, in progress or done", ("open", "in_progress", "done")),
        ("goes draft → edited → legal check (if needed) → live",
         ("draft", "edited", "legal_check", "live")),
        ("new -> triaged -> closed when fixed", ("new", "triaged", "closed")),
        ("planned, then packed, and finally shipped", ("planned", "packed", "shipped")),
        ("home to work", ()),
        ("open", ()),
        ("", ()),
    ],
)  # fmt: skip
def test_a_list_of_states_is_read(text: str, states: tuple[str, ...]) -> None:
    assert states_in(text) == states


@pytest.mark.parametrize(
    ("brief", "states", "subject"),
    [
        (ARTICLES, "draft, review, published", "article"),
        (POTHOLES, "open, in_progress, done", "pothole"),
        ("A repair passes from received to repaired to returned.", "received, repaired, returned",
         "repair"),
        ("Operators create tickets and edit tickets. States: new, triaged, closed.",
         "new, triaged, closed", "ticket"),
        ("Clerks can create orders. Orders move from open -> packed -> shipped.",
         "open, packed, shipped", "order"),
    ],
)  # fmt: skip
def test_states_and_their_thing_are_found(brief: str, states: str, subject: str) -> None:
    assert bound(planned(brief), "workflow") == {"states": states, "subject": subject}


@pytest.mark.parametrize(
    "text",
    [
        "Users can create trips from home to work and edit trips.",
        "Notify people when the status of their order changes.",
        "Shops are open from 9 to 5. Owners can create shops and edit shops.",
    ],
)
def test_other_lists_are_no_workflow(text: str) -> None:
    assert "workflow" not in {matched.slug for matched in understand(text).packs}


@pytest.mark.parametrize(
    ("states", "moves"),
    [
        ("new, in review, offer, hired, rejected",
         "new > in review > offer > hired; new or in review or offer > rejected"),
        ("draft, submitted, incomplete, granted, refused, withdrawn",
         "draft > submitted > granted; submitted > incomplete > submitted; submitted or incomplete "
         "> refused; draft or submitted or incomplete > withdrawn"),
        ("announced, picked up, out for delivery, delivered, exception",
         "announced > picked up > out for delivery > delivered; picked up > exception > picked up; "
         "out for delivery > exception > out for delivery"),
        ("open, in progress, done", "open > in progress > done"),
        ("open, cancelled", "open > cancelled"),
    ],
)  # fmt: skip
def test_an_end_beside_the_way_does_not_follow_on_success(states: str, moves: str) -> None:
    model = planned(f"Clerks create permits and edit permits. States: {states}.")
    assert rule_texts(model)["workflow.moves"].endswith(f"only like this: {moves}.")


def test_what_was_granted_is_not_refused_next(empty_database: str) -> None:
    brief = (
        "Clerks create permits with a title and edit permits. States: draft, submitted, granted, "
        "refused, withdrawn. No state may be skipped. A permit can be withdrawn by the mayor only."
    )
    assert rule_texts(planned(brief))["workflow.by"].startswith("Only the mayor may move a permit")
    with built(brief, empty_database) as db:
        permit = insert(db, "permits", title="Garage", owner_id=user(db, "clerk"))

        def move(before: str, state: str) -> None:
            change(db, "permits", permit, previous_state=before, state=state, move_kind="forward")

        with refused("permits_forward_allowed"):
            move("draft", "granted")
        with refused("permits_forward_allowed"):
            move("granted", "refused")
        with refused("permits_forward_allowed"):
            move("draft", "refused")
        move("draft", "withdrawn")
        move("submitted", "refused")


def test_no_reopening_is_no_way_back() -> None:
    model = planned(
        "Clerks create permits and edit permits. States: draft, submitted, granted. A granted "
        "permit cannot be reopened."
    )
    assert "workflow.back" not in rule_texts(model)
    assert "finality.final" in rule_texts(model)


def test_who_may_move_going_back_and_expiry_are_found() -> None:
    model = planned(ARTICLES)
    texts = rule_texts(model)
    assert model.not_understood == ()
    assert "Only editors may publish" in texts["workflow.who"]
    assert "30 days" in texts["workflow.expiry"]
    assert "workflow.back" in texts
    article = model.entity("article")
    assert article is not None
    state = article.field("state")
    assert state is not None
    assert state.choices == ("draft", "review", "published", "expired")
    assert state.default == "'draft'"


def test_the_author_may_not_publish() -> None:
    texts = rule_texts(planned(PIECES))
    assert (
        texts["workflow.not-own"]
        == "Nobody moves their own piece to published: another person does."
    )
    assert "workflow.who" not in texts
    assert texts["workflow.condition"].endswith("only if it is sensitive.")


@pytest.mark.parametrize(
    "brief", [ARTICLES, POTHOLES, PIECES], ids=["articles", "potholes", "pieces"]
)
def test_each_rule_can_go_alone(brief: str) -> None:
    assert_rules_can_go(brief)


def test_a_pothole_moves_forward_only(empty_database: str) -> None:
    with built(POTHOLES, empty_database) as db:
        citizen = user(db, "citizen")
        facts = {"owner_id": citizen, "location": "Mill Lane", "state_changed_at": "2030-01-01Z"}
        with refused("potholes_begin"):
            insert(db, "potholes", **facts, state="done")
        hole = insert(db, "potholes", **facts)

        def move(before: str, state: str, kind: str | None = "forward") -> None:
            change(db, "potholes", hole, previous_state=before, state=state, move_kind=kind)

        with refused("potholes_begin"):
            move("open", "in_progress", None)
        with refused("potholes_forward_allowed"):
            move("open", "done")
        move("open", "in_progress")
        with refused("potholes_forward_allowed"):
            move("in_progress", "open")
        with refused("potholes_move_kind_known"):
            move("in_progress", "open", "back")
        with refused("potholes_expiry_in_time"):
            change(db, "potholes", hole, state_expires_at="2030-04-01 00:01Z")
        with refused("potholes_expiry_allowed"):
            move("done", "expired", "expiry")
        move("in_progress", "expired", "expiry")


def test_the_history_is_a_chain(empty_database: str) -> None:
    with built(ARTICLES, empty_database) as db:
        editor = user(db, "editor")
        article = insert(db, "articles", owner_id=editor, description="Text")
        facts = {"article_id": article, "moved_by_id": editor}

        def move(
            number: int, before: int | None, start: str, end: str, kind: str = "forward"
        ) -> None:
            insert(
                db,
                "article_transitions",
                **facts,
                sequence_no=number,
                previous_no=before,
                from_state=start,
                to_state=end,
                move_kind=kind,
            )

        with refused("article_transitions_numbered"):
            move(1, None, "review", "published")
        move(1, None, "draft", "review")
        with refused("article_transitions_once"):
            move(1, None, "draft", "review")
        with refused("article_transitions_chained"):
            move(2, 1, "draft", "review")
        with refused("article_transitions_numbered"):
            move(3, 1, "review", "published")
        with refused("article_transitions_forward"):
            move(2, 1, "review", "draft")
        with refused("article_transitions_back"):
            move(2, 1, "review", "published", "back")
        move(2, 1, "review", "draft", "back")
        with refused("article_transitions_expiry"):
            move(3, 2, "draft", "review", "expiry")
        move(3, 2, "draft", "expired", "expiry")


def test_the_owner_does_not_make_the_last_move(empty_database: str) -> None:
    with built(PIECES, empty_database) as db:
        author, editor = user(db, "author"), user(db, "editor")
        piece = insert(db, "pieces", owner_id=author, description="Text")
        states = ["draft", "edited", "legal_check", "published"]
        facts = {"piece_id": piece, "owner_id": author, "move_kind": "forward"}
        for number in (1, 2):
            insert(
                db,
                "piece_transitions",
                **facts,
                moved_by_id=author,
                sequence_no=number,
                previous_no=number - 1 or None,
                from_state=states[number - 1],
                to_state=states[number],
            )
        last = {
            "sequence_no": 3,
            "previous_no": 2,
            "from_state": "legal_check",
            "to_state": "published",
        }
        with refused("piece_transitions_not_own"):
            insert(db, "piece_transitions", **facts, **last, moved_by_id=author)
        with refused("piece_transitions_not_own"):
            insert(db, "piece_transitions", **facts, **last)
        with refused("piece_transitions_skip"):
            skipped = last | {"from_state": "draft", "move_kind": "skip"}
            insert(db, "piece_transitions", **facts | skipped, moved_by_id=editor)
        with refused("piece_transitions_owner"):
            lie = facts | {"owner_id": editor}
            insert(db, "piece_transitions", **lie, **last, moved_by_id=author)
        insert(db, "piece_transitions", **facts, **last, moved_by_id=editor)
