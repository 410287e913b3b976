"""Reading a timeline file, whatever its ending, whoever wrote it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import opentimelineio as otio
import platformdirs

from reperform.errors import TimelineError
from reperform.timeline.archives import CONTENT, is_archive, read_content
from reperform.timeline.clock import drop_frame_reading, settle_drop_frame, start_frame, timeline_rate
from reperform.timeline.cut import Cut
from reperform.timeline.dialects import detect
from reperform.timeline.scanning import newer_schemas, refuse_dangerous

__all__ = ["LARGEST", "read", "settle_drop_frame"]

LARGEST = 1 << 30
"""Bytes of a timeline that are read; 20,000 clips with all of Resolve's effects are a quarter of it."""

_HEAD = 512
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
    content, sha256, media_folder = _content(path, unpack_into)
    refuse_dangerous(content, path.name)
    timeline = _one_timeline(_parsed(content, path), timeline_name, path)
    rate = timeline_rate(timeline)
    start = start_frame(timeline, rate)
    drop, why = drop_frame_reading(start, rate, drop_frame)
    return Cut(
        path=path,
        sha256=sha256,
        timeline=timeline,
        dialect=detect(timeline, content),
        rate=rate,
        start_frame=start,
        drop_frame=drop,
        drop_frame_why=why,
        media_folder=media_folder,
        name=timeline.name or "",
        may_hold_takes=b'"reperform"' in content,
    )


def _content(path: Path, unpack_into: Path | None) -> tuple[bytes, str, Path]:
    """The JSON, the SHA-256 that identifies the file, and the folder where relative media paths start."""
    try:
        if path.is_dir():
            content = _bytes_of(path / CONTENT, of=path)
            return content, hashlib.sha256(content).hexdigest(), path.absolute()
        if not path.is_file():
            raise _not_there(path)
        with path.open("rb") as file:
            head = file.read(_HEAD)
            if is_archive(head):
                file.seek(0)
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
                return read_content(path, most=LARGEST), sha256, unpack_into or _cache(sha256)
        _refuse_foreign(head, path)
        content = _bytes_of(path, of=path)
    except (OSError, ValueError) as error:
        raise TimelineError(f"“{path}” cannot be opened", cause=str(error)) from error
    return content, hashlib.sha256(content).hexdigest(), path.absolute().parent


def _cache(sha256: str) -> Path:
    return platformdirs.user_cache_path("reperform") / "unpacked" / sha256[:24]


def _not_there(path: Path) -> TimelineError:
    if path.exists():
        return TimelineError(f"“{path}” is no file", fix="Give the file that the editor exported.")
    return TimelineError(f"there is no file “{path}”", fix="Check the path of the timeline.")


def _bytes_of(path: Path, *, of: Path) -> bytes:
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
    return path.read_bytes()


def _refuse_foreign(head: bytes, path: Path) -> None:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith((b"{", b"[")):
        return
    kind = next((kind for magic, kind in _FOREIGN if text.startswith(magic)), None)
    about = f"is {kind}" if kind else "is empty" if not text else "is not OpenTimelineIO"
    raise TimelineError(
        f"“{path.name}” {about}",
        fix="Export the timeline from the editor as OpenTimelineIO (.otio) and give that file.",
    )


def _parsed(content: bytes, path: Path) -> Any:
    try:
        # Plain ASCII is what OTIO wants already; decoding it would only copy it.
        text = content if content.isascii() else content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TimelineError(
            f"“{path.name}” is not UTF-8 text", cause=str(error), fix="Export the timeline again."
        ) from error
    try:
        return otio.adapters.read_from_string(text, "otio_json")
    except otio.exceptions.UnsupportedSchemaError as error:
        raise _too_new(content, path, error) from error
    except Exception as error:
        raise TimelineError(
            f"OpenTimelineIO cannot read “{path.name}”",
            cause=f"{type(error).__name__}: {error}"[:2000],
            fix="Export the timeline again; if that fails too, export a part of it to find the item that is wrong.",
        ) from error


def _too_new(content: bytes, path: Path, error: Exception) -> TimelineError:
    newer = newer_schemas(content, dict(otio.core.type_version_map()))
    version = ".".join(otio.__version__.split(".")[:2])
    what = f"its {', '.join(newer)} is unknown to" if newer else "it cannot be read by"
    return TimelineError(
        f"“{path.name}” was written by a newer OpenTimelineIO: {what} OpenTimelineIO {otio.__version__}",
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
