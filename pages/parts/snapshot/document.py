"""An artifact: its text, its diagrams, the validator's verdict, and why it is so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import streamlit as st

from core.domain.access import Principal
from core.domain.session import StoredArtifact
from pages.parts.snapshot.reading import draw_reading
from pages.parts.taking import body_of
from pages.parts.wording import plain


def draw_artifact(
    artifact: StoredArtifact, titles: Mapping[str, str], principal: Principal
) -> None:
    """Draw a document with its verdict, where it comes from, and a way to take it along."""
    with st.container(border=True, key=f"artifact_{artifact.slug}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"**{plain(artifact.title)}** {_verdict(artifact)}  \n"
                f":small[:gray[{plain(artifact.slug)} · {plain(artifact.media_type)}]]",
                width="stretch",
            )
            st.download_button(
                "Download",
                body_of(principal, artifact.id),
                file_name_of(artifact),
                artifact.media_type,
                icon=":material/download:",
                key=f"download_{artifact.id}",
                on_click="ignore",
            )
        for message in artifact.validation.messages[:10]:
            st.markdown(f":orange[:material/warning:] {plain(message)}")
        _draw_body(artifact)
        if artifact.links:
            linked = ", ".join(plain(titles.get(slug, slug)) for slug in artifact.links)
            st.caption(f"Derived from {linked}")
        quoted = [one for one in artifact.evidence if one.words]
        if quoted:
            with st.expander(
                f"Because the brief says: {len(quoted)} places",
                icon=":material/format_quote:",
                type="compact",
            ):
                for one in quoted:
                    st.markdown(f"“{plain(one.words)}” :small[:gray[rule {plain(one.rule)}]]")


def _draw_body(artifact: StoredArtifact) -> None:
    """Draw a document: Markdown to be read, a diagram as one, and each as its source."""
    body = artifact.body or ""
    language = language_of(artifact.media_type)
    if language == "markdown":
        read, source = st.tabs(["Read", "Source"])
        with read:
            draw_reading(body, artifact.title)
        source.code(body, language=language, line_numbers=True, height=_height(body))
        return
    if language == "mermaid":
        st.mermaid_chart(body, alt=artifact.title)
    st.code(body, language=language, line_numbers=True, height=_height(body))


def language_of(media_type: str) -> str | None:
    """Return by which language's rules a document is highlighted."""
    for part, language in (
        ("mermaid", "mermaid"),
        ("sql", "sql"),
        ("json", "json"),
        ("yaml", "yaml"),
        ("markdown", "markdown"),
        ("html", "html"),
        ("css", "css"),
        ("shell", "bash"),
        ("python", "python"),
    ):
        if part in media_type:
            return language
    return None


def file_name_of(artifact: StoredArtifact) -> str:
    """Return the name under which a document is downloaded; it never leaves its folder."""
    safe = "".join(one if one.isalnum() or one in "-_." else "-" for one in artifact.slug)
    endings = {"markdown": "md", "mermaid": "mmd", "python": "py", "bash": "sh", None: "txt"}
    language = language_of(artifact.media_type)
    ending = endings.get(language, language or "txt")
    return f"{safe.strip('.') or 'artifact'}.{ending}"


def _verdict(artifact: StoredArtifact) -> str:
    validation = artifact.validation
    name = plain(validation.validator)
    if validation.verdict == "passed":
        return f":green-badge[:material/check: Passed {name}]"
    if validation.verdict == "failed":
        return f":red-badge[:material/error: Failed {name}]"
    return ":gray-badge[Not checked]"


def _height(body: str) -> int | Literal["content"]:
    return 480 if body.count("\n") > 24 else "content"
