"""One identity provider: what it publishes about itself, and what it gives for a code."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from authlib.integrations.base_client import OAuthError
from joserfc.jwk import KeySet

from core.errors import IdentityRefused, ProviderUnavailable
from core.identity.tokens import read_keys
from core.identity.transport import fetch_json, open_session, provider_answers
from core.settings import is_safe_address

KEPT_SECONDS = 3600.0  # what the provider publishes
ANEW_SECONDS = 30.0  # at most so often are keys fetched because one is unknown
_PKCE = "S256"


@dataclass(frozen=True, slots=True)
class Client:
    """What we are to the provider."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: str
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a code was exchanged for."""

    id_token: str = field(repr=False)
    access_token: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the provider does what."""

    authorization: str
    token: str
    keys: str
    authentication: str | None  # of the client at the token's endpoint; none: as is usual
    names_issuer: bool  # whether it says who it is when the browser comes back (RFC 9207)


class Provider:
    """The provider of a client; one for each process, as it keeps what was published."""

    def __init__(self, client: Client, clock: Callable[[], float] = time.monotonic) -> None:
        self.client = client
        self._clock = clock
        self._lock = Lock()
        self._endpoints: tuple[float, Endpoints] | None = None
        self._keys: tuple[float, KeySet] | None = None
        self._anew_at = float("-inf")

    def endpoints(self) -> Endpoints:
        """Return the provider's addresses; raises `ProviderUnavailable`."""
        kept = self._endpoints
        if kept is None or self._clock() - kept[0] > KEPT_SECONDS:
            root = self.client.issuer.rstrip("/")
            found = fetch_json(f"{root}/.well-known/openid-configuration")
            kept = self._endpoints = (self._clock(), _read_endpoints(found, self.client))
        return kept[1]

    def keys(self) -> KeySet:
        """Return the keys that the provider signs with; raises `ProviderUnavailable`."""
        kept = self._keys
        if kept is None or self._clock() - kept[0] > KEPT_SECONDS:
            return self._fetch_keys()
        return kept[1]

    def keys_anew(self) -> KeySet:
        """Return the keys as they are now; as they were, when that was asked a moment ago."""
        with self._lock:
            now = self._clock()
            is_early = now - self._anew_at < ANEW_SECONDS
            if not is_early:
                self._anew_at = now
        return self.keys() if is_early else self._fetch_keys()

    def authorization_address(self, *, state: str, nonce: str, verifier: str) -> str:
        """Return where the browser is sent."""
        endpoint = self.endpoints().authorization
        with self._session() as session:
            address, _ = session.create_authorization_url(
                endpoint, state=state, nonce=nonce, code_verifier=verifier
            )
        return str(address)

    def exchange(self, code: str, verifier: str) -> Tokens:
        """Return the tokens of a code; raises `IdentityRefused`, `ProviderUnavailable`."""
        endpoints = self.endpoints()
        try:
            with provider_answers(), self._session(endpoints.authentication) as session:
                given = session.fetch_token(
                    endpoints.token,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                    redirect_uri=self.client.redirect_uri,
                    allow_redirects=False,
                )
        except OAuthError as error:
            raise IdentityRefused from error
        id_token, access_token = given.get("id_token"), given.get("access_token")
        if not isinstance(id_token, str):
            raise IdentityRefused
        return Tokens(id_token, access_token if isinstance(access_token, str) else None)

    def _fetch_keys(self) -> KeySet:
        keys = read_keys(fetch_json(self.endpoints().keys))
        self._keys = (self._clock(), keys)
        return keys

    def _session(self, authentication: str | None = None) -> Any:
        client = self.client
        return open_session(
            client_id=client.client_id,
            client_secret=client.client_secret or None,
            token_endpoint_auth_method=authentication,
            scope=client.scopes,
            redirect_uri=client.redirect_uri,
            code_challenge_method=_PKCE,
        )


def _read_endpoints(found: dict[str, Any], client: Client) -> Endpoints:
    """Return the addresses of a discovery document, which has to be the issuer's own."""
    if found.get("issuer") != client.issuer:
        raise ProviderUnavailable("The identity provider calls itself by another name.")
    challenges = found.get("code_challenge_methods_supported")
    if isinstance(challenges, list) and _PKCE not in challenges:
        raise ProviderUnavailable("The identity provider does not know PKCE with S256.")
    listed = found.get("token_endpoint_auth_methods_supported")
    takes_post_only = (
        isinstance(listed, list)
        and "client_secret_basic" not in listed
        and "client_secret_post" in listed
    )
    return Endpoints(
        authorization=_address(found, "authorization_endpoint", client),
        token=_address(found, "token_endpoint", client),
        keys=_address(found, "jwks_uri", client),
        authentication="client_secret_post" if client.client_secret and takes_post_only else None,
        names_issuer=found.get("authorization_response_iss_parameter_supported") is True,
    )


def _address(found: dict[str, Any], name: str, client: Client) -> str:
    """Return an address of the document: https, unless the issuer itself is on this machine."""
    address = found.get(name)
    is_well = isinstance(address, str) and is_safe_address(address, with_query=True)
    if not is_well or (
        client.issuer.startswith("https:") and not str(address).startswith("https:")
    ):
        raise ProviderUnavailable("The identity provider names no safe addresses.")
    return str(address)
