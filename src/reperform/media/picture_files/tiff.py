"""TIFF: compression, colour profile and other tags of a file around another picture."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from reperform.errors import MediaError

__all__ = ["compression", "is_grey", "is_written", "with_tags_of"]

_COMPRESSION, _PHOTOMETRIC, _SAMPLE_FORMAT = 259, 262, 339
_COMPRESSIONS = {1: "raw", 5: "lzw", 8: "deflate", 32773: "packbits", 32946: "deflate"}
"""By TIFF's numbers FFmpeg's names; others become LZW."""
_GREY, _COLOURS, _PALETTE = 1, 2, 3
_INTEGERS = 1
_KEPT = frozenset(
    {
        *(269, 270, 271, 272, 274, 282, 283, 285, 296, 305, 306, 315, 316),
        *(301, 318, 319, 700, 33432, 33723, 34377, 34675),
    }
)
"""Names and makers, orientation, resolution, date; white point and primaries, XMP, copyright, IPTC, Photoshop, ICC."""
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_PARTS = {3: "H", 4: "I", 5: "I", 8: "h", 9: "i", 10: "i", 11: "f", 12: "d"}
"""What the types of more than a byte are made of."""


@dataclass(frozen=True)
class _Tag:
    number: int
    type: int
    count: int
    value: bytes
    """Little-endian."""

    @property
    def first(self) -> int:
        return int.from_bytes(self.value[: min(4, _SIZES[self.type])], "little") if self.value else 0


def is_written(file: bytes) -> bool:
    """Whether pictures like this one are written: whole numbers of grey, RGB or a palette."""
    tags = _tags(file)
    plain = tags[_SAMPLE_FORMAT].first == _INTEGERS if _SAMPLE_FORMAT in tags else True
    shown = tags[_PHOTOMETRIC].first if _PHOTOMETRIC in tags else _COLOURS
    return plain and shown in (_GREY, _COLOURS, _PALETTE)


def is_grey(file: bytes) -> bool:
    """Whether a file holds no colours."""
    tags = _tags(file)
    return _PHOTOMETRIC in tags and tags[_PHOTOMETRIC].first == _GREY


def compression(file: bytes) -> str:
    """FFmpeg's name of the file's, or of the nearest that it writes."""
    tags = _tags(file)
    return _COMPRESSIONS.get(tags[_COMPRESSION].first if _COMPRESSION in tags else 1, "lzw")


def with_tags_of(original: bytes, made: bytes) -> bytes:
    """The picture of `made`, little-endian, with what `original` says of it.

    Raises:
        MediaError: the original is damaged.

    """
    tags = {number: tag for number, tag in _tags(made).items() if number not in _KEPT}
    tags |= {number: tag for number, tag in _tags(original).items() if number in _KEPT}
    body = bytearray(made + b"\0" * (len(made) % 2))
    entries = b""
    for number in sorted(tags):
        tag = tags[number]
        value = tag.value
        if len(value) > 4:
            at, value = len(body), struct.pack("<I", len(body))
            body += tag.value + b"\0" * (len(tag.value) % 2)
            assert at % 2 == 0, "values stand on even places"
        entries += struct.pack("<HHI", number, tag.type, tag.count) + value.ljust(4, b"\0")
    body[4:8] = struct.pack("<I", len(body))
    return bytes(body) + struct.pack("<H", len(tags)) + entries + b"\0\0\0\0"


def _tags(file: bytes) -> dict[int, _Tag]:
    """Of the first picture."""
    order = "<" if file[:2] == b"II" else ">"
    try:
        at = struct.unpack(f"{order}I", file[4:8])[0]
        count = struct.unpack(f"{order}H", file[at : at + 2])[0]
        places = [at + 2 + 12 * number for number in range(count)]
        return {tag.number: tag for place in places if (tag := _tag(file, place, order)) is not None}
    except struct.error as error:
        raise MediaError("a TIFF file ends inside its tags", fix="Copy or render that picture again.") from error


def _tag(file: bytes, at: int, order: str) -> _Tag | None:
    number, kind, count, offset = struct.unpack(f"{order}HHII", file[at : at + 12])
    length = _SIZES.get(kind, 0) * count
    if not length:
        return None
    start = at + 8 if length <= 4 else offset
    value = file[start : start + length]
    if len(value) < length:
        return None
    if part := _PARTS.get(kind):
        numbers = length // struct.calcsize(f"<{part}")
        value = struct.pack(f"<{numbers}{part}", *struct.unpack(f"{order}{numbers}{part}", value))
    return _Tag(number, kind, count, value)
