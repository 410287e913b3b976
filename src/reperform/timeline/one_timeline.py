"""Which timeline of a file is meant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import opentimelineio as otio

from reperform.errors import TimelineError

__all__ = ["one_timeline"]


def one_timeline(root: Any, wanted: str | None, path: Path) -> otio.schema.Timeline:
    """The timeline of a file, the one called `wanted` where there are several; an item that stands alone becomes one.

    Raises:
        TimelineError: there is none, or none of that name, or several.

    """
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
