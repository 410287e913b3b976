"""Timelines that are no OpenTimelineIO: which there are, how they are recognised, and what each needs installed.

A reader of each stands in a module of its own, and runs in a process of its own (`converting`).
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Literal

__all__ = ["FORMATS", "HEAD", "Format", "Kind", "recognise"]

Kind = Literal["aaf", "fcp7", "edl", "fcpxml", "ale"]

HEAD = 4096
"""Bytes of a file that tell what it is."""


@dataclass(frozen=True, kw_only=True)
class Format:
    """One way of writing a cut."""

    kind: Kind
    name: str
    """As an editor calls it."""
    dialect: str
    """Whose way of marking it has; see `dialects`."""
    extra: str | None = None
    """The part of reperform that reads it, where that is installed on demand: `pip install "reperform[EXTRA]"`."""
    package: str | None = None
    """What the extra brings, as it is imported."""
    largest: int = 1 << 28
    """Bytes that are read of one."""


FORMATS: dict[Kind, Format] = {
    "aaf": Format(kind="aaf", name="AAF", dialect="avid", extra="aaf", package="otio_aaf_adapter", largest=1 << 30),
    "fcp7": Format(kind="fcp7", name="Final Cut Pro 7 XML", dialect="fcp7"),
    "edl": Format(kind="edl", name="EDL", dialect="edl", largest=1 << 26),
    "fcpxml": Format(kind="fcpxml", name="FCPXML", dialect="fcpx"),
    "ale": Format(kind="ale", name="ALE", dialect="edl", largest=1 << 26),
}

_COMPOUND_FILE = b"\xd0\xcf\x11\xe0"
_XML_ROOT = re.compile(r"<(fcpxml|xmeml)[\s>]")
_EVENT = re.compile(r"^\s*\d{1,6}\s+\S+\s+\S+\s+(?:C|D|W\d{3}|K|KB|KO)\s", re.MULTILINE)
_HEADER = re.compile(r"(?:\s*(?:\*[^\n]*|FCM:[^\n]*|;[^\n]*)[\r\n]+)*\s*(?:TITLE:|FCM:|\d{1,6}\s)")
_BYTE_ORDER = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def recognise(head: bytes) -> Format | None:
    """The format of a file that begins so, by its content and not by its name; None for any other."""
    if head.startswith(_COMPOUND_FILE):
        return FORMATS["aaf"]
    text = _text(head)
    beginning = text.lstrip()
    if beginning.startswith("<"):
        root = _XML_ROOT.search(text)
        return FORMATS["fcpxml" if root[1] == "fcpxml" else "fcp7"] if root else None
    if re.match(r"Heading\s*[\r\n]", beginning):
        return FORMATS["ale"]
    if beginning.startswith("TITLE:") or (_HEADER.match(text) and _EVENT.search(text.replace("\r", "\n"))):
        return FORMATS["edl"]
    return None


def _text(head: bytes) -> str:
    encoding = next((name for mark, name in _BYTE_ORDER.items() if head.startswith(mark)), "latin-1")
    return head.decode(encoding, errors="replace")
