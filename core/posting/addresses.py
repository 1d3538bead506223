"""Which addresses may be reached: the public ones, and those that a setting opens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Where clouds tell their machines secrets. Some of it looks public, some merely private.
_METADATA: frozenset[Address] = frozenset(
    map(
        ip_address,
        (
            "169.254.169.254",
            "169.254.170.2",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "fd00:ec2::254",
            "fd20:ce::254",
        ),
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network(
    "::/96"
)  # IPv4 in the last bits, long deprecated and still routed by some


@dataclass(frozen=True, slots=True)
class Reach:
    """What a setting opens beside public addresses."""

    allows_private: bool = False
    networks: tuple[Network, ...] = ()

    @property
    def is_wider(self) -> bool:
        """Whether anything is open that is not public."""
        return self.allows_private or bool(self.networks)


def read_networks(listed: Iterable[str]) -> tuple[Network, ...]:
    """Return networks; raises `ValueError` for what is none."""
    return tuple(ip_network(one, strict=False) for one in listed)


def is_public(text: str) -> bool:
    """Tell whether everybody on the internet may be meant by an address."""
    address = _read(text)
    return address is not None and all(_is_public(one) for one in _meanings(address))


def may_reach(text: str, reach: Reach) -> bool:
    """Tell whether an address may be reached, in all that it means.

    Private networks and this machine are opened by `allows_private`; link-local, metadata,
    multicast and reserved ones only by naming their network.
    """
    address = _read(text)
    return address is not None and all(_may_reach(one, reach) for one in _meanings(address))


def _may_reach(address: Address, reach: Reach) -> bool:
    if any(address in network for network in reach.networks):
        return True
    if _is_public(address):
        return True
    is_opened = reach.allows_private and (address.is_private or address.is_loopback)
    return is_opened and not (_is_odd(address) or address in _METADATA)


def _is_public(address: Address) -> bool:
    return address.is_global and not _is_odd(address) and address not in _METADATA


def _is_odd(address: Address) -> bool:
    """Tell of what is neither somebody's machine nor somebody's network."""
    if isinstance(address, IPv6Address) and address.is_site_local:
        return True
    is_reserved = address.is_reserved and not address.is_loopback
    return address.is_link_local or address.is_multicast or address.is_unspecified or is_reserved


def _read(text: str) -> Address | None:
    try:
        return ip_address(text)  # one with a zone is none that is to be reached from here
    except ValueError:
        return None


def _meanings(address: Address) -> list[Address]:
    """Return an address with the IPv4 ones that it carries within, by whichever way."""
    if isinstance(address, IPv4Address):
        return [address]
    if address.scope_id is not None:
        return [IPv6Address("::")]  # which may never be reached
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    last = IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _NAT64:
        return [last]
    within = [address.sixtofour, *(address.teredo or ())]
    if address in _COMPATIBLE and int(address) > 1:
        within.append(last)
    return [address, *(one for one in within if one is not None)]
