"""A Markdown document as people read it: text with its headings and tables, diagrams in place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import streamlit as st

from pages.parts.wording import unread

_FENCED = re.compile(r"^```mermaid[ \t]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
# Code stays as it is: a fence to its end, or a span within a line.
_CODE = re.compile(r"(^```.*?^```[ \t]*$|`[^`\n]+`)", re.MULTILINE | re.DOTALL)
# What Streamlit reads beyond Markdown, and pictures, which a document could fetch from elsewhere.
_BEYOND = re.compile(r"(?<!\\)(\$|!(?=\[)|:(?=[\w-]+\[))")


_LONG_LINES = 120


def draw_reading(body: str, title: str) -> None:
    """Draw a Markdown document; its title stands above it already, and names its diagrams."""
    long = body.count("\n") > _LONG_LINES
    with st.container(height=640 if long else "content", border=False):
        for kind, text in pieces_of(body.removeprefix(f"# {title}\n")):
            if kind == "diagram":
                st.mermaid_chart(text, alt=title)
            elif text.strip():
                st.markdown(readable(text))


def pieces_of(body: str) -> Iterator[tuple[Literal["text", "diagram"], str]]:
    """Yield the text between the diagrams of a document, and the diagrams, in their order."""
    read = 0
    for found in _FENCED.finditer(body):
        yield "text", body[read : found.start()]
        yield "diagram", found[1]
        read = found.end()
    yield "text", body[read:]


def readable(text: str) -> str:
    """Return Markdown without what only Streamlit reads in it: formulas, colours and icons."""
    pieces = _CODE.split(text)
    return "".join(
        piece if number % 2 else unread(_BEYOND.sub(r"\\\1", piece))
        for number, piece in enumerate(pieces)
    )
