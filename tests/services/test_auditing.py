"""The audit: every act leaves one row, nobody changes it, and owners read it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from core.domain.access import SYSTEM, TeamRole
from core.domain.audit import AuditEvent
from core.domain.origin import Origin, coming_from
from core.domain.pipeline import Step, make_pipeline
from core.domain.role import RoleProfile
from core.domain.routing import SessionChange
from core.domain.session import LaunchRequest, Session
from core.errors import AppError, Conflict, NotAllowed, NotFound, WrongPassword
from core.services import (
    accounts,
    auditing,
    configuring,
    control,
    journaling,
    launching,
    signing_in,
)
from core.services.auditing import AuditQuery
from core.services.transaction import transact
from core.settings import get_settings
from core.store import audit
from tests.factories import (
    Someone,
    add_member,
    define_pipeline,
    define_role,
    fail_for_good,
    in_parallel,
    launch,
    make_decision,
    make_someone,
    open_session,
    route,
)

PASSWORD = "correct horse battery"


def rows(team_id: UUID | None) -> list[AuditEvent]:
    return list(auditing.list_audit(SYSTEM, AuditQuery(team_id)).events)


Act = Callable[[Someone, Session], object]
DEFINITION = {"role": "scribe", "title": "Scribe", "capabilities": [], "instructions": "Write."}
PIPELINE = {"name": "mine", "steps": [{"role": "dba"}]}
ACTS: dict[str, Act] = {
    "session.launched": lambda o, s: launch(o),
    "session.cancelled": lambda o, s: control.cancel_session(o.principal, s.id, "Too dear"),
    "session.paused": lambda o, s: control.pause_session(o.principal, s.id),
    "session.resumed": lambda o, s: control.resume_session(o.principal, s.id),
    "session.ended": lambda o, s: control.end_session(o.principal, s.id),
    "session.opened": lambda o, s: open_session(o),
    "session.failed": lambda o, s: control.change_session(
        o.principal, s.id, SessionChange(status="failed")
    ),
    "session.changed": lambda o, s: control.change_session(
        o.principal, s.id, SessionChange(metadata={"a": 1})
    ),
    "task.routed": lambda o, s: route(o),
    "session.retried": lambda o, s: control.retry_session(o.principal, s.id),
    "decision.recorded": lambda o, s: journaling.record_decision(
        o.principal, s.id, make_decision(strategic=True)
    ),
    "role.defined": lambda o, s: configuring.define_role(o.principal, o.team_id, DEFINITION),
    "pipeline.defined": lambda o, s: configuring.define_pipeline(o.principal, o.team_id, PIPELINE),
    "role.deleted": lambda o, s: configuring.delete_role(o.principal, o.team_id, "reader"),
    "pipeline.deleted": lambda o, s: configuring.delete_pipeline(o.principal, o.team_id, "short"),
    "audit.exported": lambda o, s: auditing.export_audit(o.principal, AuditQuery(o.team_id)),
}


@pytest.mark.parametrize("kind", ACTS)
def test_an_act_leaves_exactly_one_row(someone: Someone, kind: str) -> None:
    session = launch(someone)
    if kind == "session.resumed":
        control.pause_session(someone.principal, session.id)
    if kind == "session.retried":
        fail_for_good(someone, session, "architect")
    define_role(someone.team_id, RoleProfile("reader", "Reader", (), "Read."))
    define_pipeline(someone.team_id, make_pipeline("short", [Step("dba")]))
    before = rows(someone.team_id)
    with coming_from(Origin("192.0.2.7", "trace-1")):
        ACTS[kind](someone, session)
    (new,) = [one for one in rows(someone.team_id) if one not in before]
    assert (new.kind, new.actor) == (kind, f"user {someone.user.user_name}")
    assert (new.actor_id, new.team_id) == (someone.user.id, someone.team_id)
    assert (new.address, new.trace_id) == ("192.0.2.7", "trace-1")


def test_an_expired_session_is_the_systems_act(someone: Someone) -> None:
    session = launch(someone)
    control.expire_session(session.id)
    newest = rows(someone.team_id)[0]
    assert (newest.kind, newest.actor, newest.actor_id) == ("session.expired", "system", None)
    assert newest.details == {"session_id": str(session.id)}


def test_a_repeated_launch_leaves_one_row(someone: Someone) -> None:
    for _ in range(3):
        launch(someone, launch_key="same")
    assert [one.kind for one in rows(someone.team_id)] == ["session.launched"]


def test_an_act_that_is_refused_leaves_no_row(someone: Someone) -> None:
    session = launch(someone)
    control.cancel_session(someone.principal, session.id)
    before = rows(someone.team_id)
    with pytest.raises(AppError):
        control.pause_session(someone.principal, session.id)
    viewer = make_someone()
    add_member(someone.team_id, viewer.user, TeamRole.VIEWER)
    with pytest.raises(NotAllowed):
        launching.launch_session(
            viewer.principal, LaunchRequest(someone.team_id, "Name", "A brief.")
        )
    assert rows(someone.team_id) == before


def test_a_transaction_that_fails_leaves_no_row(someone: Someone) -> None:
    def work(db: Connection) -> None:
        auditing.note(db, someone.principal, "tea.made", team_id=someone.team_id)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        transact(work)
    assert rows(someone.team_id) == []
    auditing.seal_audit()
    assert auditing.list_audit(SYSTEM, AuditQuery(someone.team_id)).chain.sealed == 0


def test_what_is_noted_is_made_fit_to_store(someone: Someone) -> None:
    def work(db: Connection) -> None:
        auditing.note(
            db,
            someone.principal,
            "tea.made",
            team_id=someone.team_id,
            subject="A\x00\r\nB\ud800",
            details={"how\x00": "hot\ud800", "id": someone.user.id},
        )

    with coming_from(Origin("x" * 999, "\x00")):
        transact(work)
    (row,) = rows(someone.team_id)
    assert (row.subject, len(row.address), row.trace_id) == ("A B", 200, "")
    assert row.details == {"how": "hot", "id": str(someone.user.id)}
    auditing.seal_audit()
    assert auditing.verify_audit().is_right


HARM = (
    *(("audit_events", "UPDATE audit_events SET kind = kind"),),
    *(("audit_events", "UPDATE audit_events SET kind = kind WHERE false"),),
    *((name, f"DELETE FROM {name}") for name in ("audit_events", "audit_seals")),
    *((name, f"TRUNCATE {name}") for name in ("audit_events", "audit_seals")),
    *(("audit_events", "TRUNCATE teams CASCADE"),),
    *(("audit_seals", "UPDATE audit_seals SET sha256 = sha256"),),
)


@pytest.mark.parametrize(("table", "harm"), HARM, ids=[harm for _, harm in HARM])
def test_rows_are_only_ever_inserted(
    someone: Someone, db: Connection, table: str, harm: str
) -> None:
    launch(someone)
    auditing.seal_audit()
    query = text(f"SELECT * FROM {table} ORDER BY 1, 2")
    before = db.execute(query).all()
    with pytest.raises(DBAPIError, match="only ever inserted"):
        db.execute(text(harm))
    assert before
    assert db.execute(query).all() == before


def test_the_rows_are_kept_from_the_very_role_that_owns_them(db: Connection) -> None:
    query = text(
        "SELECT tableowner = current_user FROM pg_tables"
        " WHERE tablename IN ('audit_events', 'audit_seals')"
    )
    assert db.execute(query).scalars().all() == [True, True]


def test_not_even_retentions_word_allows_a_change(someone: Someone) -> None:
    launch(someone)
    query = text("SET LOCAL sage.audit_drop = 'on'; UPDATE audit_events SET kind = 'x'")
    with pytest.raises(DBAPIError, match="only ever inserted"):
        transact(lambda db: db.execute(query))


def test_retention_leaves_no_word_behind(someone: Someone, db: Connection) -> None:
    now = db.execute(text("SELECT clock_timestamp()")).scalar_one()
    old = text("INSERT INTO audit_events (team_id, kind, actor, at) VALUES (:t, 'a', 'b', :at)")
    db.execute(old, {"t": someone.team_id, "at": now - timedelta(days=3)})
    auditing.seal_audit()

    def work(inside: Connection) -> None:
        assert audit.drop_events(inside, someone.team_id, now, 10) == 1
        inside.execute(text("DELETE FROM audit_events"))

    with pytest.raises(DBAPIError, match="only ever inserted"):
        transact(work)


# Reading it.


def test_an_owner_reads_their_team_only(someone: Someone) -> None:
    other = make_someone()
    launch(someone)
    launch(other, feature_name="Theirs")
    found = auditing.list_audit(someone.principal, AuditQuery(someone.team_id))
    assert {one.team_id for one in found.events} == {someone.team_id}
    for query in (AuditQuery(other.team_id), AuditQuery(None)):
        with pytest.raises(NotFound):
            auditing.list_audit(someone.principal, query)
        with pytest.raises(NotFound):
            auditing.export_audit(someone.principal, query)


@pytest.mark.parametrize("role", [TeamRole.MEMBER, TeamRole.VIEWER])
def test_others_than_owners_are_refused_with_a_sentence(someone: Someone, role: TeamRole) -> None:
    other = make_someone()
    add_member(someone.team_id, other.user, role)
    with pytest.raises(NotAllowed, match="audit"):
        auditing.list_audit(other.principal, AuditQuery(someone.team_id))


def test_filters_narrow_what_is_listed(someone: Someone) -> None:
    first = launch(someone, feature_name="100%_sure")
    launch(someone, feature_name="Other")
    control.cancel_session(someone.principal, first.id, "Too dear")
    newest, _, oldest = rows(someone.team_id)

    def kinds(**asked: object) -> list[str]:
        query = AuditQuery(someone.team_id, **asked)  # type: ignore[arg-type]
        return [one.kind for one in auditing.list_audit(someone.principal, query).events]

    assert kinds(kind="session.cancelled") == ["session.cancelled"]
    assert kinds(text="too DEAR") == ["session.cancelled"]
    assert kinds(text="%_") == ["session.cancelled", "session.launched"]
    assert kinds(actor=someone.user.user_name) == kinds()
    assert kinds(actor="eve") == []
    assert kinds(since=newest.at) == ["session.cancelled"]
    assert kinds(until=oldest.at) == []
    assert kinds(text="x\x00y") == []


def test_pages_go_from_the_newest_to_the_oldest(someone: Someone) -> None:
    for number in range(5):
        launch(someone, feature_name=f"Feature {number}")
    query = AuditQuery(someone.team_id)
    pages = [auditing.list_audit(someone.principal, query, page=n, rows=2) for n in (1, 2, 3, 4)]
    names = [one.subject for page in pages for one in page.events]
    assert names == [f"Feature {number}" for number in (4, 3, 2, 1, 0)]
    assert [page.is_more for page in pages] == [True, True, False, False]
    assert pages[0].kinds == ("session.launched",)


def test_a_page_says_how_far_the_chain_goes(someone: Someone) -> None:
    launch(someone)
    query = AuditQuery(someone.team_id)
    before = auditing.list_audit(someone.principal, query).chain
    auditing.seal_audit()
    after = auditing.list_audit(someone.principal, query).chain
    assert (before.sealed, before.waiting) == (0, 1)
    assert (after.sealed, after.waiting, len(after.sha256)) == (1, 0, 64)


# Accounts.


@pytest.fixture
def _cheap(system: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAGE_PASSWORD_MEMORY_KIB", "64")
    monkeypatch.setenv("SAGE_PASSWORD_ROUNDS", "1")
    monkeypatch.setenv("SAGE_SIGN_IN_TRIES_ACCOUNT", "100")
    monkeypatch.setenv("SAGE_SIGN_IN_TRIES_ADDRESS", "100")
    get_settings.cache_clear()
    signing_in.sign_up("mara", "mara@example.org", PASSWORD)


def account_kinds() -> list[str]:
    return [one.kind for one in reversed(rows(None))]


def sign_in(name: str = "mara", password: str = PASSWORD) -> str:
    return signing_in.sign_in(name, password, address="192.0.2.7", agent="a browser")


@pytest.mark.usefixtures("_cheap")
def test_an_account_is_made_signs_in_and_out_and_changes_its_password() -> None:
    cookie = signing_in.redeem_ticket(sign_in())
    signing_in.sign_out(cookie)
    signing_in.sign_out(cookie)  # again, which ends nothing
    signing_in.set_password("mara", "another horse battery")
    kinds = ["user.created", "login.started", "login.ended", "password.changed"]
    assert account_kinds() == kinds
    started = rows(None)[2]
    assert (started.actor, started.address) == ("user mara", "192.0.2.7")


@pytest.mark.usefixtures("_cheap")
def test_failed_sign_ins_are_noted_once_a_minute_for_an_account() -> None:
    def fail(name: str) -> None:
        with pytest.raises(WrongPassword):
            sign_in(name, "wrong wrong wrong")

    in_parallel(4, lambda _: fail("mara"))
    fail("MARA")
    fail("nobody-knows-me")
    failed = [one for one in rows(None) if one.kind == "login.failed"]
    assert sorted(one.subject for one in failed) == ["mara", "unknown account"]
    assert {one.actor for one in failed} == {"system"}


@pytest.mark.usefixtures("_cheap")
def test_what_somebody_typed_as_a_name_or_a_password_is_not_noted() -> None:
    for name, password in (("my secret password", "x" * 12), ("mara", "secret " * 3)):
        with pytest.raises(WrongPassword):
            sign_in(name, password)
    assert "secret" not in str(rows(None))


@pytest.mark.usefixtures("_cheap")
def test_a_name_that_is_taken_leaves_no_row() -> None:
    with pytest.raises(Conflict):
        accounts.create_user("mara", "other@example.org")
    assert account_kinds() == ["user.created"]
