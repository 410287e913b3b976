"""What a script holds: objects whose unknown attributes are None, whose calls fail with None, and which can be dead."""

import functools
import inspect
import os
from typing import Any, Callable, Dict, List, Optional

from . import model, versions
from .model import Data

# These answer even while a dialogue is up.
_ALWAYS = ("Resolve.GetProductName", "Resolve.GetVersion", "Resolve.GetVersionString", "Resolve.IsStudio")


class App:
    """One running Resolve: its world, and a record of what was asked of it."""

    def __init__(self, world: Data, *, on_death: "Optional[Callable[[], None]]" = None) -> None:
        self.world = world
        self.version = versions.version_of(world["version"])
        self.calls: "List[str]" = []
        self.misused: "List[str]" = []
        self.on_death = on_death

    @property
    def faults(self) -> Data:
        faults: "Data" = self.world["faults"]
        return faults

    @property
    def project(self) -> "Optional[Data]":
        return model.open_project(self.world)

    def misuse(self, what: str) -> None:
        """A call that the documentation does not allow: Resolve would only say None."""
        self.misused.append(what)

    def call(self, handle: "Handle", name: str, method: "Callable[..., Any]", *given: Any, **named: Any) -> Any:
        """Let a call through, with everything that can go wrong on its way."""
        call = "{}.{}".format(type(handle).__name__, name)
        self.calls.append(call)
        self._crash(call)
        if self.world["modal"] and call not in _ALWAYS:
            return None
        if not handle._alive():
            return None
        try:
            if named:
                raise TypeError("takes no keywords")
            inspect.signature(method).bind(handle, *given)
        except TypeError as error:
            self.misuse("{}{!r}: {}".format(call, given, error))
            return None
        answer = self.faults["answers"][call] if call in self.faults.get("answers", {}) else method(handle, *given)
        self._meddle(call)
        return answer

    def _crash(self, call: str) -> None:
        if call == self.faults.get("raises_at"):
            raise RuntimeError("planted at {}".format(call))
        if call == self.faults.get("interrupted_at"):
            raise KeyboardInterrupt
        if call == self.faults.get("dies_at"):
            if self.on_death:
                self.on_death()
            os._exit(70)

    def _meddle(self, call: str) -> None:
        """What the user, or Resolve itself, does right after a call: `{"Timeline.Export": {"timeline": id}}`."""
        change = self.faults.get("after", {}).pop(call, None)
        if change is not None:
            self.world.update({key: value for key, value in change.items() if key in self.world})
            if self.project is not None:
                project = self.project
                project.update({key: value for key, value in change.items() if key in project})


class Handle:
    """An object of the scripting interface: it holds an id, and looks up what it stands for at every call."""

    def __init__(self, app: App, key: str = "") -> None:
        self._app = app
        self._key = key

    def __getattribute__(self, name: str) -> Any:
        if not name[:1].isupper():
            return object.__getattribute__(self, name)
        method = getattr(type(self), name, None)
        if not callable(method):
            return None
        app = self._app
        if not versions.has(app.version, "{}.{}".format(type(self).__name__, name)):
            return None
        return functools.partial(app.call, self, name, method)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return None

    @property
    def _project(self) -> Data:
        project = self._app.project
        assert project is not None  # `_alive` has seen to it
        return project

    def _alive(self) -> bool:
        return True


def one_of(app: App, value: Any, known: "tuple[str, ...]", what: str) -> bool:
    """Whether a word is one that Resolve knows; if not, a misuse."""
    if value not in known:
        app.misuse("{} {!r}".format(what, value))
        return False
    return True


def numbered(markers: "Dict[str, Data]") -> "Dict[float, Data]":
    """Markers as they are handed out: keys and durations are floats."""
    return {
        float(frame): dict(marker, duration=float(marker["duration"]))
        for frame, marker in sorted(markers.items(), key=lambda each: float(each[0]))
    }
