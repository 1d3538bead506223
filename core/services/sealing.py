"""Secrets that have to be read again, sealed so that a dump of the database does not tell them.

What only has to be recognised, as passwords and tokens, is stored as a hash. With this secret the
program signs, so it is encrypted with a key that the database does not hold.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.errors import InvalidInput
from core.settings import get_settings

_NONCE_BYTES = 12
_VERSION = b"\x01"


def seal(secret: str, purpose: str) -> bytes:
    """Return a secret as it may be stored; only the same purpose opens it.

    Raises `InvalidInput` when there is nothing to make a key of.
    """
    nonce = os.urandom(_NONCE_BYTES)
    return _VERSION + nonce + AESGCM(_key()).encrypt(nonce, secret.encode(), purpose.encode())


def unseal(sealed: bytes, purpose: str) -> str:
    """Return what was sealed; raises `ValueError` when the key is another one by now."""
    nonce, rest = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    if sealed[:1] != _VERSION or len(nonce) < _NONCE_BYTES:
        raise ValueError("sealed in a way that is not known")
    try:
        return AESGCM(_key()).decrypt(nonce, rest, purpose.encode()).decode()
    except InvalidTag as error:
        raise ValueError("sealed with another key") from error


def derive(purpose: str, name: str) -> bytes:
    """Return 32 bytes that look random, the same ones each time; raises as `seal` does.

    For a secret that each run of one act has to make alike, though nothing of it is stored.
    """
    said = f"{purpose}\0{name}".encode()
    return hmac.new(_key(), said, hashlib.sha256).digest()


def _key() -> bytes:
    """Return the key: of the setting, or of the database's password, which all processes share."""
    settings = get_settings()
    known = settings.webhook_key.get_secret_value()
    known = known or urlsplit(settings.database_url or "").password or ""
    if not known:
        raise InvalidInput(
            "DATABASE_URL has no password to encrypt secrets with.",
            hint="Set SAGE_WEBHOOK_KEY to the same long random text for all processes.",
        )
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"sage sealed secrets")
    return kdf.derive(known.encode())
