"""A file that is no OpenTimelineIO, read as if it were: who wrote it, what its reader has to say, and what is refused."""

from __future__ import annotations

import hashlib
from codecs import BOM_UTF8
from dataclasses import dataclass
from pathlib import Path

from reperform.errors import TimelineError
from reperform.model import Place, Problem
from reperform.timeline.adapters import Format
from reperform.timeline.adapters.converting import convert
from reperform.timeline.dialects.avid import AvidDialect
from reperform.timeline.dialects.base import Dialect
from reperform.timeline.dialects.edl import EdlDialect
from reperform.timeline.dialects.fcp7 import Fcp7Dialect
from reperform.timeline.dialects.fcpx import FcpxDialect
from reperform.timing import Rate

__all__ = ["FINAL_CUT_BUNDLE", "Foreign", "foreign_timeline", "refuse_unknown"]

FINAL_CUT_BUNDLE = "Info.fcpxml"
"""The timeline in an `.fcpxmld` folder."""

_DIALECTS: dict[str, Dialect] = {
    "avid": AvidDialect(),
    "edl": EdlDialect(),
    "fcp7": Fcp7Dialect(),
    "fcpx": FcpxDialect(),
}
_KNOWN: tuple[tuple[bytes, str], ...] = ((b"<", "an XML file of another kind"), (b"SQLite format 3", "a database"))
_EXPORT = "Export the timeline from the editor as OpenTimelineIO (.otio), AAF, FCPXML, Final Cut Pro 7 XML or EDL, and give that file."


@dataclass(frozen=True, kw_only=True)
class Foreign:
    """What is known of a file beside its timeline."""

    kind: str
    dialect: Dialect
    drop_frame: bool | None
    notes: tuple[Problem, ...]


def foreign_timeline(path: Path, kind: Format, rate: Rate | None) -> tuple[bytes, str, Foreign]:
    """A file of another format as OpenTimelineIO's JSON, the file's SHA-256, and what its reader says of it."""
    converted = convert(path, kind, rate=rate)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    notes = tuple(
        Problem(
            severity="warning" if remark["warning"] else "note",
            where=Place(clip=remark["clip"], timecode=remark["timecode"]),
            message=remark["message"],
            fix=remark["fix"],
        )
        for remark in converted.remarks
    )
    foreign = Foreign(kind=kind.kind, dialect=_DIALECTS[kind.dialect], drop_frame=converted.drop_frame, notes=notes)
    return converted.content, sha256, foreign


def refuse_unknown(head: bytes, name: str) -> None:
    """Raises TimelineError for a file that begins neither as JSON nor as another format that is read."""
    text = head.removeprefix(BOM_UTF8).lstrip()
    if text.startswith((b"{", b"[")):
        return
    kind = next((kind for magic, kind in _KNOWN if text.startswith(magic)), None)
    other = f"is {kind}" if kind else "is not OpenTimelineIO, nor a timeline of another kind that is read"
    about = other if text else "is empty"
    raise TimelineError(f"“{name}” {about}", fix=_EXPORT)
