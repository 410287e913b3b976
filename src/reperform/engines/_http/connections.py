"""How connections are made, to where, and what is never said of them."""

from __future__ import annotations

import logging
import os
import ssl
from functools import lru_cache

import httpx

from reperform import __version__
from reperform.engines._patience import Limits
from reperform.engines._reach import Place, is_loopback
from reperform.errors import SettingsError

__all__ = ["client", "origin", "place_of", "silence"]

_TRUST = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def client(limits: Limits, *, local: bool, kept: int) -> httpx.AsyncClient:
    """A client that follows nothing by itself. `local`: nothing leaves this machine, and no proxy is asked. `kept` connections
    stay open for the next request.
    """
    places = None if local else tuple(os.environ.get(name) for name in _TRUST)
    return httpx.AsyncClient(
        verify=_trusted(places),
        limits=httpx.Limits(max_connections=100, max_keepalive_connections=kept),
        timeout=httpx.Timeout(connect=limits.connect, read=limits.read, write=limits.write, pool=None),
        follow_redirects=False,
        trust_env=not local,
        headers={"User-Agent": f"reperform/{__version__}", "Accept-Encoding": "identity"},
    )


def origin(base_url: str) -> httpx.URL:
    """The base address. Raises SettingsError where it is not an origin, or not over TLS."""
    wanted = "An origin: https://host, or http://127.0.0.1:PORT for this machine."
    try:
        url = httpx.URL(base_url.strip())
    except httpx.InvalidURL:
        raise SettingsError("The base address is not an address.", fix=wanted) from None
    if not url.host or url.userinfo or url.path not in ("", "/") or url.query or url.fragment:
        raise SettingsError("The base address is not an origin.", fix=wanted)
    if url.scheme != "https" and not (url.scheme == "http" and is_loopback(url.host)):
        raise SettingsError(f"The base address leads to {url.host} without TLS.", fix=wanted)
    return url


def place_of(url: httpx.URL) -> Place:
    """Where an address leads."""
    return Place(url.scheme, url.host, url.port)


@lru_cache(maxsize=4)
def _trusted(places: tuple[str | None, ...] | None) -> ssl.SSLContext:
    """The certificates that count, read once for all engines: those of the environment's `places`; None: httpx's own."""
    return httpx.create_ssl_context(trust_env=places is not None)


_TALKATIVE = (
    "httpx",
    *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")),
    "stamina",
)


def _nothing(_: logging.LogRecord) -> bool:
    return False


def silence() -> None:
    """They log addresses with all that stands in them, at any level that is asked for; stamina repeats what we say."""
    for name in _TALKATIVE:
        logging.getLogger(name).addFilter(_nothing)
