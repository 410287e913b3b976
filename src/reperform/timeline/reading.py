"""Reading a timeline file, whatever its ending, whoever wrote it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import opentimelineio as otio

from reperform.errors import TimelineError
from reperform.memory import in_tidy_memory
from reperform.timeline.adapters.converted import refuse_cut_rates, settle
from reperform.timeline.clock import drop_frame_reading, start_frame, timeline_rate
from reperform.timeline.cut import Cut
from reperform.timeline.dialects import Dialect, OtioDialect, detect
from reperform.timeline.one_timeline import one_timeline
from reperform.timeline.scanning import newer_schemas
from reperform.timeline.timeline_file import OURS, TimelineFile, changed_meanwhile, state_of
from reperform.timing import Rate

__all__ = ["read"]


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
    file = TimelineFile.of(path, unpack_into, rate)
    root = _parsed(file)
    return in_tidy_memory(lambda: _cut(one_timeline(root, timeline_name, path), file, path, drop_frame))


def _cut(timeline: otio.schema.Timeline, file: TimelineFile, path: Path, drop_frame: bool | None) -> Cut:
    dialect = file.foreign.dialect if file.foreign else _dialect(timeline, ours=OURS in file.words)
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
        may_hold_takes=OURS in file.words,
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


def _parsed(file: TimelineFile) -> Any:
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


def _by_otio(file: TimelineFile) -> Any:
    """What OTIO makes of the very bytes that were scanned: from the file, unless that would differ."""
    if file.path is None or file.has_mark:
        return otio.core.deserialize_json_from_string(file.read().decode("utf-8-sig"))
    # Not through OTIO's adapters: neither hooks nor media linkers of this machine change what the editor cut.
    root = otio.core.deserialize_json_from_file(str(file.path))
    if file.state != state_of(file.path):
        raise changed_meanwhile(file.name)
    return root


def _too_new(file: TimelineFile, error: Exception) -> TimelineError:
    newer = newer_schemas(file.read(), dict(otio.core.type_version_map()))
    version = ".".join(otio.__version__.split(".")[:2])
    what = f"its {', '.join(newer)} is unknown to" if newer else "it cannot be read by"
    return TimelineError(
        f"“{file.name}” was written by a newer OpenTimelineIO: {what} OpenTimelineIO {otio.__version__}",
        cause=str(error),
        fix="Save it for the older version with the program that wrote it"
        f" (its environment: OTIO_DEFAULT_TARGET_VERSION_FAMILY_LABEL=OTIO_CORE:{version}.0), and give that file.",
    )
