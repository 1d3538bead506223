"""Sentences and small briefs that call for packs, and the checks that every pack's plan passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import uuid4

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from core.planning import FeatureModel, understand
from core.planning.omissions import rule_names
from core.planning.schema import all_indexes, baseline, migration, table, way_back
from core.planning.validators import validate_sql
from tests.planning.test_database import UNINDEXED_KEYS, connect, tables

# One sentence for each pack, in one trade: a library that lends, teaches and prints.
SENTENCES = {
    "migration": "We migrate all loans from OldLib to LibSys in phases.",
    "integration": "The catalogue sends each new loan to the city's billing system by webhook.",
    "performance": "The loan report is slow: it takes 40 seconds.",
    "interface": "Keyboard shortcuts for all pages.",
    "permission": "Members have different roles in each project.",
    "sign-in": "Users sign in with e-mail and password.",
    "audit": "Every change to an invoice is logged with who and when.",
    "sharing": "Users invite colleagues to a workspace.",
    "preference": "Users choose their language and time zone.",
    "dashboard": "A dashboard shows the number of loans per day.",
    "quota": "Each reader may order at most 10 copies per day.",
    "report": "Librarians get a weekly report on open loans by e-mail.",
    "search": "Readers can search articles by title and filter them by category.",
    "api-key": "Integrators can create API keys with scopes.",
    "erasure": "A user requests deletion of their account.",
    "exchange": "Volunteers can swap duties with each other, and the coordinator confirms.",
    "scheduling": "Members book rooms for up to two hours.",
    "reservation": "A reservation needs a deposit of 20 EUR.",
    "waiting-list": "When a workshop is full, readers join its waiting list.",
    "bulk-change": "Clerks update the fees of many tariffs at once.",
    "order": "Customers put stamps into a cart and order them.",
    "publication": "Editors publish bulletins now or at a later time.",
    "rating": "Readers rate magazines with one to five stars.",
    "price": "Members book bikes. A bike costs 12 euros per day, 8 for students.",
    "payout": "Pupils book lessons. Tutors get paid at the end of the month.",
    "approval": "The librarian approves purchase requests.",
    "messaging": "Readers can send messages to the librarian.",
    "search-speed": "Searching for articles takes 4 seconds and should take under 200 ms.",
    "theme": "A dark mode that follows the system setting.",
    "workflow": "Translations go from draft to review to published.",
    "records": "Editors can create and edit exhibitions with a title.",
    "import": "Editors import books from CSV.",
    "payment": "Members pay for courses by card.",
    "upload": "Readers upload photos of damages.",
    "export": "Editors export loans as CSV.",
    "moderation": "Members can block and report a user.",
    "comments": "Readers comment on reviews.",
    "tagging": "Editors tag articles.",
    "steps": "The porter seals each crate and the courier collects it.",
    "notification": "Notify members when their loan is extended.",
    "qualification": "Managers create duties that need a qualification.",
    "rest-period": "There are rest periods of 8 hours between two duties.",
    "visibility": "Only librarians may see fines.",
    "sequence": "No loan before the fee is paid.",
    "separation": "A waiver needs a second librarian.",
    "finality": "Paid fines cannot be changed.",
    "retention": "Invoices are kept for ten years.",
    "offline": "It must work offline.",
    "sending-hours": "No text messages between 21:00 and 8:00.",
    "consent": "A consent can be withdrawn at any time.",
    "contract": "A late return costs a 3 EUR fee.",
    "strike": "Whoever does not come three times is blocked for 2 weeks.",
    "deadline": "A voucher expires after 90 days.",
    "limit": "A borrower has at most 5 lanterns.",
    "requirement": "A cancellation needs a reason.",
    "derived": "The total of a loan is computed from its items.",
    "speed": "The result is shown in under 2 seconds.",
    "accessibility": "Everything can be done with the keyboard.",
}
# The same packs, all about one thing: what clashes, clashes here.
OF_ONE_THING = {
    "permission": "Teachers have different roles in each lesson.",
    "audit": "Every change to a lesson is logged with who and when.",
    "sharing": "Users share lessons with colleagues by link. Links expire after 7 days.",
    "dashboard": "A dashboard shows the number of lessons per day.",
    "quota": "Each reader may book at most 10 lessons per day.",
    "report": "Librarians get a weekly report on open lessons by e-mail.",
    "search": "Readers can search lessons by title and filter them by category.",
    "exchange": "Volunteers can swap lessons with each other. Offers expire after 2 days.",
    "scheduling": "Members book lessons for up to two hours. They can cancel until 2 hours before.",
    "reservation": "Members reserve lessons with a deposit of 20 EUR, held for 2 hours.",
    "waiting-list": "When a lesson is full, members join its waiting list.",
    "bulk-change": "Clerks update the titles of many lessons at once.",
    "publication": "Editors publish lessons at a later time and take them offline.",
    "rating": "Readers rate lessons with one to five stars.",
    "price": "A lesson costs 12 euros per hour, 8 for students.",
    "approval": "The librarian approves lessons within 3 days.",
    "workflow": "Lessons go from draft to review to published. They expire after 30 days.",
    "records": "Editors can create and edit lessons with a title.",
    "import": "Editors import lessons from CSV. An import can be undone within a day.",
    "payment": "Members pay for lessons by card. Refunds are possible within 14 days.",
    "upload": "Readers upload photos of lessons.",
    "export": "Editors export lessons as CSV, never twice.",
    "comments": "Readers comment on lessons. They can reply and mention others.",
    "tagging": "Editors tag lessons. They can merge two tags. Each team has its own tags.",
    "notification": "Notify members when their lesson is extended.",
    "retention": "Lessons are kept for ten years.",
    "messaging": "Readers can send messages about lessons.",
    "deadline": "Lessons lapse after 60 days, unless renewed. A note is sent 3 days before.",
    "limit": "A reader has at most 4 lessons.",
    "strike": "After 3 reports a lesson is hidden.",
    "steps": "The teacher prepares each lesson, confirms it and publishes it.",
}


def planned(brief: str) -> FeatureModel:
    """Return the model of a brief that must be plannable."""
    model = understand(brief)
    assert model.plannable, [question.text for question in model.questions]
    return model


def rule_texts(model: FeatureModel) -> dict[str, str]:
    return {rule.slug: rule.text for rule in model.rules}


def bound(model: FeatureModel, pack: str) -> Mapping[str, str]:
    """Return what a pack's nouns stand for."""
    return next(dict(one.bindings) for one in model.packs if one.slug == pack)


def assert_consistent(model: FeatureModel) -> None:
    """Names are unique, rules point to what is there, and the DDL parses."""
    assert repeated(one.name for one in model.actions) == []
    assert repeated(f"{one.method} {one.path}" for one in model.actions) == []
    assert repeated(one.name for one in model.entities) == []
    assert repeated(table(one) for one in model.entities) == []
    for entity in model.entities:
        assert repeated(one.name for one in entity.fields) == []
        assert repeated(one.name for one in entity.constraints) == []
    assert repeated(index.name for one in model.entities for index in all_indexes(one)) == []
    names = {one.name for one in model.entities}
    assert {one.entity for one in model.actions} <= names
    # One parse for all: sqlglot is what takes the time.
    statements = (*baseline(model), *migration(model), *way_back(model))
    verdict = validate_sql("\n\n".join(statements))
    assert verdict.verdict == "passed" or not statements, verdict


def assert_rules_stand(model: FeatureModel) -> None:
    """Every constraint that a rule names is in the migration, and every job is planned."""
    sql = "\n".join(migration(model))
    asked = {one.slug for one in model.questions if one.slug.startswith("home.")}
    for rule in model.rules:
        assert rule.mechanisms
        if any(slug.endswith(rule.slug) for slug in asked):
            continue  # what it is about is stored nowhere; the plan asks where
        for mechanism in rule.mechanisms:
            if mechanism.kind == "constraint":
                named, _, column = mechanism.where.partition(".")
                assert f'"{named}"' in sql, (rule.slug, mechanism)
                assert not column or f'"{column}"' in sql, (rule.slug, mechanism)


def assert_rules_can_go(brief: str) -> None:
    """Each rule can be switched off alone; nothing stays of it, and the rest is consistent."""
    whole = planned(brief)
    for name, rule in zip(rule_names(whole.rules), whole.rules, strict=True):
        model = understand(brief, {"rules": {"drop": [name]}})
        assert_consistent(model)
        assert_rules_stand(model)
        named = {one.where for one in rule.mechanisms if one.kind == "constraint"}
        for entity in model.entities:
            for one in entity.constraints:
                assert one.rule != rule.slug
                assert one.name not in named
        assert all(rule.slug not in action.rules for action in model.actions)


def repeated(names: Iterator[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


@contextmanager
def built(brief: str, url: str) -> Iterator[Connection]:
    """Run the DDL of a brief forward, back and forward, and yield the database."""
    model = planned(brief)
    with connect(url) as db:
        for statement in baseline(model):
            db.exec_driver_sql(statement)
        before = tables(db)
        for statement in (*migration(model), *way_back(model)):
            db.exec_driver_sql(statement)
        assert tables(db) == before
        for statement in migration(model):
            db.exec_driver_sql(statement)
        assert db.execute(text(UNINDEXED_KEYS)).all() == []
        yield db
        db.engine.dispose()


def change(db: Connection, name: str, key: object, **values: object) -> None:
    """Update one row."""
    sets = ", ".join(f'"{one}" = :{one}' for one in values)
    db.execute(text(f'UPDATE "{name}" SET {sets} WHERE "id" = :id'), {"id": key, **values})


@contextmanager
def refused(constraint: str) -> Iterator[None]:
    """Expect the database to refuse what is done within, by that constraint or index."""
    with pytest.raises(IntegrityError, match=rf'"{constraint}"'):
        yield


def some_key() -> str:
    return str(uuid4())
