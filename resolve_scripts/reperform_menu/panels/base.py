"""What a panel is, whatever draws it: fields as dicts, values checked in one place, reasons in words.

A field is a dict: `key`, `label`, `kind` (choice, number, text, lines, check, file, rows, note), `value`, `help`, and
    choice  choices: [(value, label, why it cannot be chosen, or "")]
    number  minimum, maximum, step; whole where `value`, or else `step`, is an int
    rows    columns: [text], rows: [[text]], chosen: index; where that is None they are only looked at, unless `pick`
    file    the path of a file that must exist, or ""
`required` makes an empty text, file or number an error. `only_with`: (key of a choice, its values) with which alone the
field matters; otherwise it is not shown, or greyed out, and keeps its starting value. A button is a dict: `key`, `label`,
`why_disabled`; `pays` where only a person may press it. Buttons that leave (`cancel`, `close`, `back`, or `checks`: False)
take the values as they are.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    Tick = Callable[[str | None], dict[str, Any] | None]

KINDS = ("choice", "number", "text", "lines", "check", "file", "rows", "note")
LEAVING = ("cancel", "close", "back")

_PLAIN = {
    "value": None,
    "choices": (),
    "minimum": None,
    "maximum": None,
    "step": None,
    "help": "",
    "required": False,
    "only_with": None,
    "columns": (),
    "rows": (),
    "chosen": None,
}


class Panel:
    """What a person is asked and shown. Every call blocks, and runs on the thread that made the panel.

    A base class, and no Protocol: Python 3.6 has none.
    """

    kind = ""  # window, page or console
    asks = True  # whether a person can answer

    def ask(
        self, title: str, text: str, fields: "list[dict[str, Any]]", buttons: "list[dict[str, Any]]"
    ) -> "tuple[str, dict[str, Any]] | None":
        """(key of the button, values by key), or None where the window was closed. The first button is the default."""
        raise NotImplementedError

    def watch(self, title: str, tick: "Tick", buttons: "list[dict[str, Any]]", seconds: float = 0.4) -> str:
        """Call `tick(key pressed, or None)` until it gives a dict with `done`: True; the key last pressed, else "done".

        The dict may hold `lines`, `fraction` (0 to 1, or None where nobody knows), `rows`. A closed window is "close".
        """
        raise NotImplementedError

    def say(self, title: str, text: str) -> None:
        """Show it until it was read."""
        raise NotImplementedError

    def close(self) -> None:
        """Nothing is shown after it."""


def tell(line: str) -> None:
    """On the console, which Resolve's menu may not have given us."""
    try:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    except UnicodeError:
        sys.stdout.write(line.encode("ascii", "replace").decode() + "\n")
        sys.stdout.flush()
    except (AttributeError, OSError, ValueError):
        return  # no console at all: what matters is also in the log


def prepared(fields: "list[dict[str, Any]]") -> "list[dict[str, Any]]":
    """Every field complete, its starting value one that may be chosen. ValueError for a kind nobody draws."""
    return [_prepared(dict(_PLAIN, **field)) for field in fields]


def _prepared(field: "dict[str, Any]") -> "dict[str, Any]":
    if field["kind"] not in KINDS:
        raise ValueError("no panel draws the kind {!r} of the field {!r}".format(field["kind"], field["key"]))
    if field["kind"] == "rows" and isinstance(field["rows"], dict):
        field.update(field["rows"])
    field["label"] = field.get("label", "")
    field["choices"] = [(*choice, "", "")[:3] for choice in field["choices"]]
    field["rows"] = [[str(cell) for cell in row] for row in field["rows"]]
    if field["kind"] == "choice":
        field["value"] = _choosable(field)
    if field["kind"] == "rows":
        field.setdefault("pick", field["chosen"] is not None)
        field["value"] = field["chosen"] if field["chosen"] in range(len(field["rows"])) else None
    return field


def _choosable(field: "dict[str, Any]") -> "Any":
    allowed = [value for value, _, why in field["choices"] if not why]
    if field["value"] in allowed:
        return field["value"]
    return allowed[0] if allowed else None


def starting(fields: "list[dict[str, Any]]") -> "dict[str, Any]":
    """The values that prepared fields begin with."""
    return {field["key"]: _start(field) for field in fields if field["kind"] != "note"}


def _start(field: "dict[str, Any]") -> "Any":
    if field["kind"] in ("text", "lines", "file"):
        return "" if field["value"] is None else str(field["value"])
    return bool(field["value"]) if field["kind"] == "check" else field["value"]


def checked(fields: "list[dict[str, Any]]", values: "dict[str, Any]") -> "tuple[dict[str, Any], dict[str, str]]":
    """(values of the right types, what is wrong by key). A key that is not in `values` keeps its starting value."""
    clean = starting(fields)
    wrong = {}  # type: dict[str, str]
    for field in fields:
        key = field["key"]
        if key not in clean or key not in values or not matters(field, values):
            continue
        try:
            clean[key] = _CHECKS[field["kind"]](field, values[key])
        except ValueError as error:
            wrong[key] = str(error)
    return clean, wrong


def matters(field: "dict[str, Any]", values: "dict[str, Any]") -> bool:
    """Whether the field has a meaning beside these values."""
    if field["only_with"] is None:
        return True
    key, fitting = field["only_with"]
    return values.get(key) in fitting


def _check_choice(field: "dict[str, Any]", value: "Any") -> "Any":
    for one, label, why in field["choices"]:
        if one == value and why:
            raise ValueError("{}: {}".format(label, why))
        if one == value:
            return value
    if field["choices"]:
        raise ValueError("Choose one of those shown.")
    return None


def _check_number(field: "dict[str, Any]", value: "Any") -> "Any":
    text = str("" if value is None else value).strip().replace(",", ".")
    if not text:
        return _empty(field, None)
    try:
        number = int(text) if _is_whole(field) else float(text)
    except ValueError:
        raise ValueError("“{}” is not a {}number.".format(text, "whole " if _is_whole(field) else "")) from None
    low, high = field["minimum"], field["maximum"]
    if number != number or (low is not None and number < low) or (high is not None and number > high):
        raise ValueError(_bounds(low, high))
    return number


def _bounds(low: "Any", high: "Any") -> str:
    if low is not None and high is not None:
        return "Between {} and {}.".format(low, high)
    return "A number." if low is high else "At least {}.".format(low) if high is None else "At most {}.".format(high)


def _is_whole(field: "dict[str, Any]") -> bool:
    told = [field[name] for name in ("value", "step") if field[name] is not None]
    return bool(told) and all(isinstance(one, int) for one in told)


def _check_text(field: "dict[str, Any]", value: "Any") -> "Any":
    text = str("" if value is None else value).strip()
    return text or _empty(field, "")


def _check_file(field: "dict[str, Any]", value: "Any") -> "Any":
    path = unquoted(str(value or ""))
    if not path:
        return _empty(field, "")
    if not os.path.isfile(path):
        raise ValueError("There is no file at {}".format(path))
    return path


def _check_rows(field: "dict[str, Any]", value: "Any") -> "Any":
    if value is None or value == "" or not field["pick"]:
        return None
    if isinstance(value, bool) or int(value) not in range(len(field["rows"])):
        raise ValueError("Choose one of the rows.")
    return int(value)


def _empty(field: "dict[str, Any]", nothing: "Any") -> "Any":
    if field["required"]:
        raise ValueError("This is needed.")
    return nothing


_CHECKS = {
    "choice": _check_choice,
    "number": _check_number,
    "text": _check_text,
    "lines": _check_text,
    "check": lambda _, value: bool(value),
    "file": _check_file,
    "rows": _check_rows,
}


def unquoted(path: str) -> str:
    """A path as people paste it: with quotes around it, as a file: address, with ~."""
    path = path.strip().strip("\"'").strip()
    if path.lower().startswith("file:"):
        from urllib.parse import urlsplit
        from urllib.request import url2pathname

        path = url2pathname(urlsplit(path).path)
    return os.path.expanduser(path) if path else ""


def reasons(choices: "list[tuple[Any, str, str]]") -> "list[str]":
    """One sentence for each reason why something cannot be chosen: "Happy, sad: this engine takes no emotion"."""
    grouped = []  # type: list[tuple[str, list[str]]]
    for _, label, why in choices:
        if why:
            known = [labels for reason, labels in grouped if reason == why]
            if known:
                known[0].append(_short(label))
            else:
                grouped.append((why, [_short(label)]))
    return ["{}: {}".format(", ".join(labels), why) for why, labels in grouped]


def _short(label: str) -> str:
    """Without what follows a colon, such as a price."""
    return label.partition(":")[0]


def button_reasons(buttons: "list[dict[str, Any]]") -> "list[str]":
    """Why buttons cannot be pressed, one sentence each."""
    return reasons([(one["key"], one["label"], one.get("why_disabled") or "") for one in buttons])


def enabled(buttons: "list[dict[str, Any]]") -> "list[dict[str, Any]]":
    """The buttons that can be pressed."""
    return [button for button in buttons if not button.get("why_disabled")]


def is_leaving(button: "dict[str, Any]") -> bool:
    """Whether pressing it leaves without using the values."""
    return button["key"] in LEAVING or button.get("checks") is False


def shown(state: "dict[str, Any] | None") -> "dict[str, Any]":
    """What `tick` gave, complete. None is: nothing new."""
    state = dict(state or {})
    fraction = state.get("fraction")
    rows = state.get("rows")
    return {
        "lines": [str(line) for line in state.get("lines") or ()],
        "fraction": None if fraction is None else min(1.0, max(0.0, float(fraction))),
        "rows": _table(rows) if rows else None,
        "done": bool(state.get("done")),
    }


def _table(rows: "Any") -> "dict[str, Any]":
    if not isinstance(rows, dict):
        rows = {"columns": (), "rows": rows}
    return {"columns": list(rows.get("columns") or ()), "rows": [[str(cell) for cell in row] for row in rows["rows"]]}
