"""PNG: colours, texts and the like of a file around another picture."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from reperform.errors import MediaError

__all__ = ["is_grey", "with_chunks_of"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_OF_THE_PIXELS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"hIST", b"acTL", b"fcTL", b"fdAT", b"tIME"})
"""What belongs to how a picture is coded, or says when it was."""
_OF_THE_KIND = frozenset({b"sBIT", b"bKGD"})
"""What is written otherwise in another kind of colour."""
_GREYS = (0, 4)


def is_grey(file: bytes) -> bool:
    """Whether a file holds no colours."""
    return _kind(file) in _GREYS


def with_chunks_of(original: bytes, made: bytes) -> bytes:
    """The picture of `made`, with all that `original` says beside its own.

    Raises:
        MediaError: the original is damaged.

    """
    left_out = _OF_THE_PIXELS if _kind(original) == _kind(made) else _OF_THE_PIXELS | _OF_THE_KIND
    before: list[bytes] = []
    after: list[bytes] = []
    seen = False
    for kind, data in _chunks(original):
        seen = seen or kind == b"IDAT"
        if kind not in left_out:
            (after if seen else before).append(_chunk(kind, data))
    pixels = [(kind, _chunk(kind, data)) for kind, data in _chunks(made) if kind in (b"IHDR", b"PLTE", b"IDAT")]
    head = [chunk for kind, chunk in pixels if kind != b"IDAT"]
    body = [chunk for kind, chunk in pixels if kind == b"IDAT"]
    return b"".join([_SIGNATURE, *head, *before, *body, *after, _chunk(b"IEND", b"")])


def _kind(file: bytes) -> int:
    """PNG's number of the kind of colour."""
    return file[25]


def _chunks(file: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at + 12 <= len(file):
        length = int.from_bytes(file[at : at + 4], "big")
        kind = file[at + 4 : at + 8]
        if at + 12 + length > len(file):
            break
        yield kind, file[at + 8 : at + 8 + length]
        if kind == b"IEND":
            return
        at += 12 + length
    raise MediaError("a PNG file ends inside its picture", fix="Copy or render that picture again.")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
