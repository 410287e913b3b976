"""A panel as windows of Resolve's own UIManager. Nothing here starts a thread: a timer of the window does the waiting."""

import itertools
import os
from functools import partial

from reperform_menu.panels import base, widgets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

_WIDTH = 620
_numbers = itertools.count(1)


class WindowPanel(base.Panel):
    """One window after the other. `on_window` is told the id of each."""

    kind = "window"

    def __init__(self, fusion: "Any", bmd: "Any", on_window: "Callable[[str], None] | None" = None) -> None:
        self._fusion = fusion
        self._ui = fusion.UIManager
        self._dispatcher = bmd.UIDispatcher(self._ui)
        self._on_window = on_window or (lambda _: None)

    def ask(
        self, title: str, text: str, fields: "list[dict[str, Any]]", buttons: "list[dict[str, Any]]"
    ) -> "tuple[str, dict[str, Any]] | None":
        """As Panel.ask."""
        fields = base.prepared(fields)
        form = widgets.Form(self._ui, fields)
        window = _Window(self, title, text, form.rows(), buttons, 190 + form.height())
        form.fill(window.items)
        form.grey_out()
        self._connect(window, form, fields)
        by_key = {button["key"]: button for button in buttons}

        def pressed(key: str) -> None:
            clean, wrong = base.checked(fields, form.values())
            if wrong and not base.is_leaving(by_key[key]):
                window.items["Wrong"].Text = "\n".join(form.sentence(one, why) for one, why in wrong.items())
            else:
                window.end((key, clean))

        return window.run(pressed, lambda: window.end(None))  # type: ignore[no-any-return]  # what `end` was given

    def watch(self, title: str, tick: "base.Tick", buttons: "list[dict[str, Any]]", seconds: float = 0.4) -> str:
        """As Panel.watch."""
        progress = widgets.Progress(self._ui)
        window = _Window(self, title, "", progress.rows(), buttons, 440)
        progress.items = window.items
        waiting = []  # type: list[str]
        last = ["done"]

        def pressed(key: str) -> None:
            waiting.append(key)
            last[0] = key

        def closed() -> None:
            pressed("close")
            window.show()  # some builds have hidden it by now, and the work may go on

        def step() -> None:
            given = tick(waiting.pop(0) if waiting else None)
            if given is not None:
                state = base.shown(given)
                progress.show(state)
                if state["done"]:
                    window.end(last[0])

        return str(window.run(pressed, closed, step, seconds))

    def say(self, title: str, text: str) -> None:
        """As Panel.say."""
        window = _Window(self, title, text, [], [{"key": "ok", "label": "OK"}], 170 + 18 * len(text.splitlines()))
        window.run(window.end, lambda: window.end(None))

    def close(self) -> None:
        """Each window is hidden when its question is answered: nothing is left."""

    def _connect(self, window: "_Window", form: widgets.Form, fields: "list[dict[str, Any]]") -> None:
        for field in fields:
            if field["kind"] == "file":
                window.on(form.id(field["key"], "Choose"), "Clicked", self._chooser(window, form, field["key"]))
            if field["kind"] == "choice":
                window.on(form.id(field["key"]), "CurrentIndexChanged", _only_allowed(window, form, field))

    def _chooser(self, window: "_Window", form: widgets.Form, key: str) -> "Callable[[], None]":
        def choose() -> None:
            box = window.items[form.id(key)]
            found = self._fusion.RequestFile(os.path.dirname(str(box.Text or "")) or os.path.expanduser("~"))
            if found:
                box.Text = str(found)

        return choose


def _only_allowed(window: "_Window", form: widgets.Form, field: "dict[str, Any]") -> "Callable[[], None]":
    """A combo box cannot grey one entry out: what cannot be chosen springs back, and the reason is said."""

    def changed() -> None:
        box = window.items[form.id(field["key"])]
        at = int(box.CurrentIndex)
        _, label, why = field["choices"][at] if 0 <= at < len(field["choices"]) else (None, "", "")
        if why:
            allowed = [value for value, _, reason in field["choices"]]
            box.CurrentIndex = allowed.index(field["value"]) if field["value"] in allowed else 0
            window.items["Wrong"].Text = "{}: {}".format(label, why)
        form.grey_out()

    return changed


class _Window:
    """One window: built, run until somebody ends it, hidden. An error in a handler ends it and is raised by `run`."""

    def __init__(
        self, panel: WindowPanel, title: str, text: str, rows: "list[Any]", buttons: "list[dict[str, Any]]", height: int
    ) -> None:
        ui = panel._ui
        self._ui, self._dispatcher = ui, panel._dispatcher
        self.id = "Reperform{}x{}".format(os.getpid(), next(_numbers))
        self._buttons = buttons
        head = [widgets.title(ui, title)] + ([widgets.words(ui, text)] if text else [])
        foot = [widgets.label(ui, "Wrong", "", widgets.WRONG), *_button_rows(ui, buttons)]
        shape = {
            "ID": self.id,
            "WindowTitle": title if title.startswith("Reperform") else "Reperform – " + title,
            "Geometry": [420, 220, _WIDTH, min(height, 820)],
        }
        column = ui.VGroup({"ID": "Column", "Spacing": 9}, head + rows + foot)
        self._window = self._dispatcher.AddWindow(shape, [column])
        self.items = self._window.GetItems()
        self._result = None  # type: Any
        self._error = None  # type: BaseException | None
        self._seen, self._missed = False, 0
        panel._on_window(self.id)

    def on(self, widget: str, event: str, action: "Callable[[], None]") -> None:
        """Call `action()` then."""
        setattr(self._window.On[widget], event, self._guarded(action))

    def end(self, result: "Any") -> None:
        """Make `run` return it."""
        self._result = result
        self._dispatcher.ExitLoop()

    def show(self) -> None:
        """In front of Resolve."""
        self._window.Show()
        for name in ("Raise", "ActivateWindow"):
            if callable(getattr(self._window, name, None)):
                getattr(self._window, name)()

    def run(
        self,
        pressed: "Callable[[str], None]",
        closed: "Callable[[], None]",
        step: "Callable[[], None] | None" = None,
        seconds: float = 0.4,
    ) -> "Any":
        """Until `end`."""
        for button in self._buttons:
            self.on("Button_" + button["key"], "Clicked", partial(pressed, button["key"]))
        self.on(self.id, "Close", closed)
        timer = self._ui.Timer({"ID": self.id + "Timer", "Interval": int(seconds * 1000), "SingleShot": False})
        # A timer's time-outs reach the dispatcher only: a handler of the window is accepted and never called.
        self._dispatcher.On.Timeout = self._ticker(step, closed)
        self.show()
        timer.Start()
        try:
            self._dispatcher.RunLoop()
        finally:
            timer.Stop()
            self._window.Hide()
        if self._error is not None:
            raise self._error
        return self._result

    def _ticker(self, step: "Callable[[], None] | None", closed: "Callable[[], None]") -> "Callable[..., None]":
        def tick() -> None:
            if self._vanished():
                closed()
            if step is not None:
                step()

        return self._guarded(tick)

    def _guarded(self, action: "Callable[[], None]") -> "Callable[..., None]":
        """A handler. Resolve swallows what one raises: it ends the loop, and `run` raises it again."""

        def handler(*_: "Any") -> None:
            try:
                action()
            except BaseException as error:
                self._error = error
                self._dispatcher.ExitLoop()

        return handler

    def _vanished(self) -> bool:
        """Some builds close a window without saying so. Believed only where it could be found before, and twice."""
        find = getattr(self._ui, "FindWindow", None)
        if not callable(find):
            return False
        if find(self.id):
            self._seen, self._missed = True, 0
            return False
        self._missed += 1
        return self._seen and self._missed == 2


def _button_rows(ui: "Any", buttons: "list[dict[str, Any]]") -> "list[Any]":
    made = [
        ui.Button(
            {
                "ID": "Button_" + button["key"],
                "Text": button["label"],
                "Enabled": not button.get("why_disabled"),
                "ToolTip": button.get("why_disabled") or "",
                "Default": at == 0 and not button.get("pays"),
                "Weight": 0,
                "MinimumSize": [110, 28],
            }
        )
        for at, button in enumerate(buttons)
    ]
    why = [widgets.label(ui, "Why", "\n".join(base.button_reasons(buttons)), widgets.QUIET)]
    gap = [ui.HGap(0, 1)] if made else []
    return (why if base.button_reasons(buttons) else []) + [ui.HGroup({"ID": "Buttons", "Weight": 0}, gap + made[::-1])]
