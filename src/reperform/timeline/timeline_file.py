"""A timeline's file: where its JSON is, and what was seen of it before OTIO reads it."""

from __future__ import annotations

import hashlib
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import platformdirs

from reperform.errors import TimelineError
from reperform.timeline.adapters import FORMATS, HEAD, Format, recognise
from reperform.timeline.archives import CONTENT, is_archive, read_content
from reperform.timeline.foreign import FINAL_CUT_BUNDLE, Foreign, foreign_timeline, refuse_unknown
from reperform.timeline.scanning import BLOCK, Scan, in_blocks
from reperform.timeline.sharing import SHARED, refuse_endless
from reperform.timeline.vetting import FATAL, MOST_VETTED, refuse_fatal
from reperform.timing import Rate

__all__ = ["LARGEST", "OURS", "TimelineFile", "changed_meanwhile", "state_of"]

LARGEST = 1 << 30
"""Bytes of a timeline that are read; 20,000 clips with all of Resolve's effects are a quarter of it."""

OURS = '"reperform"'


@dataclass(frozen=True, kw_only=True)
class TimelineFile:
    """A timeline's JSON: where it is, and what was seen of it before OTIO reads it."""

    name: str
    path: Path | None
    """None for JSON that is in memory, out of an archive."""
    state: tuple[int, ...] = ()
    """Of the file when it was looked at."""
    content: bytes | None = None
    sha256: str
    words: frozenset[str]
    media_folder: Path
    foreign: Foreign | None = None
    """What its reader says of a file that is no OpenTimelineIO. None for one that is."""

    @classmethod
    def of(cls, path: Path, unpack_into: Path | None, rate: Rate | None) -> TimelineFile:
        """What there is at this path, whatever its ending."""
        try:
            if (path / FINAL_CUT_BUNDLE).is_file():
                return cls._of_other_format(path / FINAL_CUT_BUNDLE, FORMATS["fcpxml"], rate, of=path)
            if path.is_dir():
                return cls._plain(path / CONTENT, of=path, media_folder=path.absolute())
            if not path.is_file():
                raise _not_there(path)
            with path.open("rb") as file:
                head = file.read(HEAD)
            if is_archive(head):
                return cls._packed(path, unpack_into)
            if kind := recognise(head):
                return cls._of_other_format(path, kind, rate, of=path)
            refuse_unknown(head, path.name)
            return cls._plain(path, of=path, media_folder=path.absolute().parent)
        except (OSError, ValueError) as error:
            raise TimelineError(f"“{path}” cannot be opened", cause=str(error)) from error

    @classmethod
    def _plain(cls, path: Path, *, of: Path, media_folder: Path) -> TimelineFile:
        _refuse_size(path, of=of)
        state = state_of(path)
        with path.open("rb") as file:
            sha256, words = _scanned(of.name, iter(partial(file.read, BLOCK), b""), state[1], path.read_bytes)
        return cls(
            name=of.name,
            path=path,
            state=state,
            sha256=sha256,
            words=words,
            media_folder=media_folder,
        )

    @classmethod
    def _packed(cls, path: Path, unpack_into: Path | None) -> TimelineFile:
        content = read_content(path, most=LARGEST)
        _, words = _scanned(path.name, in_blocks(content), len(content), lambda: content)
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return cls(
            name=path.name,
            path=None,
            content=content,
            sha256=sha256,
            words=words,
            media_folder=unpack_into or platformdirs.user_cache_path("reperform") / "unpacked" / sha256[:24],
        )

    @classmethod
    def _of_other_format(cls, path: Path, kind: Format, rate: Rate | None, *, of: Path) -> TimelineFile:
        state = state_of(path)
        content, sha256, foreign = foreign_timeline(path, kind, rate)
        if state != state_of(path):
            raise changed_meanwhile(of.name)
        scan = Scan(of.name, (OURS,))
        for block in in_blocks(content):
            scan.feed(block)
        scan.finish()
        if SHARED in scan.found:
            refuse_endless(content, of.name)
        return cls(
            name=of.name,
            path=None,
            content=content,
            sha256=sha256,
            words=frozenset(scan.found),
            media_folder=path.absolute().parent,
            foreign=foreign,
        )

    def read(self) -> bytes:
        """All of it."""
        return self.path.read_bytes() if self.path else self.content or b""

    @property
    def has_mark(self) -> bool:
        """Whether a byte order mark stands before the JSON, which OTIO does not read."""
        if self.path is None:
            return True
        with self.path.open("rb") as file:
            return file.read(len(BOM_UTF8)) == BOM_UTF8


def _scanned(name: str, blocks: Iterable[bytes], size: int, content: Callable[[], bytes]) -> tuple[str, frozenset[str]]:
    """The SHA-256 of the bytes, and which words stand in them.

    Raises TimelineError for what would crash OTIO, in its reader or later.
    """
    scan = Scan(name, (OURS, FATAL))
    for block in blocks:
        scan.feed(block)
    sha256 = scan.finish()
    if size <= MOST_VETTED or FATAL in scan.found or scan.is_odd:
        refuse_fatal(content(), name)
    if SHARED in scan.found:
        refuse_endless(content(), name)
    return sha256, frozenset(scan.found)


def _not_there(path: Path) -> TimelineError:
    if path.exists():
        return TimelineError(f"“{path}” is no file", fix="Give the file that the editor exported.")
    return TimelineError(f"there is no file “{path}”", fix="Check the path of the timeline.")


def _refuse_size(path: Path, *, of: Path) -> None:
    if not path.is_file():
        raise TimelineError(
            f"the folder “{of}” holds no {CONTENT}",
            fix="Give an .otiod folder, or the timeline file itself.",
        )
    size = path.stat().st_size
    if size > LARGEST:
        raise TimelineError(
            f"“{of.name}” has {size:,} bytes; {LARGEST:,} are the most that is read of a timeline",
            fix="Export a part of the cut, a reel for example.",
        )


def changed_meanwhile(name: str) -> TimelineError:
    """The error for a file that was written to while it was read."""
    return TimelineError(f"“{name}” changed while it was read", fix="Wait until the export is over, and try again.")


def state_of(path: Path) -> tuple[int, ...]:
    """What tells that a file was written to."""
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns
