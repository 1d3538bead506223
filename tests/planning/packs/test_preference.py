"""Preferences: a default until somebody chooses, a column each, on one device or on all."""

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

APP = (
    "Users choose their language and time zone. Preferences follow them to all their devices, and "
    "the sort order of lists is remembered. The font size is kept per device. By default the "
    "browser setting is followed. Distances are shown in metric or imperial units."
)


def test_each_preference_of_the_brief_is_a_column() -> None:
    model = planned(APP)
    row = model.entity("user_preference")
    assert row is not None
    named = {"language", "time_zone", "list_views", "units", "density"}
    assert named <= {field.name for field in row.fields}
    assert model.not_understood == ()
    rules = {"preference.default", "preference.device", "preference.everywhere"}
    assert rules | {"preference.system"} <= set(rule_texts(model))


def test_one_operation_sets_them_all() -> None:
    interface = json.loads(artifact(run(APP), "api").body)
    request = interface["paths"]["/me/preferences"]["put"]["requestBody"]["content"]
    assert set(request["application/json"]["schema"]["properties"]) >= {
        "language",
        "time_zone",
        "list_views",
        "units",
        "density",
    }


def test_nothing_is_kept_that_nobody_named() -> None:
    row = planned("Users can edit their preferences.").entity("user_preference")
    assert row is not None
    assert {field.name for field in row.fields} == {"user_id", "changed_at"}


def test_a_theme_and_preferences_share_a_row() -> None:
    model = planned(
        "Dark mode that follows the system setting, with an override. Users choose their language."
    )
    row = model.entity("user_preference")
    assert row is not None
    assert {"theme", "language"} <= {field.name for field in row.fields}
    (change_all,) = [one for one in model.actions if one.name == "setPreferences"]
    assert {"theme", "language?"} <= set(change_all.body)


@pytest.mark.parametrize(
    "text",
    [
        "Notify members by their notification preferences.",
        "A dark theme is one of the preferences.",
        "Editors set the date format of the print edition.",
    ],
)
def test_other_settings_are_no_preferences(text: str) -> None:
    assert "preference" not in {matched.slug for matched in understand(text).packs}


def test_the_database_knows_the_values(empty_database: str) -> None:
    with built(APP, empty_database) as db:
        ann = user(db, "ann")
        key = insert(db, "user_preferences", user_id=ann)
        with refused("user_preferences_user_id_key"):
            insert(db, "user_preferences", user_id=ann)
        with refused("user_preferences_language_tag"):
            change(db, "user_preferences", key, language="English")
        change(db, "user_preferences", key, language="pt-BR", time_zone="America/Sao_Paulo")
        with refused("user_preferences_time_zone_named"):
            change(db, "user_preferences", key, time_zone="+03:00")
        with refused("user_preferences_units_known"):
            change(db, "user_preferences", key, units="furlongs")
        with refused("user_preferences_density_known"):
            change(db, "user_preferences", key, density="tiny")
        with refused("user_preferences_views_small"):
            change(db, "user_preferences", key, list_views='["a"]')
        with refused("user_preferences_views_small"):
            change(db, "user_preferences", key, list_views=f'{{"a": "{"x" * 17000}"}}')
        device = {"user_id": ann, "device_key": ann}
        insert(db, "device_preferences", **device)
        with refused("device_preferences_once"):
            insert(db, "device_preferences", **device)
        with refused("device_preferences_object"):
            insert(db, "device_preferences", **device | {"device_key": key}, settings="[]")


def test_each_rule_can_be_switched_off() -> None:
    assert_rules_can_go(APP)
