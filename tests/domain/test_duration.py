"""Durations as the terminal, the pages and their scripts write them."""

import pytest

from core.domain.duration import duration_text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "0.0 s"),
        (0.84, "0.8 s"),
        (0.89, "0.8 s"),
        (9.96, "9.9 s"),
        (10, "10 s"),
        (42.4, "42 s"),
        (59.7, "59 s"),
        (60, "1:00"),
        (102, "1:42"),
        (3599.7, "59:59"),
        (3840, "1 h 04 min"),
        (86_399, "23 h 59 min"),
        (90_000, "1 d 1 h"),
    ],
)
def test_a_duration_is_cut_to_what_has_passed(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text
