"""The DDL of the plans on a real PostgreSQL, and before the eyes of squawk."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import IntegrityError

from core.domain.work import RoleResult
from core.planning import FeatureModel, schema
from core.planning.model import Constraint, Entity, Field, Index
from tests.planning.plans import PLANNED, artifact, plan, run, statements
from tests.planning.test_packs import SMALL_BRIEFS

UNINDEXED_KEYS = """
SELECT c.conrelid::regclass::text, a.attname
FROM pg_constraint c
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND NOT EXISTS (
    SELECT 1 FROM pg_index i
    WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1] AND i.indpred IS NULL
)
"""


def execute(db: Connection, results: dict[str, RoleResult], *slugs: str) -> None:
    for slug in slugs:
        for statement in statements(results, slug):
            db.exec_driver_sql(statement)


def connect(url: str) -> Connection:
    return create_engine(url, isolation_level="AUTOCOMMIT").connect()


def tables(db: Connection) -> set[str]:
    return set(db.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")))


@pytest.mark.parametrize("name", [*PLANNED, *SMALL_BRIEFS])
def test_ddl_runs_forward_back_and_forward(name: str, empty_database: str) -> None:
    results = run(SMALL_BRIEFS[name]) if name in SMALL_BRIEFS else plan(name)
    with connect(empty_database) as db:
        execute(db, results, "baseline-ddl")
        before = tables(db)
        for _ in range(2):
            execute(db, results, "migration-ddl", "way-back-ddl")
            assert tables(db) == before
        execute(db, results, "migration-ddl")
        assert db.execute(text(UNINDEXED_KEYS)).all() == []
        db.engine.dispose()


@pytest.mark.parametrize("name", [*PLANNED, *SMALL_BRIEFS])
def test_squawk_finds_nothing_in_the_migration(name: str, tmp_path: Path) -> None:
    results = run(SMALL_BRIEFS[name]) if name in SMALL_BRIEFS else plan(name)
    assert squawk(artifact(results, "migration-ddl").body, tmp_path) == ""


def squawk(sql: str, folder: Path) -> str:
    """Return what squawk has against a migration; nothing when it passes."""
    migration = folder / "migration.sql"
    migration.write_text(sql)
    verdict = subprocess.run(
        [Path(sys.executable).parent / "squawk", "--pg-version", "15", migration],
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if verdict.returncode == 0 else verdict.stdout


def order_with_news() -> FeatureModel:
    """Return a feature that changes a table in use in every way that there is."""
    order = Entity(
        "order",
        "Exists already.",
        fields=(
            Field("number", "text", existing=True),
            Field("owner_id", "ref", references="user", existing=True),
            Field("approver_id", "ref", False, references="user"),
            Field("reference", "text", False, unique=True),
            Field("state", "choice", choices=("open", "closed"), default="'open'"),
            Field("fee", "money", False),
            Field("retain_until", "moment"),
        ),
        constraints=(
            Constraint("orders_kept", "check", '"retain_until" >= "created_at"', "retention.keep"),
            Constraint("orders_id_owner_key", "unique", '"id", "owner_id"', "approval.own"),
            Constraint("orders_not_own", "check", '"approver_id" <> "owner_id"', "approval.own"),
        ),
        indexes=(Index("orders_retained", '"retain_until"'),),
        existing=True,
    )
    approval = Entity(
        "approval",
        "New.",
        fields=(
            Field("order_id", "ref", references="order"),
            Field("requester_id", "ref", references="user"),
        ),
        constraints=(
            Constraint(
                "approvals_requester",
                "foreign_key",
                '("order_id", "requester_id") REFERENCES "orders" ("id", "owner_id")',
            ),
        ),
    )
    user = Entity("user", "Is there.", (Field("email", "text", existing=True),), existing=True)
    return FeatureModel("data", "Orders", entities=(user, order, approval))


def test_a_table_in_use_gets_its_constraints_without_a_long_lock(empty_database: str) -> None:
    model = order_with_news()
    with connect(empty_database) as db:
        for statement in schema.baseline(model):
            db.exec_driver_sql(statement)
        owner = insert(db, "users", email="a@example.org")
        old = insert(db, "orders", number="1", owner_id=owner)
        for statements_of in (schema.migration, schema.way_back, schema.migration):
            for statement in statements_of(model):
                db.exec_driver_sql(statement)
        assert db.execute(text(UNINDEXED_KEYS)).all() == []
        for wrong, name in (
            ({"retain_until": "2000-01-01 00:00Z"}, "orders_kept"),
            ({"approver_id": owner}, "orders_not_own"),
            ({"fee": -1}, "orders_fee_not_negative"),
            ({"state": "lost"}, "orders_state_known"),
            ({"approver_id": uuid4()}, "orders_approver_id_fkey"),
        ):
            with pytest.raises(IntegrityError, match=name):
                insert(db, "orders", number="2", owner_id=owner, **wrong)
        with pytest.raises(IntegrityError, match="approvals_requester"):
            insert(db, "approvals", order_id=old, requester_id=insert(db, "users", email="b"))
        unvalidated = "SELECT conname FROM pg_constraint WHERE NOT convalidated"
        assert db.execute(text(unvalidated)).all() == []
        db.engine.dispose()


def test_squawk_finds_nothing_in_the_change_of_a_table_in_use(tmp_path: Path) -> None:
    assert squawk("\n\n".join(schema.migration(order_with_news())), tmp_path) == ""


def insert(db: Connection, table: str, **values: object) -> UUID:
    key = uuid4()
    columns = ", ".join(f'"{name}"' for name in ("id", *values))
    marks = ", ".join(f":{name}" for name in ("id", *values))
    db.execute(text(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})'), {"id": key, **values})
    return key


def user(db: Connection, name: str) -> UUID:
    return insert(db, "users", email=f"{name}@example.org", display_name=name)


def test_the_rules_of_expense_approval_hold_in_the_database(empty_database: str) -> None:
    with connect(empty_database) as db:
        execute(db, plan("expense-approval"), "baseline-ddl", "migration-ddl")
        owner, boss = user(db, "owner"), user(db, "boss")
        facts = {"amount": 900, "expense_date": "2030-01-05", "owner_id": owner}
        with pytest.raises(IntegrityError, match="expenses_second_approval"):
            insert(db, "expenses", **facts, required_approvals=1)
        expense = insert(db, "expenses", **facts, required_approvals=2)
        approval = {
            "expense_id": expense,
            "requester_id": owner,
            "submission_no": 1,
            "verdict": "approved",
        }
        with pytest.raises(IntegrityError, match="approvals_not_own"):
            insert(db, "approvals", **approval, approver_id=owner)
        with pytest.raises(IntegrityError, match="approvals_requester_is_owner"):
            insert(db, "approvals", **approval | {"requester_id": boss}, approver_id=owner)
        insert(db, "approvals", **approval, approver_id=boss, step=1)
        with pytest.raises(IntegrityError, match="approvals_four_eyes"):
            insert(db, "approvals", **approval, approver_id=boss, step=2)
        with pytest.raises(IntegrityError, match="approvals_reason"):
            insert(
                db,
                "approvals",
                **approval | {"verdict": "rejected", "submission_no": 2},
                approver_id=boss,
            )
        with pytest.raises(IntegrityError, match="expenses_approved_by_enough"):
            db.execute(text("UPDATE expenses SET status = 'approved', given_approvals = 1"))
        run_facts = {
            "requested_by_id": boss,
            "period_start": "2030-01-01",
            "period_end": "2030-02-01",
        }
        first, second = (insert(db, "export_runs", **run_facts) for _ in range(2))
        insert(db, "export_items", export_run_id=first, expense_id=expense)
        with pytest.raises(IntegrityError, match="export_items_once"):
            insert(db, "export_items", export_run_id=second, expense_id=expense)
        db.engine.dispose()


def test_a_shift_within_the_rest_of_another_is_refused(empty_database: str) -> None:
    with connect(empty_database) as db:
        execute(db, plan("shift-swap"), "baseline-ddl", "migration-ddl")
        nurse = user(db, "nurse")
        needed = insert(db, "qualifications", name="intensive care")

        def shift(start: str, end: str, rest: str) -> UUID:
            return insert(
                db,
                "shifts",
                assignee_id=nurse,
                qualification_id=needed,
                starts_at=f"2030-01-{start}Z",
                ends_at=f"2030-01-{end}Z",
                rest_until=f"2030-01-{rest}Z",
            )

        first = shift("01 06:00", "01 14:00", "02 01:00")
        with pytest.raises(IntegrityError, match="shifts_rest"):
            shift("02 00:00", "02 08:00", "02 19:00")
        with pytest.raises(IntegrityError, match="shifts_rest_long_enough"):
            shift("05 06:00", "05 14:00", "05 20:00")
        shift("02 01:00", "02 09:00", "02 20:00")
        offer = {
            "shift_id": first,
            "offered_by_id": nurse,
            "created_at": "2030-01-01 00:00Z",
        }
        with pytest.raises(IntegrityError, match="swap_offers_expiry"):
            insert(db, "swap_offers", **offer, expires_at="2030-01-02 00:01Z")
        insert(db, "swap_offers", **offer, expires_at="2030-01-02 00:00Z")
        with pytest.raises(IntegrityError, match="swap_offers_one_live"):
            insert(db, "swap_offers", **offer, expires_at="2030-01-02 00:00Z")
        db.engine.dispose()


def test_an_image_of_a_chat_is_limited_in_size_and_kind(empty_database: str) -> None:
    with connect(empty_database) as db:
        execute(db, plan("marketplace-chat"), "baseline-ddl", "migration-ddl")
        buyer, seller = user(db, "buyer"), user(db, "seller")
        listing = insert(db, "listings", owner_id=seller, title="A chair")
        talk = insert(db, "conversations", listing_id=listing, starter_id=buyer, partner_id=seller)
        message = insert(db, "messages", conversation_id=talk, sender_id=buyer, body="Hello")
        image = {
            "message_id": message,
            "uploaded_by_id": buyer,
            "storage_key": "a",
            "media_type": "image/png",
            "byte_size": 10 * 2**20,
            "sha256": "",
        }
        insert(db, "attachments", **image)
        with pytest.raises(IntegrityError, match="attachments_size"):
            insert(db, "attachments", **image | {"byte_size": 10 * 2**20 + 1, "storage_key": "b"})
        with pytest.raises(IntegrityError, match="attachments_media_type"):
            insert(db, "attachments", **image | {"media_type": "image/svg", "storage_key": "c"})
        with pytest.raises(IntegrityError, match="blocks_not_self"):
            insert(db, "blocks", blocker_id=buyer, blocked_id=buyer)
        db.engine.dispose()
