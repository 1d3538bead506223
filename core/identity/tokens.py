"""ID tokens: whether one is the provider's own, for us, of now, and of this very sign-in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet

from core.errors import IdentityRefused, ProviderUnavailable

# Signed by the provider's private key. Never `none`, and no HS*: whoever has the public key, or
# the client's secret, could sign those.
ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
)
LEEWAY_SECONDS = 60  # by which two clocks may differ
_KEY_TYPES = frozenset({"RSA", "EC", "OKP"})
_UNREADABLE = (JoseError, ValueError, TypeError, KeyError, AttributeError)


def read_keys(found: dict[str, Any]) -> KeySet:
    """Return the public keys of a key set that sign; raises `ProviderUnavailable` without one."""
    listed = found.get("keys")
    keys = [key for one in (listed if isinstance(listed, list) else ()) if (key := _read_key(one))]
    if not keys:
        raise ProviderUnavailable("The identity provider publishes no key that can be used.")
    return KeySet(keys)


def verify_id_token(
    id_token: str,
    *,
    keys: Callable[[], KeySet],
    keys_anew: Callable[[], KeySet],
    issuer: str,
    client_id: str,
    nonce: str,
    access_token: str | None = None,
) -> dict[str, Any]:
    """Return the claims of an ID token; raises `IdentityRefused` unless all of it is right.

    A key that is not known is looked for once more in the keys as the provider has them now.
    """
    try:
        try:
            token = jwt.decode(id_token, keys(), algorithms=ALGORITHMS)
        except InvalidKeyIdError:
            token = jwt.decode(id_token, keys_anew(), algorithms=ALGORITHMS)
        claims = CodeIDToken(
            token.claims,
            token.header,
            options={
                "iss": {"essential": True, "value": issuer},
                "aud": {"essential": True, "value": client_id},
                "nonce": {"essential": True, "value": nonce},
            },
            params={"nonce": nonce, "client_id": client_id, "access_token": access_token},
        )
        claims.validate(leeway=LEEWAY_SECONDS)
    except _UNREADABLE as error:
        raise IdentityRefused from error
    return dict(claims)


def _read_key(found: Any) -> Key | None:
    """Return a key, or None for what is no public key for signatures."""
    if not isinstance(found, dict) or found.get("kty") not in _KEY_TYPES:
        return None
    if found.get("use", "sig") != "sig":
        return None
    try:
        return JWKRegistry.import_key(found)
    except _UNREADABLE:
        return None
