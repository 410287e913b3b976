"""How a timeline spells the schemas of its objects, seen in its bytes block by block."""

from __future__ import annotations

import re

__all__ = ["Spelling", "reduced"]

_LEFT_OUT = b" \t\r\n0123456789.+-"
_LONGEST = 80
"""Bytes of a schema's name and version."""
_SCHEMA = re.compile(rb'"OTIO_SCHEMA": ?"([^"]{0,%d})"' % _LONGEST)
_MOST = 1000
"""Different ones; editors write a few dozen."""
_REACH = 2 * _LONGEST
"""Bytes around the place where two blocks meet: more than one of them takes."""
_ESCAPED = re.compile(rb"\\u00(3\d|2[eE]|[46][1-9a-fA-F]|5[0-9aAfF]|7[0-9aA])")
"""A letter, a digit, a full stop or a low line that is spelled as an escape: so is none in a schema's name."""


class Spelling:
    """Fed with the blocks of a timeline's bytes, as `Outline` is."""

    def __init__(self) -> None:
        self.schemas = 0
        """How many stand there in one of the two usual ways: with one space before the name, or none."""
        self.is_odd = False
        """Whether something is spelled as an escape that need not be, or too many differ to look at each: then no more is looked at."""
        self._names: set[bytes] = set()
        self._last = b""

    def feed(self, block: bytes) -> None:
        """The next bytes."""
        if self.is_odd:
            return
        names = _SCHEMA.findall(block)
        end, beyond = len(self._last), self._last + block[:_REACH]
        names += [match[1] for match in _SCHEMA.finditer(beyond) if match.start() < end < match.end()]
        self.schemas += len(names)
        self._names.update(names)
        escaped = b"\\" in block or b"\\" in self._last
        self.is_odd = len(self._names) > _MOST or (
            escaped and any(_ESCAPED.search(part) is not None for part in (block, beyond))
        )
        self._last = (self._last + block[-_REACH:])[-_REACH:]

    def has(self, schema: str) -> bool:
        """Whether one begins like this, figures and spaces left out of both."""
        return any(reduced(name).startswith(reduced(schema.encode())) for name in self._names)

    def has_other(self, schema: str, version: str) -> bool:
        """Whether one begins like the schema, figures and spaces left out, and is not just this version of it."""
        exact = f"{schema}{version}".encode()
        return any(reduced(name).startswith(reduced(schema.encode())) for name in self._names - {exact})


def reduced(text: bytes) -> bytes:
    """The text without spaces, figures, full stops and signs."""
    return text.translate(None, _LEFT_OUT)
