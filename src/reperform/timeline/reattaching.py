"""A cut that came back from an editor: the uses of its clips as shots, without marks; and the takes that no longer stand where
they belong, taken off. Nothing here moves anything: addresses stay."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from reperform.direction import Direction
from reperform.model import Cue, PlanSettings, Shot, Source, Voice
from reperform.timeline import records
from reperform.timeline.cut import Index, PlacedClip
from reperform.timeline.fitting import CuePlace
from reperform.timeline.one_shot import MediaLinker, see, shot_of
from reperform.timeline.places import Places
from reperform.timeline.recognising import is_take_clip, is_take_track, original_of, strip_clip, takes_of
from reperform.timeline.records import TakeRecord
from reperform.timeline.reporting import Reporter
from reperform.timeline.retimes.seen import Seen
from reperform.timeline.shots import ShotBuilder
from reperform.timing import FrameRange

__all__ = ["OverShot", "Use", "Uses", "pictures", "take_off", "takes_over"]


@dataclass(frozen=True, kw_only=True)
class Use:
    """A clip in the cut, and what it shows."""

    clip: PlacedClip
    seen: Seen

    @property
    def source(self) -> Source:
        """Its original's file."""
        return self.seen.source

    @property
    def speed(self) -> Fraction | None:
        """1 where it is not retimed, None where its speed varies."""
        return self.clip.speed if self.seen.clock == "record" else Fraction(1)


def pictures(index: Index) -> Iterator[PlacedClip]:
    """The clips of moving picture that are seen, in record order; takes of ours on their tracks are none."""
    found = [
        clip
        for clip in index.clips
        if clip.track.kind == "video" and clip.enabled and clip.moving and not _on_take_track(clip.clip)
    ]
    yield from sorted(found, key=lambda clip: (clip.record_start, clip.track.height))


def _on_take_track(clip: otio.schema.Clip) -> bool:
    parent = clip.parent()
    return is_take_clip(clip) and parent is not None and is_take_track(parent)


class Uses:
    """Makes shots of clips without marks. Raises SettingsError where the settings name a track that is none."""

    def __init__(self, index: Index, linker: MediaLinker, settings: PlanSettings) -> None:
        self._builder = ShotBuilder(index, linker, settings, Reporter(index.cut))
        self._audio = [clip for clip in index.clips if clip.track.kind == "audio" and clip.enabled]
        self._dialect = index.cut.dialect

    def look(self, clip: PlacedClip) -> Use:
        """What a clip shows. Raises MediaRefused or MediaError where that cannot be told."""
        builder = self._builder
        seen = see(clip, builder.linker, builder.cut, handles=builder.settings.handle_frames)
        return Use(clip=clip, seen=seen)

    def shot(self, use: Use, *, voice_in_cut: bool) -> Shot:
        """The use as a shot without cues."""
        builder = self._builder
        own = builder.own.of(use.clip, use.seen)
        name = builder.shot_id(use.clip)
        return shot_of(name, use.clip, builder.cut, seen=use.seen, own=own, cues=(), voice_in_cut=voice_in_cut)

    def voices(self, use: Use, frames: FrameRange, direction: Direction) -> tuple[Voice, ...]:
        """What sounds in the cut under some of its frames: a guide, else its own sound. Raises InputError where nothing does."""
        builder, seen = self._builder, use.seen
        plain = direction.model_copy(update={"line": None, "audio": None})
        place = CuePlace(
            clip=use.clip,
            frames=frames.shifted(-seen.origin),
            visible=seen.visible.shifted(-seen.origin),
            rate=seen.rate,
            base=seen.base + seen.origin / seen.rate,
        )
        return builder.voices.of(place, plain, builder.own.of(use.clip, seen)).voices

    def is_heard(self, use: Use, cue: Cue) -> bool:
        """Whether the voice of a cue still sounds in the cut, beside the picture."""
        if not cue.voices or any(voice.kind in ("file", "speech") for voice in cue.voices):
            return False
        if cue.voices[0].kind == "own":
            return True
        names = {voice.path.name for voice in cue.voices if voice.path is not None}
        return any(_names(self._dialect.media_path(clip.clip.media_reference)) & names for clip in self._under(use))

    def _under(self, use: Use) -> Iterator[PlacedClip]:
        start, end = use.clip.record_start, use.clip.record_end
        return (clip for clip in self._audio if clip.record_start < end and start < clip.record_end)


def _names(path: str | None) -> set[str]:
    return {(path or "").replace("\\", "/").rpartition("/")[2]}


@dataclass(frozen=True, kw_only=True)
class OverShot:
    """A take that lies on a track over a clip."""

    take: str
    shown: bool
    height: int


def takes_over(
    timeline: otio.schema.Timeline, owners: Mapping[int, Collection[str]]
) -> dict[int, list[tuple[otio.schema.Clip, OverShot]]]:
    """By the id of a clip: the takes on tracks of takes that lie over it and are its own. `owners` are ids of takes by clip."""
    places = Places()
    clips = [clip for clip in timeline.tracks.find_clips() if id(clip) in owners]
    spots = [(clip, places.shown(clip)) for clip in clips]
    found: dict[int, list[tuple[otio.schema.Clip, OverShot]]] = {}
    for track, child, take in _on_tracks(timeline):
        place = places.of(child)
        for clip, spot in spots:
            if spot.stack is place.stack and spot.start <= place.start < spot.end and take in owners[id(clip)]:
                over = OverShot(take=take, shown=bool(child.enabled and track.enabled), height=place.height)
                found.setdefault(id(clip), []).append((child, over))
                break
    return found


def _on_tracks(timeline: otio.schema.Timeline) -> Iterator[tuple[otio.schema.Track, otio.schema.Clip, str]]:
    for track in timeline.tracks.find_children(descended_from_type=otio.schema.Track):
        if not isinstance(track.parent(), otio.schema.Stack) or not is_take_track(track):
            continue
        for child in track:
            if isinstance(child, otio.schema.Clip) and is_take_clip(child):
                record = _record(next(iter(takes_of(child).values())))
                yield track, child, record.take if record else ""


def _record(reference: Any) -> TakeRecord | None:
    return records.read(reference, TakeRecord)


def take_off(timeline: otio.schema.Timeline, owners: Mapping[int, Collection[str]], *, known: Collection[str]) -> None:
    """Takes off, in place, every take of the project that is not its clip's: on the clip, or on a track over something else.

    `owners` are the ids of takes by clip, `known` those of the project: what another has made stays.
    """
    kept: set[int] = set()
    for over in takes_over(timeline, owners).values():
        # Of two of one take only the first is that shot's; the other was left behind.
        kept.update({found.take: id(child) for child, found in reversed(over)}.values())
    for track in list(timeline.tracks.find_children(descended_from_type=otio.schema.Track)):
        if isinstance(track.parent(), otio.schema.Stack) and is_take_track(track):
            _empty(track, kept, known)
    for clip in timeline.tracks.find_clips():
        if not _on_take_track(clip):
            _strip(clip, owners.get(id(clip), ()), known)


def _empty(track: otio.schema.Track, kept: Collection[int], known: Collection[str]) -> None:
    for position in range(len(track) - 1, -1, -1):
        child = track[position]
        if not (isinstance(child, otio.schema.Clip) and is_take_clip(child)) or id(child) in kept:
            continue
        record = _record(next(iter(takes_of(child).values())))
        if record is not None and record.take in known:
            zero = otio.opentime.RationalTime(0, child.trimmed_range().duration.rate)
            track[position] = otio.schema.Gap(
                source_range=otio.opentime.TimeRange(zero, child.trimmed_range().duration)
            )
    if records.says(track, "takes") is None:
        # Even without a clip it is known as a track of takes then, and used again or taken out.
        track.metadata[records.NAMESPACE] = {"version": 1, "takes": True}


def _strip(clip: otio.schema.Clip, own: Collection[str], known: Collection[str]) -> None:
    takes = {key: record.take for key, item in takes_of(clip).items() if (record := _record(item))}
    gone = {key for key, take in takes.items() if take in known and take not in own}
    found = original_of(clip)
    if found is None or not gone:
        return
    if gone >= takes.keys() and len(takes) == len(takes_of(clip)) and not own:
        strip_clip(clip)
        return
    kept = {key: item for key, item in clip.media_references().items() if key not in gone}
    active = clip.active_media_reference_key
    clip.set_media_references(kept, active if active in kept else found[0])
