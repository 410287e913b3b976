"""What went wrong on the way, by whether the engine can have the request."""

from __future__ import annotations

import httpx

from reperform.engines._answers import without_addresses
from reperform.errors import EngineError, NotSubmitted, OutOfReach, SubmissionUnknown

__all__ = ["FAILURES", "MAY_HAVE_ARRIVED", "NOTHING_SENT", "failed"]

NOTHING_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
"""After these, the engine cannot have the request."""
MAY_HAVE_ARRIVED = (
    httpx.ReadTimeout,
    httpx.WriteTimeout,
    httpx.ReadError,
    httpx.WriteError,
    httpx.CloseError,
    httpx.LocalProtocolError,
    httpx.RemoteProtocolError,
    httpx.DecodingError,
    httpx.TooManyRedirects,
    httpx.HTTPStatusError,
    httpx.CookieConflict,
    httpx.StreamError,
)
"""After these, it may."""
FAILURES = (httpx.HTTPError, httpx.InvalidURL, httpx.CookieConflict, httpx.StreamError, TimeoutError)
"""All that httpx may raise."""


def failed(error: Exception, *, engine: str, repeat: bool) -> EngineError:
    """Our error for one of httpx, with its kind only: its message may hold what was sent or came.

    Why a connection could not be made is said in full, for it may be a certificate or a name.
    """
    kind = type(error).__name__
    if isinstance(error, httpx.ConnectError) and str(error):
        kind = f"{kind}: {without_addresses(str(error))}"
    if repeat:
        return OutOfReach(f"{engine} could not be reached, or broke off.", cause=kind)
    if isinstance(error, NOTHING_SENT):
        return NotSubmitted(f"{engine} could not be reached: nothing was sent.", cause=kind)
    return SubmissionUnknown(f"The connection to {engine} broke while the job was being sent.", cause=kind)
