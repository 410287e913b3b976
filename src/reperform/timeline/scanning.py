"""A look at a timeline's bytes before OpenTimelineIO sees them: what would crash it is refused here.

The bytes pass once, in blocks that stay in the processor's cache; a timeline of hundreds of megabytes is never held.
"""

from __future__ import annotations

import codecs
import hashlib
import json
import re
from threading import Thread
from typing import Any

from reperform.errors import TimelineError

__all__ = ["BLOCK", "DEEPEST", "SHARED", "Scan", "newer_schemas", "refuse_cycles"]

DEEPEST = 200
"""Levels of brackets in one another; real timelines have a few dozen."""

BLOCK = 1 << 22
"""Bytes that a scan is best fed at once."""

SHARED = "SerializableObjectRef"
"""How OTIO writes an object that it has written already."""

_LONGEST_KEY = 64
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_ALL_ELSE = bytes(byte for byte in range(256) if byte not in b'[]{}"')
_TOO_DEEP = b"[" * (DEEPEST + 1)
_SCHEMA = re.compile(rb'"OTIO_SCHEMA"\s*:\s*"(\w{1,80})\.(\d{1,4})"')


class Scan:
    """What the bytes of a timeline tell, block by block: its digest, which of some words stand in it, and whether it is safe.

    Feeding it raises TimelineError for brackets nested deeper than DEEPEST or not matching, and for text that is not UTF-8.
    """

    def __init__(self, name: str, words: tuple[str, ...] = ()) -> None:
        self.found: set[str] = set()
        """The words that stand in it, SHARED among them."""
        self._name = name
        self._digest = hashlib.sha256()
        self._missing = {word: word.encode() for word in (*words, SHARED)}
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._last = b""
        self._escaped = False
        self._in_string = False
        self._open = 0

    def feed(self, block: bytes) -> None:
        """The next bytes."""
        # The digest needs no interpreter, so it is made while the rest is done.
        digesting = Thread(target=self._digest.update, args=(block,))
        digesting.start()
        try:
            self._look_for_words(block)
            self._decode(block)
            self._refuse_depth(self._outside_strings(block))
        finally:
            digesting.join()
        self._last = block[-_LONGEST_KEY:]

    def finish(self) -> str:
        """The SHA-256 of all that was fed."""
        self._decode(b"", final=True)
        if self._open or self._in_string:
            raise self._unmatched()
        return self._digest.hexdigest()

    def _look_for_words(self, block: bytes) -> None:
        seam = self._last + block[:_LONGEST_KEY]
        for word, spelled in list(self._missing.items()):
            if spelled in block or spelled in seam:
                self.found.add(word)
                del self._missing[word]

    def _decode(self, block: bytes, *, final: bool = False) -> None:
        if not final and block.isascii() and not self._decoder.getstate()[0]:
            return
        try:
            self._decoder.decode(block, final)
        except UnicodeDecodeError as error:
            raise TimelineError(
                f"“{self._name}” is not UTF-8 text", cause=str(error), fix="Export the timeline again."
            ) from error

    def _outside_strings(self, block: bytes) -> bytes:
        """Only the brackets, all square, that stand outside of strings."""
        if self._escaped:
            block = block[1:] if block[:1] in (b"\\", b'"') else block
            self._escaped = False
        if b"\\" in block:
            block = block.replace(rb"\\", b"")
            if block.endswith(b"\\"):
                self._escaped = True
            block = block.replace(rb"\"", b"")
        pieces = block.translate(_BRACKETS, _ALL_ELSE).replace(b'""', b"").split(b'"')
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


def newer_schemas(content: bytes, known: dict[str, int]) -> list[str]:
    """The schemas in a newer version than `known` has, such as `Marker.3`."""
    found = {(match[1].decode(), int(match[2])) for match in _SCHEMA.finditer(content)}
    return sorted(f"{schema}.{version}" for schema, version in found if version > known.get(schema, version))


def refuse_cycles(content: bytes, name: str) -> None:
    """Raises TimelineError for a timeline in which an object contains itself.

    OTIO writes an object that is used twice as a reference to its id; one inside itself has no end. For files in which
    SHARED was found.
    """
    try:
        root = json.loads(content)
    except ValueError:
        return  # OTIO says what is wrong with it
    waiting: list[tuple[Any, frozenset[str]]] = [(root, frozenset())]
    while waiting:
        value, around = waiting.pop()
        if isinstance(value, list):
            waiting += [(item, around) for item in value]
        if not isinstance(value, dict):
            continue
        if str(value.get("OTIO_SCHEMA")).startswith(f"{SHARED}.") and str(value.get("id")) in around:
            raise TimelineError(
                f"“{name}” holds a stack or track that contains itself",
                fix="Export the timeline again from its editor.",
            )
        identity = value.get("OTIO_REF_ID")
        inside = around | {str(identity)} if identity is not None else around
        waiting += [(item, inside) for item in value.values()]
