"""The UIManager's widgets that a field is drawn with, and what they hold."""

from reperform_menu.panels import base

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

QUIET = "color: #9da0a7; font-size: 12px;"
WRONG = "color: #ff8f85; font-size: 12px;"
_TITLE = "font-size: 16px; font-weight: bold;"
_NAME_WIDTH = 120


def label(ui: "Any", name: str, text: str, style: str = "") -> "Any":
    """Words that wrap."""
    given = {"Text": text, "StyleSheet": style, "WordWrap": True, "Weight": 0}
    return ui.Label(dict(given, ID=name) if name else given)


def title(ui: "Any", text: str) -> "Any":
    """The first line of a window."""
    return label(ui, "Title", text, _TITLE)


def words(ui: "Any", text: str) -> "Any":
    """What stands below the title."""
    return label(ui, "Words", text, "font-size: 13px;")


class Form:
    """Fields as rows of widgets."""

    def __init__(self, ui: "Any", fields: "list[dict[str, Any]]") -> None:
        self._ui, self._fields = ui, fields
        self._items = None  # type: Any
        self._names = {field["key"]: "Field{}".format(at) for at, field in enumerate(fields)}

    def id(self, key: str, suffix: str = "") -> str:
        """The widget's ID for that field."""
        return self._names[key] + suffix

    def height(self) -> int:
        """About how many pixels the rows take."""
        tall = {"rows": 210, "lines": 96, "note": 46}
        more = sum(20 * (bool(field["help"]) + len(base.reasons(field["choices"]))) for field in self._fields)
        return sum(tall.get(field["kind"], 40) for field in self._fields) + more

    def rows(self) -> "list[Any]":
        """The widgets, top to bottom."""
        made = []
        for field in self._fields:
            made.append(self._row(field))
            under = ([field["help"]] if field["help"] else []) + base.reasons(field["choices"])
            if under:
                made.append(self._under("\n".join(under), field["kind"]))
        return made

    def fill(self, items: "Any") -> None:
        """What only a built widget takes: entries, rows, the value."""
        self._items = items
        for field in self._fields:
            if field["kind"] == "choice":
                box = items[self.id(field["key"])]
                box.AddItems([name + ("  (not possible)" if why else "") for _, name, why in field["choices"]])
                box.CurrentIndex = _index(field)
            elif field["kind"] == "rows":
                fill_tree(items[self.id(field["key"])], field["columns"], field["rows"], field["value"])

    def values(self) -> "dict[str, Any]":
        """What the widgets hold now, by key."""
        return {field["key"]: self._value(field) for field in self._fields if field["kind"] != "note"}

    def grey_out(self) -> None:
        """What has no meaning beside the values as they are cannot be filled in."""
        values = self.values()
        for field in self._fields:
            if field["only_with"] is not None:
                self._items[self.id(field["key"])].Enabled = base.matters(field, values)

    def sentence(self, key: str, why: str) -> str:
        """What is wrong, with the field's name before it."""
        name = next(field["label"] for field in self._fields if field["key"] == key)
        return why if why.startswith(name) else "{}: {}".format(name, why)

    def _value(self, field: "dict[str, Any]") -> "Any":
        widget = self._items[self.id(field["key"])]
        kind = field["kind"]
        if kind == "choice":
            at = int(widget.CurrentIndex)
            return field["choices"][at][0] if 0 <= at < len(field["choices"]) else None
        if kind == "number":
            return self._number(field, widget)
        if kind == "check":
            return bool(widget.Checked)
        if kind == "rows":
            return chosen_row(widget)
        return widget.PlainText if kind == "lines" else widget.Text

    def _number(self, field: "dict[str, Any]", widget: "Any") -> "Any":
        if not _is_spun(field):
            return widget.Text
        whole = isinstance(field["value"], int) and isinstance(field["step"] or 1, int)
        return round(widget.Value) if whole else round(float(widget.Value), 6)

    def _row(self, field: "dict[str, Any]") -> "Any":
        if field["kind"] == "note":
            return label(self._ui, self.id(field["key"]), str(field["value"] or field["label"]), QUIET)
        make = _MAKERS[field["kind"]]  # type: Any
        widget = make(self._ui, field, self.id(field["key"]))
        if field["kind"] == "rows":
            return widget
        name = "" if field["kind"] == "check" else field["label"]
        parts = [self._name(name), widget]
        if field["kind"] == "file":
            parts.append(self._ui.Button({"ID": self.id(field["key"], "Choose"), "Text": "Choose…", "Weight": 0}))
        return self._ui.HGroup({"Weight": 1 if field["kind"] == "lines" else 0}, parts)

    def _under(self, text: str, kind: str) -> "Any":
        if kind == "rows":
            return label(self._ui, "", text, QUIET)
        return self._ui.HGroup({"Weight": 0}, [self._name(""), label(self._ui, "", text, QUIET)])

    def _name(self, text: str) -> "Any":
        size = [_NAME_WIDTH, 20]
        return self._ui.Label({"Text": text, "Weight": 0, "MinimumSize": size, "MaximumSize": [_NAME_WIDTH, 4000]})


class Progress:
    """A bar, lines and a table. The bar is a label: UIManager has no progress bar that can be relied on."""

    def __init__(self, ui: "Any") -> None:
        self._ui = ui
        self.items = None  # type: Any
        self._rows = None  # type: dict[str, Any] | None

    def rows(self) -> "list[Any]":
        """The widgets, top to bottom."""
        bar = {"ID": "Bar", "Text": "", "Weight": 0, "MinimumSize": [100, 24], "Alignment": {"AlignHCenter": True}}
        lines = {"ID": "Lines", "ReadOnly": True, "Weight": 1}
        return [self._ui.Label(bar), self._ui.TextEdit(lines), self._ui.Tree({"ID": "Made", "Weight": 2})]

    def show(self, state: "dict[str, Any]") -> None:
        """Only what has changed: a table that is filled again loses its place."""
        fraction = state["fraction"]
        bar = self.items["Bar"]
        bar.Text = "working…" if fraction is None else "{} %".format(int(100 * fraction))
        bar.StyleSheet = _bar_style(fraction or 0.0)
        text = "\n".join(state["lines"])
        if self.items["Lines"].PlainText != text:
            self.items["Lines"].PlainText = text
        if state["rows"] is not None and state["rows"] != self._rows:
            self._rows = state["rows"]
            fill_tree(self.items["Made"], state["rows"]["columns"], state["rows"]["rows"], None)


def fill_tree(tree: "Any", columns: "list[str]", rows: "list[list[str]]", chosen: "int | None") -> None:
    """The table anew."""
    tree.Clear()
    count = max([len(columns)] + [len(row) for row in rows])
    tree.ColumnCount = max(count, 1)
    header = tree.NewItem()
    for at in range(count):
        header.Text[at] = columns[at] if at < len(columns) else ""
        longest = max([len(row[at]) for row in rows if at < len(row)] + [len(header.Text[at])])
        tree.ColumnWidth[at] = min(260, 26 + 7 * longest)
    tree.SetHeaderItem(header)
    for number, row in enumerate(rows):
        item = tree.NewItem()
        for at, cell in enumerate(row):
            item.Text[at] = cell
        tree.AddTopLevelItem(item)
        if number == chosen:
            item.Selected = True


def chosen_row(tree: "Any") -> "int | None":
    """The number of the selected row, None for none."""
    for number in range(int(tree.TopLevelItemCount())):
        if tree.TopLevelItem(number).Selected:
            return number
    return None


def _bar_style(fraction: float) -> str:
    edge = min(0.9999, max(0.0001, fraction))
    stops = "stop:0 #3f5bd9, stop:{0:.4f} #3f5bd9, stop:{1:.4f} #2a2b2f, stop:1 #2a2b2f".format(edge, edge + 0.00005)
    gradient = "qlineargradient(x1:0, y1:0, x2:1, y2:0, {})".format(stops)
    return "background: {}; border-radius: 4px; color: #ffffff;".format(gradient)


def _index(field: "dict[str, Any]") -> int:
    return next((at for at, one in enumerate(field["choices"]) if one[0] == field["value"] and not one[2]), 0)


def _is_spun(field: "dict[str, Any]") -> bool:
    """A spin box always holds a number within bounds: only for a number that has both."""
    return field["value"] is not None and field["minimum"] is not None and field["maximum"] is not None


def _number_box(ui: "Any", field: "dict[str, Any]", name: str) -> "Any":
    if not _is_spun(field):
        return ui.LineEdit({"ID": name, "Text": "" if field["value"] is None else str(field["value"])})
    given = {"ID": name, "Minimum": field["minimum"], "Maximum": field["maximum"], "Value": field["value"]}
    if isinstance(field["value"], int) and isinstance(field["step"] or 1, int):
        return ui.SpinBox(dict(given, SingleStep=field["step"] or 1))
    return ui.DoubleSpinBox(dict(given, SingleStep=field["step"] or 0.1, Decimals=2))


def _combo(ui: "Any", field: "dict[str, Any]", name: str) -> "Any":
    events = {"CurrentIndexChanged": True}
    return ui.ComboBox({"ID": name, "Events": events, "Enabled": bool(field["choices"])})


def _text(ui: "Any", field: "dict[str, Any]", name: str) -> "Any":
    return ui.LineEdit({"ID": name, "Text": str(field["value"] or "")})


_MAKERS = {
    "choice": _combo,
    "number": _number_box,
    "text": _text,
    "file": _text,
    "lines": lambda ui, field, name: ui.TextEdit({"ID": name, "PlainText": str(field["value"] or ""), "Weight": 1}),
    "check": lambda ui, field, name: ui.CheckBox({"ID": name, "Text": field["label"], "Checked": bool(field["value"])}),
    "rows": lambda ui, _, name: ui.Tree({"ID": name, "Weight": 3, "RootIsDecorated": False}),
}
