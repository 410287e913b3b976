"""Somebody at the browser: opens the panel's page, answers as it was written down beforehand, and writes down what was shown.

`a_person.py ANSWERS.json SEEN.json LINK`. An answer: `title` (a part of the page's title, or of any of its text),
`button` (a key), `values` by field key; a choice is answered by a part of its label. `leave`: the tab is closed instead.
A page that nobody has an answer for gets its first button, but never one that pays.
"""

from __future__ import annotations

import http.client
import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit


class Browser:
    """What a tab knows: an address and its cookie."""

    def __init__(self, link: str) -> None:
        self.host = urlsplit(link).netloc
        answer, _ = self._call("GET", link[link.index("/", 8) :], cookie="")
        self.cookie = str(answer.getheader("Set-Cookie")).split(";")[0]

    def state(self, turn: int) -> dict[str, Any]:
        """The page once it is newer than that."""
        seen: dict[str, Any] = json.loads(self._call("GET", f"/state?turn={turn}", cookie=self.cookie)[1])
        return seen

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """What a press of a button sends."""
        told: dict[str, Any] = json.loads(self._call("POST", path, cookie=self.cookie, body=json.dumps(body))[1])
        return told

    def _call(self, method: str, path: str, *, cookie: str, body: str | None = None) -> tuple[Any, bytes]:
        connection = http.client.HTTPConnection(self.host, timeout=120)
        headers = {"Cookie": cookie, "Origin": f"http://{self.host}", "Content-Type": "application/json"}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer, answer.read()


class Person:
    """Takes each answer once, in order; one that says `always` stays."""

    def __init__(self, answers: list[dict[str, Any]], seen: Path) -> None:
        self.answers, self.seen, self.pages = answers, seen, list[dict[str, Any]]()

    def sit(self, browser: Browser) -> None:
        turn, answered = -1, -1.0
        while True:
            view = browser.state(turn)
            turn = view["turn"]
            self._note(view)
            if view["kind"] == "ended":
                return
            if view["kind"] == "working" or view["version"] == answered:
                continue
            answer = self._answer(view)
            if answer is None:
                continue
            if answer.get("leave"):
                browser.post("/bye", {})
                return
            told = browser.post("/answer", self._body(view, answer))
            self._note({"told": told, "answered": answer})
            answered = view["version"]

    def _answer(self, view: dict[str, Any]) -> dict[str, Any] | None:
        for answer in self.answers:
            if answer["title"].lower() in json.dumps(view, ensure_ascii=False).lower():
                if not answer.get("always"):
                    self.answers.remove(answer)
                return answer
        if view["kind"] == "watch":
            return None
        free = [button for button in view["buttons"] if not button["why"] and not button["pays"]]
        return {"title": "", "button": free[0]["key"]} if free else {"title": "", "leave": True}

    def _body(self, view: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        fields = {field["key"]: field for field in view.get("fields") or ()}
        given = {key: _chosen(fields[key], value) for key, value in answer.get("values", {}).items()}
        kept = {key: field["value"] for key, field in fields.items() if field["kind"] != "note"}
        return {"version": view["version"], "button": answer["button"], "values": kept | given}

    def _note(self, what: dict[str, Any]) -> None:
        self.pages.append(what)
        self.seen.write_text(json.dumps(self.pages, ensure_ascii=False), encoding="utf-8")


def _chosen(field: dict[str, Any], value: Any) -> Any:
    if field["kind"] != "choice" or isinstance(value, int):
        return value
    labels = [choice["label"] for choice in field["choices"]]
    return next(at for at, label in enumerate(labels) if str(value).lower() in label.lower())


def main() -> None:
    answers, seen, link = sys.argv[1:]
    if link.startswith("file:"):
        shown = {"kind": "file", "text": Path(unquote(urlsplit(link).path)).read_text(encoding="utf-8")}
        Path(seen).write_text(json.dumps([shown]), encoding="utf-8")
        return
    try:
        Person(json.loads(Path(answers).read_text(encoding="utf-8")), Path(seen)).sit(Browser(link))
    except (ConnectionError, http.client.HTTPException, json.JSONDecodeError):
        return  # the script has ended, and its page with it


if __name__ == "__main__":
    main()
