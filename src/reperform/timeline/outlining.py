"""What stands in what in a timeline too large to be looked through value by value: whether anything in it is unlike what editors write.

Only the quotes and brackets are looked at, all of a block at once. What is found unlike may be harmless, so it is for
`vetting.refuse_fatal` to say; what is not found unlike holds none of the shapes that it refuses.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.integer[Any]]
    Letters = NDArray[np.uint8]
    Flags = NDArray[np.bool_]

__all__ = ["VALUES", "Outline"]

VALUES = ("RationalTime.", "TimeRange.", "TimeTransform.", "V2d.", "Box2d.", "SerializableObjectRef.")
"""Schemas of which OpenTimelineIO keeps nothing but their own fields."""

_RENEWED = {"Clip.": b'"media_references"', "Marker.": b'"marked_range"'}
"""Schemas whose first version OTIO rewrites, and the field that the second has and the first has not."""

_STRUCTURE = b'"{}[]:\\'
_MARKED = bytes(byte in _STRUCTURE for byte in range(256))
_QUOTE, _COLON, _BACKSLASH = b'":\\'
_STEPS = np.zeros(256, np.int8)
_STEPS[list(b"{[")], _STEPS[list(b"}]")] = 1, -1
_FIRST_OF_A_WORD = np.isin(np.arange(256), [ord(word[0]) for word in (*VALUES, *_RENEWED)])
_ESCAPED = re.compile(rb"\\u00(3\d|2[eE]|[46][1-9a-fA-F]|5[0-9aAfF]|7[0-9aA])")
"""A letter, a digit, a full stop or a low line that is spelled as an escape: so is none in a schema's name."""

_ESCAPE = 6
_PADDING = 32
"""Longer than every word that is looked for."""
_LONGEST_RUN = 1 << 24
"""Bytes without a bracket."""
_DEEPEST = 256
"""Levels; a scan refuses fewer."""
_NAMES = 1 << 20
"""Of so many fields it is told whether there is one of that name: two names may count as one."""
_PRIMES = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)


class Outline:
    """Fed with the blocks of a timeline's bytes, without the backslashes and quotes that a backslash stands before."""

    def __init__(self) -> None:
        self._odd = False
        self._rest = self._last = b""
        self._in_string, self._depth = False, 0
        self._open = [(0, False)] * (_DEEPEST + 1)
        """The open bracket at each depth: its number, and whether it is that of an object."""
        self._count = 1
        """The number of the next bracket that opens; all of a file stands in number 0."""
        self._parents: list[Any] = []
        self._values: list[Any] = []
        self._keys: list[Any] = []
        """Of fields that hold brackets, and of others of the same names: name and object in one number."""
        self._bracketed, self._plain = np.zeros(_NAMES, bool), np.zeros(_NAMES, bool)
        """Which names there are of fields that hold brackets, and of others."""
        self._old: set[str] = set()
        self._new: set[str] = set()

    def feed(self, block: bytes) -> None:
        """The next bytes."""
        if self._odd:
            return
        seam, self._last = self._last + block[:_ESCAPE], block[-_ESCAPE:]
        self._odd = any(b"\\" in part and _ESCAPED.search(part) is not None for part in (seam, block))
        self._new |= {schema for schema, field in _RENEWED.items() if schema not in self._new and field in block}
        text = self._rest + block
        end = max(text.rfind(bracket) for bracket in (b"{", b"}", b"[", b"]")) + 1
        self._rest = text[end:]
        self._odd |= len(self._rest) > _LONGEST_RUN
        if end:
            self._look(text[:end])

    @property
    def is_odd(self) -> bool:
        """Whether what was fed may hold what crashes OTIO; to be asked once all was."""
        return self._odd or bool(self._old & self._new) or self._holds_twice() or self._holds_inside()

    def _look(self, text: bytes) -> None:
        block = _Block(text, in_string=self._in_string, depth=self._depth, outer=self._open, first=self._count)
        if block.is_odd:
            self._odd = True
            return
        self._note_brackets(block)
        self._note_schemas(block)
        self._note_keys(block)
        self._open = block.left_open()
        self._count += len(block.opens)
        self._in_string, self._depth = block.ends_in_string, block.ends_at

    def _note_brackets(self, block: _Block) -> None:
        parents, in_object = block.around(block.opens, inside=False)
        self._parents.append(parents.astype(np.int32))
        self._odd |= bool(np.any(block.marks[block.opens[in_object] - 1] != _COLON))

    def _note_schemas(self, block: _Block) -> None:
        """Which brackets have a schema of VALUES, and which old schemas there are."""
        letters, begin = block.letters, block.places[block.strings] + 1
        which = _FIRST_OF_A_WORD[letters[begin]]
        begin, strings = begin[which], block.strings[which]
        for schema in _RENEWED:
            version = begin[_begins(schema, letters, begin)] + len(schema)
            if np.any((letters[version] != ord("2")) | (letters[version + 1] != _QUOTE)):
                self._old.add(schema)
        values = np.concatenate([_begins(schema, letters, begin) for schema in VALUES])
        self._values.append(block.around(strings[values])[0])

    def _note_keys(self, block: _Block) -> None:
        """Fields that hold brackets, and those of the same names in the same objects."""
        names = _digests(block.letters, block.places[block.keys] + 1, block.places[block.key_ends])
        short = (names >> np.uint64(44)).astype(np.int64)
        bracketed = _STEPS[block.marks[block.key_ends + 2]] == 1
        new = short[bracketed][~self._bracketed[short[bracketed]]]
        self._odd |= bool(np.any(self._plain[new]))  # of such names nothing was kept
        self._bracketed[new] = True
        self._plain[short[~bracketed]] = True
        kept = self._bracketed[short]
        objects, _ = block.around(block.keys[kept])
        self._keys.append(names[kept] ^ objects.astype(np.uint64) * _PRIMES[1])

    def _holds_twice(self) -> bool:
        """Whether one object has two fields of the same name, as far as is compared, with brackets in them."""
        keys = np.sort(np.concatenate(self._keys)) if self._keys else np.zeros(0)
        return bool(np.any(keys[1:] == keys[:-1]))

    def _holds_inside(self) -> bool:
        """Whether something other than a value stands in a value."""
        if not self._parents:
            return False
        is_value = np.zeros(self._count, bool)
        is_value[np.concatenate(self._values)] = True
        return bool(np.any(is_value[np.concatenate(self._parents)] & ~is_value[1:]))


class _Block:
    """A part of a timeline that ends with a bracket: its quotes, brackets and colons, by their numbers among its marks."""

    def __init__(self, text: bytes, *, in_string: bool, depth: int, outer: list[tuple[int, bool]], first: int) -> None:
        self.letters = np.frombuffer(text + bytes(_PADDING), np.uint8)
        self.places = np.flatnonzero(np.frombuffer(text.translate(_MARKED), bool))
        self.marks = np.append(self.letters[self.places], np.zeros(2, np.uint8))
        quotes = self.marks == _QUOTE
        inside = (np.cumsum(quotes, dtype=np.int32) + in_string) & 1
        steps = np.where(inside, np.int8(0), _STEPS[self.marks])
        self._depths = depth + np.cumsum(steps, dtype=np.int32)
        self._before = np.cumsum(steps == 1, dtype=np.int32)
        """How many brackets have opened, up to each mark."""
        self.opens = np.flatnonzero(steps == 1)
        self._opened = self._depths[self.opens]
        self._objects = self.marks[self.opens] == ord("{")
        self._outer, self._first = outer, first
        self.strings = np.flatnonzero(quotes & (inside == 1))
        """Where they begin."""
        ends = np.flatnonzero(quotes & (inside == 0))
        are_keys = self.marks[ends + 1] == _COLON
        self.is_odd = bool(in_string and len(ends) and are_keys[0])
        ends, are_keys = (ends[1:], are_keys[1:]) if in_string else (ends, are_keys)
        self.keys, self.key_ends = self.strings[: len(ends)][are_keys], ends[are_keys]
        escapes = np.cumsum(self.marks == _BACKSLASH, dtype=np.int32)
        self.is_odd |= bool(np.any(escapes[self.keys] != escapes[self.key_ends]))
        self.is_odd |= bool(self._depths.min() < 0 or self._depths.max() > _DEEPEST)
        self.ends_in_string, self.ends_at = bool(inside[-1]), int(self._depths[-1])

    def around(self, marks: Numbers, *, inside: bool = True) -> tuple[Numbers, Flags]:
        """For each mark the number of the bracket that is open there, and whether it is that of an object.

        `inside` False: of a bracket that opens, the one around it.
        """
        levels, orders = self._depths[marks] - (not inside), self._before[marks] - (not inside)
        numbers, objects = np.zeros(len(marks), np.int64), np.zeros(len(marks), bool)
        for level in np.flatnonzero(np.bincount(levels)).tolist():
            here, there = np.flatnonzero(self._opened == level), np.flatnonzero(levels == level)
            at = np.searchsorted(here, orders[there]) - 1
            number, is_object = self._outer[level]
            known = np.append(here, 0)[at]
            numbers[there] = np.where(at >= 0, self._first + known, number)
            objects[there] = np.where(at >= 0, np.append(self._objects, False)[known], is_object)
        return numbers, objects

    def left_open(self) -> list[tuple[int, bool]]:
        """What is open at each depth when the block ends; what is deeper than it ends is never asked for."""
        left = list(self._outer)
        for level in np.flatnonzero(np.bincount(self._opened)).tolist():
            last = int(np.flatnonzero(self._opened == level)[-1])
            left[level] = self._first + last, bool(self._objects[last])
        return left


def _eights(letters: Letters) -> NDArray[np.uint64]:
    """Each place's eight letters as one number."""
    return np.ndarray((len(letters) - 7,), "<u8", letters.data, strides=(1,))


def _begins(word: str, letters: Letters, begin: Numbers) -> Numbers:
    """Which of the strings that begin there begin with the word."""
    spelled, eights = word.encode(), _eights(letters)
    mask = np.uint64((1 << 8 * min(8, len(spelled))) - 1)
    found = np.flatnonzero(eights[begin] & mask == int.from_bytes(spelled[:8], "little"))
    if len(spelled) <= 8:
        return found
    ends = eights[begin[found] + len(spelled) - 8] == int.from_bytes(spelled[-8:], "little")
    return np.compress(ends, found)


def _digests(letters: Letters, begin: Numbers, end: Numbers) -> NDArray[np.uint64]:
    """Of names, by their lengths and the eight letters at either end."""
    eights, lengths = _eights(letters), (end - begin).astype(np.uint64)
    first, last = eights[begin], eights[np.maximum(end - 8, begin)]
    short = np.uint64(8) * np.maximum(np.uint64(8), lengths) - np.uint64(8) * lengths
    first, last = first << short, last << short
    digests: NDArray[np.uint64] = (first * _PRIMES[0] ^ (last + lengths) * _PRIMES[2]) * _PRIMES[0]
    return digests
