"""A look at a timeline's bytes before OpenTimelineIO sees them: what would crash it is refused here.

The bytes pass once, in blocks that stay in the processor's cache; a timeline of hundreds of megabytes is never held.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from reperform.errors import TimelineError
from reperform.timeline.outlining import Outline, Outlined
from reperform.timeline.sharing import SHARED
from reperform.timeline.spelling import reduced

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
_TOO_DEEP = b"[" * (DEEPEST + 1)
_SCHEMA = re.compile(rb'"OTIO_SCHEMA"\s*:\s*"(\w{1,80})\.(\d{1,4})"')


class Scan:
    """What the bytes of a timeline tell, block by block: its digest, which of some words stand in it, and whether it is safe.

    Feeding it raises TimelineError for brackets nested deeper than DEEPEST or not matching, for text that is not UTF-8, and for
    more than MOST_OBJECTS or MOST_VALUES.
    """

    def __init__(self, name: str, words: tuple[str, ...] = ()) -> None:
        self.found: set[str] = set()
        """The words that stand in it, SHARED among them; also those that would without spaces, figures and full stops."""
        self._name = name
        self._outline = Outline()
        self._digest = hashlib.sha256()
        self._missing = {word: reduced(word.encode()) for word in (*words, SHARED)}
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._escaped = False
        self._open = 0
        self._objects = self._values = 0

    def feed(self, block: bytes) -> None:
        """The next bytes."""
        if len(block) < _WORTH_A_THREAD:
            self._digest.update(block)
            self._look(block)
            return
        # The digest needs no interpreter, so it is made beside the rest.
        with ThreadPoolExecutor(1) as pool:
            digested = pool.submit(self._digest.update, block)
            self._look(block)
        digested.result()

    def finish(self) -> str:
        """The SHA-256 of all that was fed."""
        self._decode(b"", final=True)
        self._take(self._outline.finish())
        if self._open or self._outline.in_string:
            raise self._unmatched()
        return self._digest.hexdigest()

    @property
    def is_odd(self) -> bool:
        """Whether it may hold what crashes OTIO, for `vetting` to say; to be asked once it is finished."""
        return self._outline.is_odd

    def _look(self, block: bytes) -> None:
        self._decode(block)
        self._take(self._outline.feed(self._without_escapes(block)))

    def _take(self, part: Outlined) -> None:
        for word in [word for word, spelled in self._missing.items() if spelled in part.words]:
            self.found.add(word)
            del self._missing[word]
        self._refuse_too_many(part)
        self._refuse_depth(part.brackets)

    def _refuse_too_many(self, part: Outlined) -> None:
        self._objects += part.objects
        self._values += part.values
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
