"""Who waits after wrong passwords, and who does not."""

from __future__ import annotations

import pytest

from core.errors import TooManyTries, WrongPassword
from tests.services.test_signing_in import (
    _cheap,  # noqa: F401
    sign_in,
    sign_up,
)


def test_the_addresses_of_one_line_are_counted_as_one() -> None:
    for number in range(30):
        with pytest.raises(WrongPassword):
            sign_in(f"somebody-{number}", address=f"2001:db8::{number:x}")
    with pytest.raises(TooManyTries):
        sign_in("somebody-else", address="2001:db8::ffff:1")
    with pytest.raises(WrongPassword):
        sign_in("somebody-else", address="2001:db8:0:1::1")


def test_the_wait_of_an_account_takes_no_tries_from_its_address() -> None:
    sign_up("colleague")
    for _ in range(5):
        with pytest.raises(WrongPassword):
            sign_in("nobody")
    for _ in range(60):
        with pytest.raises((TooManyTries, WrongPassword)):
            sign_in("nobody")
    assert sign_in("colleague")


def test_a_colleague_who_signs_in_makes_nobody_at_their_address_wait() -> None:
    sign_up("colleague")
    for number in range(29):
        with pytest.raises(WrongPassword):
            sign_in(f"somebody-{number}")
    assert sign_in("colleague")
    assert sign_in("colleague")
