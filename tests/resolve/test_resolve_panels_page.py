"""Panels as a local page."""

from __future__ import annotations

import http.client
import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from reperform_menu.panels import server as serving
from reperform_menu.panels.page import PagePanel

FIELDS: list[dict[str, Any]] = [
    {
        "key": "emotion",
        "label": "Emotion",
        "kind": "choice",
        "value": None,
        "choices": [(None, "As played", ""), ("sad", "Sad", ""), ("happy", "Happy", "not with this engine")],
    },
    {"key": "takes", "label": "Takes", "kind": "number", "value": 1, "minimum": 1, "maximum": 4, "step": 1},
    {"key": "audio", "label": "Sound file", "kind": "file", "value": ""},
]
BUTTONS = [
    {"key": "mark", "label": "Mark"},
    {"key": "remove", "label": "Remove", "why_disabled": "there is no mark"},
    {"key": "cancel", "label": "Cancel"},
]


class Tab:
    """A browser's tab: it knows the link, then its cookie."""

    def __init__(self, panel: PagePanel) -> None:
        self.server = panel.server
        self.host = f"127.0.0.1:{panel.server.port}"
        self.cookie = ""

    def call(self, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], str]:
        given = {
            "Host": self.host,
            "Cookie": self.cookie,
            **{name.replace("_", "-"): one for name, one in headers.items()},
        }
        if body is not None:
            given = {"Origin": f"http://{self.host}", "Content-Type": "application/json", **given}
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        try:
            connection.request(
                "GET" if body is None else "POST", path, None if body is None else json.dumps(body), given
            )
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            connection.close()

    def enter(self) -> Tab:
        status, headers, _ = self.call(self.server.link.partition(self.host)[2])
        assert (status, headers["Location"]) == (303, "/")
        self.cookie = headers["Set-Cookie"].split(";")[0]
        return self

    def see(self, kind: str) -> dict[str, Any]:
        """The view, once it is of that kind."""
        turn = -1
        while True:
            view: dict[str, Any] = json.loads(self.call(f"/state?turn={turn}")[2])
            if view["kind"] == kind:
                return view
            turn = view["turn"]

    def press(self, view: dict[str, Any], button: str, **values: Any) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(
            self.call("/answer", {"version": view["version"], "button": button, "values": values})[2]
        )
        return told


@pytest.fixture
def panel(monkeypatch: pytest.MonkeyPatch) -> Iterator[PagePanel]:
    monkeypatch.setattr(serving, "LEFT_AFTER_SECONDS", 0.3)
    monkeypatch.setattr(serving, "ASLEEP_AFTER_SECONDS", 8)  # a test that fails does not hang
    made = PagePanel(lambda link: True)
    yield made
    made.close()


def beside(work: Callable[[], Any]) -> Future[Any]:
    """The person, while the panel blocks."""
    done: Future[Any] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised where it is asked for
            done.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return done


def test_an_answer_has_the_values_that_were_meant(panel: PagePanel) -> None:
    """Choices go over the wire by number: their values, None too, never leave the script."""
    tab = Tab(panel).enter()
    told = beside(lambda: tab.press(tab.see("ask"), "mark", emotion=1, takes="3", audio=""))
    answer = panel.ask("Mark", "a clip", FIELDS, BUTTONS)
    assert (answer, told.result(5)) == (("mark", {"emotion": "sad", "takes": 3, "audio": ""}), {"taken": True})


def test_what_is_wrong_is_told_at_its_field_and_nothing_is_answered(panel: PagePanel, tmp_path: Path) -> None:
    """Only a right answer ends the question. A pasted path may have quotes around it."""
    tab = Tab(panel).enter()
    sound = tmp_path / "adr 1.wav"
    sound.touch()

    def person() -> list[Any]:
        view = tab.see("ask")
        wrong = tab.press(view, "mark", emotion=2, takes=9, audio="/nowhere.wav")
        return [wrong, tab.press(view, "remove"), tab.press(view, "mark", audio=f'"{sound}"')]

    told = beside(person)
    assert panel.ask("Mark", "", FIELDS, BUTTONS) == ("mark", {"emotion": None, "takes": 1, "audio": str(sound)})
    wrong = {
        "emotion": "Happy: not with this engine",
        "takes": "Between 1 and 4.",
        "audio": "There is no file at /nowhere.wav",
    }
    assert told.result(5) == [{"errors": wrong}, {"errors": {"": "there is no mark"}}, {"taken": True}]


def test_a_field_goes_over_with_what_it_belongs_to(panel: PagePanel) -> None:
    """By number, as choices do."""
    tab = Tab(panel).enter()

    def person() -> Any:
        view = tab.see("ask")
        tab.press(view, "cancel")
        return view["fields"][2]["only_with"]

    seen = beside(person)
    panel.ask("Mark", "", [*FIELDS[:2], dict(FIELDS[2], only_with=("emotion", ["sad", "happy"]))], BUTTONS)
    assert seen.result(5) == {"key": "emotion", "choices": [1, 2]}


def test_a_press_twice_is_one_answer(panel: PagePanel) -> None:
    """The second comes for a page that is gone."""
    tab = Tab(panel).enter()

    def person() -> list[Any]:
        view = tab.see("ask")
        return [tab.press(view, "cancel"), tab.press(view, "mark")]

    told = beside(person)
    assert panel.ask("Mark", "", FIELDS, BUTTONS) is not None
    assert told.result(5) == [{"taken": True}, {"stale": True}]
    assert panel.server.answers.empty()


def test_the_link_works_once_and_the_cookie_goes_on(panel: PagePanel) -> None:
    """Who reads the link in a list of processes comes too late."""
    link = panel.server.link.partition(str(panel.server.port))[2]
    tab, second = Tab(panel).enter(), Tab(panel)
    told = [second.call(one)[0] for one in (link, "/?token=guessed", "/?token=", "/")]
    assert ([403, 403, 403, 403], 303, 200) == (told, tab.call(link)[0], tab.call("/")[0])


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "reperform.example"}, 403),
        ({"Host": "localhost"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Cookie": "reperform_1=x"}, 403),
    ],
    ids=[
        "the page itself",
        "another name (rebinding)",
        "no port",
        "another page",
        "a request from another page",
        "no cookie of ours",
    ],
)
def test_only_the_browser_that_was_let_in_is_answered(panel: PagePanel, headers: dict[str, str], status: int) -> None:
    """Host, Origin and cookie are checked on each request."""
    tab = Tab(panel).enter()
    assert tab.call("/", **headers)[0] == status


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ({"version": 1}, {}, 200),
        ({"version": 1}, {"Origin": "http://127.0.0.1:1"}, 403),
        ({"version": 1}, {"Content_Type": "text/plain"}, 400),
        ([1], {}, 400),
        ({"version": 1}, {"Content_Length": str(2 << 20)}, 400),
    ],
    ids=["from the page", "from another port", "as a form could send it", "no object", "too large"],
)
def test_answers_come_from_the_page_alone(panel: PagePanel, body: Any, headers: dict[str, str], status: int) -> None:
    """A form on another page can post, but not so."""
    assert Tab(panel).enter().call("/answer", body, **headers)[0] == status


def test_the_page_allows_nothing_but_its_own_parts(panel: PagePanel) -> None:
    """A strict policy, and text of a timeline that cannot become markup."""
    tab = Tab(panel).enter()
    title = "</script><script>alert(1)</script>"
    asked = beside(lambda: panel.ask(title, "", FIELDS, BUTTONS))
    view = tab.see("ask")
    _, headers, page = tab.call("/")
    tab.press(view, "cancel")
    policy = headers["Content-Security-Policy"]
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert policy == (
        f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    assert (title in page, page.count("<script"), len(nonce) > 15) == (False, 2, True)
    assert asked.result(5) == ("cancel", {"emotion": None, "takes": 1, "audio": ""})


def test_it_listens_on_the_loopback_alone(panel: PagePanel) -> None:
    """No other machine, and a port that the system chose."""
    assert (panel.server.address, panel.server.port > 1023) == (f"http://127.0.0.1:{panel.server.port}", True)
    others = {str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)} - {
        "127.0.0.1"
    }
    for address in others:
        with pytest.raises(OSError), socket.create_connection((address, panel.server.port), timeout=1):
            pass


def test_paths_are_completed_only_where_a_file_is_asked_for(panel: PagePanel, tmp_path: Path) -> None:
    """Names below the folder that is being typed; no listing without a question for a file."""
    (tmp_path / "adr").mkdir()
    (tmp_path / "Adr 1.wav").touch()
    (tmp_path / "other.wav").touch()
    tab = Tab(panel).enter()
    path = f"/complete?path={tmp_path}/ad"
    before = tab.call(path)[0]
    asked = beside(lambda: panel.ask("Mark", "", FIELDS, BUTTONS))
    view = tab.see("ask")
    found = json.loads(tab.call(path)[2])
    tab.press(view, "cancel")
    asked.result(5)
    assert (before, found) == (404, [f"{tmp_path}/adr/", f"{tmp_path}/Adr 1.wav"])


@pytest.mark.parametrize("says_so", [True, False], ids=["saying goodbye", "hanging up"])
def test_a_closed_tab_is_a_closed_window(panel: PagePanel, says_so: bool) -> None:
    """None after a moment: long enough for a reload."""
    tab = Tab(panel).enter()

    def person() -> None:
        view = tab.see("ask")
        if says_so:
            tab.call("/bye", {})
            return
        with socket.create_connection(("127.0.0.1", panel.server.port)) as line:
            asked = f"GET /state?turn={view['turn']} HTTP/1.0\r\nHost: {tab.host}\r\nCookie: {tab.cookie}\r\n\r\n"
            line.sendall(asked.encode())
            time.sleep(0.3)

    gone, began = beside(person), time.monotonic()
    assert panel.ask("Mark", "", FIELDS, BUTTONS) is None
    assert time.monotonic() - began < 6
    gone.result(5)


def test_a_reload_is_no_goodbye(panel: PagePanel) -> None:
    """The next tab finds the question as it was."""
    tab = Tab(panel).enter()

    def person() -> None:
        tab.see("ask")
        tab.call("/bye", {})
        time.sleep(0.1)
        tab.press(tab.see("ask"), "mark")

    beside(person)
    answer = panel.ask("Mark", "", FIELDS, BUTTONS)
    assert answer is not None
    assert answer[0] == "mark"


def test_watching_shows_what_is_new_and_hands_presses_over(panel: PagePanel) -> None:
    """The work runs on the thread that asked; the page follows, and its presses arrive there."""
    tab = Tab(panel).enter()
    threads, told = set[int](), list[str | None]()

    def tick(pressed: str | None) -> dict[str, Any]:
        threads.add(threading.get_ident())
        told.append(pressed)
        return {"lines": ["at work"], "fraction": 0.5, "done": "stop" in told}

    def person() -> Any:
        view = tab.see("watch")
        while not view["state"]["lines"]:
            view = json.loads(tab.call(f"/state?turn={view['turn']}")[2])
        tab.press(view, "stop")
        return view["state"]

    seen = beside(person)
    assert panel.watch("Performing", tick, [{"key": "stop", "label": "Stop"}], 0.02) == "stop"
    assert seen.result(5) == {"lines": ["at work"], "fraction": 0.5, "rows": None, "done": False}
    assert (threads, [one for one in told if one]) == ({threading.get_ident()}, ["stop"])


def test_a_tab_that_is_closed_while_watching_is_said_once(panel: PagePanel) -> None:
    """The work decides whether it goes on, and it goes on without a page."""
    Tab(panel).enter().call("/bye", {})
    tab = Tab(panel)
    tab.cookie = f"{panel.server.cookie_name}={panel.server.cookie}"
    tab.see("working")
    tab.call("/bye", {})
    told: list[str | None] = []

    def tick(pressed: str | None) -> dict[str, Any]:
        told.append(pressed)
        return {"done": "close" in told and len(told) - told.index("close") > 5}

    assert panel.watch("Performing", tick, [], 0.02) == "close"
    assert told.count("close") == 1


def test_an_outcome_comes_back_to_who_closed_the_tab(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work that went on without a page ends with one: a new link is opened."""
    monkeypatch.setattr(serving, "LEFT_AFTER_SECONDS", 0.05)
    links: list[str] = []

    def open_link(link: str) -> bool:
        links.append(link)
        return True

    panel = PagePanel(open_link)
    first = Tab(panel).enter()
    first.see("working")
    first.call("/bye", {})
    time.sleep(0.1)

    def person() -> None:
        while len(links) < 2:
            time.sleep(0.02)
        tab = Tab(panel).enter()
        tab.press(tab.see("say"), "ok")

    read = beside(person)
    panel.say("Done", "3 takes are in the bin.")
    read.result(5)
    panel.close()
    assert len(set(links)) == 2


def test_the_end_is_shown() -> None:
    """A tab does not stay behind with buttons that do nothing; after it nothing answers."""
    panel = PagePanel(lambda link: True)
    tab = Tab(panel).enter()
    seen = beside(lambda: tab.see("ended"))
    time.sleep(0.1)
    panel.close()
    assert seen.result(5)["kind"] == "ended"
    with pytest.raises(ConnectionError):
        tab.call("/")


def test_the_address_is_printed_too(capsys: pytest.CaptureFixture[str]) -> None:
    """For who finds no browser opened."""
    panel = PagePanel(lambda link: True)
    assert capsys.readouterr().out == f"Reperform: the panel is at {panel.server.link} (the link works once)\n"
    panel.close()


def test_without_a_console_it_works_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """Resolve gives a script no standard output on some systems."""
    monkeypatch.setattr(sys, "stdout", None)
    panel = PagePanel(lambda link: True)
    panel.close()
