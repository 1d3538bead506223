"""Each pack on a small brief of its own, in another trade than the collection's."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import pytest

from core.domain.decision import CATEGORIES
from core.planning import FeatureModel, understand
from core.planning.packs import BY_SLUG, PACKS, PATTERNS
from core.planning.packs.binding import QUANTITY_NAMES, ROLE_NAMES, STATE_NAMES, bind, bind_rule
from core.planning.reading.captures import PHRASES, THINGS, TOLD_WORDS
from tests.planning.plans import artifacts, run

SMALL_BRIEFS = {
    "records": "Users can create, edit and delete recipes with a title and a description. "
    "Recipes are private.",
    "approval": "Employees submit vacation requests with a start date and an end date. Their "
    "manager approves or rejects them within 3 days. Nobody can approve their own request.",
    "approval-threshold": "Purchase orders above 10,000 USD need approval by the CFO. Buyers "
    "create purchase orders. Orders are kept for 7 years.",
    "upload": "Drivers photograph the delivery note. Dispatchers see the photos, at most 5 MB "
    "each. Photos are deleted after 90 days.",
    "notification": "Notify members when their loan is extended. They choose between e-mail and "
    "sms. Quiet hours must be respected.",
    "exchange": "Volunteers can swap duties with each other. The coordinator confirms. An offer "
    "expires after 2 days. At least 8 hours of rest between two duties.",
    "messaging": "Parents can send messages to the teacher. An unread counter is shown. Messages "
    "are deleted after 12 months.",
    "offline": "Workers record damages with a photo. It must work offline.",
    "theme": "A dark theme that follows the system setting, with an override.",
    "migration": "We migrate our 40,000 memberships from the old club software to a new one by "
    "30 June 2027. No member may be charged twice. Both systems run in parallel for six weeks, "
    "and we must be able to go back.",
    "integration": "Send every paid order to the warehouse system by webhook within 2 minutes. "
    "Calls are signed. The same order twice is one order. If it is down for more than 1 hour, "
    "alert somebody; retry for 24 hours.",
    "performance": "The list of all invoices is too slow: it takes 9 seconds with 2 million rows. "
    "It should load in under 500 ms for 95% of the calls. Permissions stay as they are.",
    "report": "The monthly sales report takes 4 minutes. Make it faster: under 20 seconds. The "
    "numbers must be identical, and figures may be 10 minutes old.",
    "shortcuts": "Keyboard shortcuts for the inbox: j and k move, e archives. They must not fire "
    "in text fields. Same data, same endpoints.",
    "translated": "The interface must be translated into German and Polish. Screen readers must "
    "work, and contrast is at least 4.5:1. Printing stays as it is.",
    "search": "Searching for articles takes 4 seconds. It should take under 200 ms for 99% of "
    "queries, with typo tolerance.",
}


def model_of(name: str) -> FeatureModel:
    model = understand(SMALL_BRIEFS[name])
    assert model.plannable, [question.text for question in model.questions]
    return model


def rules(model: FeatureModel) -> dict[str, str]:
    return {rule.slug: rule.text for rule in model.rules}


def test_records_have_the_fields_that_the_brief_names() -> None:
    recipe = model_of("records").entity("recipe")
    assert recipe is not None
    assert {"title", "description", "owner_id"} <= {field.name for field in recipe.fields}
    assert "delete_recipe" not in {field.name for field in recipe.fields}


def test_approval_finds_its_subject_and_its_deadline() -> None:
    model = model_of("approval")
    assert {"vacation_request", "approval"} <= {entity.name for entity in model.entities}
    assert rules(model)["approval.deadline"].startswith("A decision is due within 3 days")
    assert model.actors[0].name == "employee"


def test_a_single_threshold_is_not_taken_for_a_second_step() -> None:
    model = model_of("approval-threshold")
    assert "10,000 USD" in rules(model)["approval.threshold"]
    assert "approval.second-step" not in rules(model)
    assert dict(model.packs[0].bindings)["subject"] == "purchase_order"


def test_another_word_for_the_uploaded_file_means_the_same_file() -> None:
    model = model_of("upload")
    assert {entity.name for entity in model.new_entities} == {"delivery_note"}
    assert rules(model)["retention.delete"] == "Delivery notes are deleted after 90 days."
    assert "5 MB" in rules(model)["upload.size"]


def test_notification_is_about_something_that_exists() -> None:
    model = model_of("notification")
    loan = model.entity("loan")
    assert loan is not None
    assert loan.existing
    assert {"notification.choice", "notification.quiet-hours"} <= set(rules(model))


def test_an_exchange_keeps_rest_periods() -> None:
    model = model_of("exchange")
    assert "8 hours" in rules(model)["rest-period.minimum"]
    assert "2 days" in rules(model)["exchange.expiry"]
    assert model.entity("duty") is not None


def test_messages_need_no_topic() -> None:
    model = model_of("messaging")
    conversation = model.entity("conversation")
    assert conversation is not None
    assert all("topic" not in field.name for field in conversation.fields)
    assert "12 months" in rules(model)["retention.delete"]


def test_offline_makes_writes_repeatable() -> None:
    assert "offline.works" in rules(model_of("offline"))


def test_a_theme_is_an_interface_feature() -> None:
    model = model_of("theme")
    assert model.kind == "interface"
    assert len(model.new_entities) == 1


def test_a_slow_search_invents_no_permission_column() -> None:
    model = model_of("search")
    assert model.kind == "performance"
    article = model.entity("article")
    assert article is not None
    assert {field.name for field in article.fields} == {"name", "description"}
    assert "99 percent" in rules(model)["search-speed.budget"]


@pytest.mark.parametrize("name", SMALL_BRIEFS)
def test_plans_of_small_briefs_pass_their_validators(name: str) -> None:
    for one in artifacts(run(SMALL_BRIEFS[name])):
        assert one.validation.verdict != "failed", one.validation


def test_a_number_without_a_rule_becomes_a_question() -> None:
    model = understand(
        "Employees submit expenses. Their manager approves expenses within 3 days at 75% of 40 km."
    )
    assert "approval.deadline" in rules(model)
    assert any("“75%”" in question.text for question in model.questions)


def test_a_number_of_another_half_of_the_sentence_is_not_taken() -> None:
    model = understand(
        "Users can create notes. After a 14 day trial all notes are kept for the legal period."
    )
    assert "retention.keep" not in rules(model)


def test_what_people_say_first_must_be_understood() -> None:
    model = understand(
        "Add a spell checker to articles. Readers can report a mistake. Editors remove articles."
    )
    assert not model.plannable
    assert any("spell checker" in question.text for question in model.questions)


def test_packs_combine_without_clashing() -> None:
    text = " ".join(SMALL_BRIEFS[name] for name in ("approval", "upload", "messaging", "offline"))
    for one in artifacts(run(text)):
        assert one.validation.verdict != "failed", one.validation


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.slug)
def test_a_pack_is_declared_in_order(pack: Any) -> None:
    nouns = {noun.name for noun in pack.nouns}
    for text in strings(pack):
        for name in re.findall(r"<([A-Za-z]+)[_-]?>", text):
            plain = name.lower()
            names = (*QUANTITY_NAMES, *STATE_NAMES, *ROLE_NAMES, *PHRASES, *TOLD_WORDS)
            is_bound = {plain, plain.removesuffix("s")} & {*nouns, *THINGS}
            assert plain in (*names, "eachchannel") or is_bound, (pack.slug, name)
    slugs = [rule.slug for rule in pack.rules]
    assert len(slugs) == len(set(slugs))
    assert all(slug.startswith(f"{pack.slug}.") for slug in slugs)
    assert set(pack.implies) | set(pack.instead_of) <= set(BY_SLUG)
    for pattern in [*pack.cues, *(cue for rule in pack.rules for cue in rule.cues)]:
        re.compile(pattern)
    for brings in (pack.brings, *(rule.adds for rule in pack.rules)):
        assert all(choice.category in CATEGORIES and choice.options for choice in brings.choices)
        assert all(threat.stride in "STRIDE" for threat in brings.threats)


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from strings(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            if field.name not in {"cues", "patterns"}:
                yield from strings(getattr(value, field.name))


@pytest.mark.parametrize("bindings", [{}, {"subject": "order", "value": "5", "words": "5 EUR"}])
def test_a_rule_says_what_its_whole_declaration_says(bindings: dict[str, str]) -> None:
    for _, pattern in PATTERNS.values():
        whole, bound = bind(pattern, bindings), bind_rule(pattern, bindings)
        assert (bound.text, bound.mechanisms) == (whole.text, whole.mechanisms)


def test_what_mentions_a_noun_that_is_not_bound_falls_away() -> None:
    template: tuple[str, ...] = ("a <subject_>", "the <other_>", "nothing of it")
    assert bind(template, {"subject": "order"}) == ("an order", "nothing of it")
    assert bind(template[2:], {}) == template[2:]
