"""Media inside JSON: data URLs, and bare base64 where an engine takes it."""

from __future__ import annotations

import base64
import binascii
import re

from reperform.emulator.store import Stored
from reperform.emulator.world import World

__all__ = ["decoded", "keep"]

_HEAD = re.compile(r"data:((?:video|audio|image)/[\w.+-]+)(?:;[\w=.-]+)*;base64,")
_ENDINGS = {"quicktime": "mov", "mpeg": "mp3", "x-wav": "wav", "wave": "wav", "vnd.wave": "wav"}


def decoded(text: str, *, bare: bool = False) -> tuple[bytes, str] | None:
    """The bytes and their content type. None where it is neither, or `bare` base64 is not taken."""
    head = _HEAD.match(text[:200])
    if head is None and not bare:
        return None
    try:
        data = base64.b64decode(text[head.end() :] if head else text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return (data, head.group(1) if head else "application/octet-stream") if data else None


def keep(world: World, engine: str, data: bytes, content_type: str, *, signed: bool = False) -> Stored:
    """A file of its own for the bytes."""
    subtype = content_type.partition("/")[2]
    stored = world.store.place(engine, f"asset.{_ENDINGS.get(subtype, subtype)}", content_type, signed=signed)
    stored.path.write_bytes(data)
    return stored
