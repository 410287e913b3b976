"""A direction as fields of a form, and as the text of a mark that the command reads."""

from reperform_menu.refusals import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

EMOTIONS = ("happy", "angry", "sad", "neutral", "disgusted", "surprised")
REGIONS = ("lips", "face", "head")
SYNC_MODES = ("cut_off", "silence", "loop", "bounce", "remap")
PREFIX = "RP"
"""With which a marker's name begins that the command takes for a mark."""

EMPTY = {
    "character": "",
    "emotion": "",
    "region": "",
    "temperature": "",
    "sync": "",
    "takes": 1,
    "voice": "auto",
    "audio": "",
    "line": "",
    "speaks": "",
    "note": "",
}
"""The fields. `voice` is auto, file, line, or a track of the timeline as A1; `speaks` is the speech voice of a line."""


def name_of(fields: "dict[str, Any]") -> str:
    """The marker's name."""
    character = _one_line(fields.get("character"))
    return "{}: {}".format(PREFIX, character) if character else PREFIX


def text_of(fields: "dict[str, Any]") -> str:
    """The marker's note: the direction, as marks say it.

    Raises:
        Refusal: it asks for nothing, or for something that cannot be.

    """
    words = [_one_line(fields.get(key)) for key in ("emotion", "region")]
    found = [word for word in words if word]
    found += ["temperature: {}".format(each) for each in _temperature(fields.get("temperature"))]
    found += _voice(fields)
    found += ["sync: {}".format(fields["sync"])] if fields.get("sync") else []
    if not found:
        raise Refusal("The mark asks for nothing.", "Choose an emotion or a region, or a voice to follow.")
    takes = int(float(fields.get("takes") or 1))
    if not 1 <= takes <= 4:
        raise Refusal("There are 1 to 4 takes, not {}.".format(takes), "Choose a number from 1 to 4.")
    found += ["takes: {}".format(takes)] if takes > 1 else []
    note = _one_line(fields.get("note"))
    found += ["note: {}".format(_quoted(note))] if note else []
    return "\n".join(found)


def _temperature(value: "Any") -> "list[str]":
    said = _one_line(value).replace(",", ".")
    if not said:
        return []
    try:
        number = float(said)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise Refusal(
            "The temperature is a number from 0 to 1, not “{}”.".format(said), "Write it as 0.8, or leave it empty."
        )
    return ["{:g}".format(number)]


def _voice(fields: "dict[str, Any]") -> "list[str]":
    kind = fields.get("voice") or "auto"
    if kind == "auto":
        return []
    if kind == "file":
        path = _one_line(fields.get("audio"))
        if not path:
            raise Refusal("The voice is to come from a file, and none is named.", "Choose the audio file.")
        return ["audio: {}".format(_quoted(path))]
    if kind == "line":
        line = _one_line(fields.get("line"))
        if not line:
            raise Refusal("A line is to be spoken, and it is empty.", "Write the line.")
        speaks = _one_line(fields.get("speaks"))
        return ["line: {}".format(_quoted(line))] + (["voice: {}".format(_quoted(speaks))] if speaks else [])
    return ["audio: {}".format(kind)]


def _one_line(value: "Any") -> str:
    return " ".join(str("" if value is None else value).split())


def _quoted(text: str) -> str:
    return '"{}"'.format(text.replace('"', '""'))
