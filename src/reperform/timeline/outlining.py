"""What stands in what in a timeline too large to be looked through value by value: whether anything in it is unlike what editors write.

The text is cut down in a few passes, each of them one call: spaces and figures first, then the times and ranges, which are most of it,
then what is in quotes. A mark for each object and for each field that holds some is left. What is found unlike may be harmless, so it
is for `vetting.refuse_fatal` to say; what is not found unlike holds none of the shapes that it refuses.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from reperform.timeline.spelling import Spelling, reduced

__all__ = ["VALUES", "Outline", "Outlined"]

VALUES = ("RationalTime.", "TimeRange.", "TimeTransform.", "V2d.", "Box2d.", "SerializableObjectRef.")
"""Schemas of which OpenTimelineIO keeps nothing but their own fields."""

_RENEWED = {"Clip.": b'"media_references"', "Marker.": b'"marked_range"'}
"""Schemas whose first version OTIO rewrites, and the field that the second has and the first has not."""

_HOLDERS = ("children", "markers", "effects", "media_reference", "media_references", "DEFAULT_MEDIA", "tracks")
"""Fields in which objects stand. In any other they are unlike."""

_SCHEMA = b'"OTIO_SCHEMA":'
_TIME = b'{"OTIO_SCHEMA":"RationalTime","rate":,"value":}'
_RANGE = b'{"OTIO_SCHEMA":"TimeRange","duration":%b,"start_time":%b}' % (_TIME, _TIME)
"""As nearly everybody writes them, when figures and spaces are left out."""

_VALUE, _OBJECT, _HELD = b"\xf5", b"\xf6", b"\xf7"
"""Bytes that no text has: the schema of a value, that of anything else, and what stands for an object that was looked at."""
_FIELDS = bytes(range(0xF8, 0xF8 + len(_HOLDERS)))
_TOKENS = _VALUE + _OBJECT + _HELD + _FIELDS
_ALL_ELSE = bytes(byte for byte in range(256) if byte not in b'[]{}"' + _TOKENS)
_SQUARE = bytes.maketrans(b"{}", b"[]")

_PLAIN = re.compile(rb"\{[%b]*+(?:%b[%b]*+)?\}" % (_FIELDS, _VALUE, _FIELDS))
_INNERMOST = re.compile(rb"\{[^][{}]*\}")
_LIST = re.compile(rb"\[%b+\]" % _HELD)
_LIKE = re.compile(rb"(?:[%b]%b?)*" % (_FIELDS, _HELD))

_LONGEST_RUN = 1 << 24
"""Bytes without a bracket."""
_LARGEST = 1 << 24
"""Bytes of what is left of all; of a gigabyte of Resolve's it is a part of one MB."""
_FEW_LEVELS, _MOST_LEVELS = 8, 64
"""Of objects in one another that are looked at in a part, and in what is left of all; where a scan allows more."""


class Outlined(NamedTuple):
    """What a part of a timeline holds."""

    words: bytes
    """All of it but spaces, figures, full stops and signs, and but plain times and ranges."""
    brackets: bytes
    """Those outside of strings, all of them square."""
    objects: int
    values: int
    """Commas in strings count too."""


class Outline:
    """Fed with the blocks of a timeline's bytes, in UTF-8, without the backslashes and quotes that a backslash stands before."""

    def __init__(self) -> None:
        self.in_string = False
        """Whether what was looked at ends in a string."""
        self._odd = False
        self._rest = b""
        """What follows the last bracket, reduced."""
        self._spelling = Spelling()
        self._schemas = 0
        self._renewed: set[str] = set()
        """Schemas of which the new field was seen."""
        self._left: list[bytes] = []
        self._length = 0

    def feed(self, block: bytes) -> Outlined:
        """The next bytes; they are looked at up to their last bracket, what follows it with those after them."""
        self._spelling.feed(block)
        text = self._rest + reduced(block)
        end = max(text.rfind(bracket) for bracket in (b"{", b"}", b"[", b"]")) + 1
        if len(text) - end > _LONGEST_RUN:
            self._odd, end = True, len(text)
        self._rest = text[end:]
        return self._look(text[:end])

    def finish(self) -> Outlined:
        """What follows the last bracket."""
        rest, self._rest = self._rest, b""
        return self._look(rest)

    @property
    def is_odd(self) -> bool:
        """Whether what was fed may hold what crashes OTIO; to be asked once all was."""
        if self._odd or self._is_spelled_oddly():
            return True
        return _shortened(b"".join(self._left), levels=_MOST_LEVELS) not in (b"", _HELD)

    def _is_spelled_oddly(self) -> bool:
        """Whether a schema may be another than it is taken for; none is where all are the very ones that look so when reduced."""
        spelling = self._spelling
        if spelling.is_odd or spelling.schemas != self._schemas:
            return True
        return any(spelling.has_other(value, "1") for value in VALUES) or any(
            spelling.has_other(schema, "2") for schema in self._renewed
        )

    def _look(self, text: bytes) -> Outlined:
        left, ranges = _replaced(text, _RANGE, b"")
        left, times = _replaced(left, _TIME, b"")
        gone = times + 3 * ranges
        self._schemas += gone
        outside = self._outside_strings(self._marked(left))
        self._keep(_shortened(outside, levels=_FEW_LEVELS))
        brackets = outside.translate(_SQUARE, _TOKENS)
        return Outlined(left, brackets, objects=outside.count(b"{") + gone, values=left.count(b",") + 2 * gone)

    def _marked(self, left: bytes) -> bytes:
        """The brackets and quotes, and marks in place of schemas and of the fields that hold objects."""
        self._renewed |= {schema for schema, field in _RENEWED.items() if field in left}
        for value in filter(self._spelling.has, VALUES):
            left, more = _replaced(left, _SCHEMA + b'"' + reduced(value.encode()), _VALUE + b'"')
            self._schemas += more
        left, more = _replaced(left, _SCHEMA, _OBJECT)
        self._schemas += more
        for number, field in enumerate(_HOLDERS):
            left = left.replace(f'"{field}":'.encode(), _FIELDS[number : number + 1])
        return left.translate(None, _ALL_ELSE)

    def _outside_strings(self, marks: bytes) -> bytes:
        pieces = marks.replace(b'""', b"").split(b'"')
        outside = b"".join(pieces[int(self.in_string) :: 2])
        self.in_string ^= len(pieces) % 2 == 0
        self._odd |= _tokens(outside) != _tokens(marks)
        return outside

    def _keep(self, left: bytes | None) -> None:
        self._odd = self._odd or left is None or self._length + len(left) > _LARGEST
        if left and not self._odd:
            self._left.append(left)
            self._length += len(left)


def _replaced(text: bytes, old: bytes, new: bytes) -> tuple[bytes, int]:
    """The text with `new` for `old`, and how often."""
    made = text.replace(old, new)
    return made, (len(text) - len(made)) // (len(old) - len(new))


def _tokens(marks: bytes) -> int:
    return len(marks.translate(None, b'[]{}"'))


def _shortened(left: bytes, *, levels: int) -> bytes | None:
    """With a mark in place of each object in fields that hold objects, innermost first; None where two fields of one are alike."""
    for _ in range(levels):
        left = _without_plain(left)
        if not all(map(_is_like_object, set(_INNERMOST.findall(left)))):
            return None
        shorter = _LIST.sub(_HELD, _INNERMOST.sub(_HELD, left))
        if len(shorter) == len(left):
            break
        left = shorter
    return left


def _without_plain(left: bytes) -> bytes:
    """Without values, and without what holds no object; where that is nested unusually deep, some of it stays."""
    for _ in range(_MOST_LEVELS // 4):
        shorter = _PLAIN.sub(b"", left.replace(b"{}", b"").replace(b"[]", b"").replace(b"{}", b""))
        if len(shorter) == len(left):
            break
        left = shorter
    return left


def _is_like_object(innermost: bytes) -> bool:
    """`innermost` in its braces: the mark of its schema, if it has one, and of each field, that of an object after those that hold some."""
    if innermost.count(_OBJECT) > 1 or _VALUE in innermost:
        return False
    fields = innermost[1:-1].replace(_OBJECT, b"")
    if _LIKE.fullmatch(fields) is None:
        return False
    names = fields.replace(_HELD, b"")
    return len(set(names)) == len(names)
