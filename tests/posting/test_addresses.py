"""Which addresses webhooks may lead to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.posting.addresses import Reach, is_public, may_reach, read_networks

PUBLIC = ["8.8.8.8", "93.184.216.34", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808"]
OPENED = [  # by the setting that allows private ones
    *("127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1"),
    *("::1", "fc00::1", "fdff::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1"),
    "2002:7f00:1::",
]
NEVER = [
    *("169.254.169.254", "169.254.1.1", "169.254.170.2", "100.100.100.200", "168.63.129.16"),
    *("0.0.0.0", "224.0.0.1", "239.255.255.255", "255.255.255.255", "240.0.0.1", "100.64.0.1"),
    *("::", "fe80::1", "fe80::1%eth0", "ff02::1", "fec0::1", "fd00:ec2::254"),
    *("::ffff:169.254.169.254", "::ffff:0.0.0.0", "::a9fe:a9fe", "64:ff9b::a9fe:a9fe"),
    *("", "localhost", "127.1", "0x7f000001", "2130706433", "[::1]", "127.0.0.1:80"),
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_reached(address: str) -> None:
    assert is_public(address)
    assert may_reach(address, Reach())


@pytest.mark.parametrize("address", OPENED)
def test_private_ones_only_when_the_setting_allows_it(address: str) -> None:
    assert not is_public(address)
    assert not may_reach(address, Reach())
    assert may_reach(address, Reach(allows_private=True))


@pytest.mark.parametrize("address", NEVER)
def test_others_are_never_meant(address: str) -> None:
    assert not is_public(address)
    assert not may_reach(address, Reach())
    assert not may_reach(address, Reach(allows_private=True))


def test_a_network_that_is_named_is_open_and_no_other() -> None:
    reach = Reach(networks=read_networks(["10.1.0.0/16", "169.254.169.254", "fd00::/8"]))
    assert may_reach("10.1.2.3", reach)
    assert may_reach("::ffff:10.1.2.3", reach)
    assert may_reach("169.254.169.254", reach)
    assert may_reach("fd00:ec2::254", reach)
    assert not may_reach("10.2.0.1", reach)
    assert not may_reach("127.0.0.1", reach)
    assert not may_reach("169.254.169.253", reach)
    assert reach.is_wider
    assert not Reach().is_wider


@given(st.ip_addresses(v=4), st.booleans())
def test_an_address_within_another_is_judged_as_itself(address: IPv4Address, allows: bool) -> None:
    reach = Reach(allows)
    for carrier in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert may_reach(carrier, reach) == may_reach(str(address), reach)
    sixtofour = IPv6Address((0x2002 << 112) | (int(address) << 80))
    assert may_reach(str(address), reach) or not may_reach(str(sixtofour), reach)
    assert may_reach(str(address), reach) or not may_reach(f"::{address}", reach)


@given(st.ip_addresses())
def test_what_is_open_without_a_setting_is_global(address: IPv4Address | IPv6Address) -> None:
    if may_reach(str(address), Reach()):
        assert may_reach(str(address), Reach(allows_private=True))
        assert address.is_global or getattr(address, "ipv4_mapped", None) is not None
