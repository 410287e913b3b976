"""Requests of the browser: who is let in, what is asked for, and the answer."""

import hmac
import json
import os
import secrets
import select
import socket
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import ThreadingMixIn
from urllib.parse import parse_qs, urlsplit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from reperform_menu.panels.server import Server

HOST = "127.0.0.1"
HERE = os.path.dirname(os.path.abspath(__file__))
LARGEST_ANSWER = 1 << 20


class Http(ThreadingMixIn, HTTPServer):
    """Listens on the loopback, a thread a request."""

    daemon_threads = True
    allow_reuse_address = False

    def server_bind(self) -> None:
        """Without the look-up of the machine's name, which takes seconds on some."""
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = HOST, self.server_address[1]

    def process_request(self, request: "Any", client_address: "Any") -> None:
        """In a thread of its own, counted."""
        self._owner.count(1)
        ThreadingMixIn.process_request(self, request, client_address)

    def process_request_thread(self, request: "Any", client_address: "Any") -> None:
        """All of it, to the closed connection."""
        try:
            ThreadingMixIn.process_request_thread(self, request, client_address)
        finally:
            self._owner.count(-1)

    @property
    def _owner(self) -> "Server":
        return self.owner  # type: ignore[attr-defined,no-any-return]  # set by the one who made this

    def handle_error(self, request: "Any", client_address: "Any") -> None:
        """A browser that went away is no news."""


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server_version = "Reperform"
    sys_version = ""
    timeout = 60

    def do_GET(self) -> None:
        owner, url = self._owner, urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        if not self._is_ours():
            self._refuse("This page answers only the browser that its own link opened.")
        elif url.path == "/" and "token" in query:
            self._enter(query["token"])
        elif not self._is_known():
            self._refuse("This page belongs to another browser, or to a script that has ended. Run the script again.")
        elif url.path == "/":
            self._page()
        elif url.path == "/state":
            view = owner.wait_for_news(_whole(query.get("turn")), self._is_there)
            if view is not None:
                self._json(view)
        elif url.path == "/complete" and any(one["kind"] == "file" for one in owner.view.get("fields") or ()):
            self._json(completions(query.get("path", "")))
        else:
            self._refuse("There is nothing here.", 404)

    def do_POST(self) -> None:
        path = urlsplit(self.path).path
        if not self._is_ours() or not self.headers.get("Origin") or not self._is_known():
            self._refuse("This page answers only the browser that its own link opened.")
        elif path == "/bye":
            self._owner.say_goodbye()
            self._json({})
        elif path == "/answer":
            self._answer()
        else:
            self._refuse("There is nothing here.", 404)

    @property
    def _owner(self) -> "Server":
        return self.server.owner  # type: ignore[attr-defined,no-any-return]  # set where the server was made

    def log_message(self, *told: "Any") -> None:
        """Nothing: the link would stand in it."""

    def _is_ours(self) -> bool:
        """Asked for by the name we gave, and by no page but ours."""
        own = self._owner.address
        origin = self.headers.get("Origin")
        return self.headers.get("Host") == own[len("http://") :] and origin in (None, own)

    def _is_known(self) -> bool:
        owner, cookies = self._owner, (self.headers.get("Cookie") or "").split(";")
        given = [one.strip().partition("=")[2] for one in cookies if one.strip().startswith(owner.cookie_name + "=")]
        elsewhere = self.headers.get("Sec-Fetch-Site") not in (None, "same-origin", "none")
        return not elsewhere and any(hmac.compare_digest(one.encode(), owner.cookie.encode()) for one in given)

    def _enter(self, token: str) -> None:
        owner = self._owner
        if not owner.admit(token) and not self._is_known():
            self._refuse("This link has been used: it works once. Run the script again from Resolve's menu.")
            return
        self.send_response(303)
        self.send_header("Location", "/")
        flags = "Path=/; HttpOnly; SameSite=Strict"
        self.send_header("Set-Cookie", "{}={}; {}".format(owner.cookie_name, owner.cookie, flags))
        self._end("", b"")

    def _page(self) -> None:
        nonce = secrets.token_urlsafe(16)
        state = json.dumps(self._owner.view).replace("<", "\\u003c")
        page = _part("page.html").replace("{style}", _part("page.css")).replace("{script}", _part("page.js"))
        page = page.replace("{nonce}", nonce).replace("{state}", state)
        self.send_response(200)
        policy = (
            "default-src 'none'; style-src 'nonce-{0}'; script-src 'nonce-{0}'; connect-src 'self'; img-src data:; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        self.send_header("Content-Security-Policy", policy.format(nonce))
        self._end("text/html; charset=utf-8", page.encode("utf-8"))

    def _answer(self) -> None:
        length = _whole(self.headers.get("Content-Length"))
        is_json = (self.headers.get("Content-Type") or "").startswith("application/json")
        if not is_json or not 0 < length <= LARGEST_ANSWER:
            self._refuse("That is no answer.", 400)
            return
        try:
            answer = json.loads(self.rfile.read(length).decode("utf-8"))
            told = self._owner.take(answer)
        except (AttributeError, KeyError, TypeError, ValueError):
            self._refuse("That is no answer.", 400)
            return
        self._json(told)

    def _is_there(self) -> bool:
        """A browser whose tab was closed hangs up."""
        try:
            readable = select.select([self.connection], [], [], 0)[0]
            return not readable or self.connection.recv(1, socket.MSG_PEEK) != b""
        except (OSError, ValueError):
            return False

    def _json(self, document: "Any") -> None:
        self.send_response(200)
        self._end("application/json; charset=utf-8", json.dumps(document).encode("utf-8"))

    def _refuse(self, why: str, status: int = 403) -> None:
        self.send_response(status)
        self._end("text/plain; charset=utf-8", why.encode("utf-8"))

    def _end(self, kind: str, body: bytes) -> None:
        if kind:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in _ALWAYS:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


_ALWAYS = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)


def completions(typed: str, most: int = 40) -> "list[str]":
    """Paths that go on from what was typed; folders end in a separator."""
    typed = os.path.expanduser(typed.strip().strip("\"'"))
    folder, begun = os.path.split(typed)
    if not os.path.isabs(typed):
        return []
    try:
        names = sorted(os.listdir(folder), key=str.lower)
    except OSError:
        return []
    fitting = [name for name in names if name.lower().startswith(begun.lower()) and (begun or name[0] != ".")]
    paths = [os.path.join(folder, name) for name in fitting[:most]]
    return [path + os.sep if os.path.isdir(path) else path for path in paths]


def _part(name: str) -> str:
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return file.read()


def _whole(text: "str | None") -> int:
    try:
        return int(text or "")
    except (TypeError, ValueError):
        return -1
