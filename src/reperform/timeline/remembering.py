"""Takes that an editor kept while it dropped what we wrote of them: known again by the names of their files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import opentimelineio as otio

from reperform.model import Source, Take
from reperform.timeline import recording, records
from reperform.timeline.cut import Cut
from reperform.timeline.recognising import is_take, is_take_track, original_of, take_name
from reperform.timeline.references import spelled_rate, time_at
from reperform.timing import exact_seconds

__all__ = ["Known", "names_shown", "remember"]

_DEFAULT = "DEFAULT_MEDIA"


@dataclass(frozen=True, kw_only=True)
class Known:
    """A take of the project."""

    take: Take
    original: Source | None = None
    """What it is an alternate of, on the same clock; None where the project does not say."""


def names_shown(timeline: otio.schema.Timeline) -> frozenset[str]:
    """The names of all files that media references point at and that do not say themselves to be takes."""
    return frozenset(
        take_name(reference)
        for clip in timeline.tracks.find_clips()
        for reference in clip.media_references().values()
        if not is_take(reference)
    )


def remember(cut: Cut, known: Mapping[str, Known]) -> Cut:
    """The cut with what was dropped put back, in its own objects: each reference to one of the `known` files says that it is
    a take, and a clip that shows nothing but takes has its original beside them.
    """
    clips = [(clip, named) for clip in cut.timeline.tracks.find_clips() if (named := _named(clip, known))]
    if not clips:
        return cut
    for clip, named in clips:
        references = clip.media_references()
        for key, found in named.items():
            records.write(references[key], recording.take_record_of(found.take))
    for clip, named in clips:
        if original_of(clip) is None and not _is_on_take_track(clip):
            _put_original_back(clip, named)
    return replace(cut, may_hold_takes=True)


def _named(clip: otio.schema.Clip, known: Mapping[str, Known]) -> dict[str, Known]:
    """The takes that only their names give away, by their keys among the clip's references."""
    references = clip.media_references().items()
    return {key: known[name] for key, item in references if (name := take_name(item)) in known and not is_take(item)}


def _is_on_take_track(clip: otio.schema.Clip) -> bool:
    return any(is_take_track(parent) for parent in _parents(clip))


def _parents(item: Any) -> Iterator[Any]:
    while (item := item.parent()) is not None:
        yield item


def _put_original_back(clip: otio.schema.Clip, named: Mapping[str, Known]) -> None:
    active = clip.active_media_reference_key
    found = named.get(active) or next(iter(named.values()))
    if found.original is None:
        return
    references = clip.media_references()
    original = _original_reference(references[active], found, found.original)
    # The original's key is the one that every editor reads; the take that stood there gets one of ours.
    renamed = {_DEFAULT: original}
    for key, reference in references.items():
        renamed[_own_key(key, named, renamed)] = reference
    clip.set_media_references(renamed, _own_key(active, named, {_DEFAULT: original}))


def _own_key(key: str, named: Mapping[str, Known], taken: Mapping[str, Any]) -> str:
    if key not in taken:
        return key
    take = named[key].take
    return f"{'preview' if take.preview else 'take'}_{take.number:03}"


def _original_reference(reference: Any, found: Known, original: Source) -> otio.schema.ExternalReference:
    """On the clock on which the take stands: its first frame is the original's frame `in_frame`."""
    take, available = found.take, reference.available_range
    own = exact_seconds(available.start_time) if available is not None else (take.start_frame or 0) / take.rate
    rate = spelled_rate(original.rate, available)
    start = time_at(own - take.in_frame / take.rate, rate)
    range_ = otio.opentime.TimeRange(start, otio.opentime.RationalTime(float(original.frames), rate))
    made = otio.schema.ExternalReference(target_url=str(original.path), available_range=range_)
    made.name = original.path.name
    return made
