"""FFmpeg's names for what PyAV gives as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["color", "color_numbers", "field_order"]

_PRIMARIES = {
    1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "film", 9: "bt2020",
    10: "smpte428", 11: "smpte431", 12: "smpte432", 22: "ebu3213",
}  # fmt: skip
_TRANSFER = {
    1: "bt709", 4: "gamma22", 5: "gamma28", 6: "smpte170m", 7: "smpte240m", 8: "linear", 9: "log100", 10: "log316",
    11: "iec61966-2-4", 12: "bt1361e", 13: "iec61966-2-1", 14: "bt2020-10", 15: "bt2020-12", 16: "smpte2084",
    17: "smpte428", 18: "arib-std-b67",
}  # fmt: skip
_SPACE = {
    0: "gbr", 1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "ycgco", 9: "bt2020nc",
    10: "bt2020c", 11: "smpte2085", 12: "chroma-derived-nc", 13: "chroma-derived-c", 14: "ictcp",
}  # fmt: skip
_RANGE = {1: "tv", 2: "pc"}
_FIELDS = {1: "progressive", 2: "tt", 3: "bb", 4: "tb", 5: "bt"}
_TAGS = {
    "primaries": (_PRIMARIES, "color_primaries"),
    "transfer": (_TRANSFER, "color_trc"),
    "space": (_SPACE, "colorspace"),
    "range": (_RANGE, "color_range"),
}


def color(context: Any, picture: Any) -> dict[str, str]:
    """The colour tags of a stream, or of its first picture where the stream has none; absent where neither says."""
    found = {}
    for tag, (names, attribute) in _TAGS.items():
        name = names.get(_number(context, attribute)) or names.get(_number(picture, attribute))
        # ProRes writes 0 for a matrix that it has no name for, where others mean RGB.
        if name is not None and not (name == "gbr" and _is_yuv(picture)):
            found[tag] = name
    return found


def color_numbers(tags: Mapping[str, str]) -> dict[str, int]:
    """What `color` gives, as the attributes of a PyAV codec context; tags it does not know are left out."""
    numbers = {}
    for tag, (names, attribute) in _TAGS.items():
        number = next((number for number, name in names.items() if name == tags.get(tag)), None)
        if number is not None:
            numbers[attribute] = number
    return numbers


def field_order(context: Any, picture: Any) -> str:
    """FFmpeg's name of the order of fields; a file that does not say is what its first picture says."""
    named = _FIELDS.get(_number(context, "field_order"))
    if named is not None:
        return named
    return "tt" if getattr(picture, "interlaced_frame", False) else "progressive"


def _is_yuv(picture: Any) -> bool:
    return picture is not None and not picture.format.is_rgb


def _number(thing: Any, attribute: str) -> int:
    value = getattr(thing, attribute, None)
    return -1 if value is None else int(value)
