"""Who is let in: the browser that opened the link, on this machine, from this page and no other."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, RedirectResponse, Response

from reperform.review.cutting import encoded

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["HEADERS", "MOST_BYTES", "Door", "Guard", "refusal"]

HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:;"
        " connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_OPEN = ("/open/", "/static/")
"""Where everybody may look."""
MOST_BYTES = 1 << 16
"""Of what a page may send."""


class Door:
    """The link's tokens, each for one opening, and the browsers that have come in."""

    def __init__(self, name: str, *, known: Iterable[str] = ()) -> None:
        """`name` tells this timeline's cookie from that of another. `known` are digests of keys that an earlier server gave out."""
        self.cookie = f"reperform_{name}"
        self._lock = threading.Lock()
        self._tokens: set[str] = set()
        self._keys = set(known)

    def token(self) -> str:
        """A new one, for one opening."""
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._tokens.add(_digest(token))
        return token

    def open(self, token: str) -> bool:
        """Whether the token opens; it does so once."""
        digest = _digest(token)
        with self._lock:
            found = next((each for each in self._tokens if hmac.compare_digest(each, digest)), None)
            self._tokens.discard(found or "")
        return found is not None

    def key(self) -> str:
        """A key for a browser that is let in."""
        key = secrets.token_urlsafe(32)
        with self._lock:
            self._keys.add(_digest(key))
        return key

    def knows(self, key: str | None) -> bool:
        """Whether a browser was let in."""
        if not key:
            return False
        digest = _digest(key)
        with self._lock:
            return any(hmac.compare_digest(each, digest) for each in self._keys)

    @property
    def digests(self) -> list[str]:
        """Of the keys, as they may lie on a disk: a key cannot be made of them."""
        with self._lock:
            return sorted(self._keys)


class Guard:
    """Between the net and the page: checks Host, Origin and the cookie of every request, and signs every answer."""

    def __init__(self, app: ASGIApp, *, door: Door, hosts: Iterable[str], login: str | None) -> None:
        """`hosts` are what Host may say, with the port. `login` is where a password is asked for; None: nowhere."""
        self._app = app
        self._door = door
        self._hosts = frozenset(host.lower() for host in hosts)
        self._login = login

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)
        refused = self._refused(scope, headers)

        async def signed(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    own.setdefault(name, value)
                own.setdefault("cache-control", "no-store")
            await send(message)

        await (refused or self._app)(scope, receive, signed)

    def _refused(self, scope: Scope, headers: Headers) -> Response | None:
        host = (headers.get("host") or "").lower()
        if len(headers.getlist("host")) != 1 or host not in self._hosts:
            return refusal(421, "this is not the address of the page", "Use the link that `reperform review` printed.")
        if (origin := headers.get("origin")) is not None and _host_of(origin) != host:
            return refusal(403, "another site's page asked for this", None)
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin") and not _is_visit(scope, headers):
            return refusal(403, "another site's page asked for this", None)
        path = scope["path"]
        if path.startswith(_OPEN) or path == self._login:
            return None
        if not self._door.knows(_cookie(headers, self._door.cookie)):
            return self._closed(path)
        return self._wrong_change(scope, headers)

    def _closed(self, path: str) -> Response:
        message, fix = "this page is not open to you", "Open the link that `reperform review` prints; it opens once."
        if path != "/":
            return refusal(401, message, fix)
        if self._login is not None:
            return RedirectResponse(self._login, 303)
        page = f"<!doctype html><meta charset=utf-8><title>reperform</title><p>{escape(message)}<p>{escape(fix)}"
        return HTMLResponse(page, 401)

    @staticmethod
    def _wrong_change(scope: Scope, headers: Headers) -> Response | None:
        if scope["method"] in ("GET", "HEAD"):
            return None
        if headers.get("x-reperform") != "1" or headers.get("origin") is None:
            return refusal(403, "this was not asked for by the page", None)
        length = headers.get("content-length", "")
        if "transfer-encoding" in headers or (length and (not length.isdigit() or int(length) > MOST_BYTES)):
            return refusal(413, "that is too much", None)
        return None


def refusal(status: int, message: str, fix: str | None, **more: Any) -> Response:
    """An error as the page reads it."""
    return Response(
        encoded({"message": message, "fix": fix, **more}), status_code=status, media_type="application/json"
    )


def _is_visit(scope: Scope, headers: Headers) -> bool:
    """A person followed a link to here: the cookie is not sent with it, so that only the link itself opens anything."""
    return scope["method"] == "GET" and headers.get("sec-fetch-mode") == "navigate"


def _host_of(origin: str) -> str | None:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return None
    return parts.netloc.lower() if parts.scheme in ("http", "https") else None


def _cookie(headers: Headers, name: str) -> str | None:
    from starlette.requests import cookie_parser

    return cookie_parser("; ".join(headers.getlist("cookie"))).get(name)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
