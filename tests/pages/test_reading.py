"""How Markdown that agents wrote is drawn."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pages.parts.snapshot.reading import pieces_of, readable

DIAGRAM = "flowchart LR\n  a --> b\n"


def test_diagrams_stand_where_the_document_has_them() -> None:
    body = f"# Components\n\n```mermaid\n{DIAGRAM}```\n\n```sql\nSELECT 1\n```\n"
    assert list(pieces_of(body)) == [
        ("text", "# Components\n\n"),
        ("diagram", DIAGRAM),
        ("text", "\n\n```sql\nSELECT 1\n```\n"),
    ]


def test_a_diagram_without_an_end_stays_text() -> None:
    body = "```mermaid\nflowchart LR\n"
    assert list(pieces_of(body)) == [("text", body)]


@given(st.lists(st.sampled_from(["word", "`", "```", "```mermaid", "\n", " "])))
def test_nothing_of_a_document_is_left_out(parts: list[str]) -> None:
    body = "".join(parts)
    letters = "".join(text for _, text in pieces_of(body))
    assert letters.count("word") == body.count("word")


def test_headings_tables_and_lists_stay() -> None:
    text = "## 1. Rules\n\n| rule | how |\n| --- | --- |\n| **a** | *b* |\n\n- [c](https://d.org)\n"
    assert readable(text) == text


def test_amounts_are_no_formula() -> None:
    assert readable("from $500 to $900") == r"from \$500 to \$900"


def test_colours_icons_and_pictures_are_not_drawn() -> None:
    assert readable(":red[late]") == r"\:red[late]"
    assert readable(":material/bolt:") == ":\u2060material/bolt:"
    assert readable("![seen](https://elsewhere.org/a.png)") == (
        r"\![seen](https://elsewhere.org/a.png)"
    )


def test_code_stays_as_it_is() -> None:
    text = "`:red[x] $1`\n\n```sql\nSELECT '$1', ':smile:';\n```\n"
    assert readable(text) == text
