"""Where no window and no browser can be had: what would be shown is printed, and nobody is asked who cannot answer."""

import sys
import time

from reperform_menu.panels import base

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


class ConsolePanel(base.Panel):
    """Prints. Where nobody can answer, the default button is taken with the values as they stand, and that is said;
    a button that pays is never taken so."""

    kind = "console"

    def __init__(
        self, write: "Callable[[str], None] | None" = None, read: "Callable[[str], str] | None" = None
    ) -> None:
        self._write = write or base.tell
        self._read = read or _reader()
        self.asks = self._read is not None
        self._said = ""
        if not self.asks:
            self._write("Reperform has no window and no browser here: it works on what is marked, and asks nothing.")

    def ask(
        self, title: str, text: str, fields: "list[dict[str, Any]]", buttons: "list[dict[str, Any]]"
    ) -> "tuple[str, dict[str, Any]] | None":
        """As Panel.ask."""
        fields = base.prepared(fields)
        values = base.starting(fields)
        self._heading(title, text)
        for field in fields:
            self._field(field, values)
        for reason in base.button_reasons(buttons):
            self._write("  not possible: {}".format(reason))
        can = base.enabled(buttons)
        if not can:
            return None
        button = self._chosen(can)
        if button is None:
            return None
        self._write("→ {}".format(button["label"]))
        return button["key"], values

    def watch(self, title: str, tick: "base.Tick", buttons: "list[dict[str, Any]]", seconds: float = 0.4) -> str:
        """As Panel.watch. Nothing can be pressed; Ctrl+C is "close"."""
        ways = "Ctrl+C stops." if buttons and self.asks else ""
        self._heading(title, ways)
        pressed, last = None, "done"  # type: str | None, str
        while True:
            state = base.shown(tick(pressed))
            pressed = None
            self._progress(state)
            if state["done"]:
                return last
            try:
                time.sleep(seconds)
            except KeyboardInterrupt:
                pressed = last = "close"

    def say(self, title: str, text: str) -> None:
        """As Panel.say."""
        self._heading(title, text)

    def _chosen(self, buttons: "list[dict[str, Any]]") -> "dict[str, Any] | None":
        if self._read is not None:
            return self._answered(self._read, buttons)
        if buttons[0].get("pays"):
            self._write("“{}” needs somebody who agrees, and nobody can be asked here.".format(buttons[0]["label"]))
            return None
        return buttons[0]

    def _answered(self, read: "Callable[[str], str]", buttons: "list[dict[str, Any]]") -> "dict[str, Any] | None":
        for number, button in enumerate(buttons, 1):
            self._write("  {}  {}".format(number, button["label"]))
        while True:
            try:
                answer = read("1 to {}: ".format(len(buttons))).strip()
            except (EOFError, KeyboardInterrupt):
                return None
            if answer.isdigit() and 1 <= int(answer) <= len(buttons):
                return buttons[int(answer) - 1]

    def _heading(self, title: str, text: str) -> None:
        self._write("")
        self._write("{}\n{}".format(title, "-" * len(title)))
        if text:
            self._write(text)

    def _field(self, field: "dict[str, Any]", values: "dict[str, Any]") -> None:
        if field["kind"] == "note":
            self._write("  {}".format(field["value"] or field["label"]))
        elif field["kind"] == "rows":
            self._table(field["columns"], field["rows"], values[field["key"]])
        else:
            self._write("  {}: {}".format(field["label"], _in_words(field, values[field["key"]])))

    def _table(self, columns: "list[str]", rows: "list[list[str]]", chosen: "int | None") -> None:
        lines = ([list(columns)] if columns else []) + rows
        count = max([len(line) for line in lines] or [0])
        widths = [max(len(line[at]) if at < len(line) else 0 for line in lines) for at in range(count)]
        for number, line in enumerate(lines, -1 if columns else 0):
            cells = "  ".join(cell.ljust(widths[at]) for at, cell in enumerate(line))
            self._write("{} {}".format("›" if number == chosen and number >= 0 else " ", cells).rstrip())

    def _progress(self, state: "dict[str, Any]") -> None:
        """Only what is new: a console keeps what it was given."""
        percent = "" if state["fraction"] is None else "{:3.0f} %  ".format(100 * state["fraction"])
        said = percent + " · ".join(state["lines"])
        if said.strip() and said != self._said:
            self._said = said
            self._write(said)


def _in_words(field: "dict[str, Any]", value: "Any") -> str:
    if field["kind"] == "choice":
        return next((str(label) for one, label, _ in field["choices"] if one == value), "–")
    if field["kind"] == "check":
        return "yes" if value else "no"
    return "–" if value in (None, "") else str(value)


def _reader() -> "Callable[[str], str] | None":
    """`input` where a person sits at the other end. Resolve's console has no standard input."""
    try:
        return input if sys.stdin is not None and sys.stdin.isatty() else None
    except (AttributeError, ValueError):
        return None
