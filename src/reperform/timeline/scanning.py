"""A look at a timeline's bytes before OpenTimelineIO sees them: what would crash it is refused here.

The bytes pass once, in blocks that stay in the processor's cache; a timeline of hundreds of megabytes is never held.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from reperform.errors import TimelineError
from reperform.timeline.sharing import SHARED

__all__ = ["BLOCK", "DEEPEST", "Scan", "in_blocks", "newer_schemas"]

DEEPEST = 200
"""Levels of brackets in one another; real timelines have a few dozen."""

BLOCK = 1 << 22
"""Bytes that a scan is best fed at once."""

MOST_OBJECTS, MOST_VALUES = 5_000_000, 32_000_000
"""Of one file. OTIO needs half a kilobyte for the least object and fifty bytes for a number; 85,000 clips with all of Resolve's effects, a
gigabyte, have 4 million and 17 million.
"""

_WORTH_A_THREAD = 1 << 16
_LONGEST_KEY = 64
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_ALL_ELSE = bytes(byte for byte in range(256) if byte not in b'[]{}",')
_TOO_DEEP = b"[" * (DEEPEST + 1)
_SCHEMA = re.compile(rb'"OTIO_SCHEMA"\s*:\s*"(\w{1,80})\.(\d{1,4})"')


class Follower(Protocol):
    """What looks at the same bytes for itself."""

    def feed(self, block: bytes) -> None:
        """The next of them, without each backslash that stands before another one or a quote, and without that."""


class Scan:
    """What the bytes of a timeline tell, block by block: its digest, which of some words stand in it, and whether it is safe.

    Feeding it raises TimelineError for brackets nested deeper than DEEPEST or not matching, for text that is not UTF-8, and for
    more than MOST_OBJECTS or MOST_VALUES. `follower` is fed likewise, at the same time.
    """

    def __init__(self, name: str, words: tuple[str, ...] = (), *, follower: Follower | None = None) -> None:
        self.found: set[str] = set()
        """The words that stand in it, SHARED among them."""
        self._name = name
        self._follower = follower
        self._digest = hashlib.sha256()
        self._missing = {word: word.encode() for word in (*words, SHARED)}
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._last = b""
        self._escaped = False
        self._in_string = False
        self._open = 0
        self._objects = self._values = 0

    def feed(self, block: bytes) -> None:
        """The next bytes."""
        plain = self._without_escapes(block)
        if len(block) < _WORTH_A_THREAD:
            self._digest.update(block)
            self._follow(plain)
            self._look(block, plain)
            return
        # The digest needs no interpreter, and a follower little of it, so they are done beside the rest.
        with ThreadPoolExecutor(2) as pool:
            beside = [pool.submit(self._digest.update, block), pool.submit(self._follow, plain)]
            self._look(block, plain)
        for each in beside:
            each.result()

    def _follow(self, plain: bytes) -> None:
        if self._follower is not None:
            self._follower.feed(plain)

    def finish(self) -> str:
        """The SHA-256 of all that was fed."""
        self._decode(b"", final=True)
        if self._open or self._in_string:
            raise self._unmatched()
        return self._digest.hexdigest()

    def _look(self, block: bytes, plain: bytes) -> None:
        self._look_for_words(block)
        self._decode(block)
        marks = plain.translate(None, _ALL_ELSE)
        self._refuse_too_many(marks)
        self._refuse_depth(self._outside_strings(marks))
        self._last = block[-_LONGEST_KEY:]

    def _look_for_words(self, block: bytes) -> None:
        seam = self._last + block[:_LONGEST_KEY]
        for word, spelled in list(self._missing.items()):
            if spelled in block or spelled in seam:
                self.found.add(word)
                del self._missing[word]

    def _refuse_too_many(self, marks: bytes) -> None:
        """Those in strings count too: near enough."""
        self._objects += marks.count(b"{")
        self._values += marks.count(b",")
        if self._objects > MOST_OBJECTS or self._values > MOST_VALUES:
            raise TimelineError(
                f"“{self._name}” holds more than {MOST_OBJECTS:,} objects or {MOST_VALUES:,} values, which no cut needs",
                fix="Export a part of the cut, a reel for example.",
            )

    def _decode(self, block: bytes, *, final: bool = False) -> None:
        if not final and block.isascii() and not self._decoder.getstate()[0]:
            return
        try:
            self._decoder.decode(block, final)
        except UnicodeDecodeError as error:
            raise TimelineError(
                f"“{self._name}” is not UTF-8 text", cause=str(error), fix="Export the timeline again."
            ) from error

    def _without_escapes(self, block: bytes) -> bytes:
        """Without what a backslash stands before, wherever blocks meet."""
        if self._escaped:
            block = block[1:] if block[:1] in (b"\\", b'"') else block
            self._escaped = False
        if b"\\" in block:
            block = block.replace(rb"\\", b"")
            if block.endswith(b"\\"):
                self._escaped = True
            block = block.replace(rb"\"", b"")
        return block

    def _outside_strings(self, marks: bytes) -> bytes:
        """Only the brackets, all square, that stand outside of strings."""
        pieces = marks.translate(_BRACKETS, b",").replace(b'""', b"").split(b'"')
        outside = b"".join(pieces[1 if self._in_string else 0 :: 2])
        self._in_string ^= len(pieces) % 2 == 0
        return outside

    def _refuse_depth(self, brackets: bytes) -> None:
        """Peels off the innermost pairs, level by level: each round is one pass in C, and real files need a dozen."""
        still_open = self._open + brackets.count(b"[") - brackets.count(b"]")
        if still_open > DEEPEST:
            raise self._too_deep()
        level = b"[" * self._open + brackets + b"]" * max(0, still_open)
        self._open = still_open
        for _level in range(DEEPEST + 1):
            if not level:
                return
            if _TOO_DEEP in level:
                break
            peeled = level.replace(b"[]", b"")
            if len(peeled) == len(level):
                raise self._unmatched()
            level = peeled
        raise self._too_deep()

    def _too_deep(self) -> TimelineError:
        return TimelineError(
            f"“{self._name}” nests more than {DEEPEST} levels deep, which no editor writes",
            fix="Export the timeline again; if compound clips really nest that deep, decompose them first.",
        )

    def _unmatched(self) -> TimelineError:
        return TimelineError(
            f"“{self._name}” is not complete JSON: its brackets do not match",
            fix="Export the timeline again; the file may have been cut off on its way.",
        )


def in_blocks(content: bytes, *, most: int = BLOCK) -> Iterator[bytes]:
    """What is in memory already, as a scan is best fed."""
    for start in range(0, len(content), most):
        yield content[start : start + most]


def newer_schemas(content: bytes, known: dict[str, int]) -> list[str]:
    """The schemas in a newer version than `known` has, such as `Marker.3`."""
    found = {(match[1].decode(), int(match[2])) for match in _SCHEMA.finditer(content)}
    return sorted(f"{schema}.{version}" for schema, version in found if version > known.get(schema, version))
