"""Reading a timeline file, whatever its ending, whoever wrote it."""

from __future__ import annotations

import hashlib
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import opentimelineio as otio
import platformdirs

from reperform.errors import TimelineError
from reperform.memory import in_tidy_memory
from reperform.timeline.adapters import FORMATS, HEAD, Format, recognise
from reperform.timeline.adapters.converted import refuse_cut_rates, settle
from reperform.timeline.archives import CONTENT, is_archive, read_content
from reperform.timeline.clock import drop_frame_reading, settle_drop_frame, start_frame, timeline_rate
from reperform.timeline.cut import Cut
from reperform.timeline.dialects import Dialect, OtioDialect, detect
from reperform.timeline.foreign import FINAL_CUT_BUNDLE, Foreign, foreign_timeline, refuse_unknown
from reperform.timeline.one_timeline import one_timeline
from reperform.timeline.scanning import BLOCK, Scan, in_blocks, newer_schemas
from reperform.timeline.sharing import SHARED, refuse_endless
from reperform.timeline.vetting import FATAL, MOST_VETTED, refuse_fatal
from reperform.timing import Rate

__all__ = ["LARGEST", "read", "settle_drop_frame"]

LARGEST = 1 << 30
"""Bytes of a timeline that are read; 20,000 clips with all of Resolve's effects are a quarter of it."""

_OURS = '"reperform"'


def read(
    path: Path,
    *,
    timeline_name: str | None = None,
    drop_frame: bool | None = None,
    rate: Rate | None = None,
    unpack_into: Path | None = None,
) -> Cut:
    """The timeline in a `.otio`, `.otioz` or `.otiod`, in any file that holds OpenTimelineIO's JSON, or in another format
    that `adapters` know, by its content.

    A root that is a clip, track or stack is wrapped in a timeline. `timeline_name` chooses among several timelines in
    one file. `drop_frame` None lets the file decide, or its start timecode. `rate` is that of a file that does not say its
    own, an EDL. Media in an archive are unpacked when they are needed, below `unpack_into` (None: the user's cache folder).

    Raises:
        TimelineError: the file is not there, is too large, or holds no timeline that can be read.

    """
    file = _File.of(path, unpack_into, rate)
    root = _parsed(file)
    return in_tidy_memory(lambda: _cut(one_timeline(root, timeline_name, path), file, path, drop_frame))


def _cut(timeline: otio.schema.Timeline, file: _File, path: Path, drop_frame: bool | None) -> Cut:
    dialect = file.foreign.dialect if file.foreign else _dialect(timeline, ours=_OURS in file.words)
    own_rate = timeline_rate(timeline)
    if file.foreign is None:
        refuse_cut_rates(own_rate, path.name)
    start = start_frame(timeline, own_rate)
    drop, why = drop_frame_reading(start, own_rate, drop_frame)
    if file.foreign and drop_frame is None and file.foreign.drop_frame is not None and why is not None:
        drop, why = file.foreign.drop_frame, "as the file says"
    return Cut(
        path=path,
        sha256=file.sha256,
        timeline=timeline,
        dialect=dialect,
        rate=own_rate,
        start_frame=start,
        drop_frame=drop,
        drop_frame_why=why,
        media_folder=file.media_folder,
        name=timeline.name or "",
        may_hold_takes=_OURS in file.words,
        written_as=file.foreign.kind if file.foreign else "otio",
        notes=file.foreign.notes if file.foreign else (),
    )


def _dialect(timeline: otio.schema.Timeline, *, ours: bool) -> Dialect:
    """Who wrote it; where that is nobody known, an adapter may have made it of another format. What we wrote is right as it is."""
    found = detect(timeline)
    if type(found) is OtioDialect and not ours:
        # Where times are none, the walk names what carries them.
        with suppress(ValueError, OverflowError, otio.exceptions.OTIOError):
            settle(timeline)
    return found


@dataclass(frozen=True, kw_only=True)
class _File:
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
    def of(cls, path: Path, unpack_into: Path | None, rate: Rate | None) -> _File:
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
    def _plain(cls, path: Path, *, of: Path, media_folder: Path) -> _File:
        _refuse_size(path, of=of)
        state = _state(path)
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
    def _packed(cls, path: Path, unpack_into: Path | None) -> _File:
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
    def _of_other_format(cls, path: Path, kind: Format, rate: Rate | None, *, of: Path) -> _File:
        state = _state(path)
        content, sha256, foreign = foreign_timeline(path, kind, rate)
        if state != _state(path):
            raise _changed(of.name)
        scan = Scan(of.name, (_OURS,))
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
    scan = Scan(name, (_OURS, FATAL))
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


def _parsed(file: _File) -> Any:
    try:
        return _by_otio(file)
    except otio.exceptions.UnsupportedSchemaError as error:
        raise _too_new(file, error) from error
    except TimelineError:
        raise
    except Exception as error:
        raise TimelineError(
            f"OpenTimelineIO cannot read “{file.name}”",
            cause=f"{type(error).__name__}: {error}"[:2000],
            fix="Export the timeline again; if that fails too, export a part of it to find the item that is wrong.",
        ) from error


def _by_otio(file: _File) -> Any:
    """What OTIO makes of the very bytes that were scanned: from the file, unless that would differ."""
    if file.path is None or file.has_mark:
        return otio.core.deserialize_json_from_string(file.read().decode("utf-8-sig"))
    # Not through OTIO's adapters: neither hooks nor media linkers of this machine change what the editor cut.
    root = otio.core.deserialize_json_from_file(str(file.path))
    if file.state != _state(file.path):
        raise _changed(file.name)
    return root


def _changed(name: str) -> TimelineError:
    return TimelineError(f"“{name}” changed while it was read", fix="Wait until the export is over, and try again.")


def _state(path: Path) -> tuple[int, ...]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _too_new(file: _File, error: Exception) -> TimelineError:
    newer = newer_schemas(file.read(), dict(otio.core.type_version_map()))
    version = ".".join(otio.__version__.split(".")[:2])
    what = f"its {', '.join(newer)} is unknown to" if newer else "it cannot be read by"
    return TimelineError(
        f"“{file.name}” was written by a newer OpenTimelineIO: {what} OpenTimelineIO {otio.__version__}",
        cause=str(error),
        fix="Save it for the older version with the program that wrote it"
        f" (its environment: OTIO_DEFAULT_TARGET_VERSION_FAMILY_LABEL=OTIO_CORE:{version}.0), and give that file.",
    )
