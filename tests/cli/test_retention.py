"""`./sage retention`, `pin` and `unpin`."""

from __future__ import annotations

from pathlib import Path

import psycopg

from tests.cli.conftest import Crew, Here


def launched(here: Here, brief: Path) -> str:
    ran = here.sage("launch", str(brief), "--executor", "empty", "--wait", "--json")
    return str(ran.json["session_id"])


def make_old(crew: Crew, session_id: str) -> None:
    with psycopg.connect(crew.env["DATABASE_URL"], autocommit=True) as db:
        for query in (
            "UPDATE session_heads SET updated_at = updated_at - interval '900 days'"
            " WHERE session_id = %s",
            "UPDATE execution_sessions SET ended_at = ended_at - interval '900 days' WHERE id = %s",
        ):
            db.execute(query, [session_id])


def test_a_dry_run_tells_what_would_go_and_apply_takes_it(
    crew: Crew, here: Here, brief: Path
) -> None:
    session_id = launched(here, brief)
    make_old(crew, session_id)
    ran = here.sage("retention")
    assert ran.code == 0
    assert "kept for good" in " ".join(ran.out.split())

    wanted = here.sage("retention", "--dry-run", "--detail-days", "800", "--json").json
    assert wanted["count_losing"] == 1
    assert wanted["losing_details"][0]["session_id"] == session_id
    assert wanted["details"]["events"] > 0

    here.env(DETAIL_RETENTION_DAYS="800")
    assert session_id[:13] in here.sage("retention").out
    assert here.sage("retention", "--apply", "--json").json["taken"] == wanted["details"]
    assert here.sage("events", session_id, "--json").json["events"] == []
    assert "0 sessions that finished" in here.sage("retention").out
    assert "No details were taken" in here.sage("retention", "--apply").out


def test_a_pinned_session_is_left_alone(crew: Crew, here: Here, brief: Path) -> None:
    session_id = launched(here, brief)
    make_old(crew, session_id)
    here.env(DETAIL_RETENTION_DAYS="800")
    assert here.sage("pin", session_id).code == 0
    assert here.sage("retention", "--apply", "--json").json["taken"]["events"] == 0
    assert here.sage("unpin", session_id).code == 0
    assert here.sage("retention", "--apply", "--json").json["taken"]["events"] > 0
    ran = here.sage("pin", session_id)
    assert ran.code == 2
    assert "Retention took" in ran.err
