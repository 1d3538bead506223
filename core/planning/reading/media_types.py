"""Kinds of file that a brief names, as media types."""

from __future__ import annotations

import re

_MEDIA_TYPES = {
    "pdf": "application/pdf", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png",
    "webp": "image/webp", "heic": "image/heic", "gif": "image/gif", "tiff": "image/tiff",
    "svg": "image/svg+xml", "mp4": "video/mp4", "mp3": "audio/mpeg", "csv": "text/csv",
    "txt": "text/plain", "zip": "application/zip", "xml": "application/xml",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
_KIND = rf"(?:{'|'.join(sorted(_MEDIA_TYPES, key=len, reverse=True))})"
# A list of kinds: “PDF or JPEG”, “JPEG, PNG, PDF”.
MEDIA_TYPE_LIST = rf"(?P<mediatypes>{_KIND}(?:(?:, (?:or |and )?| or | and |/){_KIND}){{0,6}})"


def quoted_media_types(words: str) -> str:
    """Return the media types of a list of kinds, quoted for SQL, each once."""
    kinds = re.findall(rf"\b{_KIND}\b", words.lower())
    return ", ".join(f"'{name}'" for name in dict.fromkeys(_MEDIA_TYPES[kind] for kind in kinds))
