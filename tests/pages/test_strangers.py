"""What is told to whoever has no login."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def refused_script() -> None:
    from core.errors import InvalidInput  # noqa: PLC0415  it runs as a script of its own
    from pages.parts.stranger import draw_refused  # noqa: PLC0415

    draw_refused(InvalidInput("Nobody is called **me**.", hint="Type it again."))


def test_a_refusal_shows_what_was_typed_letter_by_letter() -> None:
    page = AppTest.from_function(refused_script, default_timeout=30).run()
    assert page.error[0].value == r"Nobody is called \*\*me\*\*. Type it again."
