"""What is done by a click is noted with where it came from, also by callbacks before the script."""

from __future__ import annotations

import re

from core.domain.access import TeamRole
from core.services import auditing
from core.services.auditing import AuditEvent, AuditQuery
from tests.factories import add_member, launch, make_someone
from tests.pages.visiting import Visitor, run


def last_event(visits: Visitor, kind: str) -> AuditEvent:
    query = AuditQuery(visits.someone.team_id, kind=kind)
    return auditing.list_audit(visits.someone.principal, query).events[0]


def is_known(event: AuditEvent) -> bool:
    return event.address == "here" and bool(re.fullmatch("[0-9a-f]{32}", event.trace_id))


def test_a_session_that_is_paused_on_its_page(visits: Visitor) -> None:
    session = launch(visits.someone)
    page = visits.open("work", session=str(session.id))
    next(one for one in page.button if one.label == "Pause").click()
    run(page)
    assert is_known(last_event(visits, "session.paused"))


def test_a_members_role_that_is_changed_on_the_page(visits: Visitor) -> None:
    member = make_someone().user
    add_member(visits.someone.team_id, member, TeamRole.MEMBER)
    page = visits.open("people")
    role = next(one for one in page.selectbox if one.label == f"Role of {member.user_name}")
    role.set_value("viewer")
    run(page)
    assert is_known(last_event(visits, "member.role_changed"))


def test_a_member_who_is_removed_in_a_dialog(visits: Visitor) -> None:
    add_member(visits.someone.team_id, make_someone().user, TeamRole.MEMBER)
    page = visits.open("people")
    for _ in range(2):  # the button, then the dialog's
        [one for one in page.button if one.label == "Remove"][-1].click()
        run(page)
    assert is_known(last_event(visits, "member.removed"))
