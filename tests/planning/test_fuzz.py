"""Whatever is written into a brief: no crash, no invalid artifact."""

from __future__ import annotations

import json
import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.planning import FeatureModel, understand
from tests.planning.plans import PLANNED, artifacts, brief, run

NASTY = (
    "'; DROP TABLE users; --",
    "<script>alert(1)</script>",
    "| a | b |",
    '"quoted"',
    "```mermaid",
    "<subject>",
    "{subject}",
    "\u202eright to left\u202c",
    "😀😀",
    "Users can create selects and users with an order and a group.",
    "Users can create {tables} called 'x'' with a name.",
    "Nobody may approve their own approval.",
    "Users can upload users. Users can export exports once.",
    "Messages older than 2 years are deleted. Users are kept for 0 years.",
    "Notify people when the status of their notification changes.",
    "Above 99999999999999999999 EUR a second approval is needed.",
)
clauses_of_briefs = [
    piece for name in PLANNED for piece in brief(name).replace("\n", " ").split(". ")
]
quick = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def holds(text: str) -> None:
    results = run(text)
    if results["architect"].outcome == "needs_input":
        assert results["architect"].questions
    for one in artifacts(results):
        assert one.validation.verdict != "failed", (text, one.slug, one.validation)
        one.body.encode("utf-8")
    model = results["architect"].output["feature_model"]
    assert FeatureModel.from_json(json.loads(json.dumps(model))).to_json() == model


@quick
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_random_text(text: str) -> None:
    holds(text)


@quick
@given(
    st.lists(st.sampled_from([*clauses_of_briefs, *NASTY]), min_size=1, max_size=9),
    st.sampled_from([". ", "\n\n", "\n- ", "; ", " "]),
)
def test_mixed_up_briefs(pieces: list[str], glue: str) -> None:
    holds(glue.join(pieces))


@quick
@given(st.sampled_from(PLANNED), st.randoms(use_true_random=False))
def test_mangled_briefs(name: str, chance: random.Random) -> None:
    words = brief(name).split(" ")
    for _ in range(chance.randint(1, 12)):
        position = chance.randrange(len(words))
        if chance.random() < 0.5:
            del words[position]
        else:
            words.insert(position, chance.choice(words))
        if not words:
            words.append("a")
    holds(" ".join(words))


def test_the_order_of_sentences_does_not_lose_rules() -> None:
    for name in ("shift-swap", "marketplace-chat"):
        text = " ".join(brief(name).splitlines()[0 if name != "shift-swap" else 2 :])
        sentences = [piece.strip(" .") for piece in text.split(". ")]
        straight = {rule.slug for rule in understand(". ".join(sentences)).rules}
        turned = {rule.slug for rule in understand(". ".join(reversed(sentences))).rules}
        assert straight == turned


def test_the_longest_brief_is_read_to_its_end() -> None:
    text = (brief("expense-approval") + "\n\n" + brief("marketplace-chat") + "\n\n") * 80
    model = understand(text[: 64 * 1024])
    slugs = {rule.slug for rule in understand(text[:4096]).rules}
    assert slugs <= {rule.slug for rule in model.rules}
