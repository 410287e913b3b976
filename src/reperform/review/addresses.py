"""Where the page is reached: on this machine, or where `--host` says."""

from __future__ import annotations

import ipaddress
import socket
from contextlib import suppress

__all__ = ["hosts", "is_loopback", "shown"]

_ANY = ("0.0.0.0", "::")  # noqa: S104 - compared with, not listened on


def is_loopback(host: str) -> bool:
    """Whether nobody else's machine reaches what listens there."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def shown(host: str) -> str:
    """What stands in a link to it."""
    name = _outward() if host in _ANY else host
    return f"[{name}]" if ":" in name else name


def hosts(host: str, port: int) -> tuple[str, ...]:
    """What browsers may say that they asked: no other name, so that none can be made to lead here."""
    names = {host, "127.0.0.1", "localhost"} if is_loopback(host) else {host, _outward(), *_own()}
    spelled = (f"[{name}]" if ":" in name else name for name in names - set(_ANY))
    return tuple(sorted(f"{name.lower()}:{port}" for name in spelled))


def _own() -> set[str]:
    """This machine's name, and the addresses that it is known under."""
    name = socket.gethostname()
    found = {name, "127.0.0.1", "localhost"}
    with suppress(OSError):
        found |= {str(entry[4][0]) for entry in socket.getaddrinfo(name, None)}
    return found


def _outward() -> str:
    """The address with which this machine reaches others; nothing is sent to find it."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])
    return "127.0.0.1"
