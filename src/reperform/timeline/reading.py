"""Reading a timeline file, whatever its ending, whoever wrote it."""

from __future__ import annotations

import hashlib
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import opentimelineio as otio
import platformdirs

from reperform.errors import TimelineError
from reperform.timeline.archives import CONTENT, is_archive, read_content
from reperform.timeline.clock import drop_frame_reading, settle_drop_frame, start_frame, timeline_rate
from reperform.timeline.cut import Cut
from reperform.timeline.dialects import WORDS, detect
from reperform.timeline.scanning import BLOCK, SHARED, Scan, newer_schemas, refuse_cycles

__all__ = ["LARGEST", "read", "settle_drop_frame"]

LARGEST = 1 << 30
"""Bytes of a timeline that are read; 20,000 clips with all of Resolve's effects are a quarter of it."""

_HEAD = 512
_OURS = '"reperform"'
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0", "an AAF file"),
    (b"<", "an XML file"),
    (b"TITLE:", "an EDL"),
    (b"SQLite format 3", "a database"),
)


def read(
    path: Path, *, timeline_name: str | None = None, drop_frame: bool | None = None, unpack_into: Path | None = None
) -> Cut:
    """The timeline in a `.otio`, `.otioz` or `.otiod`, or in any file that holds OpenTimelineIO's JSON.

    A root that is a clip, track or stack is wrapped in a timeline. `timeline_name` chooses among several timelines in
    one file. `drop_frame` None lets the start timecode decide. Media in an archive are unpacked when they are needed,
    below `unpack_into` (None: the user's cache folder).

    Raises:
        TimelineError: the file is not there, is too large, or holds no timeline that can be read.

    """
    file = _File.of(path, unpack_into)
    timeline = _one_timeline(_parsed(file), timeline_name, path)
    rate = timeline_rate(timeline)
    start = start_frame(timeline, rate)
    drop, why = drop_frame_reading(start, rate, drop_frame)
    return Cut(
        path=path,
        sha256=file.sha256,
        timeline=timeline,
        dialect=detect(timeline, file.words),
        rate=rate,
        start_frame=start,
        drop_frame=drop,
        drop_frame_why=why,
        media_folder=file.media_folder,
        name=timeline.name or "",
        may_hold_takes=_OURS in file.words,
    )


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

    @classmethod
    def of(cls, path: Path, unpack_into: Path | None) -> _File:
        try:
            if path.is_dir():
                return cls._plain(path / CONTENT, of=path, media_folder=path.absolute())
            if not path.is_file():
                raise _not_there(path)
            with path.open("rb") as file:
                head = file.read(_HEAD)
            if is_archive(head):
                return cls._packed(path, unpack_into)
            _refuse_foreign(head, path)
            return cls._plain(path, of=path, media_folder=path.absolute().parent)
        except (OSError, ValueError) as error:
            raise TimelineError(f"“{path}” cannot be opened", cause=str(error)) from error

    @classmethod
    def _plain(cls, path: Path, *, of: Path, media_folder: Path) -> _File:
        _refuse_size(path, of=of)
        state = _state(path)
        scan = Scan(of.name, (*WORDS, _OURS))
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                scan.feed(block)
        sha256 = scan.finish()
        if SHARED in scan.found:
            refuse_cycles(path.read_bytes(), of.name)
        return cls(
            name=of.name,
            path=path,
            state=state,
            sha256=sha256,
            words=frozenset(scan.found),
            media_folder=media_folder,
        )

    @classmethod
    def _packed(cls, path: Path, unpack_into: Path | None) -> _File:
        content = read_content(path, most=LARGEST)
        scan = Scan(path.name, (*WORDS, _OURS))
        scan.feed(content)
        scan.finish()
        if SHARED in scan.found:
            refuse_cycles(content, path.name)
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return cls(
            name=path.name,
            path=None,
            content=content,
            sha256=sha256,
            words=frozenset(scan.found),
            media_folder=unpack_into or platformdirs.user_cache_path("reperform") / "unpacked" / sha256[:24],
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


def _refuse_foreign(head: bytes, path: Path) -> None:
    text = head.removeprefix(BOM_UTF8).lstrip()
    if text.startswith((b"{", b"[")):
        return
    kind = next((kind for magic, kind in _FOREIGN if text.startswith(magic)), None)
    about = f"is {kind}" if kind else "is empty" if not text else "is not OpenTimelineIO"
    raise TimelineError(
        f"“{path.name}” {about}",
        fix="Export the timeline from the editor as OpenTimelineIO (.otio) and give that file.",
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
        raise TimelineError(
            f"“{file.name}” changed while it was read", fix="Wait until the export is over, and try again."
        )
    return root


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


def _one_timeline(root: Any, wanted: str | None, path: Path) -> otio.schema.Timeline:
    if isinstance(root, otio.schema.SerializableCollection):
        return _chosen(list(_timelines(root)), wanted, path)
    timeline = _wrapped(root)
    if timeline is None or timeline.tracks is None:
        raise TimelineError(
            f"“{path.name}” holds no timeline",
            fix="Give a file whose root is an OpenTimelineIO timeline, stack, track or clip.",
        )
    if wanted and timeline.name and timeline.name != wanted:
        raise TimelineError(
            f"“{path.name}” holds one timeline, “{timeline.name}”, and none called “{wanted}”",
            fix="Leave --timeline out.",
        )
    return timeline


def _timelines(collection: Any) -> Iterator[otio.schema.Timeline]:
    for item in collection:
        if isinstance(item, otio.schema.SerializableCollection):
            yield from _timelines(item)
        elif isinstance(item, otio.schema.Timeline) and item.tracks is not None:
            yield item


def _chosen(timelines: list[otio.schema.Timeline], wanted: str | None, path: Path) -> otio.schema.Timeline:
    """The only one, or the one of that name."""
    fitting = [timeline for timeline in timelines if wanted is None or timeline.name == wanted]
    if len(fitting) == 1:
        return fitting[0]
    if not timelines:
        raise TimelineError(f"“{path.name}” is a collection without a timeline in it", fix="Export a timeline.")
    names = ", ".join(f"“{timeline.name or 'without a name'}”" for timeline in timelines[:50])
    if wanted is None:
        message = f"“{path.name}” holds {len(timelines)} timelines: {names}"
    elif fitting:
        message = f"“{path.name}” holds {len(fitting)} timelines called “{wanted}”"
    else:
        message = f"“{path.name}” holds no timeline called “{wanted}”, but {names}"
    raise TimelineError(message, fix="Choose one with --timeline NAME, or export it on its own.")


def _wrapped(root: Any) -> otio.schema.Timeline | None:
    """A timeline around a stack, track or item that stands alone; None for anything else."""
    if isinstance(root, otio.schema.Timeline):
        return root
    if not isinstance(root, otio.core.Item):
        return None
    timeline = otio.schema.Timeline(root.name)
    if isinstance(root, otio.schema.Stack):
        timeline.tracks = root
    elif isinstance(root, otio.schema.Track):
        timeline.tracks.append(root)
    else:
        track = otio.schema.Track(kind=otio.schema.TrackKind.Video)
        track.append(root)
        timeline.tracks.append(track)
    return timeline
