"""One decision in full."""

from __future__ import annotations

import streamlit as st

from core.services.journaling import EntryDetail, JournalEntry
from pages.parts.theme import role_look
from pages.parts.visit import Visit
from pages.parts.wording import plain


def draw_detail(detail: EntryDetail, visit: Visit) -> None:
    """Draw one decision in full."""
    entry, decision = detail.entry, detail.entry.decision
    st.markdown(f"## {plain(decision.text)}")
    st.markdown(" ".join(_badges(entry)))
    st.markdown(f"**Because**  \n{plain(decision.rationale)}")
    if decision.alternatives:
        lines = [
            f"- **{plain(one.text)}**: {plain(one.rejected_because)}"
            for one in decision.alternatives
        ]
        st.markdown("**Instead of**\n" + "\n".join(lines))
    if decision.evidence:
        st.markdown(
            "**Evidence**\n" + "\n".join(f"- {plain(words)}" for words in decision.evidence)
        )
    if detail.guided:
        names = [
            f":gray-badge[:material/{role_look(one).icon}: {role_look(one).label}]"
            for one in detail.guided
        ]
        st.markdown("**Guided** " + " ".join(names))
    if decision.revisit_trigger:
        st.markdown(
            f":orange[:material/event_upcoming:] **Look again** {plain(decision.revisit_trigger)}"
        )
    for word, other in (
        ("Superseded by", detail.superseded_by),
        ("In place of", detail.supersedes),
    ):
        if other is not None:
            st.markdown(f":material/history: **{word}** {plain(other.decision.text)}")
    when = f"{decision.created_at.astimezone(visit.zone):%-d %b %Y, %H:%M:%S}"
    st.caption(f"Decided {when} in {plain(entry.session_name)}, event {decision.seq}")


def _badges(entry: JournalEntry) -> list[str]:
    decision = entry.decision
    author = (
        f":gray-badge[:material/person: {plain(entry.author_name or 'A person')}]"
        if decision.author_role is None
        else f":gray-badge[:material/{role_look(decision.author_role).icon}: "
        f"{role_look(decision.author_role).label}]"
    )
    standing = (
        ":gray-badge[:material/history: Superseded]"
        if entry.superseded_by
        else ":green-badge[:material/check: In force]"
    )
    kind = "Strategic" if entry.is_strategic else "Tactical"
    confidence = f":gray-badge[{decision.confidence.capitalize()} confidence]"
    return [standing, author, f":gray-badge[{kind}]", confidence]
