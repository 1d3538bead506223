"""The audit's page: its filters, its table, what can be taken along, and how its chain stands."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo

import streamlit as st

from core.services.auditing import AuditEvent, AuditPage, AuditQuery, ChainState, Verdict
from pages.parts.sessions.address import (
    asked,
    asked_page,
    clear,
    draw_search_field,
    draw_span,
    keep,
)
from pages.parts.visit import Visit
from pages.parts.wording import counted, plain

PREFIX = "audit_filter_"
ALL = "Every kind"
CSV_COLUMNS = (
    *("id", "at", "kind", "actor", "actor_id", "subject", "address", "trace_id", "details"),
)


def draw_filters(visit: Visit) -> AuditQuery:
    """Draw search, kind, person and days; returns what is asked for."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        text = draw_search_field(PREFIX, "Search subject, address, details")
        actor = st.text_input(
            "Who",
            asked("who"),
            max_chars=100,
            key=f"{PREFIX}who",
            placeholder="Who",
            icon=":material/person:",
            label_visibility="collapsed",
            width=180,
        )
        kind = _draw_kind()
        with st.popover("Days", icon=":material/calendar_month:"):
            span = draw_span("Between", PREFIX)
    keep("who", actor or "")
    keep("kind", kind)
    return AuditQuery(
        visit.team.id,
        kind=kind,
        actor=actor or "",
        text=text,
        since=datetime.combine(span[0], time(), visit.zone) if span else None,
        until=datetime.combine(span[-1], time(), visit.zone) + timedelta(days=1) if span else None,
    )


def _draw_kind() -> str:
    """Draw the kinds that the last look found, and the one that is asked for."""
    known = {*st.session_state.get("audit_kinds", ()), asked("kind")} - {""}
    kinds = ["", *sorted(known)]
    return (
        st.selectbox(
            "Kind",
            kinds,
            index=kinds.index(asked("kind")),
            format_func=lambda kind: kind or ALL,
            key=f"{PREFIX}kind",
            label_visibility="collapsed",
            width=210,
        )
        or ""
    )


def offer_kinds(found: AuditPage) -> None:
    """Offer the kinds that the team has; runs the page again when they are others than before."""
    if st.session_state.get("audit_kinds") != found.kinds:
        st.session_state["audit_kinds"] = found.kinds
        st.rerun()


def asked_number(query: AuditQuery) -> int:
    """Return the page that is asked for: the first one again when something else is looked for."""
    if st.session_state.get("audit_asked", query) != query:
        st.session_state["audit_page"] = 1
    st.session_state["audit_asked"] = query
    return int(st.session_state.get("audit_page") or asked_page("page"))


def draw_table(found: AuditPage, zone: tzinfo) -> None:
    """Draw a page of events."""
    st.dataframe(
        {
            "When": [event.at.astimezone(zone) for event in found.events],
            "What": [event.kind for event in found.events],
            "Who": [event.actor for event in found.events],
            "Subject": [event.subject for event in found.events],
            "From": [event.address for event in found.events],
            "Details": [_json(event) for event in found.events],
            "Trace": [event.trace_id for event in found.events],
        },
        hide_index=True,
        key="audit_table",
        height="content",
        row_height=36,
        alt="Changes in the team",
        column_config={
            "When": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm:ss", width=150),
            "What": st.column_config.TextColumn(width=150),
            "Who": st.column_config.TextColumn(width=150),
            "Subject": st.column_config.TextColumn(width=220),
            "From": st.column_config.TextColumn(width=110),
        },
    )


def draw_pages(found: AuditPage) -> None:
    """Draw the ways to the newer and the older events."""
    keep("page", str(found.number), "1")
    if found.number == 1 and not found.is_more:
        return

    def turn(to: int) -> None:
        st.session_state["audit_page"] = to

    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Newer",
            icon=":material/chevron_left:",
            disabled=found.number == 1,
            on_click=turn,
            args=(found.number - 1,),
        )
        st.caption(f"Page {found.number}", width="content")
        st.button(
            "Older",
            icon=":material/chevron_right:",
            disabled=not found.is_more,
            on_click=turn,
            args=(found.number + 1,),
        )


def draw_chain(chain: ChainState) -> bool:
    """Draw how far the chain goes, in one line; returns whether it is to be checked."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words = f":material/link: {counted(chain.sealed, 'row')} sealed"
        if chain.sha256:
            words += f", the last as {chain.sha256[:12]}"
        if chain.waiting:
            words += f"; {counted(chain.waiting, 'row')} will be within a second"
        st.caption(words, width="content")
        return st.button("Check every row", type="tertiary", icon=":material/verified:")


def draw_verdict(verdict: Verdict) -> None:
    """Draw what checking every row has found."""
    if verdict.is_right:
        st.success(
            f"Every row is as it was sealed: {counted(verdict.rows, 'row')} here,"
            f" {verdict.dropped:,} dropped by retention."
        )
    for broken in verdict.broken:
        st.error(f"Row {broken.event_id} breaks the chain: {plain(broken.why)}.")


def clear_filters() -> None:
    """Empty search, kind, person and days."""
    clear(PREFIX)


def csv_of(events: Sequence[AuditEvent]) -> bytes:
    """Return events as CSV, times in UTC; no text starts a spreadsheet's formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(CSV_COLUMNS)
    for event in events:
        words = (event.subject, event.address, event.trace_id, _json(event))
        writer.writerow(
            (
                event.id,
                event.at.astimezone(UTC).isoformat(),
                event.kind,
                _cell(event.actor),
                event.actor_id or "",
                *(_cell(one) for one in words),
            )
        )
    return text.getvalue().encode()


def _json(event: AuditEvent) -> str:
    return json.dumps(event.details, ensure_ascii=False) if event.details else ""


def _cell(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text
