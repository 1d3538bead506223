"""Every part of a demand is taken up by a finding, asked about, or listed: none goes in silence."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.planning import FeatureModel, understand
from core.planning.gaps import left_over
from core.planning.matches import Matches
from core.planning.reading.clauses import Clause

BASE = (
    "Members can create, edit and delete notes with a title and a text. "
    "A note can have files up to 10 MB as attachments."
)
# What the planner knows, and what no planner will ever know.
KNOWN = (
    "members can delete their own notes",
    "nobody may see the notes of others",
    "notes are deleted after 30 days",
    "a note has at most 5 attachments",
    "members are told by e-mail when a note is deleted",
)
UNKNOWN = (
    "the walrus polishes a gondola",
    "every gargoyle hums below the pantry",
    "a lighthouse devours marmalade",
    "glaciers whistle a melody",
    "the harpist must tune 3 bassoons",
    "trombones stay behind the aquarium",
    "whoever juggles lanterns wears a turban",
    "pretzels rotate counterclockwise",
)
JOINTS = (", ", " and ", ", and ", " but ", "; ", " unless ", ". ", ", otherwise ", " while ")
_WORD = re.compile(r"[a-z]{6,}|\d+")
few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def told(model: FeatureModel) -> str:
    """Return all that a plan says anywhere, in one text."""
    return " ".join(
        [
            *(f"{rule.text} {rule.bindings} {rule.mechanisms}" for rule in model.rules),
            *(question.text for question in model.questions),
            # A long quote is cut; its evidence holds the rest.
            *(e.words for q in model.questions if "…" in q.text for e in q.evidence),
            *model.not_understood,
            *model.non_goals,
            *model.background,
            *(f"{entity.name} {entity.fields}" for entity in model.entities),
            *(f"{action.name} {action.summary}" for action in model.actions),
        ]
    ).lower()


def lost(sentence: str, parts: list[str]) -> list[str]:
    """Return the parts of a sentence of whose words the plan says less than half."""
    model = understand(f"{BASE} {sentence[0].upper()}{sentence[1:]}.")
    if not model.plannable:
        return []
    said = told(model)
    return [part for part in parts if not _is_said(part, said)]


def _is_said(part: str, said: str) -> bool:
    words = _WORD.findall(part)
    return sum(word[:5] in said for word in words) * 2 >= len(words)


@few
@given(st.lists(st.sampled_from(KNOWN + UNKNOWN), min_size=2, max_size=4, unique=True), st.data())
def test_every_part_of_a_sentence_is_accounted_for_in_any_order(
    parts: list[str], data: st.DataObject
) -> None:
    sentence = parts[0]
    for part in parts[1:]:
        sentence += data.draw(st.sampled_from(JOINTS)) + part
    assert lost(sentence, [part for part in parts if part in UNKNOWN]) == []


@few
@given(st.lists(st.sampled_from(KNOWN + UNKNOWN), min_size=2, max_size=5, unique=True))
def test_every_item_of_a_list_is_accounted_for_in_any_order(parts: list[str]) -> None:
    model = understand(f"{BASE}\n\nRules:\n" + "\n".join(f"- {part}" for part in parts))
    said = told(model)
    assert [one for one in parts if one in UNKNOWN and not _is_said(one, said)] == []


def test_what_the_rest_of_a_sentence_says_is_listed_beside_its_rule() -> None:
    model = understand(f"{BASE} A note has at most 5 attachments, the parrot lives on crackers.")
    assert model.not_understood == ("the parrot lives on crackers",)


def test_what_is_asked_about_is_not_listed_as_well() -> None:
    model = understand(f"{BASE} A note has at most 5 attachments, no parrot enters the cellar.")
    assert model.not_understood == ()
    assert "no parrot enters the cellar" in told(model)


def test_items_of_an_enumeration_that_no_column_holds_are_listed() -> None:
    model = understand(f"{BASE} Notes are exported with title, zodiac, aura and ascendant.")
    assert {"zodiac", "ascendant"} <= set(re.findall("[a-z]+", " ".join(model.not_understood)))


def test_reasons_examples_and_how_things_are_are_not_listed() -> None:
    for aside in (
        "because the cellar floods every spring",
        "so that the parrot sleeps calmly",
        "e.g. a parrot with a cough",
        "as the parrot died last winter",
        "which means that the cellar stays dry",
        "if possible",
    ):
        model = understand(f"{BASE} A note has at most 5 attachments, {aside}.")
        assert model.not_understood == (), aside


def test_a_brief_without_a_plan_lists_a_sentence_whole_where_a_part_of_it_is_left() -> None:
    clause = Clause("Clerks approve requests, then the walrus polishes a gondola")
    found = Matches(used={clause})
    assert left_over([clause], found, ()) == ()
    assert left_over([clause], found, (), partly={clause}) == (clause.text,)
