"""A letter is sent once, to the machine that was checked, and nobody waits for long."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.domain.webhook import Reply
from core.posting.addresses import Reach, read_networks
from core.posting.sending import MOST_ANSWER_CHARACTERS, Letter, Resolve, send
from tests.receiver import (
    Receiver,
    accept,
    answer,
    flood,
    hang,
    hang_up,
    hang_up_in_the_body,
    receiver,
    trickle,
)

HERE = Reach(allows_private=True)
NAME = "hooks.example.org"


class Names:
    """A name server: each look takes the next list of addresses, the last one stays."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def post(
    url: str,
    reach: Reach = HERE,
    *,
    seconds: float = 5.0,
    names: Names | None = None,
    context: ssl.SSLContext | None = None,
) -> Reply:
    letter = Letter(url, {"content-type": "application/json", "webhook-id": "1"}, b'{"a": 1}')
    resolver: dict[str, Resolve] = {"resolve": names.resolve} if names else {}
    return asyncio.run(send(letter, reach, seconds=seconds, context=context, **resolver))


def named(there: Receiver, path: str = "/hook") -> str:
    return f"{there.scheme}://{NAME}:{there.port}{path}"


def test_what_is_sent_arrives_as_it_is() -> None:
    with receiver() as there:
        reply = post(there.url)
    assert reply == Reply(200, "thanks")
    (one,) = there.received
    assert (one.path, one.body) == ("/hook?from=sage", b'{"a": 1}')
    assert one.headers["host"] == f"127.0.0.1:{there.port}"
    assert one.headers["webhook-id"] == "1"
    assert "cookie" not in one.headers


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://127.1:{port}/",
        "http://0x7f000001:{port}/",
        "http://2130706433:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://0.0.0.0:{port}/",
        "https://127.0.0.1:{port}/",
    ],
)
def test_this_machine_is_not_reached_by_whatever_name(url: str) -> None:
    with receiver() as there:
        reply = post(url.format(port=there.port), Reach())
    assert reply.status is None
    assert "may not be reached" in reply.error or "not known" in reply.error
    assert there.received == []


def test_a_name_that_means_a_private_address_is_not_reached() -> None:
    names = Names(["127.0.0.1"])
    with receiver() as there:
        reply = post(named(there), Reach(), names=names)
    assert "may not be reached" in reply.error
    assert there.received == []


def test_a_name_that_means_a_private_address_among_others_is_not_reached() -> None:
    with receiver() as there:
        reply = post(named(there), Reach(), names=Names(["93.184.216.34", "127.0.0.1"]))
    assert "may not be reached" in reply.error
    assert there.received == []


def test_a_name_is_looked_up_once_so_that_it_cannot_mean_something_else_next() -> None:
    """The name server tells an open address to who checks, and a closed one to who connects."""
    names = Names(["127.0.0.2"], ["127.0.0.1"])
    with receiver() as there:
        reply = post(named(there), Reach(networks=read_networks(["127.0.0.2"])), names=names)
        assert "cannot be connected to" in reply.error  # nobody listens at the open one
        assert there.received == []
    assert len(names.asked) == 1


def test_the_checked_address_is_connected_to_under_the_name() -> None:
    names = Names(["127.0.0.1"], ["93.184.216.34"])
    with receiver() as there:
        assert post(named(there), names=names).status == 200
    assert there.received[0].headers["host"] == f"{NAME}:{there.port}"
    assert names.asked == [(NAME, there.port)]


def test_of_several_addresses_the_next_is_tried_when_one_cannot_be_connected_to() -> None:
    with receiver() as there:
        assert post(named(there), names=Names(["127.0.0.9", "127.0.0.1"])).status == 200
    assert len(there.received) == 1


def test_plain_http_does_not_leave_for_public_addresses() -> None:
    reply = post("http://example.org/", Reach(), names=Names(["93.184.216.34"]))
    assert "https only" in reply.error


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    with receiver() as inside:
        with receiver(answer(status, location=inside.url)) as there:
            reply = post(there.url)
        assert reply.status == status
        assert not reply.is_accepted
        assert "not followed" in reply.error
        assert inside.received == []


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver() as proxy, receiver() as there:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert post(there.url).status == 200
        assert proxy.received == []


@pytest.mark.parametrize("behave", [hang, trickle], ids=["hangs", "trickles"])
def test_who_does_not_answer_is_left(behave: object) -> None:
    began = time.monotonic()
    with receiver(behave) as there:  # type: ignore[arg-type]
        reply = post(there.url, seconds=0.6)
    assert reply.status is None
    assert reply.error == "No answer within 0.6 seconds."
    assert time.monotonic() - began < 3


def test_a_name_server_that_does_not_answer_is_left() -> None:
    async def wait(host: str, port: int) -> Sequence[str]:
        await asyncio.sleep(30)
        return []

    letter = Letter("https://example.org/", {}, b"")
    reply = asyncio.run(send(letter, HERE, seconds=0.3, resolve=wait))
    assert "No answer" in reply.error


def test_who_hangs_up_has_not_accepted() -> None:
    with receiver(hang_up) as there:
        reply = post(there.url)
    assert (reply.status, reply.error) == (
        None,
        "The receiver closed the connection without an answer.",
    )


def test_who_hangs_up_after_the_status_has_accepted() -> None:
    with receiver(hang_up_in_the_body) as there:
        assert post(there.url).is_accepted


def test_an_endless_answer_is_read_to_its_beginning() -> None:
    began = time.monotonic()
    with receiver(flood) as there:
        reply = post(there.url)
    assert reply.is_accepted
    assert len(reply.answer) == MOST_ANSWER_CHARACTERS
    assert time.monotonic() - began < 3


def test_what_an_answer_says_is_one_line_of_text() -> None:
    with receiver(answer(500, b"a\x00\x1b[31m\r\nb\xff")) as there:
        reply = post(there.url)
    assert reply.answer.isprintable()
    assert reply.error == "The receiver answered 500."


def test_the_wait_that_is_asked_for_is_told() -> None:
    for value, seconds in (("120", 120.0), ("x", None), ("-1", None), ("9" * 40, 999999999.0)):
        with receiver(answer(503, retry_after=value)) as there:
            assert post(there.url).retry_after_seconds == seconds


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:9/", "cannot be connected to"),
        ("https://no-such-name.invalid/", "not known"),
        ("https://" + "a" * 300 + ".example/", "not known"),
        ("nothing", "not known"),
    ],
)
def test_what_cannot_be_reached_says_why(url: str, words: str) -> None:
    assert words in post(url).error


class Authority:
    """Makes certificates."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority")])
        made = self._sign(self._name, self._key.public_key(), is_authority=True)
        (folder / "authority.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))

    def client(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self._folder / "authority.pem"))

    def server(self, name: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = self._sign(subject, key.public_key(), name=name)
        path = self._folder / f"{name}.pem"
        path.write_bytes(
            made.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _sign(
        self,
        subject: x509.Name,
        public: ec.EllipticCurvePublicKey,
        *,
        name: str = "",
        is_authority: bool = False,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=5))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        )
        if name:
            names = x509.SubjectAlternativeName([x509.DNSName(name)])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(self._key, hashes.SHA256())


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def test_the_certificate_is_that_of_the_name_not_of_the_address(authority: Authority) -> None:
    names = Names(["127.0.0.1"])
    with receiver(context=authority.server(NAME)) as there:
        assert post(named(there), names=names, context=authority.client()).status == 200


@pytest.mark.parametrize("whose", ["another name's", "nobody's"])
def test_without_a_valid_certificate_nothing_is_sent(authority: Authority, whose: str) -> None:
    name, context = (
        ("other.example.org", authority.client())
        if whose == "another name's"
        else (NAME, ssl.create_default_context())
    )
    with receiver(accept, context=authority.server(name)) as there:
        reply = post(named(there), names=Names(["127.0.0.1"]), context=context)
        assert reply.error == "The receiver's certificate is not valid for this address."
        assert there.received == []
