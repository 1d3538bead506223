"""An identity provider on loopback, as strict as a real one, that can be told to misbehave."""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

Key = RSAKey | ECKey
Signing = Callable[[dict[str, Any]], str]


@cache
def rsa_key(kid: str = "first") -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


@cache
def ec_key(kid: str = "curve") -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})


def signed_by(key: Key, algorithm: str, **header: Any) -> Signing:
    """Return how tokens are signed with a key."""
    head = {"alg": algorithm, "kid": key.kid} | header
    head = {name: value for name, value in head.items() if value is not None}
    return lambda claims: jwt.encode(head, claims, key, algorithms=[algorithm])


def unsigned(claims: dict[str, Any]) -> str:
    """Return a token that says it needs no signature."""
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}."


def signed_by_public_key(key: RSAKey) -> Signing:
    """Return how somebody signs who takes the public key for a shared secret."""
    secret = key.as_pem(private=False)

    def sign(claims: dict[str, Any]) -> str:
        signed = f"{_part({'alg': 'HS256', 'kid': key.kid})}.{_part(claims)}"
        mark = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
        return f"{signed}.{_encoded(mark)}"

    return sign


class IdentityProvider:
    """Its person signs in at once, unless `asks`; what it gives out can be changed by tests."""

    def __init__(self, address: str, *, path: str = "") -> None:
        self.issuer = f"{address}{path}"
        self.client_id, self.client_secret = "sage-mode", "a secret of the client"
        self.redirect_uri = "http://testserver/auth/oidc/callback"
        self.keys: list[Key] = [rsa_key()]
        self.sign: Signing = signed_by(rsa_key(), "RS256")
        self.person: dict[str, Any] = {
            "sub": "person-1",
            "preferred_username": "ada",
            "email": "ada@example.org",
            "email_verified": True,
        }
        self.asks = False
        self.declines: str | None = None
        self.changed: dict[str, Any] = {}  # claims of the next tokens; None takes one away
        self.published: dict[str, Any] = {}  # changes of the discovery document
        self.back: dict[str, str] = {}  # added to what the browser brings back
        self.token_status = 200
        self.token_answer: bytes | None = None
        self.seconds = 0.0  # before each answer
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []  # paths, in order
        self.problems: list[str] = []  # what a client did wrong

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "code_challenge_methods_supported": ["plain", "S256"],
            "authorization_response_iss_parameter_supported": True,
        } | self.published

    def key_set(self) -> dict[str, Any]:
        return {"keys": [key.as_dict(private=False) for key in self.keys]}

    def authorize(self, query: dict[str, str]) -> str:
        """Return where the browser goes back to."""
        self._demand(query.get("client_id") == self.client_id, "client_id")
        self._demand(query.get("redirect_uri") == self.redirect_uri, "redirect_uri")
        self._demand(query.get("response_type") == "code", "response_type")
        self._demand("openid" in query.get("scope", "").split(), "scope")
        self._demand(query.get("code_challenge_method") == "S256", "code_challenge_method")
        self._demand(len(query.get("code_challenge", "")) == 43, "code_challenge")
        self._demand(len(query.get("state", "")) >= 32, "state")
        self._demand(len(query.get("nonce", "")) >= 32, "nonce")
        brought = {"state": query["state"], "iss": self.issuer}
        if self.declines:
            brought |= {"error": self.declines, "error_description": "<b>words</b>"}
        else:
            code = brought["code"] = secrets.token_urlsafe(16)
            self.codes[code] = query
        return f"{self.redirect_uri}?{urlencode(brought | self.back)}"

    def exchange(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Return the answer to a code: tokens, once."""
        asked = self.codes.pop(form.get("code", ""), None)
        verifier = form.get("code_verifier", "")
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = _encoded(digest)
        for is_right, what in (
            (form.get("grant_type") == "authorization_code", "grant_type"),
            (self._knows_client(form, authorization), "client"),
            (asked is not None, "code"),
            (form.get("redirect_uri") == self.redirect_uri, "redirect_uri"),
            (asked is not None and asked["code_challenge"] == challenge, "code_verifier"),
        ):
            if not is_right:
                self.problems.append(what)
                return 400, {"error": "invalid_grant", "error_description": f"wrong {what}"}
        assert asked is not None
        return 200, {
            "access_token": "an-access-token",
            "token_type": "Bearer",
            "expires_in": 60,
            "id_token": self.sign(self.claims(asked["nonce"])),
        }

    def claims(self, nonce: str) -> dict[str, Any]:
        now = int(time.time())
        made = {
            "iss": self.issuer,
            "aud": self.client_id,
            "nonce": nonce,
            "iat": now,
            "exp": now + 60,
            **self.person,
            **self.changed,
        }
        return {name: value for name, value in made.items() if value is not None}

    def _knows_client(self, form: dict[str, str], authorization: str) -> bool:
        if not self.client_secret:
            return form.get("client_id") == self.client_id and not authorization
        pair = f"{self.client_id}:{self.client_secret}".encode()
        return authorization == f"Basic {base64.b64encode(pair).decode()}"

    def _demand(self, is_right: bool, what: str) -> None:
        if not is_right:
            self.problems.append(what)
            raise ValueError(what)


class _Handler(BaseHTTPRequestHandler):
    provider: IdentityProvider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        path = self._arrive(parts.path)
        if path == "/.well-known/openid-configuration":
            self._answer(200, self.provider.discovery())
        elif path == "/keys":
            self._answer(200, self.provider.key_set())
        elif path == "/authorize" and self.provider.asks:
            self._page(self.path)
        elif path == "/authorize":
            self._lead_back(query)
        else:
            self._answer(404, {})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        body = parse_qs(self.rfile.read(length).decode())
        form = {name: values[0] for name, values in body.items()}
        parts = urlsplit(self.path)
        path = self._arrive(parts.path)
        if path == "/authorize":
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self._lead_back(query)
            return
        if path != "/token":
            self._answer(404, {})
            return
        status, answer = self.provider.exchange(form, self.headers.get("Authorization", ""))
        if self.provider.token_answer is not None:
            self._send(self.provider.token_status, self.provider.token_answer)
        elif self.provider.token_status != 200:
            self._answer(self.provider.token_status, {"error": "server_error"})
        else:
            self._answer(status, answer)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _arrive(self, path: str) -> str:
        inside = path.removeprefix(urlsplit(self.provider.issuer).path)
        self.provider.asked.append(inside)
        time.sleep(self.provider.seconds)
        return inside

    def _lead_back(self, query: dict[str, str]) -> None:
        try:
            back = self.provider.authorize(query)
        except ValueError as error:
            self._answer(400, {"error": str(error)})
        else:
            self._send(302, b"", Location=back)

    def _page(self, onwards: str) -> None:
        page = (
            "<!doctype html><title>The provider</title><h1>The provider</h1>"
            f'<form method="post" action="{html.escape(onwards)}">'
            "<button>Yes, it is me</button></form>"
        )
        self._send(200, page.encode(), **{"Content-Type": "text/html"})

    def _answer(self, status: int, found: dict[str, Any]) -> None:
        self._send(status, json.dumps(found).encode(), **{"Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(OSError):  # whoever asked may wait no longer
            self.wfile.write(body)


@contextmanager
def running_provider(
    path: str = "/realms/sage", host: str = "127.0.0.1"
) -> Iterator[IdentityProvider]:
    """Serve an identity provider on loopback until the block ends."""
    handler = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    provider = IdentityProvider(f"http://{host}:{server.server_address[1]}", path=path)
    handler.provider = provider  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _part(value: dict[str, Any]) -> str:
    return _encoded(json.dumps(value).encode())


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
