"""The reader of each format."""

from __future__ import annotations

from pathlib import Path

from reperform.timeline.adapters import Kind
from reperform.timeline.adapters.making import Read
from reperform.timing import Rate

__all__ = ["read"]


def read(kind: Kind, path: Path, *, rate: Rate | None = None) -> Read:
    """The timeline in a file. Raises TimelineError, ImportError for a part that is not installed, or what an adapter raises."""
    if kind == "aaf":
        from reperform.timeline.adapters import aaf

        return aaf.read(path)
    content, name = path.read_bytes(), path.name
    if kind == "edl":
        from reperform.timeline.adapters import edl

        return edl.read(content, name, path=path, rate=rate)
    if kind == "ale":
        from reperform.timeline.adapters import ale

        return ale.refuse(name)
    if kind == "fcp7":
        from reperform.timeline.adapters import fcp7

        return fcp7.read(content, name)
    from reperform.timeline.adapters import fcpxml

    return fcpxml.read(content, name)
