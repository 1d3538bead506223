"""The briefs of many trades, against what a careful reader expects of each plan."""

from __future__ import annotations

import re

import pytest

from core.planning import FeatureModel
from tests.planning.accounting import fate
from tests.planning.plans import BRIEFS, EXPECTED, brief, plan, sayings
from tests.planning.trades import (
    TRADES,
    Expectation,
    misreadings,
    missing_ideas,
    missing_things,
)

# Briefs whose plan is not yet what a careful reader expects, and why. An entry that has become
# untrue fails its test: take it out then.
NOT_YET: dict[str, str] = {
    "agency-timesheets": "needs_input; kind none; no deadline; no not the own",
    "bank-four-eyes": "needs_input; no limit; no cut-off; no fresh factor",
    "blood-bank-donors": "needs_input; kind none; no interval; no per year",
    "building-permits": "no objections",
    "car-sharing-club": "no photos before; no table or column member/person/driver",
    "cemetery-grave-register": "no states of a plot; no told by letter",
    "charity-newsletter": "needs_input; no hours for sms; no sundays; no consent",
    "clinic-referrals": "needs_input; no types of file; no no reopening",
    "club-courts": "needs_input; no series approved; no matches first",
    "coop-roles": "needs_input; no two board members; no separation",
    "council-sign-in": "no sessions end; no table or column session/user_session",
    "dental-lab-orders": "needs_input; no type of scan; no rush; no free remakes",
    "exam-rooms": "needs_input; kind none; no no overlap of a student",
    "ferry-boarding-slow": "no sorting",
    "film-props-rental": "no states; no quotes expire; no second in line",
    "fire-brigade-breathing-sets": "needs_input; kind none; no states; no fitness by age",
    "hospital-sign-in": "no locks after wrong pins; no second factor for prescribers",
    "hotel-deposit": "needs_input; no held; no refund; no no show; no groups",
    "hr-applicants": "needs_input; no two approve; no deleted; no consent",
    "insurance-claims": "no date of damage",
    "lab-instruments": "no four hours; no service; wrong: a fee as a ban",
    "lab-samples": "needs_input; no another reviewer; no append only; no freezer",
    "library-holds": "needs_input; no quiet hours; no fees; no extended twice",
    "newsroom-comments": "needs_input; no first comment checked",
    "newsroom-corrections": "needs_input; no second editor; no embargo; no time zone",
    "pothole-reports": "needs_input; no checked before public; no duplicates",
    "property-repairs": "needs_input; no six photos; no link; no owner agrees",
    "registry-tokens": "needs_input; no headers; no second factor; no passwords end",
    "restaurant-deposit": "no from six people; no allergies",
    "school-absences": "needs_input; no until; no leave in advance; no social worker",
    "statement-archive": "needs_input; no export limit; no formats; no background",
    "tenant-invites": "kind integration; no access ends; no read only",
    "theatre-box-office": "no cancelled show; no scanned once",
    "translation-memory-move": "kind data; no sample",
    "vet-drug-cabinet": "needs_input; no witnessed in time",
    "wine-customs-link": "kind data; no signed",
}
# Constraints that no rule, question or list of the plan takes up yet, by brief. Must become empty.
LOST: dict[str, tuple[str, ...]] = {}


def test_every_brief_has_one_expectation() -> None:
    briefs = {path.stem for path in BRIEFS.glob("*.md")} - {"README"}
    assert briefs == EXPECTED.keys() | TRADES.keys()
    assert not EXPECTED.keys() & TRADES.keys()
    assert TRADES.keys() >= NOT_YET.keys() | LOST.keys()


@pytest.mark.parametrize("name", sorted(TRADES))
def test_an_expectation_speaks_of_its_brief(name: str) -> None:
    expected = TRADES[name]
    words = " ".join(brief(name).split())
    assert [quote for quote in expected.constraints if quote not in words] == []
    assert len(set(expected.constraints)) == expected.demands
    things = {name for names in expected.entities for name in names}
    assert not things & set(expected.wrong_tables)
    for _, patterns in expected.says + expected.wrong_rules:
        assert all(re.compile(pattern) for pattern in patterns)
    if expected.planned:
        assert 60 <= len(words.split()) <= 250
        assert expected.says
        assert expected.constraints


@pytest.mark.parametrize("name", sorted(TRADES))
def test_a_brief_gets_what_a_careful_reader_expects(name: str) -> None:
    short = shortcomings(name, TRADES[name])
    if name in NOT_YET:
        assert short, f"take {name} out of NOT_YET: its plan is as expected"
        pytest.xfail(f"{NOT_YET[name]}: {'; '.join(short)}")
    assert short == []


@pytest.mark.parametrize("name", sorted(TRADES))
def test_no_constraint_is_dropped_in_silence(name: str) -> None:
    model = FeatureModel.from_json(plan(name)["architect"].output["feature_model"])
    fates = {quote: fate(quote, model) for quote in TRADES[name].constraints}
    lost = {quote for quote, became in fates.items() if became in {"passed_over", "dropped"}}
    assert lost == set(LOST.get(name, ()))


def shortcomings(name: str, expected: Expectation) -> list[str]:
    """Return where the plan for a brief, or its questions, fall short of what is expected."""
    results = plan(name)
    architect = results["architect"]
    model = FeatureModel.from_json(architect.output["feature_model"])
    short = []
    if architect.outcome != ("done" if expected.planned else "needs_input"):
        short.append(architect.outcome)
    if model.kind != expected.kind:
        short.append(f"kind {model.kind}")
    short += [f"no {idea}" for idea in missing_ideas(expected, list(sayings(results)))]
    short += [f"wrong: {idea}" for idea in misreadings(expected, model)]
    if expected.planned:
        short += [f"no table or column {names}" for names in missing_things(expected, model)]
    elif architect.decisions or not architect.questions:
        short.append("decided without asking")
    if expected.at_most_tables is not None and len(model.new_entities) > expected.at_most_tables:
        short.append(f"{len(model.new_entities)} new tables")
    return short


def test_a_constraint_is_taken_up_only_by_what_speaks_of_it() -> None:
    """The accounting itself, on a model that people would call careless."""
    sentence = "A hold waits 7 days, and a reader has at most 10 holds"
    model = FeatureModel.from_json(
        {
            "kind": "data",
            "title": "Holds",
            "rules": [
                {
                    "slug": "expiry",
                    "text": "A hold expires after 7 days.",
                    "mechanisms": [{"kind": "job", "where": "holds", "how": "ends them nightly"}],
                    "evidence": [{"words": sentence, "rule": "expiry"}],
                }
            ],
            "questions": [{"slug": "fees", "text": "“Fees above 20 EUR”: what must hold?"}],
            "not_understood": ["Never between 21:00 and 8:00"],
            "non_goals": ["loans between libraries"],
        }
    )
    assert fate("waits 7 days", model) == "mechanism"
    assert fate("at most 10 holds", model) == "passed_over"
    assert fate("above 20 EUR", model) == "asked"
    assert fate("above 30 EUR", model) == "dropped"
    assert fate("between 21:00 and 8:00", model) == "not_understood"
    assert fate("loans between libraries", model) == "set_aside"
    assert fate("forgotten 30 days after the return", model) == "dropped"
