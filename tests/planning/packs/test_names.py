"""What people ask for, by its everyday name: each has a pack, and a plain sentence calls for it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.planning import understand
from core.planning.packs import BY_SLUG, PACKS
from core.planning.plan import contributions
from core.planning.schema import migration
from tests.planning.packs.briefs import planned

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "planner.md"
# A demand, its pack, and how somebody without the trade's words would ask for it.
PLAIN = {
    "records": ("records", "Users can create, edit and delete recipes."),
    "approval": ("approval", "Managers approve vacation requests."),
    "upload": ("upload", "Drivers upload photos of the delivery note."),
    "export": ("export", "Finance exports invoices as CSV."),
    "scheduled reports": ("report", "Team leads get a weekly report on open tickets by e-mail."),
    "notification": ("notification", "Notify members when their loan is extended."),
    "search": ("search", "Users can search recipes by title and filter them by category."),
    "speed of a search": ("search-speed", "Searching for articles takes 4 seconds."),
    "messaging": ("messaging", "Parents can send messages to the teacher."),
    "moderation": ("moderation", "Moderators read reported messages. Members send messages."),
    "roles and permissions": ("permission", "Members have different roles in each project."),
    "sign-in and sessions": ("sign-in", "Users sign in with e-mail and password."),
    "API keys": ("api-key", "Integrators can create API keys."),
    "quotas": ("quota", "Each user may run at most 100 simulations per day."),
    "audit": ("audit", "Every change to an invoice is logged with who and when."),
    "retention": ("retention", "Users create receipts. Receipts are kept for ten years."),
    "erasure": ("erasure", "Users can delete their account."),
    "sharing and invitations": ("sharing", "Users invite colleagues to a workspace."),
    "preferences": ("preference", "Users choose their language and time zone."),
    "dark mode": ("theme", "Dark mode that follows the system setting."),
    "metrics and dashboards": ("dashboard", "A dashboard shows the number of orders per day."),
    "offline sync": ("offline", "Workers record damages. Entries sync when they are back online."),
    "steps": ("steps", "The porter seals each crate and the courier collects it."),
    "workflow": ("workflow", "Translations go from draft to review to published."),
    "scheduling and booking": ("scheduling", "Members book rooms for up to two hours."),
    "reservation with deposit": ("reservation", "Guests reserve tables with a deposit of 20 EUR."),
    "payment and subscription": ("payment", "Members pay for courses by card."),
    "comments": ("comments", "Readers comment on reviews."),
    "tagging and categories": ("tagging", "Editors tag articles."),
    "import": ("import", "Editors import books from CSV."),
    "a slow report": ("performance", "The loan report is slow: it takes 40 seconds."),
    "interface only": ("interface", "Every page can be used with a screen reader."),
    "integration": ("integration", "The shop sends each order to the billing system by webhook."),
    "migration": ("migration", "We migrate all loans from OldLib to LibSys."),
    "exchange": ("exchange", "Nurses can swap shifts with each other."),
    "qualification": ("qualification", "Nurses swap shifts. Only qualified nurses can take one."),
    "rest periods": (
        "rest-period",
        "Nurses swap shifts, with 11 hours of rest between two shifts.",
    ),
}
ASPECTS = {pack.slug for pack in PACKS if pack.kind == "none"}


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_sentence_calls_for_its_pack(name: str) -> None:
    slug, sentence = PLAIN[name]
    model = understand(sentence)
    assert slug in {matched.slug for matched in model.packs}
    assert model.plannable or slug in ASPECTS


def test_there_are_packs_enough() -> None:
    assert len(PACKS) >= 22
    assert {slug for slug, _ in PLAIN.values()} <= set(BY_SLUG)


def test_the_document_names_every_pack() -> None:
    rows = re.findall(r"^\| ([^|`]+) \| ((?:`[a-z-]+`(?:, )?)+) \|", DOCUMENT.read_text(), re.M)
    told = {slug for _, cell in rows for slug in re.findall(r"[a-z-]+", cell)}
    assert told == set(BY_SLUG)


@pytest.mark.parametrize("name", PLAIN)
def test_triggers_that_rules_name_are_in_the_migration(name: str) -> None:
    model = understand(PLAIN[name][1])
    sql = "\n".join(migration(model))
    for rule in model.rules:
        for mechanism in rule.mechanisms:
            if mechanism.kind == "trigger":
                assert f'"{mechanism.where}"' in sql, rule.slug


def test_every_role_hears_of_the_new_packs() -> None:
    """A pack without a threat, a choice or a question would be a table and nothing more."""
    for slug in ("permission", "sign-in", "audit", "sharing", "quota", "dashboard", "report"):
        sentence = next(text for known, text in PLAIN.values() if known == slug)
        gathered = contributions(planned(sentence))
        assert len(gathered.threats) >= 2, slug
        assert all(len(choice.options) >= 2 for choice, _ in gathered.choices), slug
        assert gathered.questions, slug
        assert {note.role for note, _ in gathered.notes} >= {"dba", "ui_ux"}, slug
