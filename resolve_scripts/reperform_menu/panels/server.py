"""The local page's server: on the loopback, on a free port, behind a link that works once.

Its threads read and change what stands here, and never touch Resolve: answers wait in a queue for the main thread.
"""

import hmac
import queue
import secrets
import threading
import time

from reperform_menu.panels.handling import HOST, Handler, Http

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    Check = Callable[[dict[str, Any], dict[str, Any]], tuple[dict[str, Any], dict[str, str]]]

POLL_SECONDS = 15.0
LEFT_AFTER_SECONDS = 4.0  # long enough for a reload
ASLEEP_AFTER_SECONDS = 1800.0  # browsers freeze a hidden tab without a word
UNSEEN_AFTER_SECONDS = 600.0


class Server:
    """What the browser sees, and what it answered. `check(view, values)` gives (values, errors by key)."""

    def __init__(self, check: "Check") -> None:
        self.check = check
        self.token = secrets.token_urlsafe(24)
        self.cookie = secrets.token_urlsafe(24)
        self.answers = queue.Queue()  # type: queue.Queue[tuple[str, dict[str, Any]]]
        self.changed = threading.Condition()
        self.view = {"kind": "working", "title": "", "version": 0, "turn": 0}  # type: dict[str, Any]
        self._http = Http((HOST, 0), Handler)
        self._http.owner = self  # type: ignore[attr-defined]  # the handlers' way back
        self.port = self._http.server_address[1]
        self.address = "http://{}:{}".format(HOST, self.port)
        self.cookie_name = "reperform_{}".format(self.port)
        self._began = self._left = time.monotonic()
        self._polls, self._seen, self._leaving = 0, False, False
        self.requests = 0
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def link(self) -> str:
        """What opens the page, once; afterwards the browser is known by its cookie."""
        return "{}/?token={}".format(self.address, self.token)

    def renew(self) -> None:
        """Another link, for another tab; the time until somebody must have come begins again."""
        with self.changed:
            self.token = secrets.token_urlsafe(24)
            self._began, self._seen, self._leaving = time.monotonic(), False, False

    def show(self, view: "dict[str, Any]") -> None:
        """Another page, or with the same `version` the same page gone on."""
        with self.changed:
            self.view = dict(view, turn=self.view["turn"] + 1)
            self.changed.notify_all()

    def is_gone(self) -> bool:
        """Whether nobody looks at the page any more, or nobody ever came."""
        with self.changed:
            if self._polls:
                return False
            away = time.monotonic() - (self._left if self._seen else self._began)
            if not self._seen:
                return away > UNSEEN_AFTER_SECONDS
            return away > (LEFT_AFTER_SECONDS if self._leaving else ASLEEP_AFTER_SECONDS)

    def stop(self) -> None:
        """After what stands was seen, or a second."""
        deadline = time.monotonic() + 1.0
        with self.changed:
            while self.requests and time.monotonic() < deadline:
                self.changed.wait(0.1)
        self._http.shutdown()
        self._http.server_close()

    def count(self, more: int) -> None:
        """How many requests are under way."""
        with self.changed:
            self.requests += more
            self.changed.notify_all()

    def wait_for_news(self, turn: int, is_there: "Callable[[], bool]") -> "dict[str, Any] | None":
        """The view once it is newer than `turn`, or as it is after a while; None where the browser has gone."""
        until = time.monotonic() + POLL_SECONDS
        with self.changed:
            self._polls, self._seen, self._leaving = self._polls + 1, True, False
            try:
                while self.view["turn"] <= turn and time.monotonic() < until:
                    self.changed.wait(0.25)
                    if not is_there():
                        self._leaving = True
                        return None
                return self.view
            finally:
                self._polls -= 1
                self._left = time.monotonic()
                self.changed.notify_all()

    def say_goodbye(self) -> None:
        """The page said that it is being left."""
        with self.changed:
            self._leaving, self._left = True, time.monotonic()

    def admit(self, token: str) -> bool:
        """Whether the link's token holds. It holds once."""
        with self.changed:
            holds = bool(self.token) and hmac.compare_digest(token.encode(), self.token.encode())
            if holds:
                self.token = ""
            return holds

    def take(self, answer: "dict[str, Any]") -> "dict[str, Any]":
        """What the browser is told about its answer."""
        with self.changed:
            view = self.view
            if answer.get("version") != view["version"]:
                return {"stale": True}
            button = next((one for one in view.get("buttons") or () if one["key"] == answer.get("button")), None)
            if button is None or button["why"]:
                return {"errors": {"": button["why"] if button else "There is no such button."}}
            values, errors = self.check(button, answer.get("values") or {})
            if errors:
                return {"errors": errors}
            if view["kind"] != "watch":
                # Until the script shows the next page. A second press of the same button is stale.
                self.view = {"kind": "working", "title": view["title"], "version": view["version"] + 0.5}
                self.view["turn"] = view["turn"] + 1
                self.changed.notify_all()
            self.answers.put((button["key"], values))
            return {"taken": True}
