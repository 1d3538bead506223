"""A foreign id costs what an id that never was costs: the same statements, so the same time."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from uuid import UUID

import pytest

from core.domain.access import SYSTEM, UserPrincipal
from core.errors import NotFound
from core.ids import new_id
from core.services import approving, inviting, notifying, reading
from tests.factories import (
    Someone,
    claim,
    complete,
    launch,
    make_artifact,
    make_decision,
    make_someone,
)
from tests.sent_statements import sent_by
from tests.services.approvals import QUESTION, pending_of
from tests.services.foreign_looks import (
    AT_APPROVALS,
    AT_ARTIFACTS,
    AT_DECISIONS,
    AT_INVITATIONS,
    AT_NOTIFICATIONS,
    AT_SESSIONS,
    AT_SNAPSHOTS,
    AT_TASKS,
    AT_TEAMS,
    Look,
)

LOOKS = {
    "team": AT_TEAMS,
    "session": AT_SESSIONS,
    "artifact": AT_ARTIFACTS,
    "snapshot": AT_SNAPSHOTS,
    "task": AT_TASKS,
    "decision": AT_DECISIONS,
    "invitation": AT_INVITATIONS,
    "approval": AT_APPROVALS,
    "notification": AT_NOTIFICATIONS,
}
CASES = [(kind, name) for kind, looks in LOOKS.items() for name in looks]


def ids_of(someone: Someone) -> dict[str, UUID]:
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    complete(claimed, artifacts=(make_artifact(),), decisions=(make_decision(strategic=True),))
    approving.await_approval(claim(someone, session, "dba"), QUESTION)
    report = reading.get_report(someone.principal, session.id)
    name = make_someone().user.user_name
    notifying.notify(SYSTEM, "team", "Look at this.", team_id=someone.team_id)
    (told,) = notifying.list_notices(someone.principal).items
    invited = inviting.invite_person(someone.principal, someone.team_id, name)
    return {
        "team": someone.team_id,
        "session": session.id,
        "artifact": report.artifacts[0].id,
        "snapshot": claimed.snapshot_id,
        "task": claimed.task_id,
        "notification": told.id,
        "decision": report.decisions[0].id,
        "invitation": invited.invitation.id,
        "approval": pending_of(session)[0].id,
    }


def shape_of(look: Look, principal: UserPrincipal, id_: UUID) -> list[str]:
    """Return the statements that a look sends, without their values."""

    def act() -> None:
        with pytest.raises(NotFound):
            look(principal, id_)

    return [statement for statement, _ in sent_by(act)]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_a_foreign_id_sends_the_statements_of_an_id_that_never_was(
    someone: Someone, kind: str, name: str
) -> None:
    look, stranger = LOOKS[kind][name], make_someone().principal
    foreign = shape_of(look, stranger, ids_of(someone)[kind])
    assert foreign == shape_of(look, stranger, new_id())
    assert foreign


def test_who_is_inside_sends_more(someone: Someone) -> None:
    """So that the comparison could fail."""
    id_ = ids_of(someone)["session"]
    look = AT_SESSIONS["report"]
    inside = [one for one, _ in sent_by(partial(look, someone.principal, id_))]
    assert inside != shape_of(look, make_someone().principal, id_)


def test_a_beginning_of_a_foreign_id_sends_the_statements_of_one_that_never_was(
    someone: Someone,
) -> None:
    session_id, stranger = ids_of(someone)["session"], make_someone().principal

    def shape(text: str) -> list[str]:
        def act() -> None:
            with suppress(NotFound):
                reading.find_session_id(stranger, text)

        return [statement for statement, _ in sent_by(act)]

    assert shape(str(session_id)[:-1]) == shape(str(new_id())[:-1]) != []
