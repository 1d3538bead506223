"""The one spelling of an e-mail address, beside what DNS and Unicode say."""

from __future__ import annotations

import unicodedata

import idna
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.domain.email_address import check_email, known_as
from core.errors import InvalidInput

# Latin, Greek, Cyrillic, Devanagari, Hangul (also in parts), kana, Han, and letters in other forms.
WRITING = (
    *((0x30, 0x24F), (0x370, 0x3FF), (0x400, 0x4FF), (0x900, 0x97F), (0x1100, 0x11FF)),
    *((0xAC00, 0xACFF), (0x3040, 0x30FF), (0x4E00, 0x4EFF), (0x1E00, 0x1FFF), (0xFF00, 0xFFEF)),
)
MARKED = st.sampled_from("abz09\u0301\u0308\u0323")
WORDS = st.one_of(
    st.text(st.characters(min_codepoint=first, max_codepoint=last) | MARKED, min_size=1, max_size=6)
    for first, last in WRITING
)


def is_address(email: str) -> bool:
    try:
        return bool(check_email(email))
    except InvalidInput:
        return False


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Alice@Example.ORG ", "alice@example.org"),
        ("admin@localhost", "admin@localhost"),
        ("o'neil+work@example.org", "o'neil+work@example.org"),
        ("Zoe\u0308@example.org", "zo\u00eb@example.org"),
        ("a@Mu\u0308ller.example", "a@xn--mller-kva.example"),
        ("a@XN--MLLER-KVA.example", "a@xn--mller-kva.example"),
        ("a@stra\u00dfe.example", "a@xn--strae-oqa.example"),
        ("a@\u4f8b\u3048\u3002\u30c6\u30b9\u30c8", "a@xn--r8jz45g.xn--zckzah"),
        ("a@\uff45xample.org", "a@example.org"),
        ("a@\u03b1\u0399\u03a3.example", "a@xn--mxaq4a.example"),
        ("\u0438\u0432\u0430\u043d@example.org", "\u0438\u0432\u0430\u043d@example.org"),
        ("\u5c71\u7530taro@example.org", "\u5c71\u7530taro@example.org"),
        (
            "\u0939\u093f\u0928\u094d\u0926\u0940@example.org",
            "\u0939\u093f\u0928\u094d\u0926\u0940@example.org",
        ),
    ],
)
def test_an_address_has_one_spelling(typed: str, stored: str) -> None:
    assert check_email(typed) == stored


@pytest.mark.parametrize("local_part", ["alice", "\u0430\u043d\u043d\u0430"])
@pytest.mark.parametrize(
    "unseen",
    [
        *("\u200b", "\u200d", "\u202e", "\u2066", "\u00ad", "\ufeff", "\u034f", "\u3164", "\ufe0f"),
        *("\U000e0101", "\U000e0041", "\u00a0", "\u2003", "\x00", "\x85", "\ud800", "\ue000"),
    ],
)
def test_nothing_that_is_not_seen_stands_in_an_address(local_part: str, unseen: str) -> None:
    for place in (0, 2, len(local_part)):
        forged = local_part[:place] + unseen + local_part[place:]
        assert not is_address(f"x{forged}@example.org")
        assert not is_address(f"a@x{forged}x.org")


@pytest.mark.parametrize(
    "forged",
    [
        "al\u0456ce",  # a Cyrillic i
        "\u0430lice",  # a Cyrillic a
        "alic\u03b5",  # a Greek epsilon
        "\uff41lice",  # a wide a
        "\uff41\uff42",  # nothing but wide letters
        "\U0001d44elice",  # a mathematical a
        "al\u0131\u0307ce",  # dots of their own
        "ali\u0307ce",
        "\u0308alice",  # a mark on what stands before it
        "\u0430\u03b1",  # Cyrillic beside Greek
    ],
)
def test_no_name_mixes_letters_that_look_alike(forged: str) -> None:
    assert not is_address(f"{forged}@example.org")


@pytest.mark.parametrize("forged", ["ex\u0430mple.org", "\u0430\u0440\u0440\u04cf\u0435.org"])
def test_a_forged_domain_shows_what_it_is(forged: str) -> None:
    assert "@xn--" in check_email(f"a@{forged}")


@pytest.mark.parametrize(
    "typed",
    [
        *("", "@", "a@", "@b", "a@b@c", "a b@c", "a@b c", "a@.b", "a@b.", "a@b..c", "a@-b", "a@b-"),
        *("a@b_c", "a@[127.0.0.1]", '"a b"@c', "<a>@b", "a,b@c", "a@b:1", "a@b/c", "a@\u2100.org"),
        *(
            "a@xn--",
            "a@xn--a",
            "a@xn--\u00fc",
            "a@xn--mller-kva-",
            "a@xn--MLLER-KVB",
            "a@ab--\u00fc",
        ),
        *("x" * 65 + "@b", "\u00fc" * 33 + "@b", "a@" + "x" * 64, "a@" + "x." * 127 + "xx"),
        *("a@" + "\u00fc" * 63, "a@\u0308b.org", "a@\u2024org", "a@b\u2488org", "a@\u2665.org"),
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    assert not is_address(typed)


def is_as_dns_has_it(label: str) -> bool:
    """Compare with a library that knows IDNA 2008 and UTS 46; either may refuse what it likes."""
    try:
        theirs = idna.encode(f"{label}.org", uts46=True, std3_rules=True).decode()
    except idna.IDNAError:
        return True
    return not is_address(f"a@{label}.org") or check_email(f"a@{label}.org") == f"a@{theirs}"


@settings(max_examples=1000)
@given(WORDS)
def test_a_domain_is_written_as_dns_has_it(label: str) -> None:
    assume(is_address(f"a@{label}.org"))
    assert is_as_dns_has_it(label)


@pytest.mark.parametrize("first", [*range(0, 0x3000, 0x1000), 0xA000, 0xF000, 0x1D000])
def test_a_domain_with_any_letter_is_written_as_dns_has_it(first: int) -> None:
    letters = map(chr, range(max(first, 0x80), first + 0x1000))
    assert [one for one in letters if not is_as_dns_has_it(f"a{one}b")] == []


@settings(max_examples=1000)
@given(WORDS, WORDS)
def test_a_spelling_is_kept_and_every_form_of_it_leads_there(local_part: str, domain: str) -> None:
    typed = f"{local_part}@{domain}"
    assume(is_address(typed))
    stored = check_email(typed)
    assert check_email(stored) == known_as(stored) == stored
    for form in ("NFC", "NFD"):
        assert known_as(unicodedata.normalize(form, typed)) == stored


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (" ALICE ", "alice"),
        ("a\r\nb", "a b"),
        ("al\u0456ce@X.org", "al\u0456ce@x.org"),
        ("\ud800", ""),
    ],
)
def test_what_is_no_address_is_only_cleaned(typed: str, name: str) -> None:
    assert known_as(typed) == name
    assert len(known_as("x@" * 9999)) <= 320
