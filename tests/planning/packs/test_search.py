"""Search: words and filters, the best match first, within one's rights."""

from __future__ import annotations

import pytest

from core.planning import understand
from core.planning.plan import contributions
from tests.planning.packs.briefs import (
    assert_rules_can_go,
    bound,
    built,
    planned,
    refused,
    rule_texts,
)
from tests.planning.test_database import insert, user

RECIPES = (
    "Users can search recipes by title and ingredient and filter them by category and duration. "
    "The most relevant hits come first. Typos are tolerated. People only find what they may see."
)


def test_fields_filters_and_order_are_found() -> None:
    model = planned(RECIPES)
    texts = rule_texts(model)
    assert bound(model, "search") == {"subject": "recipe"}
    assert model.not_understood == ()
    assert texts["search.fields"] == "Searched are title and ingredient."
    assert texts["search.filters"].startswith("Hits can be narrowed by category and duration;")
    assert {"search.relevance", "search.typos", "search.permissions"} <= set(texts)
    assert not [question for question in model.questions if question.slug.startswith("search")]


def test_a_record_of_the_feature_is_searched_where_it_is() -> None:
    model = planned("Users can create notes and edit notes with a title. Notes can be searched.")
    note = model.entity("note")
    assert note is not None
    assert not note.existing
    assert {"title", "search_text"} <= {field.name for field in note.fields}


def test_a_slow_search_is_a_matter_of_speed() -> None:
    model = understand("Searching for articles takes 4 seconds. It should take under 200 ms.")
    assert [matched.slug for matched in model.packs] == ["search-speed"]
    assert model.kind == "performance"


def test_a_search_of_nothing_that_is_named_is_asked_about() -> None:
    model = understand("There should be a search.")
    assert not model.plannable
    assert "topic.search" in {question.slug for question in model.questions}


@pytest.mark.parametrize(
    ("words", "hits"), [("soup", ["Soup", "Bread"]), ("bread", ["Bread"]), ("cake", [])]
)
def test_the_best_match_comes_first_in_the_database(
    words: str, hits: list[str], empty_database: str
) -> None:
    with built(RECIPES, empty_database) as db:
        insert(db, "recipes", search_title="Bread", search_text="goes with soup")
        insert(db, "recipes", search_title="Soup", search_text="for winter")
        (note,) = [
            note.text
            for note, _ in contributions(planned(RECIPES)).notes
            if note.text.startswith('SELECT "id", ts_rank')
        ]
        statement = note.replace("(… what the caller may open …)", "true").replace(
            "$1", f"'{words}'"
        )
        titles = dict(db.exec_driver_sql("SELECT id, search_title FROM recipes").all())
        assert [titles[row[0]] for row in db.exec_driver_sql(statement)] == hits


def test_the_index_serves_the_search(empty_database: str) -> None:
    with built(RECIPES, empty_database) as db:
        db.exec_driver_sql("SET enable_seqscan = off")
        vector = next(
            index.columns
            for entity in planned(RECIPES).entities
            for index in entity.indexes
            if index.name == "recipes_search"
        )
        plan = db.exec_driver_sql(
            f"EXPLAIN SELECT 1 FROM recipes WHERE ({vector}) @@ to_tsquery('simple', 'soup')"
        )
        assert "recipes_search" in " ".join(row[0] for row in plan)


def test_each_rule_can_be_switched_off() -> None:
    assert_rules_can_go(RECIPES)


SAMPLES = (
    "Chemists search samples by name and number. Accents are ignored. Searches are never logged. "
    "Chemists can save a search and are told when new samples match, at most once a week. 50 "
    "results per page. Everything stays on our servers."
)


def test_saved_searches_accents_and_what_leaves_no_trace_are_found() -> None:
    model = planned(SAMPLES)
    texts = rule_texts(model)
    assert bound(model, "search")["subject"] == "sample"
    assert "50 results" in texts["search.page-size"]
    assert "never logged" in texts["search.not-stored"]
    assert "at most once a week" in texts["search.saved-pace"]
    assert "our servers" in texts["search.in-house"]
    assert {"search.accents", "search.saved", "search.saved-news"} <= texts.keys()
    assert model.entity("search") is None
    assert_rules_can_go(SAMPLES)


@pytest.mark.parametrize(
    ("clause", "slug"),
    [
        ("Samples are stored in a fridge.", "search.not-stored"),
        ("An external service cleans the room.", "search.in-house"),
        ("Accents are part of a name.", "search.accents"),
        ("They save samples.", "search.saved"),
        ("20 samples per fridge.", "search.page-size"),
    ],
)
def test_what_sounds_alike_is_not_taken_for_it(clause: str, slug: str) -> None:
    model = understand(f"Chemists search samples by name. {clause}")
    assert slug not in rule_texts(model)


def test_a_person_has_one_saved_search_of_a_name(empty_database: str) -> None:
    with built(SAMPLES, empty_database) as db:
        mine = {"owner_id": user(db, "ann"), "title": "Salts", "query": "NaCl"}
        insert(db, "saved_searches", **mine)
        with refused("saved_searches_once"):
            insert(db, "saved_searches", **mine)
