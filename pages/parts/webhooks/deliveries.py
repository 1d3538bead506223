"""What was sent to a webhook, with what its receiver answered, and when it is tried again."""

from __future__ import annotations

import streamlit as st

from core.domain.webhook import Delivery, DeliveryStatus, Webhook
from core.services import webhooks
from core.services.webhooks import DeliveryPage
from pages.parts.acting import do
from pages.parts.visit import Visit
from pages.parts.webhooks import word_of
from pages.parts.wording import clock, counted, plain

_BEFORE = "deliveries_before"
_LOOKS = {
    DeliveryStatus.DELIVERED: ("check_circle", "green", "delivered"),
    DeliveryStatus.FAILED: ("error", "red", "failed"),
    DeliveryStatus.PENDING: ("schedule", "orange", "to be sent"),
}


def asked_place(webhook: Webhook) -> list[str]:
    """Return the deliveries after which each page so far began, the last one shown now.

    Those of one webhook: another one, or another team's, begins with its newest again.
    """
    of_id, found = st.session_state.get(_BEFORE, (None, []))
    if of_id != webhook.id:
        found = []
        st.session_state[_BEFORE] = webhook.id, found
    place: list[str] = found
    return place


def draw_deliveries(visit: Visit, webhook: Webhook, found: DeliveryPage) -> None:
    """Draw deliveries, newest first."""
    if not found.items:
        st.caption("Nothing was sent to it yet. Send a test, or wait for the next session to end.")
        return
    with st.container(border=True, gap="small", key="deliveries"):
        for one in found.items:
            _draw_delivery(visit, webhook, one)
    _draw_pages(webhook, found)


def _draw_delivery(visit: Visit, webhook: Webhook, one: Delivery) -> None:
    icon, color, word = _LOOKS[one.status]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(gap=None, width="stretch", key=f"line_{one.id}"):
            st.markdown(
                f":{color}[:material/{icon}:] **{word_of(one.kind)}** :{color}-badge[{word}]"
            )
            st.caption(" · ".join(_facts(visit, one)))
        st.button(
            "Send again",
            key=f"again_{one.id}",
            type="tertiary",
            icon=":material/replay:",
            disabled=webhook.disabled_at is not None or visit.is_archived,
            on_click=do,
            args=(
                visit,
                lambda who: webhooks.send_again(who, webhook.team_id, webhook.id, one.id),
            ),
        )


def _facts(visit: Visit, one: Delivery) -> list[str]:
    facts = [clock(one.created_at, visit.now, visit.zone)]
    if one.tries:
        facts.append("1 try" if one.tries == 1 else f"{one.tries} tries")
    if one.answer_status is not None:
        facts.append(f"answered {one.answer_status}")
    if one.error:
        facts.append(plain(one.error))
    elif one.answer:
        facts.append(plain(one.answer[:100]))
    if one.status is DeliveryStatus.PENDING:
        facts.append(f"next try {_wait(visit, one)}")
    facts.append(f"id {one.id}")
    return facts


def _wait(visit: Visit, one: Delivery) -> str:
    seconds = (one.due_at - visit.now).total_seconds()
    if seconds <= 0:
        return "now"
    if seconds < 60:
        return f"in {counted(int(seconds) + 1, 'second')}"
    if seconds < 3600:
        return f"in {counted(int(seconds // 60), 'minute')}"
    return clock(one.due_at, visit.now, visit.zone)


def _draw_pages(webhook: Webhook, found: DeliveryPage) -> None:
    before = asked_place(webhook)
    if not before and not found.is_more:
        return
    with st.container(horizontal=True):
        st.button(
            "Newer",
            icon=":material/chevron_left:",
            disabled=not before,
            on_click=_go_back,
            args=(before,),
        )
        st.button(
            "Older",
            icon=":material/chevron_right:",
            disabled=not found.is_more,
            on_click=before.append,
            args=(str(found.items[-1].id),),
        )


def _go_back(before: list[str]) -> None:
    before.pop()
