"""Which addresses may be asked, and which may be given the key. An engine's answers are not trusted with either."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.request import getproxies, proxy_bypass

import anyio

from reperform.errors import EngineError, OutOfReach

__all__ = ["Place", "Reach", "is_loopback", "is_public"]

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_PORTS = {"https": 443, "http": 80}


class Place(NamedTuple):
    """Where an address leads."""

    scheme: str
    host: str
    port: int | None

    @property
    def origin(self) -> tuple[str, str, int | None]:
        """Scheme, host and port, as browsers compare them."""
        return self.scheme, self.host.rstrip(".").lower(), self.port or _PORTS.get(self.scheme)


class Reach:
    """The rules for one engine: its declared hosts, or the one base that stands for all of them."""

    def __init__(self, *, engine: str, hosts: Sequence[str], base: Place | None) -> None:
        self._engine = engine
        self._own = {base.origin} if base else {("https", host.lower(), 443) for host in hosts}
        self._base = base

    @property
    def local(self) -> bool:
        """Whether the base is on this machine: then nothing leaves it, and nothing is asked through a proxy."""
        return self._base is not None and is_loopback(self._base.host)

    def own(self, place: Place) -> bool:
        """Whether it is the engine's own: only there the key may go."""
        return place.origin in self._own

    def proxied(self, place: Place) -> bool:
        """Whether a proxy of this machine's settings stands between."""
        if self.local:
            return False
        proxies = getproxies()
        return bool(proxies.get(place.scheme) or proxies.get("all")) and not proxy_bypass(place.host)

    async def permit(self, place: Place, *, auth: bool) -> None:
        """Pass where it may be asked.

        Raises:
            EngineError: it may not, or not with the key.
            OutOfReach: its name cannot be resolved.

        """
        if self.own(place):
            return
        if auth:
            raise self._refused(f"{place.host}, which is not its own: the key is not sent there.")
        if self.local and is_loopback(place.host):
            return
        if place.scheme != "https":
            raise self._refused(f"an address at {place.host} that is not https: it is not asked.")
        addresses = await self._resolved(place)
        if not all(map(is_public, addresses)):
            raise self.private(place)

    def permits_peer(self, address: str) -> bool:
        """Whether a host that is not the engine's own may be at this numeric address."""
        return is_public(address) or (self.local and is_loopback(address))

    def private(self, place: Place) -> EngineError:
        """The error for an address inside somebody's network."""
        return self._refused(f"{place.host}, which is not a public address: it is not asked.")

    def _refused(self, named: str) -> EngineError:
        return EngineError(
            f"{self._engine} names {named}",
            fix=f"`reperform resume` asks {self._engine} again. Where it stays so, look at --base-url and at the proxy, "
            f"or tell {self._engine}.",
        )

    async def _resolved(self, place: Place) -> Iterable[str]:
        try:
            found = await anyio.getaddrinfo(place.host, place.port or 443, type=socket.SOCK_STREAM)
        except UnicodeError:
            raise EngineError(f"{self._engine} names an address that is none.") from None
        except OSError:
            if self.proxied(place) and not _literal(place.host):
                return ()  # behind a proxy, names may be resolved there only
            raise OutOfReach(f"{place.host} cannot be found.", fix="Look at this machine's network.") from None
        return [str(entry[4][0]) for entry in found]


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, by its plain name or number."""
    address = _literal(host)
    return address.is_loopback if address else host.rstrip(".").lower() == "localhost"


def is_public(address: str) -> bool:
    """Whether a numeric address is one of the open internet, also inside the forms of IPv6 that carry one of IPv4."""
    found = _literal(address)
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        found = inner or found
    return found is not None and found.is_global and not found.is_multicast


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None
