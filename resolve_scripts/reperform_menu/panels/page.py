"""A panel as a page in the person's own browser, for where Resolve gives no windows."""

import os
import queue
import threading
import webbrowser

from reperform_menu.child import clean_environment
from reperform_menu.panels import base
from reperform_menu.panels.server import Server

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


class PagePanel(base.Panel):
    """Served by threads, used by the main thread. A tab that was closed is a window that was closed."""

    kind = "page"

    def __init__(self, open_link: "Callable[[str], bool] | None" = None) -> None:
        self._fields = []  # type: list[dict[str, Any]]
        self._version = 0
        self.server = Server(self._check)
        self._open_link = open_link or open_in_browser
        self.is_open = self._opened()

    def ask(
        self, title: str, text: str, fields: "list[dict[str, Any]]", buttons: "list[dict[str, Any]]"
    ) -> "tuple[str, dict[str, Any]] | None":
        """As Panel.ask."""
        self._fields = base.prepared(fields)
        self._be_seen()
        self._show("ask", title, buttons, text=text, fields=[_for_page(field, self._fields) for field in self._fields])
        return self._answer()

    def watch(self, title: str, tick: "base.Tick", buttons: "list[dict[str, Any]]", seconds: float = 0.4) -> str:
        """As Panel.watch. A closed tab is "close" once; the work goes on until `tick` ends it."""
        self._fields = []
        view, last, was_gone = self._show("watch", title, buttons, state=base.shown(None)), "done", False
        pressed = None  # type: str | None
        while True:
            given = tick(pressed)
            if given is not None:
                state = base.shown(given)
                if state["done"]:
                    self._working(title)
                    return last
                if state != view["state"]:
                    view = dict(view, state=state)
                    self.server.show(view)
            pressed = self._pressed(seconds)
            gone = self.server.is_gone()
            if pressed is None and gone and not was_gone:
                pressed = "close"
            was_gone = gone
            last = pressed or last

    def say(self, title: str, text: str) -> None:
        """As Panel.say."""
        self._fields = []
        self._be_seen()
        self._show("say", title, [{"key": "ok", "label": "OK"}], text=text)
        self._answer()

    def close(self) -> None:
        """The tab says that it can be closed."""
        self._show("ended", "", [])
        self.server.stop()

    def _opened(self) -> bool:
        base.tell("Reperform: the panel is at {} (the link works once)".format(self.server.link))
        return self._open_link(self.server.link)

    def _be_seen(self) -> None:
        """A question or an outcome comes back to who has closed the tab: a new one is opened."""
        if self.server.is_gone():
            self.server.renew()
            self._opened()

    def _show(self, kind: str, title: str, buttons: "list[dict[str, Any]]", **more: "Any") -> "dict[str, Any]":
        """The view that the browser now draws."""
        self._version += 1
        self._drain()
        shown = [_button(button) for button in buttons]
        view = {"kind": kind, "title": title, "version": self._version, "buttons": shown}  # type: dict[str, Any]
        view["reasons"] = base.button_reasons(buttons)
        view.update(more)
        self.server.show(view)
        return view

    def _working(self, title: str) -> None:
        self._version += 1
        self.server.show({"kind": "working", "title": title, "version": self._version})

    def _answer(self) -> "tuple[str, dict[str, Any]] | None":
        while True:
            try:
                return self.server.answers.get(timeout=0.25)
            except queue.Empty:
                if self.server.is_gone():
                    return None

    def _pressed(self, seconds: float) -> "str | None":
        try:
            return self.server.answers.get(timeout=seconds)[0]
        except queue.Empty:
            return None

    def _drain(self) -> None:
        while not self.server.answers.empty():
            self.server.answers.get_nowait()

    def _check(self, button: "dict[str, Any]", raw: "dict[str, Any]") -> "tuple[dict[str, Any], dict[str, str]]":
        """In a server's thread: looks at files and numbers only."""
        values = {field["key"]: _from_page(field, raw[field["key"]]) for field in self._fields if field["key"] in raw}
        clean, wrong = base.checked(self._fields, values)
        return (clean, {}) if base.is_leaving(button) else (clean, wrong)


def _button(button: "dict[str, Any]") -> "dict[str, Any]":
    pays = bool(button.get("pays"))
    return {
        "key": button["key"],
        "label": button["label"],
        "why": button.get("why_disabled") or "",
        "pays": pays,
        "leaves": base.is_leaving(button),
    }


def _for_page(field: "dict[str, Any]", fields: "list[dict[str, Any]]") -> "dict[str, Any]":
    """Choices by number: their values stay here, whatever they are."""
    values = [value for value, _, _ in field["choices"]]
    shown = {name: field[name] for name in ("key", "label", "kind", "help", "minimum", "maximum", "step", "required")}
    shown["choices"] = [{"label": label, "why": why} for _, label, why in field["choices"]]
    shown["reasons"] = base.reasons(field["choices"])
    shown["columns"], shown["rows"], shown["pick"] = list(field["columns"]), field["rows"], field.get("pick", False)
    shown["value"] = field["value"]
    shown["only_with"] = _only_with(field, fields)
    if field["kind"] == "choice":
        shown["value"] = values.index(field["value"]) if field["value"] in values else None
    return shown


def _only_with(field: "dict[str, Any]", fields: "list[dict[str, Any]]") -> "dict[str, Any] | None":
    """The other field's key, and the numbers of its fitting choices."""
    if field["only_with"] is None:
        return None
    key, fitting = field["only_with"]
    choices = next(one["choices"] for one in fields if one["key"] == key)
    return {"key": key, "choices": [at for at, choice in enumerate(choices) if choice[0] in fitting]}


def _from_page(field: "dict[str, Any]", raw: "Any") -> "Any":
    if field["kind"] != "choice" or not field["choices"]:
        return raw
    at = int(raw) if raw is not None else -1
    if at not in range(len(field["choices"])):
        raise ValueError("no such choice")
    return field["choices"][at][0]


def open_in_browser(link: str) -> bool:
    """Whether one took it. It gets an environment without Resolve's libraries, and if it only returns when it is closed,
    it has taken it too."""
    opened = []  # type: list[bool]

    def try_it() -> None:
        try:
            opened.append(webbrowser.open(link))
        except (OSError, webbrowser.Error):
            opened.append(False)

    kept, clean = dict(os.environ), clean_environment()
    trying = threading.Thread(target=try_it, daemon=True)
    try:
        for name in kept:
            if name not in clean:
                del os.environ[name]
        trying.start()
        trying.join(5)
    finally:
        os.environ.update(kept)
    return opened[0] if opened else True
