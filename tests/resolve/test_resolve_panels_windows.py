"""Panels as windows of UIManager."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from reperform_menu.panels.windows import WindowPanel

from resolve.fake_fusion import Bmd, Fusion, UIManager, Window, choose, click, close_window, fill, pick, wait

EMOTION: dict[str, Any] = {
    "key": "emotion",
    "label": "Emotion",
    "kind": "choice",
    "value": "sad",
    "choices": [("angry", "Angry", ""), ("sad", "Sad", ""), ("happy", "Happy", "this engine takes no emotion")],
}
FIELDS: list[dict[str, Any]] = [
    EMOTION,
    {"key": "temperature", "label": "Temperature", "kind": "number", "value": 0.5, "minimum": 0.0, "maximum": 1.0},
    {"key": "takes", "label": "Takes", "kind": "number", "value": 1, "minimum": 1, "maximum": 4},
    {"key": "line", "label": "Line", "kind": "text", "value": ""},
    {"key": "note", "label": "Note", "kind": "lines", "value": "softly"},
    {"key": "sound", "label": "Take its sound", "kind": "check", "value": True},
    {"key": "audio", "label": "Sound file", "kind": "file", "value": ""},
    {"key": "about", "label": "", "kind": "note", "value": "Read me"},
    {"key": "take", "label": "Take", "kind": "rows", "columns": ["Take"], "rows": [["1"], ["2"]], "chosen": 0},
]
BUTTONS = [
    {"key": "mark", "label": "Mark"},
    {"key": "remove", "label": "Remove", "why_disabled": "there is no mark"},
    {"key": "cancel", "label": "Cancel"},
]

Act = Callable[[Window], None]


def panel_with(person: Sequence[Act], **more: Any) -> tuple[WindowPanel, Fusion]:
    fusion = Fusion(UIManager(person, **more.pop("manager", {})), **more)
    return WindowPanel(fusion, Bmd()), fusion


def ask(person: Sequence[Act], **more: Any) -> Any:
    panel, _ = panel_with(person, **more)
    return panel.ask("Mark", "a clip", FIELDS, BUTTONS)


def test_untouched_values_come_back_with_their_types() -> None:
    """What nobody changed is what it was."""
    expected = {
        "emotion": "sad", "temperature": 0.5, "takes": 1, "line": "", "note": "softly", "sound": True, "audio": "", "take": 0,
    }  # fmt: skip
    assert ask([click("Mark")]) == ("mark", expected)


def test_changed_values_come_back() -> None:
    """Every kind of field gives what was chosen, typed or picked."""
    person = [
        choose("Emotion", 0),
        fill("Temperature", "Value", 0.8),
        fill("Line", "Text", " No. "),
        fill("Note", "PlainText", "loud\nand clear"),
        pick("Field8", 1),
        click("Mark"),
    ]
    key, values = ask(person)
    assert (key, values["emotion"], values["temperature"], values["line"], values["note"], values["take"]) == (
        "mark", "angry", 0.8, "No.", "loud\nand clear", 1,
    )  # fmt: skip


def test_what_cannot_be_chosen_springs_back_and_says_why() -> None:
    """A combo box of Resolve cannot grey an entry out."""
    told: list[str] = []
    person = [choose("Emotion", 2), lambda window: told.append(window.GetItems()["Wrong"].Text), click("Mark")]
    assert (ask(person)[1]["emotion"], told) == ("sad", ["Happy: this engine takes no emotion"])


def test_reasons_are_shown_before_anything_is_pressed() -> None:
    """Why a choice or a button is not possible stands in the window."""
    seen: list[str] = []
    ask([lambda window: seen.extend(str(one.Text) for one in window.all if one.kind == "Label"), click("Cancel")])
    assert {"Happy: this engine takes no emotion", "Remove: there is no mark"} <= set(seen)


def test_a_disabled_button_does_nothing() -> None:
    """It is greyed out: the answer is another one's."""
    assert ask([click("Remove"), click("Cancel")])[0] == "cancel"


def test_a_wrong_value_keeps_the_window_and_says_what_is_wrong() -> None:
    """Nothing is answered until it is right; leaving is always possible."""
    told: list[str] = []
    person = [
        fill("Sound file", "Text", "/nowhere/at all.wav"),
        click("Mark"),
        lambda window: told.append(window.GetItems()["Wrong"].Text),
        click("Cancel"),
    ]
    assert (ask(person)[0], told) == ("cancel", ["Sound file: There is no file at /nowhere/at all.wav"])


def test_what_has_no_meaning_is_greyed_out() -> None:
    """The note belongs to an angry reading alone."""
    told: list[bool] = []

    def look(window: Window) -> None:
        told.append(window.GetItems()["Field1"].Enabled)

    panel, _ = panel_with([look, choose("Emotion", 0), look, click("Mark")])
    panel.ask("Mark", "", [EMOTION, dict(FIELDS[3], only_with=("emotion", ["angry"]))], BUTTONS)
    assert told == [False, True]


def test_files_are_chosen_with_resolve_s_own_dialogue(tmp_path: Path) -> None:
    """`fusion.RequestFile`, beginning where the last one was."""
    sound = tmp_path / "adr.wav"
    sound.touch()
    panel, fusion = panel_with([click("Choose…"), click("Mark")], picked=str(sound))
    answer = panel.ask("Mark", "", [dict(FIELDS[6], value=str(tmp_path / "old.wav"))], BUTTONS)
    assert (answer, fusion.asked_from) == (("mark", {"audio": str(sound)}), [str(tmp_path)])


@pytest.mark.parametrize("silently", [False, True], ids=["saying so", "without a word, as some builds do"])
def test_a_closed_window_is_no_answer(silently: bool) -> None:
    """None, and the loop ends: no script is left behind without a window."""
    assert ask([wait, wait, close_window], manager={"closes_silently": silently}) is None


def test_watching_ends_when_the_work_does() -> None:
    """Progress is shown tick by tick, and the window is gone at the end."""
    states: list[dict[str, Any]] = [
        {"lines": ["one"], "fraction": 0.25},
        {"lines": ["two"], "rows": [["V1", "done"]]},
        {"done": True},
    ]
    seen: list[Any] = []

    def look(window: Window) -> None:
        items = window.GetItems()
        seen.append((items["Bar"].Text, items["Lines"].PlainText, [row.cells() for row in items["Made"].top]))

    panel, fusion = panel_with([wait, look, look])
    assert panel.watch("Performing", lambda pressed: states.pop(0), [{"key": "stop", "label": "Stop"}]) == "done"
    assert seen == [("25 %", "one", []), ("working…", "two", [["V1", "done"]])]
    assert ([one.visible for one in fusion.UIManager.windows], fusion.UIManager.timers) == ([False], [])


@pytest.mark.parametrize(
    ("act", "key"), [(click("Stop"), "stop"), (close_window, "close")], ids=["a button", "the corner"]
)
def test_presses_reach_the_work_which_decides(act: Act, key: str) -> None:
    """A press is handed over once; the window stays until the work says that it is done."""
    told: list[str | None] = []

    def tick(pressed: str | None) -> dict[str, Any]:
        told.append(pressed)
        return {"done": len(told) == 4}

    panel, _ = panel_with([wait, act, wait, wait])
    assert panel.watch("Performing", tick, [{"key": "stop", "label": "Stop"}]) == key
    assert told == [None, key, None, None]


def test_an_error_in_the_work_is_raised_and_not_swallowed() -> None:
    """Resolve drops what a handler raises; the script must know, to write its log."""

    def tick(pressed: str | None) -> dict[str, Any]:
        raise LookupError("the timeline is gone")

    panel, fusion = panel_with([wait])
    with pytest.raises(LookupError, match="the timeline is gone"):
        panel.watch("Performing", tick, [])
    assert [one.visible for one in fusion.UIManager.windows] == [False]


def test_saying_waits_until_it_was_read() -> None:
    """One button, and the words."""
    seen: list[str] = []
    panel, _ = panel_with([lambda window: seen.extend(str(one.Text) for one in window.all), click("OK")])
    panel.say("Not possible", "The track is locked.")
    assert {"Not possible", "The track is locked."} <= set(seen)
