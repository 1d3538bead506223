"""The life of an attempt, on a real database."""

from core.domain.lifecycle import SessionStatus
from core.domain.session_state import fold
from core.services import claiming, reading
from tests.factories import WORKER, Someone, claim, complete, events_of, launch, task_of


def test_second_claim_gets_nothing(someone: Someone) -> None:
    session = launch(someone)
    claim(someone, session, "architect")
    assert claiming.claim_task(task_of(someone, session, "architect").id, WORKER) is None


def test_seven_roles_run_to_the_end(someone: Someone) -> None:
    session = launch(someone)
    complete(claim(someone, session, "architect"))
    for role in ("backend_dev", "dba", "frontend_dev", "ui_ux", "security", "it_admin"):
        complete(claim(someone, session, role))
    assert reading.get_session(someone.principal, session.id).status == SessionStatus.COMPLETED
    assert fold(events_of(someone, session)).status == "completed"
