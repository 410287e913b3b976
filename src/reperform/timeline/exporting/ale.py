"""An Avid Log Exchange of every take: what an assistant's bin shows of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reperform.timeline.cut import Cut
from reperform.timeline.exporting.listing import Listed, reels
from reperform.timing import Rate, nominal_rate

__all__ = ["ale", "spelled_fps"]

_HEIGHTS = {1080: "1080", 720: "720", 576: "PAL", 486: "NTSC"}


def ale(listed: Sequence[Listed], cut: Cut, *, height: int | None) -> dict[Rate, str]:
    """The logs by frame rate, of which each has one; the timeline's first. `height` is the picture's, None where not known."""
    rates = sorted({item.take.rate for item in listed} | {cut.rate}, key=lambda rate: (rate != cut.rate, rate))
    named = reels(listed)
    logs = {rate: [item for item in listed if item.take.rate == rate] for rate in rates}
    return {rate: _log(items, named, rate, height) for rate, items in logs.items() if items or not listed}


def _log(items: Sequence[Listed], named: dict[str, str], rate: Rate, height: int | None) -> str:
    heading = {
        "FIELD_DELIM": "TABS",
        "VIDEO_FORMAT": _HEIGHTS.get(height or 0, "CUSTOM"),
        "AUDIO_FORMAT": "48khz",
        "FPS": spelled_fps(rate),
    }
    columns = _columns(named)
    rows = ["\t".join(_cell(value(item)) for value in columns.values()) for item in items]
    parts = [
        ["Heading", *(f"{name}\t{value}" for name, value in heading.items())],
        ["Column", "\t".join(columns)],
        ["Data", *rows],
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _columns(named: dict[str, str]) -> dict[str, Callable[[Listed], object]]:
    return {
        "Name": lambda item: item.name,
        "Tape": lambda item: named[item.take.take],
        "Start": lambda item: item.timecode(0),
        "End": lambda item: item.timecode(item.take.frames),
        "Tracks": lambda _item: "VA1A2",
        "FPS": lambda item: spelled_fps(item.take.rate),
        "Source File": lambda item: item.name,
        "Source File Path": lambda item: item.path or "",
        "Shot": lambda item: item.shot.shot,
        "Clip": lambda item: item.clip,
        "Record In": lambda item: item.shot.record_in,
        "Record Out": lambda item: item.shot.record_out,
        "Take": lambda item: item.take.number,
        "Chosen": lambda item: "yes" if item.is_chosen else "",
        "Preview": lambda item: "yes" if item.take.preview else "",
        "Character": lambda item: item.character,
        "Direction": lambda item: item.direction,
        "Engine": lambda item: item.take.engine,
        "Model": lambda item: item.take.model,
        "Cost": lambda item: item.take.cost.get("amount"),
        "Currency": lambda item: item.take.cost.get("currency"),
        "Original": lambda item: item.take.source.get("name"),
    }


def spelled_fps(rate: Rate) -> str:
    """As Avid writes it: 23.976, 29.97, 25."""
    if rate.denominator == 1:
        return str(rate.numerator)
    return f"{float(rate):.3f}" if nominal_rate(rate) == 24 else f"{float(rate):.2f}"


def _cell(value: object) -> str:
    """A value without what would begin another cell or row."""
    return "" if value is None else " ".join(str(value).split())
