"""Each topic of a tab's socket x each person: who hears what happens in a team, and who does not.

Silence is certain without waiting: the team's owner has heard the event in the same process, and
what was sent to anybody else stands before the answer to their next ping.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import get_args

import pytest
from websockets.sync.client import connect
from websockets.typing import Origin

from core.domain.access import SYSTEM, Action, is_allowed
from core.domain.attempt import Claim
from core.ids import new_id
from core.services import claiming, members, notifying, teams
from tests.access.marks import Marked
from tests.access.persons import KINDS, SIGNED_IN, Person, signed_in
from tests.factories import add_member, claim, launch, make_someone
from tests.web.tabs import TabClient
from web.topics import NoticesTopic, SessionTopic, TeamTopic, Topic

TOPICS = {SessionTopic: ("session:{session}", "patch"), TeamTopic: ("team:{team}", "changed")}
NAMES = {"session": SessionTopic, "team": TeamTopic}


@contextmanager
def tab_of(host: str, person: Person) -> Iterator[TabClient]:
    with connect(
        f"ws://{host}/tab",
        origin=Origin(f"http://{host}"),
        additional_headers=person.headers,
        ping_interval=None,
        proxy=None,
    ) as connection:
        yield TabClient(connection)


@pytest.fixture(scope="package")
def at_work(marked: Marked) -> Claim:
    """An attempt that gives signs of life in the marked session."""
    return claim(marked.someone, marked.session, "backend_dev")


def watch(tab: TabClient, topic: str) -> str:
    """Watch a topic; returns how that was answered."""
    tab.watch(topic)
    return str(tab.hear_until(lambda said: said.get("topic") == topic)["kind"])


def heard_of(tab: TabClient, topic: str) -> list[str]:
    """Return what came of a topic until now."""
    tab.send(ping=1)
    before = len(tab.heard)
    tab.hear_until("pong")
    return [said["kind"] for said in tab.heard[before:] if said.get("topic") == topic]


def test_every_kind_of_topic_has_a_row() -> None:
    assert {*TOPICS, NoticesTopic} == set(get_args(Topic))
    assert set(TOPICS) == set(NAMES.values())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("who", SIGNED_IN)
def test_a_topic_is_heard_by_whom_the_table_allows(
    host: str, marked: Marked, persons: dict[str, Person], at_work: Claim, who: str, name: str
) -> None:
    pattern, kind = TOPICS[NAMES[name]]
    topic, never_was = pattern.format(**marked.ids), f"{name}:{new_id()}"
    with tab_of(host, persons["owner"]) as owner, tab_of(host, persons[who]) as tab:
        assert watch(owner, topic) in ("state", "watching")
        answer = watch(tab, topic)
        said = tab.heard[-1] | {"topic": ""}
        claiming.note_task(at_work, f"{who} may hear this")
        owner.hear_until(kind)
        heard = heard_of(tab, topic)
        if is_allowed(KINDS[who].role, Action.READ):
            assert answer in ("state", "watching")
            assert kind in heard
        else:
            assert (answer, heard) == ("not_found", [])
            watch(tab, never_was)
            assert said == tab.heard[-1] | {"topic": ""}
            assert not marked.seen_in(str(tab.heard).encode())


@pytest.mark.parametrize("who", SIGNED_IN)
def test_of_notices_everybody_hears_their_own_and_no_word_of_them(
    host: str, marked: Marked, persons: dict[str, Person], who: str
) -> None:
    with tab_of(host, persons["owner"]) as owner, tab_of(host, persons[who]) as tab:
        assert watch(owner, "notices") == watch(tab, "notices") == "unread"
        before = tab.heard[-1]["unread"]
        assert (before > 0) == (who == "owner")
        notifying.notify(SYSTEM, "role:owner", "Look at this.", team_id=marked.ids["team"])
        owner.hear_until("unread")
        assert heard_of(tab, "notices") == (["unread"] if who == "owner" else [])
        assert not marked.seen_in(str(tab.heard).encode())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("how", ["is removed", "leaves", "team is unshared"])
def test_who_loses_a_team_hears_no_more_of_it(
    host: str, servers_of_matrix: None, name: str, how: str
) -> None:
    team, other = make_someone(), make_someone()
    session = launch(team)
    add_member(team.team_id, other.user)
    topic, kind = TOPICS[NAMES[name]]
    topic = topic.format(session=session.id, team=team.team_id)
    owner_of, member = signed_in(team.user, None), signed_in(other.user, None)
    with tab_of(host, owner_of) as owner, tab_of(host, member) as tab:
        for one in (owner, tab):
            assert watch(one, topic) in ("state", "watching")
        if how == "leaves":
            members.leave_team(other.principal, team.team_id)
        elif how == "is removed":
            members.remove_member(team.principal, team.team_id, other.user.id)
        else:
            teams.unshare_team(team.principal, team.team_id)
        assert tab.hear_until("access_revoked")["topics"] == [topic]
        claim(team, session, "architect")
        owner.hear_until(kind)
        assert heard_of(tab, topic) == []
        assert watch(tab, topic) == "not_found"
