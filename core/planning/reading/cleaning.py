"""A brief's text without what only a screen needs: invisible characters, emphasis, links."""

from __future__ import annotations

import html
import re
import unicodedata

# Zero-width characters, marks of direction, soft hyphens: they would split words unseen.
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u2011": "-", "\u2010": "-"})
_LINK = re.compile(r"!?\[([^\[\]\n]{1,200})\]\([^()\s]{1,500}\)")
_EMPHASIS = re.compile(r"(?<!\w)(\*{1,3}|_{1,3}|~~)(?=\S)([^*_~\n]{1,300}?)(?<=\S)\1(?!\w)")
_CODE = re.compile(r"`{1,3}([^`\n]{1,300})`{1,3}")

# Tags that people paste with a text from a page or a tracker; other words between signs stay.
_HIDDEN = re.compile(r"<(script|style)\b[^<>]{0,300}>[^<]{0,5000}</\1\s*>", re.IGNORECASE)
_ITEM = re.compile(r"<li\b[^<>]{0,300}>", re.IGNORECASE)
_BLOCK = re.compile(
    r"</?(?:p|div|br|hr|ul|ol|li|dl|dt|dd|h[1-6]|table|thead|tbody|tr|section|article|header|"
    r"footer|blockquote|pre|form)\b[^<>]{0,300}/?>",
    re.IGNORECASE,
)
_INLINE = re.compile(
    r"</?(?:a|abbr|b|code|em|font|i|img|kbd|mark|q|s|small|span|strong|sub|sup|td|th|u|body|html)"
    r"(?:\s[^<>]{0,300})?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,6}|[a-z]{2,8});", re.IGNORECASE)


def cleaned(text: str) -> str:
    """Return a text with its words unchanged, without invisible characters and inline markup.

    Compatibility forms become plain ones: full-width digits and ligatures, for example.
    """
    if "<" in text and _BLOCK.search(text):
        text = _without_tags(text)
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).translate(_QUOTES)
    text = _CODE.sub(r"\1", text) if "`" in text else text
    text = _LINK.sub(r"\1", text) if "](" in text else text
    return _EMPHASIS.sub(r"\2", text) if re.search(r"[*_~]", text) else text


def _without_tags(text: str) -> str:
    text = _BLOCK.sub("\n", _ITEM.sub("\n- ", _HIDDEN.sub("", text)))
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), _INLINE.sub("", text))
