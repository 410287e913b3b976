"""Which panel is opened, the console as the last of them, one at a time, and the values that all of them check alike."""

from __future__ import annotations

import io
import subprocess
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from reperform_menu import folders
from reperform_menu.panels import AlreadyOpen, base, open_panel
from reperform_menu.panels.console import ConsolePanel
from reperform_menu.panels.single import Single

from resolve.fake_fusion import Bmd, Fusion, UIDispatcher, UIManager, click

SCRIPTS = Path(__file__).parents[2] / "resolve_scripts"


class Resolve:
    """As much of it as tells edition and version. An attribute that is not there is None."""

    def __init__(self, name: str, version: list[Any], *, is_studio: bool | None = None) -> None:
        self.GetProductName: Callable[[], str] = lambda: name
        self.GetVersion: Callable[[], list[Any]] = lambda: version
        self.IsStudio: Callable[[], bool] | None = None if is_studio is None else lambda: bool(is_studio)


class Touchy:
    """The free edition: a question for a UIManager opens a modal that spoils what follows."""

    touched = False

    @property
    def UIManager(self) -> None:  # noqa: N802 - its name
        self.touched = True


STUDIO = Resolve("DaVinci Resolve Studio", [20, 1, 0, 3, ""])


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "state", lambda: str(tmp_path))


def opens(monkeypatch: pytest.MonkeyPatch, *, browser: bool) -> list[str]:
    """The links that a browser was given."""
    links: list[str] = []

    def take(link: str) -> bool:
        links.append(link)
        return browser

    monkeypatch.setattr(webbrowser, "open", take)
    return links


@pytest.mark.parametrize(
    ("resolve", "kind"),
    [
        (STUDIO, "window"),
        (Resolve("DaVinci Resolve", [18, 6, 6, 7, ""]), "window"),
        (Resolve("DaVinci Resolve", [20, 0, 0, 49, ""]), "page"),
        (Resolve("DaVinci Resolve", [21, 1, 0, 1, ""], is_studio=False), "page"),
    ],
    ids=["Studio", "free before 19.1", "free from 19.1 on", "free that says so"],
)
def test_the_best_panel_of_an_edition_is_opened(resolve: Resolve, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows where this Resolve gives them, else a page."""
    opens(monkeypatch, browser=True)
    panel = open_panel(resolve, Fusion(UIManager([])), Bmd())
    panel.close()
    assert panel.kind == kind


def test_the_free_edition_is_not_even_asked_for_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The question alone opens its modal."""
    opens(monkeypatch, browser=True)
    fusion = Touchy()
    open_panel(Resolve("DaVinci Resolve", [20, 0, 0, 49, ""]), fusion, Bmd()).close()
    assert not fusion.touched


def test_a_build_whose_windows_fail_gets_a_page(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever it lacks, somebody can still be asked."""
    opens(monkeypatch, browser=True)

    class Broken:
        @staticmethod
        def UIDispatcher(manager: Any) -> UIDispatcher:  # noqa: N802 - its name
            raise TypeError("no display")

    panel = open_panel(STUDIO, Fusion(UIManager([])), Broken())
    panel.close()
    assert panel.kind == "page"
    assert "no window here (TypeError: no display)" in capsys.readouterr().out


def test_without_windows_and_browser_there_is_the_console(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last resort."""
    opens(monkeypatch, browser=False)
    panel = open_panel(STUDIO, None, None)
    panel.close()
    assert (panel.kind, panel.asks) == ("console", False)


def test_a_second_start_brings_the_first_panel_forward(monkeypatch: pytest.MonkeyPatch) -> None:
    """One window at a time; the second script ends, and that is no error."""
    manager = UIManager([click("OK")])
    fusion = Fusion(manager)
    first = open_panel(STUDIO, fusion, Bmd())
    forward: list[Any] = []

    def second_start(window: Any) -> None:
        with pytest.raises(AlreadyOpen) as ended:
            open_panel(STUDIO, fusion, Bmd())
        forward.append((window.raised, ended.value.code))

    manager.person.insert(0, second_start)
    first.say("Working", "on it")
    first.close()
    open_panel(STUDIO, fusion, Bmd()).close()
    assert forward == [(2, 0)]


def test_a_second_start_opens_the_page_of_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its browser is known there by its cookie."""
    links = opens(monkeypatch, browser=True)
    free = Resolve("DaVinci Resolve", [20, 0, 0, 49, ""])
    first = open_panel(free, None, None)
    with pytest.raises(AlreadyOpen):
        open_panel(free, None, None)
    first.close()
    assert links[1] == links[0].partition("?")[0]


def test_a_panel_that_cannot_be_found_is_no_reason_to_show_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """ "Nothing happens" must not be possible."""
    opens(monkeypatch, browser=True)
    holder = Single()
    assert holder.take()
    panel = open_panel(STUDIO, Fusion(UIManager([])), Bmd())
    holder.release()
    assert panel.kind == "window"


def test_a_script_that_was_killed_leaves_no_lock(tmp_path: Path) -> None:
    """The system lets go of it."""
    program = (
        "import sys, os; sys.path.insert(0, sys.argv[1])\n"
        "from reperform_menu.panels.single import Single\n"
        "held = Single(folder=sys.argv[2]); assert held.take(); held.say_place({'window': 'W'}); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", program, SCRIPTS, tmp_path], check=False)
    after = Single(folder=str(tmp_path))
    assert (after.place(), after.take()) == ({"window": "W"}, True)
    after.release()


FIELDS: list[dict[str, Any]] = [
    {"key": "region", "label": "Region", "kind": "choice", "value": "face", "choices": [("face", "Face"), ("head", "Head", "no")]},
    {"key": "keep", "label": "Keep", "kind": "check", "value": True},
    {"key": "shots", "label": "", "kind": "rows", "columns": ["Clip", "In"], "rows": [["Mara", "1"], ["Tom", "22"]], "chosen": 1},
]  # fmt: skip


def test_the_console_says_what_it_does_and_takes_the_default() -> None:
    """Nobody sits there: the first button, with the values as they stand."""
    lines: list[str] = []
    buttons: list[dict[str, Any]] = [
        {"key": "go", "label": "Go", "why_disabled": "locked"},
        {"key": "mark", "label": "Mark"},
    ]
    answer = ConsolePanel(lines.append).ask("Mark dialogue", "one clip", FIELDS, buttons)
    assert answer == ("mark", {"region": "face", "keep": True, "shots": 1})
    assert lines == [
        "Reperform has no window and no browser here: it works on what is marked, and asks nothing.",
        "", "Mark dialogue\n-------------", "one clip", "  Region: Face", "  Keep: yes",
        "  Clip  In", "  Mara  1", "› Tom   22", "  not possible: Go: locked", "→ Mark",
    ]  # fmt: skip


def test_the_console_never_agrees_to_pay() -> None:
    """What costs money needs somebody who says yes."""
    lines: list[str] = []
    panel = ConsolePanel(lines.append)
    assert panel.ask("Perform", "", [], [{"key": "perform", "label": "Perform for 3 USD", "pays": True}]) is None
    assert "nobody can be asked here" in lines[-1]


def test_a_console_with_somebody_at_it_asks() -> None:
    """By number."""
    answers = iter(["x", "9", "2"])
    panel = ConsolePanel(lambda _: None, lambda _: next(answers))
    buttons: list[dict[str, Any]] = [
        {"key": "perform", "label": "Perform", "pays": True},
        {"key": "cancel", "label": "Cancel"},
    ]
    assert panel.ask("Perform", "", [], buttons) == ("cancel", {})


def test_the_console_prints_only_what_is_new() -> None:
    """A watch of an hour is not ten thousand lines."""
    lines: list[str] = []
    states = [
        {"lines": ["one"], "fraction": 0.5},
        {"lines": ["one"], "fraction": 0.5},
        None,
        {"lines": ["two"], "done": True},
    ]
    panel = ConsolePanel(lines.append)
    assert panel.watch("Performing", lambda pressed: states.pop(0), [], 0.001) == "done"
    assert lines[-2:] == [" 50 %  one", "two"]


def test_letters_that_a_console_lacks_are_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows' consoles know few."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    base.tell("→ Übung")
    assert out.buffer.getvalue() == b"? ?bung\n"


NUMBER = {"key": "n", "label": "N", "kind": "number", "value": 0.5, "minimum": 0.0, "maximum": 1.0}
WHOLE = {"key": "n", "label": "N", "kind": "number", "value": 2, "minimum": 1, "maximum": 4, "step": 1}
FREE = {"key": "n", "label": "N", "kind": "number", "value": None}
ROWS = {"key": "n", "label": "N", "kind": "rows", "rows": [["a"], ["b"]], "chosen": 0}
LOOKED_AT = dict(ROWS, chosen=None)
TEXT = {"key": "n", "label": "N", "kind": "text", "value": "", "required": True}


@pytest.mark.parametrize(
    ("field", "given", "value", "wrong"),
    [
        (NUMBER, "0,8", 0.8, None),
        (NUMBER, "1.5", 0.5, "Between 0.0 and 1.0."),
        (NUMBER, "nan", 0.5, "Between 0.0 and 1.0."),
        (WHOLE, "3", 3, None),
        (WHOLE, "2.5", 2, "“2.5” is not a whole number."),
        (FREE, "", None, None),
        (FREE, "12.5", 12.5, None),
        (ROWS, 1, 1, None),
        (ROWS, None, None, None),
        (ROWS, 7, 0, "Choose one of the rows."),
        (LOOKED_AT, 1, None, None),
        (TEXT, " ", "", "This is needed."),
    ],
    ids=[
        "a comma", "too much", "no number", "whole", "not whole", "left open", "free", "a row", "no row", "no such row",
        "only looked at", "needed",
    ],
)  # fmt: skip
def test_values_are_checked_in_one_place(field: dict[str, Any], given: Any, value: Any, wrong: str | None) -> None:
    """What is wrong keeps the value it had, and is said in words."""
    assert base.checked(base.prepared([field]), {"n": given}) == ({"n": value}, {"n": wrong} if wrong else {})


@pytest.mark.parametrize(
    ("voice", "values", "wrong"),
    [("own", {"voice": "own", "line": ""}, {}), ("line", {"voice": "line", "line": ""}, {"line": "This is needed."})],
    ids=["it does not matter", "it matters"],
)
def test_a_field_counts_only_where_it_has_a_meaning(voice: str, values: dict[str, Any], wrong: dict[str, str]) -> None:
    """A line is needed by a voice that speaks it, and by no other."""
    choices = [("own", "Own sound"), ("line", "A line")]
    fields: list[dict[str, Any]] = [
        {"key": "voice", "label": "Voice", "kind": "choice", "value": "own", "choices": choices},
        {
            "key": "line",
            "label": "Line",
            "kind": "text",
            "value": "",
            "required": True,
            "only_with": ("voice", ["line"]),
        },
    ]
    assert base.checked(base.prepared(fields), {"voice": voice, "line": ""}) == (values, wrong)


def test_a_kind_that_nobody_draws_is_a_mistake_of_ours() -> None:
    """Said at once, and not as an empty place in a window."""
    with pytest.raises(ValueError, match="no panel draws the kind 'wheel'"):
        base.prepared([{"key": "n", "kind": "wheel"}])


def test_reasons_are_told_once() -> None:
    """Choices that share a reason share its sentence."""
    choices = [("a", "Happy", "not here"), ("b", "Sad", ""), ("c", "Angry", "not here"), ("d", "Tired", "unknown")]
    assert base.reasons(choices) == ["Happy, Angry: not here", "Tired: unknown"]
