"""An entry run inside the test's own process: the same code on the same fake, with a panel that answers at once."""

from __future__ import annotations

import copy
import importlib
import json
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from reperform_menu import panels
from reperform_menu.panels import base

from resolve.fake_resolve.fusion import Bmd, Fusion
from resolve.fake_resolve.model import Data
from resolve.fake_resolve.resolve import connect
from resolve.scene_kit import World

Answer = dict[str, Any]
MODULES = {
    "mark": "marking",
    "perform": "performing",
    "takes": "takes",
    "import": "importing",
    "self-test": "self_test",
}
RECORDER = Path(__file__).with_name("recorded_command.py")


class ScriptedPanel(base.Panel):
    """Answers as `a_person` does: each answer once, else the first button that neither pays nor is disabled."""

    kind = "scripted"

    def __init__(self, answers: list[Answer], meanwhile: Callable[[], object] | None) -> None:
        self.answers = list(answers)
        self.meanwhile = meanwhile
        self.shown: list[str] = []
        self.is_closed = False

    def ask(self, title: str, text: str, fields: Any, buttons: Any) -> Any:
        prepared = base.prepared(fields)
        self._note(title, text, fields, buttons)
        answer = self._answer()
        if answer is None:
            free = [one for one in base.enabled(buttons) if not one.get("pays")]
            return (free[0]["key"], base.starting(prepared)) if free else None
        if answer.get("leave"):
            return None
        button = next((one for one in base.enabled(buttons) if one["key"] == answer["button"]), None)
        assert button is not None, f"{answer['button']} cannot be pressed: {base.button_reasons(buttons)}"
        values, wrong = base.checked(prepared, base.starting(prepared) | _values(prepared, answer))
        assert base.is_leaving(button) or not wrong, wrong
        return button["key"], values

    def watch(self, title: str, tick: Callable[[str | None], Any], buttons: Any, seconds: float = 0.4) -> str:
        last, until = "done", time.monotonic() + 60
        pressed: str | None = None
        if self.meanwhile is not None and any(button["key"] == "close" for button in buttons):
            self.meanwhile()
            self.meanwhile = None
        while time.monotonic() < until:
            given = tick(pressed)
            pressed = None
            if given is not None:
                self._note(title, "", given, buttons)
                if base.shown(given)["done"]:
                    return last
                answer = self._answer()
                if answer is not None:
                    pressed = last = answer["button"]
            time.sleep(0.02)
        raise AssertionError("a minute has passed")

    def say(self, title: str, text: str) -> None:
        self._note(title, text, [], [])

    def close(self) -> None:
        self.is_closed = True

    def _note(self, *what: Any) -> None:
        self.shown.append(
            "\n".join(one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in what)
        )

    def _answer(self) -> Answer | None:
        for answer in self.answers:
            if answer["title"].lower() in self.shown[-1].lower():
                self.answers.remove(answer)
                return answer
        return None


def _values(fields: list[dict[str, Any]], answer: Answer) -> dict[str, Any]:
    """A choice is answered by a part of its label."""
    by_key = {one["key"]: one for one in fields}
    given = dict(answer.get("values", {}))
    for key, value in given.items():
        labels = {label.lower(): one for one, label, _ in by_key[key]["choices"]}
        given[key] = next((one for label, one in labels.items() if str(value).lower() in label), value)
    return given


@dataclass(frozen=True)
class Came:
    """What came of it. `text` is all that the person was shown."""

    world: World
    panel: ScriptedPanel
    calls: list[str]
    misused: list[str]
    out: str

    @property
    def text(self) -> str:
        return "\n".join([*self.panel.shown, self.out])


@dataclass
class Inside:
    """Somewhere to start entries from, with a command that was recorded in `recording`."""

    folder: Path
    recording: Path
    patch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]
    planted: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.patch.setenv("HOME", str(self.folder))
        self.store = self.folder / "recording"
        shutil.copytree(self.recording, self.store)
        (self.store / "asked.jsonl").unlink(missing_ok=True)
        self.command = [sys.executable, "-I", "-S", str(RECORDER), str(self.store)]

    def plant(self, verb: str, **what: Any) -> None:
        """From now on the command does this: `document`, `status`, `words`, `seconds`."""
        self.planted[verb] = what
        (self.store / "planted.json").write_text(json.dumps(self.planted), encoding="utf-8")

    def asked(self) -> list[list[str]]:
        """Every call of the command so far."""
        path = self.store / "asked.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [json.loads(line)["words"] for line in lines]

    def choose(
        self,
        entry: str,
        world: World,
        *answers: Answer,
        faults: Data | None = None,
        meanwhile: Callable[[World], object] | None = None,
    ) -> Came:
        """Run an entry (a key of `MODULES`) on a copy of the world with these faults in it. `meanwhile` is what a person does
        in Resolve while a run is watched."""
        data = copy.deepcopy(world.data)
        data["faults"] = copy.deepcopy(faults or {})
        app, resolve = connect(data)
        panel = ScriptedPanel(list(answers), None if meanwhile is None else lambda: meanwhile(World(data)))
        self.patch.setattr(panels, "open_panel", lambda *_, **__: panel)
        module = importlib.import_module(f"reperform_menu.{MODULES[entry]}")
        given = {"resolve": resolve, "fusion": Fusion(app), "bmd": Bmd(), "INSTALLED": {"command": self.command}}
        module.main(given)
        return Came(World(data), panel, app.calls, app.misused, self.capture.readouterr().out)


def without_ours(world: World) -> Data:
    """A snapshot as it would be had nothing of ours been added: no bin of ours, no takes, no marks, no sound track."""
    after = copy.deepcopy(world.snapshot())
    for project in after["projects"].values():
        media = _without_bin(project)
        for timeline in project["timelines"].values():
            tracks = timeline["tracks"]
            tracks["audio"] = [track for track in tracks["audio"] if track["name"] != "Reperform"]
            timeline["markers"] = _without_marks(timeline["markers"])
            for item in (one for kind in tracks.values() for track in kind for one in track["items"]):
                item["markers"] = _without_marks(item["markers"])
                _original(item, media)
    return after


def _without_bin(project: Data) -> set[str]:
    ours = [one for one in project["bins"].values() if one["name"] == "Reperform"]
    media = {clip for one in ours for clip in one["clips"]}
    for one in ours:
        del project["bins"][one["id"]]
        for other in project["bins"].values():
            other["bins"] = [child for child in other["bins"] if child != one["id"]]
    for clip in media:
        del project["media"][clip]
    return media


def _without_marks(markers: Data) -> Data:
    return {frame: one for frame, one in markers.items() if '"reperform"' not in one["customData"]}


def _original(item: Data, ours: set[str]) -> None:
    """The selector gone, and the item playing what it played; linked sound on."""
    takes = item["takes"]
    if takes is not None and all(one["media"] in ours for one in takes["list"][1:]):
        first = takes["list"][0]
        item.update(takes=None, media=first["media"], left=first["start"])
    if item["type"] == "audio":
        item["enabled"] = True
