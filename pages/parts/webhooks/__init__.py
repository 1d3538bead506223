"""The page of webhooks: those that there are, with what becomes of each, and a new one."""

from __future__ import annotations

import streamlit as st

from core.domain.news import NewsKind
from core.domain.webhook import MOST_URL_CHARACTERS, Webhook
from core.errors import AppError
from core.services import webhooks
from core.services.webhooks import MadeWebhook
from pages.parts.acting import do, try_to
from pages.parts.empty import draw_error
from pages.parts.people import confirm
from pages.parts.visit import Visit
from pages.parts.wording import clock, plain

WORDS = {
    NewsKind.FINISHED: "Session finished",
    NewsKind.FAILED: "Session failed",
    NewsKind.NEEDS_INPUT: "Session asks questions",
    NewsKind.APPROVAL_WAITING: "Approval waits",
}
_MADE = "webhooks_made"


def word_of(kind: str) -> str:
    """Return a kind of what is sent in words."""
    return {one.value: word for one, word in WORDS.items()}.get(kind, "Test")


def draw_adding(visit: Visit, *, is_open: bool) -> None:
    """Draw the form of a new webhook; its secret is asked to be copied afterwards, once."""
    with (
        st.expander("Add a webhook", icon=":material/add:", expanded=is_open),
        st.form("add_webhook", border=False),
    ):
        url = st.text_input(
            "Address",
            placeholder="https://example.org/hooks/sage",
            max_chars=MOST_URL_CHARACTERS,
        )
        chosen = st.pills(
            "When",
            list(NewsKind),
            selection_mode="multi",
            default=list(NewsKind),
            format_func=lambda kind: WORDS[NewsKind(kind)],
        )
        sent = st.form_submit_button("Add webhook", type="primary")
    if not sent:
        return
    try:
        made = webhooks.add_webhook(visit.principal, visit.team.id, url, map(str, chosen))
    except AppError as error:
        draw_error(error, kept="Not added.")
    else:
        st.session_state[_MADE] = made
        st.rerun()


def ask_for_copying(visit: Visit) -> None:
    """Show the secret of a webhook that was just added, until it is said to be copied."""
    made: MadeWebhook | None = st.session_state.get(_MADE)
    if made is None or made.webhook.team_id != visit.team.id:
        return

    def draw() -> None:
        st.markdown(
            "Its receiver checks with this secret that what comes is from here. "
            "**Copy it now: it is not shown again.**"
        )
        st.code(made.secret, language=None)
        is_copied = st.checkbox("I have copied it")
        if st.button("Done", type="primary", disabled=not is_copied):
            del st.session_state[_MADE]
            st.rerun()

    st.dialog("The secret", icon=":material/key:", dismissible=False)(draw)()


def draw_choice(visit: Visit, found: list[Webhook]) -> Webhook:
    """Draw the webhooks, and return the one whose deliveries are shown."""
    known = {str(one.id): one for one in found}
    asked = str(st.session_state.get("webhooks_shown", ""))
    shown = known.get(asked, found[0])
    with st.container(border=True, gap="small", key="webhooks"):
        for one in found:
            _draw_webhook(visit, one, is_shown=one.id == shown.id and len(found) > 1)
    return shown


def _draw_webhook(visit: Visit, one: Webhook, *, is_shown: bool) -> None:
    key = str(one.id)
    is_disabled = one.disabled_at is not None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(gap=None, width="stretch", key=f"line_{key}"):
            badge = " :gray-badge[disabled]" if is_disabled else " :green-badge[on]"
            st.markdown(f":material/webhook: **{_address(one.url)}**{badge}")
            st.caption(" · ".join(_facts(visit, one)))
        st.button(
            "Deliveries",
            key=f"show_{key}",
            type="tertiary",
            icon=":material/list:",
            disabled=is_shown,
            on_click=_show,
            args=(key,),
        )
        _draw_acts(visit, one, key, is_disabled=is_disabled)


def _draw_acts(visit: Visit, one: Webhook, key: str, *, is_disabled: bool) -> None:
    names = (visit.team.id, one.id)
    if st.button(
        "Send a test",
        key=f"test_{key}",
        type="tertiary",
        icon=":material/send:",
        disabled=is_disabled or visit.is_archived,
    ):
        said = "It is sent in a moment; see its deliveries."
        try_to(visit, lambda who: webhooks.send_test(who, *names), said)
        _show(key)
    if is_disabled:
        st.button(
            "Enable",
            key=f"enable_{key}",
            type="tertiary",
            icon=":material/play_arrow:",
            disabled=visit.is_archived,
            on_click=do,
            args=(visit, lambda who: webhooks.enable_webhook(who, *names)),
        )
    elif st.button("Disable", key=f"disable_{key}", type="tertiary", icon=":material/pause:"):
        confirm(
            visit,
            "Disable this webhook?",
            "Nothing is sent to it any more, and what was still to be sent is given up.",
            "Disable webhook",
            lambda who: webhooks.disable_webhook(who, *names),
            icon=":material/pause:",
        )
    if st.button("Delete", key=f"delete_{key}", type="tertiary", icon=":material/delete:"):
        confirm(
            visit,
            "Delete this webhook?",
            f"{_address(one.url)} hears nothing more, and the list of what was sent is lost.",
            "Delete webhook",
            lambda who: webhooks.delete_webhook(who, *names),
            icon=":material/delete:",
        )


def _show(key: str) -> None:
    st.session_state["webhooks_shown"] = key
    st.session_state.pop("deliveries_before", None)


def _facts(visit: Visit, one: Webhook) -> list[str]:
    facts = [", ".join(word_of(kind) for kind in one.kinds)]
    if one.disabled_at is not None:
        because = f": {plain(one.disabled_because)}" if one.disabled_because else ""
        facts.append(f"disabled {clock(one.disabled_at, visit.now, visit.zone)}{because}")
    else:
        facts.append(f"since {clock(one.created_at, visit.now, visit.zone)}")
    if one.made_by:
        facts.append(f"by {plain(one.made_by)}")
    return facts


def _address(url: str) -> str:
    """Return an address as text: nobody is to follow it."""
    return (
        plain(url).replace("https\\://", "https\\:\u2060//").replace("http\\://", "http\\:\u2060//")
    )
