"""A small UIManager that behaves: widgets keep values, handlers run in the loop, timers tick, what handlers raise is swallowed.

A person is a list of acts, done one between two ticks: `Click("Mark")`, `Choose("Emotion", 2)`, `Type`, `CloseWindow`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

MOST_TICKS = 500
"""A loop that goes on for longer hangs."""


class Slots:
    """`item.Text[0]`, `tree.ColumnWidth[1]`."""

    def __init__(self) -> None:
        self.held: dict[int, Any] = {}

    def __setitem__(self, at: int, value: Any) -> None:
        self.held[at] = value

    def __getitem__(self, at: int) -> Any:
        return self.held.get(at, "")


class Item:
    """A row of a tree."""

    def __init__(self) -> None:
        self.Text = Slots()
        self.Selected = False

    def cells(self) -> list[str]:
        return [self.Text[at] for at in sorted(self.Text.held)]


class Widget:
    """What is asked of it and is not there is None, as with all of Resolve's objects."""

    def __init__(self, kind: str, given: dict[str, Any], inside: Sequence[Widget] = ()) -> None:
        vars(self).update(given)
        self.kind, self.inside = kind, list(inside)
        self.entries: list[str] = []
        self.top: list[Item] = []
        self.header: Item | None = None
        if kind == "Tree":
            self.ColumnWidth = Slots()
        if kind == "ComboBox":
            self.CurrentIndex = -1
        if kind == "TextEdit":
            self.PlainText = given.get("PlainText", "")

    def __getattr__(self, name: str) -> Any:
        return None

    def AddItems(self, labels: list[str]) -> None:
        self.entries += labels
        self.CurrentIndex = max(self.CurrentIndex, 0)

    def NewItem(self) -> Item:
        return Item()

    def SetHeaderItem(self, item: Item) -> None:
        self.header = item

    def AddTopLevelItem(self, item: Item) -> None:
        self.top.append(item)

    def TopLevelItem(self, at: int) -> Item:
        return self.top[at]

    def TopLevelItemCount(self) -> float:
        return float(len(self.top))

    def Clear(self) -> None:
        self.top = []

    def all(self) -> list[Widget]:
        return [self, *(one for inner in self.inside for one in inner.all())]


class Handlers:
    """`window.On[ID].Clicked = f`, `dispatcher.On.Timeout = f`."""

    def __init__(self) -> None:
        vars(self)["known"] = {}

    def __getitem__(self, name: str) -> Any:
        return self.known.setdefault(name, Handlers())

    def __getattr__(self, name: str) -> Any:
        return None


class Window:
    def __init__(self, manager: UIManager, given: dict[str, Any], inside: Sequence[Widget]) -> None:
        self.ID, self.WindowTitle = given["ID"], given["WindowTitle"]
        self.manager = manager
        self.On = Handlers()
        self.visible = False
        self.raised = 0
        self.all = [one for widget in inside for one in widget.all()]

    def GetItems(self) -> dict[str, Widget]:
        return {one.ID: one for one in self.all if one.ID}

    def Show(self) -> None:
        self.visible = True

    def Hide(self) -> None:
        self.visible = False

    def Raise(self) -> None:
        self.raised += 1

    def fire(self, widget: str, event: str) -> None:
        """What happens to it; a handler's error goes nowhere."""
        handler = getattr(self.On[widget], event)
        if handler is not None:
            self.manager.run(handler)

    def labelled(self, text: str) -> Widget:
        """The widget with that text, or beside the label of it."""
        for one in self.all:
            words = [inner.Text for inner in one.inside]
            if one.kind == "HGroup" and text in words[:1]:
                return one.inside[1]
        return next(one for one in self.all if one.Text == text)


class Timer:
    def __init__(self, manager: UIManager, given: dict[str, Any]) -> None:
        self.manager, self.ID, self.Interval = manager, given["ID"], given["Interval"]

    def Start(self) -> None:
        self.manager.timers.append(self)

    def Stop(self) -> None:
        self.manager.timers.remove(self)


class UIManager:
    """`closes_silently`: a build that closes windows without a word."""

    def __init__(self, person: Sequence[Callable[[Window], None]], *, closes_silently: bool = False) -> None:
        self.person = list(person)
        self.closes_silently = closes_silently
        self.windows: list[Window] = []
        self.timers: list[Timer] = []
        self.swallowed: list[BaseException] = []
        self.looping = False

    def __getattr__(self, kind: str) -> Any:
        def make(given: Any = None, inside: Any = None) -> Widget:
            if not isinstance(given, dict):
                return Widget(kind, {}, given if isinstance(given, list) else ())
            return Widget(kind, given, inside or ())

        return make

    def Timer(self, given: dict[str, Any]) -> Timer:
        return Timer(self, given)

    def FindWindow(self, name: str) -> Window | None:
        return next((one for one in self.windows if one.ID == name and one.visible), None)

    def run(self, handler: Callable[[dict[str, Any]], None]) -> None:
        try:
            handler({"who": "somebody"})
        except BaseException as error:  # noqa: BLE001 - so does Resolve
            self.swallowed.append(error)


class UIDispatcher:
    def __init__(self, manager: UIManager) -> None:
        self.manager = manager
        self.On = Handlers()

    def AddWindow(self, given: dict[str, Any], inside: Any) -> Window:
        window = Window(self.manager, given, inside if isinstance(inside, list) else [inside])
        self.manager.windows.append(window)
        return window

    def RunLoop(self) -> None:
        manager = self.manager
        manager.looping = True
        for _ in range(MOST_TICKS):
            if manager.person and manager.looping:
                manager.person.pop(0)(manager.windows[-1])
            if manager.looping and manager.timers:
                manager.run(self.On.Timeout)
            if not manager.looping:
                return
        raise TimeoutError("the loop never ended")

    def ExitLoop(self) -> None:
        self.manager.looping = False


@dataclass
class Fusion:
    UIManager: UIManager
    picked: str | None = None
    """What RequestFile gives; None: cancelled."""
    asked_from: list[str] = field(default_factory=list)

    def RequestFile(self, folder: str) -> str | None:
        self.asked_from.append(folder)
        return self.picked


class Bmd:
    """`bmd`."""

    UIDispatcher = UIDispatcher


def click(text: str) -> Callable[[Window], None]:
    """A press of the button with that text; of one that is disabled nothing comes."""

    def act(window: Window) -> None:
        button = next(one for one in window.all if one.kind == "Button" and one.Text == text)
        if button.Enabled is not False:
            window.fire(button.ID, "Clicked")

    return act


def choose(label: str, at: int) -> Callable[[Window], None]:
    """Another entry of the combo box."""

    def act(window: Window) -> None:
        box = window.labelled(label)
        box.CurrentIndex = at
        window.fire(box.ID, "CurrentIndexChanged")

    return act


def fill(label: str, name: str, value: Any) -> Callable[[Window], None]:
    """A value into the widget beside the label."""
    return lambda window: setattr(window.labelled(label), name, value)


def pick(tree: str, at: int) -> Callable[[Window], None]:
    """A row of the tree with that ID."""

    def act(window: Window) -> None:
        for number, item in enumerate(window.GetItems()[tree].top):
            item.Selected = number == at

    return act


def close_window(window: Window) -> None:
    """By its corner."""
    window.Hide()
    if not window.manager.closes_silently:
        window.fire(window.ID, "Close")


def wait(_: Window) -> None:
    """A tick passes."""
