"""Every brief of the collection, against what its plan must and must not contain."""

from __future__ import annotations

import re

import pytest

from core.planning import FeatureModel, understand
from tests.planning.plans import EXPECTED, PLANNED, brief, carriers, plan, sayings

MANDATORY = ("expense-approval", "shift-swap", "marketplace-chat")
# Every table that a plan of these briefs may speak of; the first ones were there before.
TABLES: dict[str, tuple[set[str], set[str]]] = {
    "expense-approval": (
        {"user"},
        {"expense", "receipt", "approval", "export_run", "export_item"},
    ),
    "shift-swap": (
        {"user"},
        {
            *("shift", "qualification", "user_qualification"),
            *("swap_offer", "notification", "notification_delivery"),
        },
    ),
    "marketplace-chat": (
        {"user", "listing"},
        {
            *("conversation", "conversation_participant", "message", "attachment"),
            *("block", "report", "report_reading"),
        },
    ),
    "notifications": (
        {"user", "order"},
        {"notification", "notification_delivery", "notification_preference", "quiet_hours"},
    ),
    "dark-mode": ({"user"}, {"user_preference"}),
    "slow-search": ({"product"}, set()),
    "api-keys": ({"user", "organisation"}, {"api_key", "api_key_scope"}),
    "gdpr-delete": ({"user"}, {"deletion_request", "deletion_step"}),
    "csv-import": (
        {"user", "customer"},
        {"import", "import_row", "column_mapping", "customer_match_key", "import_effect"},
    ),
    "migrate-payments": (
        {"customer", "subscription"},
        {"subscription_move", "subscription_charge", "subscription_difference"},
    ),
}
# What a text must hold, all of it, to say an idea of expected.yaml.
IDEAS: dict[str, tuple[str, ...]] = {
    "nobody approves their own": (r"nobody approves their own",),
    "second approval above 500 EUR": (r"second approval", r"500 EUR"),
    "never exported twice": (r"never exported twice",),
    "ten years": (r"ten years",),
    "expires after 24 hours": (r"expires? after 24 hours",),
    "11 hours of rest": (r"11 hours", r"\brest\b"),
    "works with bad reception": (r"works with bad reception",),
    "no phone or e-mail is shown": (r"no phone", r"e-mail", r"shown"),
    "10 MB images": (r"10 MB",),
    "moderators read reported only": (r"moderators read reported", r"only"),
    "deleted after 2 years": (r"deleted after 2 years",),
    "follows the system": (r"follows the system",),
    "override is remembered across devices": (r"override", r"remembered", r"devices"),
    "contrast": (r"contrast",),
    "charts": (r"charts",),
    "300 ms for 95 percent": (r"300 ms", r"95 percent"),
    "typo tolerance": (r"typos are tolerated",),
    "permissions unchanged": (r"permissions stay unchanged",),
    "trigram or full-text index in PostgreSQL": (r"trigram", r"full-text", r"PostgreSQL"),
    "secret shown once": (r"secret is shown once",),
    "stored as hash": (r"stored as a hash",),
    "revoked at once": (r"revoked key is refused at once",),
    "rate limit with header": (r"rate limit", r"header"),
    "maximum lifetime": (r"maximum lifetime",),
    "14 days of grace": (r"14 days", r"grace"),
    "invoices are kept": (r"invoices are kept",),
    "anonymised author": (r"anonymised", r"author"),
    "proof for the auditor": (r"proof", r"auditor"),
    "backups": (r"backups",),
    "quiet hours": (r"quiet hours",),
    "e-mail push and in-app": (r"e-?mail", r"push", r"in-app"),
    "user chooses": (r"user chooses",),
    "duplicates are merged": (r"duplicates are merged",),
    "undo within a day": (r"import can be undone within a day",),
    "progress": (r"progress is shown",),
    "200000 rows": (r"200,?000 rows",),
    "never charged twice": (r"never charged twice",),
    "parallel run": (r"parallel run of a month",),
    "way back": (r"there is a way back",),
    "SEPA": (r"SEPA mandates move",),
    "deadline of 31 March": (r"deadline of 31 March",),
    "the language, if it is not planned": (r"language",),
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_brief_meets_what_is_expected_or_is_questioned(name: str) -> None:
    expected = EXPECTED[name]
    results = plan(name)
    architect = results["architect"]
    if name not in PLANNED:
        assert architect.outcome == "needs_input"
        assert architect.questions
        assert not architect.decisions
        return
    model = FeatureModel.from_json(architect.output["feature_model"])
    assert architect.outcome == "done"
    assert model.kind == expected["kind"]
    carried = carriers(model)
    for synonyms in expected["entities"]:
        assert carried & set(synonyms), f"none of {synonyms} in {sorted(carried)}"
    texts = list(sayings(results))
    for idea in expected["says"]:
        patterns = IDEAS[idea]
        assert any(
            all(re.search(pattern, text, re.IGNORECASE) for pattern in patterns) for text in texts
        ), f"nothing says “{idea}”"
    if "at_most_tables" in expected:
        assert len(model.new_entities) <= expected["at_most_tables"]


def test_the_mandatory_briefs_are_planned_and_all_of_them_is_understood() -> None:
    for name in MANDATORY:
        model = understand(brief(name))
        assert model.plannable
        assert model.not_understood == ()
        assert not [question for question in model.questions if question.slug.startswith("demand")]


@pytest.mark.parametrize("name", PLANNED)
def test_a_brief_gets_the_tables_that_somebody_with_the_trade_would_draw(name: str) -> None:
    model = understand(brief(name))
    existing, new = TABLES[name]
    assert {entity.name for entity in model.entities if entity.existing} == existing
    assert {entity.name for entity in model.new_entities} == new
    for entity in model.entities:
        assert entity.evidence or entity.name == "user"
        assert entity.summary


@pytest.mark.parametrize("name", sorted(set(EXPECTED) - set(PLANNED)))
def test_a_brief_without_a_plan_gets_no_tables(name: str) -> None:
    assert understand(brief(name)).entities == ()


def test_a_vague_wish_is_asked_about_in_its_own_words() -> None:
    questions = plan("vague")["architect"].questions
    assert len(questions) >= 3
    assert any("dashboard" in question for question in questions)
    assert any("confusing" in question for question in questions)


def test_an_announcement_is_recognised_as_one() -> None:
    questions = plan("not-a-feature")["architect"].questions
    assert "announcement" in questions[0]
    assert "office is closed" in questions[0]


def test_a_german_brief_is_told_about_its_language() -> None:
    model = understand(brief("terminbuchung"))
    assert model.kind == "other_language"
    assert "German" in model.questions[0].text


def test_what_no_pack_can_bind_is_asked_about_by_its_topic() -> None:
    model = understand("We want payments.")
    assert any(question.slug.startswith("topic.") for question in model.questions)
    assert model.entities == ()


def test_non_goals_are_kept_apart() -> None:
    model = understand(brief("expense-approval"))
    assert model.non_goals == ("mileage", "per diem")
    assert "mileage" not in str(model.entities)
