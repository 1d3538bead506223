"""E-mail addresses: each has one spelling, and few can pass for another."""

from __future__ import annotations

import re
import unicodedata

from core.domain.text import clean_line
from core.errors import InvalidInput

_LONGEST = 320
_LONGEST_LOCAL_PART = 64  # in octets, as what follows
_LONGEST_DOMAIN = 253
_LONGEST_LABEL = 63

_HINT = "It looks like name@example.org."
_LOCAL_ASCII = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]")  # RFC 5322: what needs no quotes
_LABEL_ASCII = re.compile(r"[a-z0-9-]")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\Z")
_DOTS = re.compile("[.\uff0e\u3002\uff61]")  # what keyboards have for it (RFC 3490)
_KEPT = "\u00df\u03c2"  # sharp s and final sigma: letters of their own since IDNA 2008
_ACE = "xn--"  # how DNS begins a label that is not ASCII

# Of what is not ASCII: small letters, those without case, marks and digits, as in IDNA 2008.
_CATEGORIES = frozenset({"Ll", "Lo", "Lm", "Mn", "Mc", "Nd"})
# Letters and marks that show nothing, and a second dot on what has one.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
    "|[ij\u0131\u0237]\u0307"
)
# Writing systems that one text mixes, and with Latin letters too.
_EAST_ASIAN = frozenset({"CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "BOPOMOFO", "HANGUL"})


def check_email(email: str) -> str:
    """Return an e-mail address in its one spelling; raises `InvalidInput` when it is none.

    That is lower case, NFC before the @ (RFC 6532) and the domain as DNS has it (`xn--...`), where
    other letters never pass for Latin ones. Before the @ stands nothing unseen and one writing
    system (highly restrictive in the words of UTS 39). What remains: a whole name in letters of
    another writing system, and Latin letters that look alike, as a dotless i.
    """
    stripped = email.strip()
    if len(stripped) > _LONGEST:
        raise _no_address()
    local_part, _, domain = stripped.rpartition("@")
    return f"{_check_local_part(local_part)}@{_check_domain(domain)}"


def known_as(typed: str) -> str:
    """Return what somebody typed as their user name or e-mail address, as it would be stored.

    What is neither is only cleaned: it finds nobody, or an address from before there were rules.
    """
    line = clean_line(typed)
    try:
        return check_email(line)
    except InvalidInput:
        return line.lower()[:_LONGEST]


def _check_local_part(text: str) -> str:
    normal = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())
    octets = len(normal.encode("utf-8", "surrogatepass"))
    if not 0 < octets <= _LONGEST_LOCAL_PART or not _is_plain(normal, _LOCAL_ASCII):
        raise _no_address()
    # Unicode has more forms of some letters, as wide ones: another mailbox that looks the same.
    if unicodedata.normalize("NFKC", normal) != normal or _mixes_writing(normal):
        raise InvalidInput(
            "This e-mail address could pass for another one.",
            hint="Before the @, use plain letters of one alphabet.",
        )
    return normal


def _check_domain(text: str) -> str:
    domain = ".".join(_check_label(label) for label in _DOTS.split(text))
    if len(domain) > _LONGEST_DOMAIN:
        raise _no_address()
    return domain


def _check_label(text: str) -> str:
    """Return a label as DNS has it: mapped as UTS 46 does, encoded as IDNA 2008 does."""
    mapped = "".join(
        one if one in _KEPT else unicodedata.normalize("NFKC", one).casefold()
        for one in unicodedata.normalize("NFC", text).replace("\u1e9e", "\u00df")
    )
    label = unicodedata.normalize("NFKC", mapped)
    if label.isascii():
        is_label = len(label) <= _LONGEST_LABEL and _LABEL.match(label)
        if not is_label or (label.startswith(_ACE) and _encode(_decode(label)) != label):
            raise _no_address()
        return label
    return _encode(label)


def _encode(label: str) -> str:
    is_label = (
        not label.isascii()
        and len(label) <= _LONGEST_LABEL
        and label[2:4] != "--"
        and "-" not in (label[0], label[-1])
        and unicodedata.normalize("NFKC", label) == label
        and _is_plain(label, _LABEL_ASCII)
    )
    encoded = _ACE + label.encode("punycode").decode("ascii") if is_label else ""
    if not 0 < len(encoded) <= _LONGEST_LABEL:
        raise _no_address()
    return encoded


def _decode(label: str) -> str:
    try:
        return label.removeprefix(_ACE).encode("ascii").decode("punycode")
    except UnicodeError:
        raise _no_address() from None


def _is_plain(text: str, ascii_letters: re.Pattern[str]) -> bool:
    is_mark = unicodedata.category(text[0]).startswith("M")  # it would stand on what is before
    return not (is_mark or _UNSEEN.search(text)) and all(
        ascii_letters.match(one) if one.isascii() else unicodedata.category(one) in _CATEGORIES
        for one in text
    )


def _mixes_writing(text: str) -> bool:
    """Tell whether letters come from writing systems, as their names begin, that nobody mixes."""
    names = (unicodedata.name(one, "") for one in text if one.isalpha())
    found = {re.split("[ -]", name)[0] for name in names}
    others = found - {"LATIN"} - _EAST_ASIAN
    return len(others) > 1 or (bool(others) and len(found) > 1)


def _no_address() -> InvalidInput:
    return InvalidInput("That is no e-mail address.", hint=_HINT)
