"""Sound of a take in a file of its own: a 24-bit Broadcast Wave with its time."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.errors import ConformError
from reperform.files import atomic_output
from reperform.media.muxing import as_24_bit

if TYPE_CHECKING:
    from reperform.media.muxing import Track

__all__ = ["write_wave"]

_BEXT = 602
_PCM, _BYTES = 1, 3
_LARGEST = 2**32 - 1


def write_wave(path: Path, track: Track, *, start_sample: int, name: str, reel: str = "") -> None:
    """Writes the samples, complete or not at all. `start_sample` is that of the first one since midnight (EBU Tech 3285).

    Raises:
        ConformError: it would be larger than such files are.

    """
    with atomic_output(path) as temporary, temporary.open("wb") as file:
        head = 12 + 8 + _BEXT + 8 + 16 + 8
        file.write(bytes(head))
        for block in track.blocks():
            file.write(as_24_bit(block))
        length = file.tell() - head
        if file.tell() + 1 > _LARGEST:
            raise ConformError(f"the sound of {name} is too long for a WAV file")
        file.write(b"\0" * (length % 2))
        total = file.tell()
        file.seek(0)
        file.write(b"RIFF" + struct.pack("<I", total - 8) + b"WAVE")
        file.write(_chunk(b"bext", _bext(start_sample, name=name, reel=reel)))
        frame = track.channels * _BYTES
        facts = struct.pack("<HHIIHH", _PCM, track.channels, track.rate, track.rate * frame, frame, _BYTES * 8)
        file.write(_chunk(b"fmt ", facts) + b"data" + struct.pack("<I", length))


def _bext(start_sample: int, *, name: str, reel: str) -> bytes:
    """Version 0. No date: takes of the same content are the same bytes."""
    texts = [(name, 256), ("reperform", 32), (reel, 32), ("", 10), ("", 8)]
    head = b"".join(text.encode("ascii", "replace")[:size].ljust(size, b"\0") for text, size in texts)
    return (head + struct.pack("<QH", max(0, start_sample), 0)).ljust(_BEXT, b"\0")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data
