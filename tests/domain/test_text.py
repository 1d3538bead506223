"""Names and briefs as people, files and programs send them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.text import (
    MAX_BRIEF_BYTES,
    check_brief,
    check_name,
    clean_json,
    clean_line,
    clean_text,
    decode_brief,
)
from core.errors import InvalidInput

anything = st.text(st.characters())  # surrogates and NUL too


def can_be_stored(text: str) -> bool:
    text.encode("utf-8")
    return "\x00" not in text


@given(anything)
def test_cleaned_text_can_be_stored_and_cleaning_again_changes_nothing(text: str) -> None:
    cleaned = clean_text(text)
    assert can_be_stored(cleaned)
    assert clean_text(cleaned) == cleaned


@given(anything)
def test_a_line_has_no_breaks_no_controls_and_no_loose_ends(text: str) -> None:
    line = clean_line(text)
    assert can_be_stored(line)
    assert line == line.strip()
    assert len(line.splitlines()) <= 1


@given(
    st.recursive(
        anything | st.integers() | st.none(),
        lambda inner: st.lists(inner) | st.dictionaries(anything, inner),
    )
)
def test_every_text_inside_json_can_be_stored(value: object) -> None:
    def walk(part: object) -> None:
        if isinstance(part, str):
            assert can_be_stored(part)
        elif isinstance(part, dict):
            for key, inner in part.items():
                assert can_be_stored(key)
                walk(inner)
        elif isinstance(part, list):
            for inner in part:
                walk(inner)

    walk(clean_json(value))


@pytest.mark.parametrize(
    "name",
    [
        "Robert'); DROP TABLE execution_sessions;--",
        '<script>alert("x")</script>',
        "Überweisung für 日本 🚀",
        "موافقة على النفقات",
        'a "quoted" name\'s name',
        "%s %(name)s {0} :name \\",
        "x" * 200,
    ],
)
def test_a_name_stays_as_it_was_written(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize("name", ["", "   ", "\n\t", "\x00", "\ud800", "\u2028", "\x1b\x07"])
def test_a_name_of_nothing_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="no name"):
        check_name(name)


def test_a_name_loses_what_cannot_be_shown_in_a_line() -> None:
    assert check_name(" Expense\x00\ud800\r\n\tapproval\x1b ") == "Expense approval"


@pytest.mark.parametrize("length", [201, 10_000])
def test_a_name_that_is_too_long_is_refused_with_its_length(length: int) -> None:
    with pytest.raises(InvalidInput, match=str(length)):
        check_name("x" * length)


@pytest.mark.parametrize("brief", ["", "  \n ", "\ud800\udfff", "\u2028"])
def test_an_empty_brief_is_refused(brief: str) -> None:
    with pytest.raises(InvalidInput, match="empty"):
        check_brief(brief)


def test_a_brief_of_just_64_kilobytes_is_taken_and_one_more_byte_is_not() -> None:
    assert len(check_brief("x" * MAX_BRIEF_BYTES)) == MAX_BRIEF_BYTES
    with pytest.raises(InvalidInput, match="64 KB"):
        check_brief("x" * (MAX_BRIEF_BYTES + 1))


def test_the_size_of_a_brief_is_counted_in_bytes() -> None:
    with pytest.raises(InvalidInput, match="64 KB"):
        check_brief("ü" * (MAX_BRIEF_BYTES // 2 + 1))


@pytest.mark.parametrize("brief", ["\x00\x01\x02\x03", "ELF\x7f\x01\x02" * 50, "\x00" * 1000])
def test_a_binary_brief_is_refused(brief: str) -> None:
    with pytest.raises(InvalidInput, match="binary"):
        check_brief(brief)


def test_a_stray_control_character_in_a_long_brief_is_dropped() -> None:
    words = "Employees submit expenses. " * 20
    assert check_brief(f"{words}\x00{words}\x0c") == (words + words).strip()


def test_line_ends_become_line_feeds() -> None:
    assert check_brief("one\r\ntwo\rthree\n") == "one\ntwo\nthree"


def test_a_file_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(InvalidInput, match="UTF-8"):
        decode_brief("Größe".encode("latin-1"))


def test_a_byte_order_mark_is_dropped() -> None:
    assert decode_brief(b"\xef\xbb\xbfApprove expenses") == "Approve expenses"


def test_a_large_file_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(InvalidInput, match="64 KB"):
        decode_brief(b"\xff" * (MAX_BRIEF_BYTES + 1))


@given(st.binary(max_size=300))
def test_any_file_is_a_storable_brief_or_refused(raw: bytes) -> None:
    try:
        brief = decode_brief(raw)
    except InvalidInput:
        return
    assert brief
    assert can_be_stored(brief)
